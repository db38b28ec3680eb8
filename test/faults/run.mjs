// npm run test:faults            every ending × logger × cold and warm × file, pipe and slow pipe, ours and others'; then
//                                the long forms of the other fault tests
// npm run test:faults -- --write also writes the table to docs/loss.md
//
// Ends with code 1 where wideline breaks a promise of the table. What others lose breaks nothing.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { installPeers, peerVersions } from '../../bench/peers.mjs'
import { ABRUPT, ENDINGS, LINES, runToEnd } from './endings.mjs'
import { fileLoggers, streamLoggers } from './loggers.mjs'

const PARALLEL = 2
const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-faults-'))

/** Lines that may be lost: with SIGKILL and abort what a buffer or the ring holds; else none. */
function mayLose(logger, ending) {
  if (!ABRUPT.includes(ending)) return 0
  return logger.includes('none') ? 0 : LINES
}

function* allRuns() {
  for (const [sink, loggers] of [
    ['file', fileLoggers],
    ['pipe', streamLoggers],
    ['slow pipe', streamLoggers],
  ]) {
    for (const logger of Object.keys(loggers))
      for (const ending of Object.keys(ENDINGS))
        for (const isWarm of [false, true]) yield { sink, logger, ending, isWarm }
  }
}

async function runAll() {
  const runs = allRuns()
  const results = []
  const work = async () => {
    for (const run of runs) {
      const found = await runToEnd({ folder, ...run })
      results.push({ ...run, ...found })
      process.stderr.write(`\rfaults: ${results.length} runs`)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  process.stderr.write('\n')
  return results
}

/** What a run says against its logger, in a word or two. */
function verdict({ lost, torn, doubled, disordered, code, ending }) {
  const said = []
  if (lost > 0) said.push(lost === LINES ? 'all lost' : `${lost} lost`)
  if (torn > 0) said.push(`${torn} torn`)
  if (doubled > 0) said.push(`${doubled} twice`)
  if (disordered > 0) said.push('out of order')
  if (code !== ENDINGS[ending].code) said.push(code === null || Number.isNaN(code) ? 'hangs' : `exit code ${code}`)
  return said.join(', ')
}

function broken(results) {
  return results.filter(({ logger, ending, lost, torn, doubled, disordered, code }) => {
    if (!logger.startsWith('wideline')) return false
    const isOther = torn + doubled + disordered > 0 || code !== ENDINGS[ending].code
    return isOther || lost > mayLose(logger, ending)
  })
}

/** One table for a sink: a row for each logger, a column for each ending, cold and warm in one cell. */
function table(results, sink) {
  const endings = Object.keys(ENDINGS)
  const own = results.filter((result) => result.sink === sink)
  const rows = [...new Set(own.map(({ logger }) => logger))].map((logger) => {
    const cells = endings.map((ending) => {
      const both = [false, true].map((isWarm) =>
        verdict(own.find((one) => one.logger === logger && one.ending === ending && one.isWarm === isWarm)),
      )
      if (both[0] === both[1]) return both[0] || '✓'
      return both.map((said, i) => `${said || '✓'} ${i === 0 ? 'cold' : 'warm'}`).join('; ')
    })
    return `| ${logger} | ${cells.join(' | ')} |`
  })
  return [`| ${sink} | ${endings.join(' | ')} |`, `| --- |${' --- |'.repeat(endings.length)}`, ...rows].join('\n')
}

function page(results) {
  const { pino, winston } = peerVersions()
  return `# What is lost when a process ends

A program logs ${LINES} lines and ends. How many of them are not in the file, or did not come out of the pipe? *Cold* is a
program that logs everything in its first turn, *warm* one that has logged for a while. ✓: every line is there, whole, once,
in order, and the exit code is what it is without a logger. The slow pipe's reader takes 64 KiB every 50 ms.

Made by \`npm run test:faults -- --write\` (Node ${process.version}, pino ${pino}, winston ${winston}). The same programs log
through each; \`test/faults/loggers.mjs\` says how they are set up, \`test/faults/checker.mjs\` checks. A rerun differs in
the numbers of lines lost by others, and in what a buffer held when the process was killed.

${table(results, 'file')}

${table(results, 'pipe')}

${table(results, 'slow pipe')}

SIGKILL and abort leave a program no time: what a buffer holds then is gone. With \`buffer: 'none'\` nothing is; with
\`tick\` it is the current turn, 16 KiB at most; with \`block\` a block of 64 KiB, or what came within \`flushIntervalMs\` (a
minute in these programs); with \`worker()\` what is in the ring. A line of level warn or above never waits with \`none\` and \`tick\`.
`
}

async function main() {
  installPeers()
  const results = await runAll()
  fs.rmSync(folder, { recursive: true, force: true })
  const text = page(results)
  console.log(text)
  if (process.argv.includes('--write')) fs.writeFileSync(path.join(root, 'docs/loss.md'), text)
  const problems = broken(results)
  for (const problem of problems) console.log(`broken: ${JSON.stringify(problem)}`)
  // One file at a time: some measure memory and time, and starve where others load the machine.
  const long = ['node_modules/vitest/vitest.mjs', 'run', '--no-file-parallelism', 'test/faults', 'test/outputs']
  execFileSync(process.execPath, long, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, WIDELINE_LONG: '1' },
  })
  if (problems.length > 0) process.exitCode = 1
}

main().catch((error) => {
  console.error(`faults: ${error.message}`)
  process.exitCode = 1
})
