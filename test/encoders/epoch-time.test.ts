import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_EPOCH_BYTES, putEpochMs, putEpochNs } from '../../src/encoders/epoch-time.js'
import { runs } from '../runs.js'

const MIN_MS = -62167219200000
const MAX_MS = 253402300799999

function written(put: typeof putEpochMs, time: number): string {
  const bytes = Buffer.alloc(MAX_EPOCH_BYTES + 1, '#')
  const end = put(new DataView(bytes.buffer, bytes.byteOffset), 0, Float64Array.of(time), 0)
  expect(end).toBeLessThanOrEqual(MAX_EPOCH_BYTES)
  return bytes.toString('latin1', 0, end)
}

/** Nanoseconds by way of the double's own digits, with no rounding of ours. */
function oracle(time: number): string {
  const size = Math.abs(time)
  const nanos = BigInt(Math.floor(size)) * 1_000_000n + BigInt(Math.floor((size % 1) * 1e6))
  return (time < 0 ? -nanos : nanos).toString()
}

const times = fc.oneof(
  fc.integer({ min: MIN_MS, max: MAX_MS }),
  fc.double({ min: MIN_MS, max: MAX_MS, noNaN: true }),
  fc.double({ min: -2e6, max: 2e6, noNaN: true }),
  fc.constantFrom(0, 0.5, -0.5, 1, -1, 999_999, 1e6, 1e6 - 1, 1e12, 1e12 - 1, 1e13, MIN_MS, MAX_MS),
)

describe('a time since the epoch', () => {
  it.each([
    { time: 0, ms: '0', ns: '0' },
    { time: 0.25, ms: '0', ns: '250000' },
    { time: -0.25, ms: '0', ns: '-250000' },
    { time: 7, ms: '7', ns: '7000000' },
    { time: 1_000_000, ms: '1000000', ns: '1000000000000' },
    { time: 1795402335206, ms: '1795402335206', ns: '1795402335206000000' },
    { time: 1795402335206.25, ms: '1795402335206', ns: '1795402335206250000' },
    { time: -62167219200000, ms: '-62167219200000', ns: '-62167219200000000000' },
    { time: 253402300799999, ms: '253402300799999', ns: '253402300799999000000' },
  ])('is $ms milliseconds and $ns nanoseconds for $time', ({ time, ms, ns }) => {
    expect(written(putEpochMs, time).replace(/^-0$/, '0')).toBe(ms)
    expect(written(putEpochNs, time)).toBe(ns)
  })

  it('has the digits of a BigInt, whatever the time', () => {
    fc.assert(
      fc.property(times, (time) => {
        expect(written(putEpochMs, time)).toBe(BigInt(Math.trunc(time)).toString())
        expect(written(putEpochNs, time)).toBe(oracle(time))
      }),
      { numRuns: runs(10_000) },
    )
  })
})
