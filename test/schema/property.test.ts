import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { any, bigint, bool, type DeclaredField, duration, error, fields, float, int, string, timestamp } from 'wideline'
import { captureLogs } from 'wideline/testing'

const BUILDERS = { string, int, float, bool, bigint, timestamp, duration, error, any }
type Kind = keyof typeof BUILDERS

/** Whether a parsed line's value may stand in a column of a kind: an oracle too simple to be wrong. */
function fits(kind: Kind, value: unknown): boolean {
  if (value === null) return true
  switch (kind) {
    case 'string':
      return typeof value === 'string'
    case 'int':
      return Number.isSafeInteger(value)
    case 'bigint':
      return typeof value === 'number' && (Number.isInteger(value) || Math.abs(value) > 1e15)
    case 'float':
    case 'duration':
      return typeof value === 'number'
    case 'bool':
      return typeof value === 'boolean'
    case 'timestamp':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
    case 'error':
      return typeof value === 'object' && 'type' in value
    default:
      return true
  }
}

const names = fc.uniqueArray(
  fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'x y', 'ü', '"', '__proto__', 'toString', '0'),
  {
    minLength: 1,
    maxLength: 8,
  },
)
const kinds = fc.array(fc.constantFrom<Kind>(...(Object.keys(BUILDERS) as Kind[])), { minLength: 8, maxLength: 8 })
const value = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }),
  fc.integer(),
  fc.double(),
  fc.string({ unit: 'binary' }),
  fc.bigInt(),
  fc.date({ noInvalidDate: false }),
  fc.constantFrom('42', 'true', '2026-11-23T02:52:15Z', new Error('no'), Symbol('s'), () => 1),
)
const values = fc.array(value, { minLength: 8, maxLength: 8 })

describe('a set of any fields with any values', () => {
  it('writes one line, on which each declared key has a value of its kind or says what is wrong, and none stands twice', () => {
    const logs = captureLogs({ level: 'info' })
    fc.assert(
      fc.property(names, kinds, values, fc.boolean(), (properties, theKinds, theValues, isPlain) => {
        const shape: Record<string, DeclaredField> = Object.create(null) as Record<string, DeclaredField>
        const given = (isPlain ? {} : Object.create(null)) as Record<string, unknown>
        for (const [i, name] of properties.entries()) {
          shape[name] = BUILDERS[theKinds[i]]()
          Object.defineProperty(given, name, { value: theValues[i], enumerable: true })
        }
        logs.clear()
        logs.logger.info('m', fields(shape), given as never)
        expect(logs.lines).toHaveLength(1)
        const line = logs.parsed()[0]
        const keys = [...logs.lines[0].matchAll(/(?<=[{,])"((?:[^"\\]|\\.)*)":/g)].map(([, key]) => key)
        for (const [i, name] of properties.entries()) {
          if (Object.hasOwn(line, name)) expect(fits(theKinds[i], line[name])).toBe(true)
          else if (!Object.hasOwn(line, `${name}Error`)) {
            // Left out: nothing was there, or nothing that JSON has a form for.
            expect(['undefined', 'function', 'symbol', 'object']).toContain(typeof theValues[i])
          }
        }
        expect(Object.keys(line).length).toBeLessThanOrEqual(keys.length)
      }),
      { numRuns: 2000 },
    )
    expect(logs.logger.stats().problems).toBe(0)
  })
})
