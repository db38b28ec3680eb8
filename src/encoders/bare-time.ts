import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { type IsoClock, ISO_LENGTH, isIsoTime } from '../bytes/iso-time.js'

/** The furthest that a `Date` reaches from the epoch, in milliseconds. */
const MAX_DATE_MS = 8.64e15

/** Appends a time as ISO 8601 without quotes; `null` where there is no such date. The clock's bytes hold the text alone. */
export function writeBareTime(out: ByteBuffer, clock: IsoClock, times: ArrayLike<number>, index: number): void {
  const time = times[index]
  if (isIsoTime(time)) {
    clock.set(times, index)
    out.copyRange(clock.bytes, 0, ISO_LENGTH)
  } else out.text(isDateTime(time) ? new Date(time).toISOString() : 'null')
}

/** Whether `Date` can show this time. */
export function isDateTime(time: number): boolean {
  return Math.abs(time) <= MAX_DATE_MS
}
