import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogger, DEFAULT_LIMITS, type FieldWriter, loggable, plainValues } from 'wideline'
import { RawJson } from '../../src/entry/raw-json.js'
import { entryTaker } from '../pipeline/entry-taker.js'
import { HOSTILE_ERRORS, HOSTILE_OBJECTS, HOSTILE_SCALARS } from './hostile-values.js'

/** What an output that takes entries makes of one field. */
function plain(value: unknown, limits = DEFAULT_LIMITS): unknown {
  const values = plainValues(limits)
  let found: unknown
  const output = entryTaker((entry) => {
    found = entry.count === 0 ? undefined : values.ofField(entry, 0)
  })
  createLogger({ outputs: [output], onError: () => undefined }).info('x', { value })
  return found
}

describe('plain values', () => {
  it('are what JSON.stringify makes, of any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(normal(plain(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it.each([
    { name: 'a date', value: new Date(0), want: '1970-01-01T00:00:00.000Z' },
    { name: 'no date', value: new Date(NaN), want: null },
    { name: 'a bigint within a list', value: [12n, 2n ** 64n], want: [12, '18446744073709551616'] },
    { name: 'boxed values', value: [Object('a'), Object(1), Object(false), Object(5n)], want: ['a', 1, false, 5] },
    { name: 'a Map', value: new Map([['a', 1]]), want: { a: 1 } },
    { name: 'a Map with keys of all kinds', value: new Map([[1, 2]]), want: [[1, 2]] },
    { name: 'a Set', value: new Set(['a']), want: ['a'] },
    { name: 'bytes', value: Buffer.from([1, 2]), want: new Uint8Array([1, 2]) },
    { name: 'numbers', value: new Float32Array([0.5]), want: [0.5] },
    { name: 'an infinity', value: { x: Infinity }, want: { x: null } },
    {
      name: 'a secret at depth',
      value: [{ user: { password: 'hunter2' } }],
      want: [{ user: { password: '[Redacted]' } }],
    },
    { name: 'a lone surrogate', value: 'a\ud800b', want: 'a\ufffdb' },
    { name: 'a getter that throws', value: { get x() { throw new Error('no') } }, want: { x: '[Throws: no]' } }, // prettier-ignore
    { name: '__proto__', value: JSON.parse('{"__proto__":{"a":1}}'), want: { ['__proto__']: { a: 1 } } },
  ])('of $name are $want', ({ value, want }) => {
    const found = plain(value)
    expect(normal(found)).toEqual(want instanceof Uint8Array ? want : normal(want))
  })

  it('of what is cut are marked beside a property that is named as the mark', () => {
    const many = { '…': 'own', ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, i])) }
    const want = { '…': 'own', k0: 0, '_…': 'more' }
    const limits = { ...DEFAULT_LIMITS, maxItems: 2 }
    expect(normal(plain(many, limits))).toEqual(want)
    expect(normal(plain(new Map(Object.entries(many)), limits))).toEqual(want)
  })

  it('of an object that says itself what is logged of it are what it says, of an error its parts', () => {
    const says = (writer: FieldWriter): unknown => writer.int('said', 1)
    const entity = { pin: '1234', [loggable]: says, toJSON: () => ({ pin: '1234' }) }
    expect(normal(plain([entity]))).toEqual([{ said: 1 }])
    expect(normal(plain({ [loggable]: says }))).toEqual({ said: 1 })
    const error = Object.assign(new Error('no'), { [loggable]: says, toJSON: () => ({ pin: '1234' }) })
    expect(normal(plain(error))).toMatchObject({ type: 'Error', message: 'no' })
  })

  it('mark cycles, depth, items and length where they cut', () => {
    const cycle: Record<string, unknown> = { a: 1 }
    cycle['self'] = cycle
    expect(normal(plain(cycle))).toEqual({ a: 1, self: '[Circular]' })
    const limits = { maxDepth: 2, maxItems: 2, maxStringLength: 4, maxLineBytes: 1000 }
    expect(normal(plain({ a: { b: { c: 1 } } }, limits))).toEqual({ a: { b: '[Object]' } })
    expect(plain([1, 2, 3], limits)).toEqual([1, 2, '… 1 more'])
    expect(normal(plain({ a: 1, b: 2, c: 3 }, limits))).toEqual({ a: 1, b: 2, '…': 'more' })
    expect(plain('abcdef', limits)).toBe('abcd…[+2]')
  })

  it('hold as many causes of an error as its bound has, however deep objects may be', () => {
    let error = new Error('cause 12')
    for (let i = 11; i >= 0; i--) error = new Error(`cause ${i}`, { cause: error })
    let depth = 0
    let at = plain(error, { ...DEFAULT_LIMITS, maxDepth: 2 })
    for (; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause) depth++
    expect(depth).toBe(11)
    expect(at).toBe('[Cut]')
  })

  it('are read back of JSON that a gate has kept', () => {
    expect(normal(plain(new RawJson('{"a":[1,null]}')))).toEqual({ a: [1, null] })
  })

  it('share nothing with their source', () => {
    const source = { list: [{ a: 1 }], bytes: new Uint8Array([1]) }
    const found = plain(source) as typeof source
    source.list[0].a = 2
    source.bytes[0] = 2
    expect(found.list[0].a).toBe(1)
    expect(found.bytes[0]).toBe(1)
  })

  it.each([...HOSTILE_OBJECTS, ...HOSTILE_SCALARS, ...HOSTILE_ERRORS])(
    'of $name are made without throwing, in bounded time',
    ({ make }) => {
      const value = make()
      const before = process.cpuUsage()
      plain(value)
      const { user, system } = process.cpuUsage(before)
      expect(user + system).toBeLessThan(1_000_000)
    },
  )
})

/** Without the missing prototypes. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const made: Record<string, unknown> = {}
  for (const [name, each] of Object.entries(value)) {
    Object.defineProperty(made, name, { value: normal(each), enumerable: true, configurable: true, writable: true })
  }
  return made
}
