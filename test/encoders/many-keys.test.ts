import { describe, expect, it } from 'vitest'
import { json, type Logger } from 'wideline'
import { write } from './lines.js'
import { stopwatch } from './stopwatch.js'
import { strictParse } from './strict-json.js'

const MILLION = 1_000_000

/**
 * An object of a million keys cannot be read in 50 ms by anybody: a `for…in` that stops at its first key, `Object.keys`
 * and `JSON.stringify` take 350 to 800 ms on the machine this was written on. So the bound here is three times what one
 * bare `for…in` takes, and the 50 ms of reliability.md on top: work for each key takes ten times as long and more.
 */
function boundMs(value: object): number {
  let count = 0
  const bare = timeOf(() => {
    // The counting keeps the loop from being thrown out.
    for (const _ in value) count++
  })
  expect(count).toBeGreaterThanOrEqual(MILLION)
  return 3 * bare + 50
}

function timeOf(run: () => void): number {
  const clock = stopwatch()
  run()
  return clock()
}

/** Bytes, which `for…in` lists one by one. */
const BYTES = Buffer.alloc(MILLION)

function keyed(value: (i: number) => unknown): Record<string, unknown> {
  const made: Record<string, unknown> = {}
  for (let i = 0; i < MILLION; i++) made[`key${i}`] = value(i)
  return made
}

const DOORS: { name: string; log: (logger: Logger, value: Record<string, unknown>) => void }[] = [
  { name: 'a field', log: (log, value) => log.info('m', { value }) },
  { name: 'the fields', log: (log, value) => log.info('m', value) },
]

describe('an object of a million keys', () => {
  describe.each([
    { name: 'with values', value: keyed((i) => i) },
    { name: 'without values', value: keyed(() => undefined) },
  ])('$name', ({ value }) => {
    it.each(DOORS)('is written as $name about as fast as its keys can be listed', ({ log }) => {
      const { logger, lines } = write(json())
      const took = timeOf(() => log(logger, value))
      strictParse(lines[0])
      expect(took).toBeLessThanOrEqual(boundMs(value))
    })
  })

  it('may be bytes that are given as the fields', () => {
    const { logger, lines } = write(json())
    const took = timeOf(() => logger.at('info')?.all(BYTES).msg('m'))
    strictParse(lines[0])
    expect(took).toBeLessThanOrEqual(boundMs(BYTES))
  })
})
