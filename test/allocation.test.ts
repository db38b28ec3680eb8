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
const SPREAD_BYTES = 1

/**
 * The least of up to three readings, as soon as one is within the bound. A reading may take in what the compiler or the
 * collector of a busy machine allocate besides, but it never misses what the call allocates: it can only be too high.
 */
async function bytesOf(scenario: string, bound: number): Promise<number> {
  if (!fs.existsSync(BUILT)) throw new Error(`${BUILT} is missing: npm run build makes it`)
  let least = Infinity
  for (let attempt = 0; attempt < 3 && least > bound; attempt++) {
    const { stdout } = await run(process.execPath, [...FLAGS, PROBE, scenario])
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

describe('with a clock that allocates nothing, neither does a line', () => {
  it.each([
    'message',
    'message of 60 letters',
    'message of 120 letters',
    'message of a child with context',
    'typed chain of three fields',
    'typed chain of a child',
    'declared set of three constants',
    'declared set on a typed line',
  ])('%s', async (scenario) => {
    expect(await bytesOf(`${scenario}, fixed clock`, SPREAD_BYTES)).toBeLessThanOrEqual(SPREAD_BYTES)
  })
})

describe('parts of the pipeline allocate no more than the line does without them', () => {
  let without: Promise<number> | undefined
  it.each(['a before hook', 'an after hook', 'a filter', 'redaction by path and key'])('%s', async (part) => {
    const bound = (await (without ??= bytesOf('no part, fields of a constant', 0))) + SPREAD_BYTES
    expect(await bytesOf(`${part}, fields of a constant`, bound)).toBeLessThanOrEqual(bound)
  })
})

describe("with the system's clock a line allocates its time and nothing else", () => {
  it.each(['message', 'message of a child with context', 'typed chain of three fields'])('%s', async (scenario) => {
    const bound = CLOCK_BYTES + SPREAD_BYTES
    expect(await bytesOf(`${scenario}, system clock`, bound)).toBeLessThanOrEqual(bound)
  })
})
