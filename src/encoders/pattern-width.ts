import type { ByteBuffer } from '../bytes/byte-buffer.js'

const SPACE = 0x20

/** How wide a conversion's text is made, in characters: log4j's format modifiers. */
export interface Width {
  /** Shorter text is filled up with spaces. */
  readonly min: number
  /** Longer text is cut. */
  readonly max: number
  /** Spaces come behind the text, not in front of it. */
  readonly isLeft: boolean
  /** The end of the text is cut off, not its beginning. */
  readonly keepsStart: boolean
}

/** Brings the text from `start` to the end of `out` to its width. */
export function fitWidth(out: ByteBuffer, start: number, width: Width): void {
  let count = charactersOf(out, start)
  if (count > width.max) {
    const { bytes, length } = out
    if (width.keepsStart) out.length = placeOf(out, start, width.max)
    else {
      const from = placeOf(out, start, count - width.max)
      bytes.copyWithin(start, from, length)
      out.length = start + length - from
    }
    count = width.max
  }
  const missing = width.min - count
  if (missing <= 0) return
  out.reserve(missing)
  const { bytes, length } = out
  if (width.isLeft) bytes.fill(SPACE, length, length + missing)
  else {
    bytes.copyWithin(start + missing, start, length)
    bytes.fill(SPACE, start, start + missing)
  }
  out.length = length + missing
}

function charactersOf(out: ByteBuffer, start: number): number {
  let count = 0
  for (let at = start; at < out.length; at++) if (isFirstByte(out.bytes[at])) count++
  return count
}

/** Where the character with this number begins, counted from 0 at `start`. */
function placeOf(out: ByteBuffer, start: number, number: number): number {
  let at = start
  for (let left = number; at < out.length; at++) if (isFirstByte(out.bytes[at]) && left-- === 0) break
  return at
}

function isFirstByte(byte: number): boolean {
  return (byte & 0xc0) !== 0x80
}
