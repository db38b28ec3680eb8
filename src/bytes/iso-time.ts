import type { ByteBuffer } from './byte-buffer.js'
import { allocate, type NativeBuffer } from './native-buffer.js'

/** Length of `2026-11-23T02:52:15.206Z`. */
export const ISO_LENGTH = 24

/** Milliseconds since the epoch that `Date` can show as a four-digit year. */
const MIN_MS = -62167219200000
const MAX_MS = 253402300799999

/**
 * Keeps one time as ISO 8601 in UTC in place among other bytes. Within a second only three digits change, and within a
 * millisecond nothing.
 */
export class IsoClock {
  private time = NaN
  private second = NaN

  constructor(
    /** Where the text stands; owned by this clock from `offset` on, for {@link ISO_LENGTH} bytes. */
    readonly bytes: NativeBuffer = allocate(ISO_LENGTH),
    private readonly offset: number = 0,
  ) {}

  /** Brings the text to a time, in milliseconds since the epoch, for which {@link isIsoTime} holds. */
  set(times: ArrayLike<number>, index: number): void {
    if (times[index] !== this.time) this.update(times[index])
  }

  private update(given: number): void {
    const time = Math.trunc(given)
    const second = Math.floor(time / 1000)
    if (second !== this.second) this.format(time, second)
    const millisecond = (time - second * 1000) | 0
    const { bytes, offset } = this
    const hundreds = (millisecond / 100) | 0
    const rest = millisecond - hundreds * 100
    const tens = (rest / 10) | 0
    bytes[offset + 20] = 0x30 + hundreds
    bytes[offset + 21] = 0x30 + tens
    bytes[offset + 22] = 0x30 + (rest - tens * 10)
    // Last: where the stack is full the above does not come to its end.
    this.time = given
  }

  private format(time: number, second: number): void {
    this.bytes.latin1Write(new Date(time).toISOString(), this.offset)
    this.second = second
  }
}

/** Whether {@link IsoClock} and a four-digit year can show this time. */
export function isIsoTime(time: number): boolean {
  return time >= MIN_MS && time <= MAX_MS
}

/**
 * Appends any time value as a JSON string; one that no four-digit year can show is written as `Date` prints it, or
 * `null`. The clock's bytes hold the text alone.
 */
export function writeIsoTime(out: ByteBuffer, clock: IsoClock, times: ArrayLike<number>, index: number): void {
  const time = times[index]
  if (isIsoTime(time)) {
    clock.set(times, index)
    out.byte(0x22)
    out.copyRange(clock.bytes, 0, ISO_LENGTH)
    out.byte(0x22)
  } else if (Math.abs(time) <= 8.64e15) out.text(`"${new Date(time).toISOString()}"`)
  else out.text('null')
}
