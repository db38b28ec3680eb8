import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_NUMBER_BYTES, putAscii, putInt32, putNumberAt } from '../../src/bytes/decimal.js'
import { doublesAround, randomDoubles, shortDecimals } from './numbers.js'
import { runs } from '../runs.js'

const START = 5
const GUARD = 0xee

/** Writes between guard bytes; tells of any byte changed outside of what was reserved. */
function put(write: (view: DataView) => number): string {
  const bytes = new Uint8Array(START + MAX_NUMBER_BYTES + 4).fill(GUARD)
  const end = write(new DataView(bytes.buffer))
  const isClean =
    end <= START + MAX_NUMBER_BYTES &&
    bytes.subarray(0, START).every((byte) => byte === GUARD) &&
    bytes.subarray(START + MAX_NUMBER_BYTES).every((byte) => byte === GUARD)
  return isClean ? Buffer.from(bytes.subarray(START, end)).toString('latin1') : `<out of bounds, end ${end - START}>`
}

const place = new Float64Array(3)

function number(value: number): string {
  place[1] = value
  return put((view) => putNumberAt(view, START, place, 1))
}

function int32(value: number): string {
  return put((view) => putInt32(view, START, value))
}

function differences(values: Iterable<number>, print: (value: number) => string): string[] {
  const found: string[] = []
  for (const value of values) {
    const got = print(value)
    if (got !== JSON.stringify(value) && found.length < 10) found.push(`${value}: got ${got}`)
  }
  return found
}

function* range(from: number, to: number): Generator<number> {
  for (let value = from; value <= to; value++) yield value
}

describe('a number', () => {
  it.each([
    { name: 'zero', input: 0, want: '0' },
    { name: 'minus zero', input: -0, want: '0' },
    { name: 'NaN', input: NaN, want: 'null' },
    { name: 'infinity', input: Infinity, want: 'null' },
    { name: 'minus infinity', input: -Infinity, want: 'null' },
    { name: 'a price', input: 99.5, want: '99.5' },
    { name: 'a sum that is not what it seems', input: 0.1 + 0.2, want: '0.30000000000000004' },
    { name: 'the largest integer that is exact', input: 2 ** 53, want: '9007199254740992' },
    { name: 'the least double', input: 5e-324, want: '5e-324' },
    { name: 'the greatest double', input: Number.MAX_VALUE, want: '1.7976931348623157e+308' },
    { name: 'the last without an exponent', input: 123456789012345680000, want: '123456789012345680000' },
    { name: 'the first with an exponent', input: 1e21, want: '1e+21' },
    { name: 'a small one with an exponent', input: 1e-7, want: '1e-7' },
    { name: 'the longest', input: -2.2250738585072014e-308, want: '-2.2250738585072014e-308' },
  ])('$name is written as $want', ({ input, want }) => {
    expect(number(input)).toBe(want)
  })

  it('is written as JSON.stringify does around every power of two', () => {
    const powers = Array.from({ length: 80 }, (_, exponent) => 2 ** exponent)
    expect(differences(powers.flatMap(doublesAround), number)).toEqual([])
  })

  it('is written as JSON.stringify does around every power of ten', () => {
    const powers = Array.from({ length: 640 }, (_, i) => Number(`1e${i - 325}`))
    expect(differences(powers.flatMap(doublesAround), number)).toEqual([])
  })

  it('is written as JSON.stringify does for 100,000 random doubles', () => {
    expect(differences(randomDoubles(100_000, 1), number)).toEqual([])
  })

  it('is written as JSON.stringify does for 100,000 short decimals and their neighbours', () => {
    expect(differences(shortDecimals(100_000, 2), number)).toEqual([])
  })

  it('is written as JSON.stringify does for 100,000 tenths, hundredths and thousandths', () => {
    for (const scale of [10, 100, 1000, 10_000]) {
      const values = Array.from(range(-100_000, 100_000), (value) => value / scale)
      expect(differences(values, number)).toEqual([])
    }
  })

  it('is written as JSON.stringify does for any double', () => {
    const any = fc.oneof(fc.double(), fc.float(), fc.maxSafeInteger(), fc.integer())
    fc.assert(
      fc.property(any, (value) => {
        expect(number(value)).toBe(JSON.stringify(value))
      }),
      { numRuns: runs(5000) },
    )
  })

  it('is compared with an oracle that tells a wrong digit (control)', () => {
    expect(differences([1.5, 2.5], (value) => (value === 2.5 ? '2.4' : String(value)))).toEqual(['2.5: got 2.4'])
  })
})

describe('a 32-bit integer', () => {
  it('is written as JSON.stringify does from -11,000 to 11,000', () => {
    expect(differences(range(-11_000, 11_000), int32)).toEqual([])
  })

  it('is written as JSON.stringify does around every power of two and ten', () => {
    const edges = [0, -(2 ** 31), 2 ** 31 - 1]
    for (let exponent = 0; exponent < 31; exponent++) edges.push(2 ** exponent, -(2 ** exponent))
    for (let exponent = 0; exponent < 10; exponent++) edges.push(10 ** exponent, -(10 ** exponent))
    const near = edges.flatMap((edge) => [edge - 1, edge, edge + 1]).filter((value) => (value | 0) === value)
    expect(differences(near, int32)).toEqual([])
  })

  it('is written as JSON.stringify does for 100,000 random ones', () => {
    const values = Array.from(randomDoubles(100_000, 3), (value, i) => (Math.imul(i, 0x9e3779b1) ^ value) | 0)
    expect(differences(values, int32)).toEqual([])
  })
})

it('ASCII text is stored unit by unit', () => {
  expect(put((view) => putAscii(view, START, 'null'))).toBe('null')
})
