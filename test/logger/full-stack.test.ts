import { describe, expect, it } from 'vitest'
import { createLogger, fallback, json, type LoggerOptions, memory, type Output, split } from 'wideline'
import { fixedClock } from 'wideline/testing'
import { NOW } from '../encoders/lines.js'

/*
 * A function that calls itself for ever fills the stack, most likely while it logs. The error is its own and reaches its caller;
 * the logger must go on with the next line as if nothing had been.
 */

const lines = memory({ maxLines: 1e9 })
const makers: [string, () => Output][] = [
  ['an output', () => lines],
  ['split()', () => split({ info: lines, error: memory() })],
  ['fallback()', () => fallback(lines, memory())],
]
const columns: LoggerOptions = { hooks: { before: () => undefined } }
const ways: [string, LoggerOptions][] = [
  ['without an entry', {}],
  ['by way of an entry', columns],
  ['by way of an entry, under a path', { ...columns, redact: ['at.secret'] }],
]

/** Fills the stack, and calls what is given at each of the last so many levels. */
function fillStack(call: () => void, levels: number): void {
  let left = levels
  function deeper(level: number, ...more: number[]): void {
    try {
      if (level % 3 === 0) deeper(level + 1)
      else deeper(level + 1, ...more, level)
    } catch (error) {
      if (left-- > 0) {
        try {
          call()
        } catch {
          // There is no room for the call: the next one up has more.
        }
      }
      throw error
    }
  }
  expect(() => deeper(0)).toThrow(RangeError)
}

describe('a stack that is full', () => {
  it.each(makers.flatMap(([name, make]) => ways.map(([way, options]) => [name, way, make, options] as const)))(
    'costs %s, %s, no line that comes after it',
    (_name, _way, make, options) => {
      const outputs = [{ output: make(), encoder: json() }]
      const logger = createLogger({ clock: fixedClock(NOW), onError: () => undefined, ...options, outputs })
      const child = logger.child({ tenant: 'acme' })
      function walk(step: number): void {
        logger.info('visit', { step, at: { list: [1] }, token: 'hush' })
        walk(step + 1)
      }
      const calls = [
        () => logger.info('m'),
        () => child.info('m', { a: 1, tenant: 'other', password: 'hush' }),
        () => logger.info('m', { at: { list: [{ a: { b: 1 } }], token: 'hush' } }),
        () =>
          logger.info('m', {
            get a() {
              logger.info('inner')
              return 1
            },
          }),
      ]
      const written: string[] = []
      for (let round = 0; round < 2; round++) {
        expect(() => walk(0)).toThrow(RangeError)
        for (const call of calls) {
          fillStack(call, 60)
          written.push(...lines.lines)
          lines.clear()
          logger.info('after', { a: { b: { c: [1] } }, round })
          child.info('after')
          expect(lines.lines).toEqual([
            `{"level":"info","time":"${NOW}","msg":"after","a":{"b":{"c":[1]}},"round":${round}}`,
            `{"level":"info","time":"${NOW}","msg":"after","tenant":"acme"}`,
          ])
        }
      }
      expect(written.length).toBeGreaterThan(1000)
      for (const line of written) expect(() => JSON.parse(line) as unknown).not.toThrow()
      expect(written.join()).not.toContain('hush')
      expect(logger.stats().dropped).toBe(0)
    },
    30_000,
  )

  it('costs a logger that is first used there none of its later lines', () => {
    // Frames of many sizes: it is to end within each of the calls that a first line takes.
    for (let size = 0; size < 40; size++) {
      const logger = createLogger({ clock: fixedClock(NOW), outputs: [{ output: lines, encoder: json() }] })
      const child = logger.child({ tenant: 'acme' })
      let left = 200
      function deeper(...more: number[]): void {
        try {
          deeper(...more)
        } catch (error) {
          if (left-- > 0) {
            try {
              child.info('m')
            } catch {
              // There is no room for the call: the next one up has more.
            }
          }
          throw error
        }
      }
      expect(() => deeper(...Array.from({ length: size }, () => size))).toThrow(RangeError)
      lines.clear()
      logger.info('after')
      child.info('after')
      expect(lines.lines).toHaveLength(2)
    }
  })
})
