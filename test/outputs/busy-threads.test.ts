import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { KEY } from '../audit/support.js'
import { runFixture } from './child.js'
import { freshPath } from './folder.js'
import { lineProblems } from './numbered-lines.js'

const LINES = 200
/** As many as libuv has where nobody says otherwise. */
const THREADS = 4

const numberOf = (line: string): number => (JSON.parse(line) as { n: number }).n
/** Without the records of an audit file. */
const linesOf = (text: string): string[] => text.split(/(?<=\n)/).filter((line) => line.includes('"n":'))

/** Lets go on whoever waits to read from a named pipe. False where nobody does yet. */
function openForReader(fifo: string): boolean {
  try {
    fs.closeSync(fs.openSync(fifo, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return false
    throw error
  }
}

/** Runs the program, and frees its threads when `isTime` says so: from its last words on, asked every 20 ms. */
async function run(kind: string, ending: string, isTime: (log: string) => boolean) {
  const log = freshPath()
  const fifos = Array.from({ length: THREADS }, (_, i) => path.join(path.dirname(log), `fifo${i}`))
  execFileSync('mkfifo', fifos)
  let ask: NodeJS.Timeout | undefined
  let taken = fifos
  const free = (): void => {
    if (isTime(log)) taken = taken.filter((fifo) => !openForReader(fifo))
    if (taken.length === 0) clearInterval(ask)
  }
  const key = KEY.export({ type: 'pkcs8', format: 'pem' })
  const ended = await runFixture(
    'busy-threads.mjs',
    { fifos, path: log, kind, ending, lines: LINES, key },
    { onOut: () => (ask ??= setInterval(free, 20)) },
  )
  clearInterval(ask)
  return { ...ended, text: fs.readFileSync(log, 'utf8') }
}

describe('a process that ends while every thread of the pool is busy', () => {
  it.each([
    { kind: 'block', ending: 'exit', code: 7 },
    { kind: 'block', ending: 'throw', code: 1 },
    { kind: 'worker', ending: 'exit', code: 7 },
    { kind: 'audit', ending: 'exit', code: 7 },
  ])('has every line, in order: $kind, $ending', async ({ kind, ending, code }) => {
    const ended = await run(kind, ending, () => true)
    expect(lineProblems(linesOf(ended.text).join(''), LINES)).toEqual([])
    expect(ended.code).toBe(code)
  })

  it('for longer than it waits has every line too: those that wait for a thread come last', async () => {
    // The last line is there before the first: it was not waited for any longer.
    const ended = await run('block', 'exit', (log) => fs.readFileSync(log, 'utf8').includes(`"n":${LINES - 1},`))
    const lines = linesOf(ended.text)
    expect(numberOf(lines[0])).toBeGreaterThan(0)
    expect(lineProblems(lines.toSorted((a, b) => numberOf(a) - numberOf(b)).join(''), LINES)).toEqual([])
    expect(ended.code).toBe(7)
  })
})
