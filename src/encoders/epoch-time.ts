import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { putInt32, putSix } from '../bytes/decimal.js'

/** Bytes that a time of {@link putEpochNs} takes at most: a sign, 15 digits of milliseconds and six more. */
export const MAX_EPOCH_BYTES = 24

const MINUS = 0x2d
const MILLION = 1e6

/**
 * Stores whole milliseconds since the epoch as digits from `at` on, where the caller has reserved
 * {@link MAX_EPOCH_BYTES}, for a time of a four-digit year. A fraction is cut off, as it is from ISO times.
 *
 * @returns the place after it.
 */
export function putEpochMs(view: DataView, at: number, times: ArrayLike<number>, index: number): number {
  const time = Math.trunc(times[index])
  const size = Math.abs(time)
  if (time < 0) view.setUint8(at++, MINUS)
  const high = Math.floor(size / MILLION)
  const low = size - high * MILLION
  if (high === 0) return putInt32(view, at, low)
  return putSix(view, putInt32(view, at, high), low)
}

/**
 * Stores nanoseconds since the epoch as digits. They are more than a double holds, so milliseconds and what is behind
 * their point are written one after the other: nothing of the clock's reading is lost.
 */
export function putEpochNs(view: DataView, at: number, times: ArrayLike<number>, index: number): number {
  const time = times[index]
  const size = Math.abs(time)
  const whole = Math.floor(size)
  const nanos = Math.floor((size - whole) * MILLION)
  if (time < 0 && whole + nanos > 0) view.setUint8(at++, MINUS)
  const high = Math.floor(whole / MILLION)
  const low = whole - high * MILLION
  if (high > 0) at = putSix(view, putInt32(view, at, high), low)
  else if (low > 0) at = putInt32(view, at, low)
  else return putInt32(view, at, nanos)
  return putSix(view, at, nanos)
}

/** Appends whole milliseconds since the epoch. */
export function writeEpochMs(out: ByteBuffer, times: ArrayLike<number>): void {
  out.reserve(MAX_EPOCH_BYTES)
  out.length = putEpochMs(out.view, out.length, times, 0)
}

/** Appends nanoseconds since the epoch. */
export function writeEpochNs(out: ByteBuffer, times: ArrayLike<number>): void {
  out.reserve(MAX_EPOCH_BYTES)
  out.length = putEpochNs(out.view, out.length, times, 0)
}
