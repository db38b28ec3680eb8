import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteBuffer } from '../../src/bytes/byte-buffer.js'
import { writeJsonText } from '../../src/bytes/json-text.js'
import { differences, jsonTextOracle, written } from './json-oracle.js'
import { runs } from '../runs.js'

const UNITS = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit))
const LONG = 'a text that is longer than the loops go '

describe('a JSON text', () => {
  it.each([
    { name: 'the empty text', input: '', want: '""' },
    { name: 'plain ASCII', input: 'order paid', want: '"order paid"' },
    { name: 'quotes and backslashes', input: '"\\', want: '"\\"\\\\"' },
    { name: 'the short escapes', input: '\b\t\n\f\r', want: '"\\b\\t\\n\\f\\r"' },
    { name: 'other C0 controls', input: '\u0000\u001b\u001f', want: '"\\u0000\\u001b\\u001f"' },
    { name: 'DEL and C1', input: '\u007f\u0080\u0085\u009f', want: '"\\u007f\\u0080\\u0085\\u009f"' },
    { name: 'line separators', input: '\u2028\u2029', want: '"\\u2028\\u2029"' },
    { name: 'bidi marks', input: '\u061c\u200e\u200f', want: '"\\u061c\\u200e\\u200f"' },
    {
      name: 'bidi embeddings and isolates',
      input: '\u202a\u202e\u2066\u2069',
      want: '"\\u202a\\u202e\\u2066\\u2069"',
    },
    { name: 'neighbours of the controls', input: '\u00a0\u061b\u2027\u202f\u2065\u206a', want: undefined },
    { name: 'letters of two, three and four bytes', input: 'é€😀', want: '"é€😀"' },
    { name: 'a lone high surrogate', input: 'a\ud83dz', want: '"a\ufffdz"' },
    { name: 'a lone low surrogate', input: 'a\ude00z', want: '"a\ufffdz"' },
    { name: 'a pair in the wrong order', input: '\ude00\ud83d', want: '"\ufffd\ufffd"' },
    { name: 'a high surrogate before a pair', input: '\ud83d😀', want: '"\ufffd😀"' },
  ])('holds $name as JSON does, or as documented', ({ input, want }) => {
    expect(written(input)).toBe(want ?? JSON.stringify(input))
  })

  it('holds every UTF-16 unit alone as the oracle says', () => {
    expect(differences(UNITS)).toEqual([])
  })

  it('holds every UTF-16 unit between letters as the oracle says', () => {
    expect(differences(UNITS.map((unit) => `a${unit}z`))).toEqual([])
  })

  it('holds every UTF-16 unit inside a long text as the oracle says', () => {
    expect(differences(UNITS.map((unit) => LONG + unit + LONG))).toEqual([])
  })

  it('holds every UTF-16 unit after letters of two and three bytes in a long text as the oracle says', () => {
    expect(differences(UNITS.map((unit) => `${LONG}é€${unit}`))).toEqual([])
  })

  it('is what the oracle says for any text', () => {
    const special = fc.constantFrom(
      '"',
      '\\',
      '\n',
      '\u001b',
      '\u007f',
      '\u0085',
      '\u061c',
      '\u2028',
      '\u202e',
      '\u2066',
    )
    const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit))
    const surrogate = fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit))
    const ascii = fc.integer({ min: 0x20, max: 0x7e }).map((unit) => String.fromCharCode(unit))
    const unit = fc.oneof({ weight: 12, arbitrary: ascii }, anyUnit, special, surrogate)
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 300 }), fc.nat({ max: 9 }), (text, offset) => {
        expect(written(text, 8, 'x'.repeat(offset))).toBe(jsonTextOracle(text))
      }),
      { numRuns: runs(5000) },
    )
  })

  it('is valid UTF-8 for a text of nothing but lone surrogates', () => {
    const out = new ByteBuffer(4)
    writeJsonText(out, '\udc00'.repeat(500) + '\ud800'.repeat(500))
    const strict = new TextDecoder('utf-8', { fatal: true })
    expect(strict.decode(out.bytes.subarray(0, out.length))).toBe(`"${'\ufffd'.repeat(1000)}"`)
  })

  it('of 1 MiB is what the oracle says, plain or full of escapes', () => {
    expect(differences(['x'.repeat(1 << 20), '\u001b'.repeat(1 << 20), '€'.repeat(1 << 20)])).toEqual([])
  })
})

describe('the oracle itself', () => {
  it('tells a text that is written wrongly (control)', () => {
    expect(jsonTextOracle('a\u2028')).not.toBe(JSON.stringify('a\u2028'))
    expect(jsonTextOracle('a\ud800')).not.toBe(JSON.stringify('a\ud800'))
    expect(jsonTextOracle('a\n')).toBe('"a\\n"')
  })
})
