import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runFixture } from './child.js'
import { freshPath } from './folder.js'
import { lineProblems } from './numbered-lines.js'

const LINES = 400

/** Where the lines go, and what is told to the program about it. */
const OUTPUTS: { name: string; settings: object }[] = [
  { name: 'standard output', settings: {} },
  { name: 'standard output that somebody uses as a stream', settings: { touches: true } },
  { name: "a file with buffer 'tick'", settings: { buffer: 'tick', path: true } },
  { name: "a file with buffer 'block'", settings: { buffer: 'block', path: true } },
]

/** How the process ends, and the exit code that must stay what it is without a logger. */
const ENDINGS = [
  { ending: 'natural', code: 0 },
  { ending: 'exit', code: 7 },
  { ending: 'throw', code: 1 },
  { ending: 'rejection', code: 1 },
  { ending: 'exit in toJSON', code: 7 },
]

/** Runs the program; gives what is wrong with its lines and its exit code. */
async function problemsAfter(settings: object, want: { code: number; lines?: number }): Promise<string[]> {
  const path = 'path' in settings ? freshPath() : undefined
  const { code, out, err } = await runFixture('lines.mjs', { lines: LINES, ...settings, path })
  const problems = lineProblems(path === undefined ? out : fs.readFileSync(path, 'utf8'), want.lines ?? LINES)
  if (code !== want.code) problems.push(`exit code ${code}: ${err}`)
  return problems
}

describe.each(OUTPUTS)('$name has every line', ({ settings }) => {
  it.each(ENDINGS)('after the ending: $ending, in the first turn and in a later one', async ({ ending, code }) => {
    const [cold, warm] = await Promise.all([
      problemsAfter({ ...settings, ending, isWarm: false }, { code }),
      problemsAfter({ ...settings, ending, isWarm: true }, { code }),
    ])
    expect(cold).toEqual([])
    expect(warm).toEqual([])
  })

  it('after a signal that the application cleans up for and raises again, which ends the process as it would', async () => {
    const path = 'path' in settings ? freshPath() : undefined
    const { code, signal, out } = await runFixture('lines.mjs', { ...settings, lines: LINES, ending: 'raise', path })
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGTERM' })
    expect(lineProblems(path === undefined ? out : fs.readFileSync(path, 'utf8'), LINES)).toEqual([])
  })

  it.each([
    { lateIn: 'exit', ending: 'natural', code: 0 },
    { lateIn: 'exit', ending: 'exit', code: 7 },
    { lateIn: 'beforeExit', ending: 'natural', code: 0 },
    { lateIn: 'uncaughtExceptionMonitor', ending: 'throw', code: 1 },
    { lateIn: 'uncaughtExceptionMonitor', ending: 'rejection', code: 1 },
  ])('that is logged while the process ends: $lateIn, $ending', async ({ code, ...how }) => {
    expect(await problemsAfter({ ...settings, ...how, late: 3 }, { code })).toEqual([])
  })
})

describe.each(['none', 'line'])("a file with buffer '%s', where no line waits, has every line", (buffer) => {
  it.each([ENDINGS[1], ENDINGS[2]])('after the ending: $ending', async ({ ending, code }) => {
    expect(await problemsAfter({ buffer, path: true, ending, late: 2 }, { code })).toEqual([])
  })
})

describe('the test of endings (control)', () => {
  it('tells a program that loses a line', async () => {
    expect(await problemsAfter({ ending: 'natural', loses: 17 }, { code: 0 })).not.toEqual([])
    expect(await problemsAfter({ ending: 'natural', loses: LINES - 1 }, { code: 0 })).not.toEqual([])
  })

  it('tells a changed exit code', async () => {
    expect(await problemsAfter({ ending: 'exit' }, { code: 0 })).toEqual(['exit code 7: '])
  })
})
