import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { json } from 'wideline'
import { ByteBuffer } from '../../src/bytes/byte-buffer.js'
import { Fields } from '../../src/entry/fields.js'
import { KeyTable } from '../../src/entry/key.js'
import { readJson, strictParse } from './strict-json.js'
import { runs } from '../runs.js'

const encoder = json()
const table = new KeyTable({ secrets: [], reserved: [] })
const fields = new Fields(table)
const out = new ByteBuffer(1024)

/** The JSON object of one field, as it would stand on a line; undefined where nothing is written. */
function written(value: unknown): string {
  fields.clear()
  fields.renew()
  out.length = 0
  encoder.encodeField(fields.any('value', value), 0, out, Infinity)
  return `{${out.toString().slice(1)}}`
}

/**
 * A value's JSON form after it was read back, so that only what a reader sees is compared. `any()` writes null where
 * `JSON.stringify` leaves a property out, and so the value stands in an array here.
 */
function oracle(value: unknown): string {
  const text = JSON.stringify([value])
  return `{"value":${JSON.stringify(readJson(text)).slice(1, -1)}}`
}

const shared = {
  maxDepth: 6,
  maxKeys: 8,
  withNullPrototype: true,
  withDate: true,
  withBoxedValues: true,
  withSparseArray: true,
  values: [
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, NaN, Infinity),
    fc.constant(() => 1),
    fc.constant({ toJSON: () => ({ made: [1, undefined] }) }),
  ],
}

/** Any UTF-16 unit, surrogates and the marks of the writer often. */
const unit = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom('\ud800', '\udc00', '\ufffd', '…', '~', '0', '"', '\\'),
)

describe('json()', () => {
  it('writes 10,000 random values so that they read back as what JSON.stringify writes', () => {
    const value = fc.anything({ ...shared, key: fc.string({ unit: 'binary', maxLength: 40 }) })
    fc.assert(
      fc.property(value, (each) => {
        expect(JSON.stringify(strictParse(written(each)))).toBe(oracle(each))
      }),
      { numRuns: runs(10_000) },
    )
  })

  it('writes a valid line without a key twice, whatever the value', () => {
    const value = fc.anything({
      ...shared,
      key: fc.string({ unit, maxLength: 5 }),
      withBigInt: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    })
    fc.assert(
      fc.property(value, (each) => {
        strictParse(written(each))
      }),
      { numRuns: runs(5000) },
    )
  })

  it.each([
    { name: 'a lone surrogate and its replacement', input: { '\ud800': 1, '\ufffd': 2 } },
    { name: 'two lone surrogates', input: { '\ud800': 1, '\ud801': 2, '\udc00': 3 } },
    { name: 'a mended name and one that looks like it', input: { '\ud800': 1, '\ufffd~0': 2, '\ufffd~1': 3 } },
    { name: 'two long names with one beginning', input: { [`${'k'.repeat(300)}a`]: 1, [`${'k'.repeat(300)}b`]: 2 } },
    { name: 'the mark of what was left out, in an object', input: crowd() },
    { name: 'the mark of what was left out, in a Map', input: new Map(Object.entries(crowd())) },
    { name: 'names that differ in their form only', input: { é: 1, 'e\u0301': 2 } },
  ])('writes no key twice for $name', ({ input }) => {
    const text = written(input)
    strictParse(text)
    expect(text.match(/[123]/g)?.length).toBeGreaterThan(1)
  })

  it('is compared by a test that tells a difference (control)', () => {
    expect(JSON.stringify(strictParse(written({ a: new Map([['b', 1]]) })))).not.toBe(
      oracle({ a: new Map([['b', 1]]) }),
    )
    expect(JSON.stringify(strictParse(written([1, () => 1, { b: undefined, c: [undefined] }])))).toBe(
      '{"value":[1,null,{"c":[null]}]}',
    )
  })
})

/** More properties than are written, one of them named like the mark that counts the others. */
function crowd(): Record<string, number> {
  const made: Record<string, number> = { '…': 1 }
  for (let i = 0; i < 1500; i++) made[`k${i}`] = 2
  return made
}
