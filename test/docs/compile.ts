import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { ROOT } from './page.js'
import type { Program } from './program.js'

const SOURCES = path.join(ROOT, 'dist/docs/src')
const COMPILED = path.join(ROOT, 'dist/docs/compiled')
const OPTIONS = (
  '--ignoreConfig --strict --target es2022 --lib es2023 --module nodenext --moduleDetection force --skipLibCheck ' +
  `--types node --experimentalDecorators --emitDecoratorMetadata --rootDir ${SOURCES} --outDir ${COMPILED}`
).split(' ')

function fileName({ page, line }: Program): string {
  return `${page.replace(/\.md$/, '').replaceAll('/', '-')}-${line}`
}

/** Where the module that can be run is. */
export function compiledFile(program: Program): string {
  return path.join(COMPILED, `${fileName(program)}.js`)
}

/** Compiles all programs at once, as an application against the built package. Gives what is wrong, by program. */
export async function compile(programs: readonly Program[]): Promise<ReadonlyMap<Program, readonly string[]>> {
  if (!fs.existsSync(path.join(ROOT, 'dist/esm/src/index.d.ts'))) throw new Error('npm run build comes first')
  fs.rmSync(path.join(ROOT, 'dist/docs'), { recursive: true, force: true })
  fs.mkdirSync(SOURCES, { recursive: true })
  for (const program of programs) {
    const text = program.source.map((line) => `${line.text}\n`).join('')
    fs.writeFileSync(path.join(SOURCES, `${fileName(program)}.ts`), text)
  }
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc')
  const files = programs.map((program) => path.join(SOURCES, `${fileName(program)}.ts`))
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [tsc, ...OPTIONS, '--pretty', 'false', ...files], { cwd: ROOT }, (_, out, err) =>
      resolve(out + err),
    )
  })
  const wrong = new Map<Program, string[]>(programs.map((program) => [program, []]))
  const unplaced: string[] = []
  let last: string[] = unplaced
  for (const line of said.split('\n')) {
    const [, name, row, message] = /([\w-]+)\.ts\((\d+),\d+\): (.*)$/.exec(line) ?? []
    const program = programs.find((each) => fileName(each) === name)
    if (program !== undefined) {
      last = wrong.get(program)!
      last.push(`${program.page}:${program.source[Number(row) - 1]?.line ?? program.line}: ${message}`)
    } else if (line.trim() !== '') last.push(line)
  }
  if (unplaced.length > 0) throw new Error(unplaced.join('\n'))
  return wrong
}
