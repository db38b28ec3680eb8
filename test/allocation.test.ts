import { execFile } from 'node:child_process'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const run = promisify(execFile)
const PROBE = fileURLToPath(new URL('allocation/probe.mjs', import.meta.url))
const BUILT = fileURLToPath(new URL('../dist/esm/src/index.js', import.meta.url))
const FLAGS = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128']

/** `Date.now()` gives one number that does not fit a small integer. */
const CLOCK_BYTES = 16

/** For what is spread over many lines: a write for every 128 KiB of them, and the noise of the reading. */
const SPREAD_BYTES = 1.5

/** Another Node.js may be measured: WIDELINE_TEST_NODE names its binary. */
const NODE = process.env['WIDELINE_TEST_NODE'] ?? process.execPath

/**
 * The least of up to six readings, as soon as one is within the bound. A reading may take in what the compiler or the
 * collector of a busy machine allocate besides, but it never misses what the call allocates: it can only be too high.
 */
async function bytesOf(scenario: string, bound: number): Promise<number> {
  if (!fs.existsSync(BUILT)) throw new Error(`${BUILT} is missing: npm run build makes it`)
  let least = Infinity
  for (let attempt = 0; attempt < 6 && least > bound; attempt++) {
    const { stdout } = await run(NODE, [...FLAGS, PROBE, scenario])
    least = Math.min(least, JSON.parse(stdout) as number)
  }
  return least
}

describe('the reading of allocated bytes (control)', () => {
  it('reads nothing for a call that does nothing', async () => {
    expect(await bytesOf('control: nothing', 0.1)).toBeLessThan(0.1)
  })

  it('reads the 40 bytes of an object with two numbers', async () => {
    const bytes = await bytesOf('control: an object of 40 bytes', 41)
    expect(bytes).toBeGreaterThan(39)
    expect(bytes).toBeLessThan(41)
  })

  it('catches a wrapper that allocates', async () => {
    const scenario = 'control: a wrapper that allocates'
    expect(await bytesOf(scenario, SPREAD_BYTES)).toBeGreaterThan(SPREAD_BYTES + 8)
  })
})

describe('a call whose level is off allocates nothing', () => {
  it.each([
    'level off',
    'level off, fields of three constants',
    'level off, typed chain',
    'level off, a logged method',
  ])('%s', async (scenario) => {
    expect(await bytesOf(scenario, 0.1)).toBeLessThan(0.1)
  })
})

/** Bytes a call may allocate beside its time. What is spread over long lines is their share of a write. */
const BUDGETS: readonly { readonly scenario: string; readonly bytes: number }[] = [
  { scenario: 'message', bytes: 0 },
  { scenario: 'messages that pass', bytes: 0 },
  { scenario: 'message of 60 letters', bytes: 0 },
  { scenario: 'message of 120 letters', bytes: 1 },
  { scenario: 'message of a child with context', bytes: 0 },
  { scenario: 'message of a unit', bytes: 0 },
  { scenario: 'object of a unit', bytes: 0 },
  { scenario: 'message that a unit records', bytes: 0 },
  { scenario: 'message with a trace', bytes: 2 },
  { scenario: 'object of a unit with a trace', bytes: 2 },
  { scenario: 'typed chain with a trace', bytes: 2 },
  { scenario: 'typed chain of three fields', bytes: 0 },
  { scenario: 'typed chain of a child', bytes: 0 },
  { scenario: 'declared set of three constants', bytes: 0 },
  { scenario: 'declared set on a typed line', bytes: 0 },
  { scenario: 'object of three fields', bytes: 0 },
  { scenario: 'object first, as in pino', bytes: 0 },
  // V8 puts a fraction that is read from an object by its name's place into a box.
  { scenario: 'object of three fields, one fractional', bytes: 16 },
  { scenario: 'object of ten fields', bytes: 1 },
  { scenario: 'nested object, two levels, eight keys', bytes: 64 },
  { scenario: 'text of 2 KB', bytes: 16 },
  { scenario: 'text of 60 characters that are not ASCII', bytes: 2 },
  { scenario: 'text of 120 escapes', bytes: 2 },
]

describe('with a clock that allocates nothing, a line allocates no more than its budget', () => {
  it.each(BUDGETS)('$scenario: $bytes', async ({ scenario, bytes }) => {
    const bound = bytes + SPREAD_BYTES
    expect(await bytesOf(`${scenario}, fixed clock`, bound)).toBeLessThanOrEqual(bound)
  })

  // A place for a closure that only a new logger's first call makes was 80 bytes in each call, here and nowhere else.
  it.each(BUDGETS)('$scenario, on one logger of many: $bytes', async ({ scenario, bytes }) => {
    const bound = bytes + SPREAD_BYTES
    expect(await bytesOf(`${scenario}, one of many loggers`, bound)).toBeLessThanOrEqual(bound)
  })

  it('message to two outputs: 0', async () => {
    const bound = 2 * SPREAD_BYTES
    expect(await bytesOf('message to two outputs, fixed clock', bound)).toBeLessThanOrEqual(bound)
  })
})

describe('a call that cannot do without allocates what is stated', () => {
  it.each([
    { scenario: 'a child of three fields and its line', bytes: 1024 },
    { scenario: 'an error with its stack', bytes: 400 },
    { scenario: 'printf of a text, a number and an object', bytes: 1200 },
  ])('$scenario: at most $bytes', async ({ scenario, bytes }) => {
    expect(await bytesOf(scenario, bytes)).toBeLessThanOrEqual(bytes)
  })
})

describe('parts of the pipeline allocate no more than the line does without them', () => {
  let without: Promise<number> | undefined
  it.each(['a before hook', 'an after hook', 'a filter', 'redaction by path and key'])('%s', async (part) => {
    const bound = (await (without ??= bytesOf('no part, fields of a constant', 2))) + 2 * SPREAD_BYTES
    expect(await bytesOf(`${part}, fields of a constant`, bound)).toBeLessThanOrEqual(bound)
  })
})

describe("with the system's clock a line allocates its time and nothing else", () => {
  it.each(['message', 'message of a child with context', 'typed chain of three fields', 'object of three fields'])(
    '%s',
    async (scenario) => {
      const bound = CLOCK_BYTES + SPREAD_BYTES
      expect(await bytesOf(`${scenario}, system clock`, bound)).toBeLessThanOrEqual(bound)
    },
  )
})
