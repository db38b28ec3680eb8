import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { fixture } from './child.js'
import { freshPath } from './folder.js'
import { lineProblems } from './numbered-lines.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const LINES = 500

/** Logs through a worker, a line at a time until that has started; tells whether it wrote, and ends. */
const PROGRAM = `
  const log = createLogger({ outputs: [worker(file(process.argv[2]))], onError: (problem) => console.log(problem.message) })
  const hasWritten = () => log.stats().outputs[0].latencyMs.count > 0
  async function main() {
    let n = 0
    for (; n < ${LINES} / 2 && !hasWritten(); n++) {
      log.info('line', { n })
      await log.flush()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    for (; n < ${LINES}; n++) log.info('line', { n })
    await log.flush()
    console.log(hasWritten() ? 'worker wrote' : 'main wrote')
  }
  main()
`

function run(program: string, ...flags: string[]): { out: string; problems: string[] } {
  const target = freshPath()
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, program, target], { encoding: 'utf8' })
  const warnings = /ExperimentalWarning|--trace-warnings/
  const err = stderr.split('\n').filter((line) => line !== '' && !warnings.test(line))
  const problems = [...lineProblems(fs.readFileSync(target, 'utf8'), LINES), ...err]
  return { out: `${stdout}${status}`, problems }
}

const WORKER_WROTE = { out: 'worker wrote\n0', problems: [] }

describe('a worker needs no file of its own', { timeout: 60_000 }, () => {
  fixture('lines.mjs')

  const esm = `import { createLogger, file, worker } from '${root}dist/esm/src/index.js'${PROGRAM}`
  const cjs = `const { createLogger, file, worker } = require('${root}dist/cjs/src/index.js')${PROGRAM}`

  function written(name: string, source: string): string {
    const program = freshPath(name)
    fs.writeFileSync(program, source)
    return program
  }

  it.each([
    { name: 'in an ES module', file: 'program.mjs', source: esm, flags: [] },
    { name: 'in CommonJS', file: 'program.cjs', source: cjs, flags: [] },
    {
      name: 'where strings are no code',
      file: 'program.mjs',
      source: esm,
      flags: ['--disallow-code-generation-from-strings'],
    },
    { name: 'where built-in objects are frozen', file: 'program.mjs', source: esm, flags: ['--frozen-intrinsics'] },
  ])('$name', ({ file, source, flags }) => {
    expect(run(written(file, source), ...flags)).toEqual(WORKER_WROTE)
  })

  it.each([
    { format: 'esm', minify: false },
    { format: 'esm', minify: true },
    { format: 'cjs', minify: false },
    { format: 'cjs', minify: true },
  ] as const)('in a bundle ($format, minified: $minify), with names kept', async ({ format, minify }) => {
    const outfile = freshPath(format === 'esm' ? 'bundle.mjs' : 'bundle.cjs')
    await build({
      stdin: { contents: esm, resolveDir: root },
      outfile,
      bundle: true,
      platform: 'node',
      format,
      minify,
      keepNames: true,
    })
    expect(path.dirname(outfile)).not.toContain(root)
    expect(run(outfile)).toEqual(WORKER_WROTE)
  })

  it('and where threads are forbidden this one does the work, and says so', () => {
    const flag = Number(process.versions.node.split('.')[0]) >= 23 ? '--permission' : '--experimental-permission'
    const { out, problems } = run(written('program.mjs', esm), flag, '--allow-fs-read=*', '--allow-fs-write=*')
    expect(problems).toEqual([])
    expect(out).toMatch(/^worker of .*\n(.*\n)*main wrote\n0$/)
  })
})
