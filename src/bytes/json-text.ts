import type { ByteBuffer } from './byte-buffer.js'

/** Up to this many UTF-16 units a loop beats `utf8Write` and a scan of the bytes (crossing measured near 36). */
export const SHORT_TEXT = 32

/** The last unit for which {@link isControl} holds. */
const LAST_CONTROL = 0x2069

/** Bytes that one UTF-16 unit takes at most, as `\u001b`. */
export const MAX_UNIT_BYTES = 6

const QUOTE = 0x22
const BACKSLASH = 0x5c
const HEX = Buffer.from('0123456789abcdef')

/** For units below 0x80: 0 to copy, 1 for `\u00xx`, else the letter after the backslash. */
const ESCAPES = new Uint8Array(128)
ESCAPES.fill(1, 0, 0x20)
ESCAPES[0x7f] = 1
ESCAPES[QUOTE] = QUOTE
ESCAPES[BACKSLASH] = BACKSLASH
ESCAPES[0x08] = 0x62
ESCAPES[0x09] = 0x74
ESCAPES[0x0a] = 0x6e
ESCAPES[0x0c] = 0x66
ESCAPES[0x0d] = 0x72

/**
 * Appends a JSON string, quotes included: what `JSON.stringify` writes, except that DEL, C1, the line separators and
 * the bidirectional controls are escaped too (no value can forge a line or drive a terminal), and that a lone
 * surrogate becomes U+FFFD (strict readers reject its escape).
 */
export function writeJsonText(out: ByteBuffer, value: string): void {
  const units = value.length
  if (units > SHORT_TEXT) {
    writeLong(out, value)
    return
  }
  out.reserve(units * MAX_UNIT_BYTES + 2)
  const end = putShortText(out.bytes, out.length, value)
  if (end < 0) writeEscaped(out, value)
  else out.length = end
}

/**
 * Stores a JSON string of printable ASCII from `at` on, where the caller has reserved its units and two quotes.
 *
 * @returns the place after it, or -1 when something in it must be escaped or is not ASCII: {@link writeJsonText} does
 * that.
 */
export function putShortText(bytes: Uint8Array, at: number, value: string): number {
  const units = value.length
  bytes[at++] = QUOTE
  for (let i = 0; i < units; i++) {
    const unit = value.charCodeAt(i)
    if (unit < 0x20 || unit >= 0x7f || unit === QUOTE || unit === BACKSLASH) return -1
    bytes[at++] = unit
  }
  bytes[at++] = QUOTE
  return at
}

function writeLong(out: ByteBuffer, value: string): void {
  const units = value.length
  out.reserve(units * 3 + 2)
  const start = out.length + 1
  out.bytes[out.length] = QUOTE
  const end = start + out.bytes.utf8Write(value, start)
  const count = findEscapes(out, start, end)
  if (count === 0) {
    out.bytes[end] = QUOTE
    out.length = end + 1
  } else if (count < 0) writeEscaped(out, value)
  else escapeInPlace(out, end, count)
}

/** More escapes than this in one string: writing it anew, unit by unit, is cheaper than moving its pieces. */
const MAX_ESCAPES = 512

/** Where the last scan found something to escape: places of first bytes. Valid until the next scan. */
const places = new Int32Array(MAX_ESCAPES)

/**
 * Looks through UTF-8 four bytes at a time (0.5 ns a byte where a loop over bytes takes 2) for what must be escaped.
 *
 * @returns how many it found and put into {@link places}, or -1 when there are too many.
 */
function findEscapes(out: ByteBuffer, start: number, end: number): number {
  const { bytes, words } = out
  let count = 0
  let at = start
  while (at < end) {
    if ((at & 3) === 0 && at + 4 <= end) {
      const word = words[at >> 2]
      const quotes = (word ^ 0x22222222) + 0x7f7f7f7f
      const slashes = (word ^ 0x5c5c5c5c) + 0x7f7f7f7f
      // The high bit of a byte stays clear unless it is below 0x20, 0x22, 0x5c, or 0x7f and above.
      const found = ((word - 0x20202020) | ~quotes | ~slashes | (word + 0x01010101) | word) & 0x80808080
      if (found === 0) {
        at += 4
        continue
      }
    }
    const size = escapedSize(bytes, at)
    if (size > 0) {
      if (count === MAX_ESCAPES || count * 6 > end - start) return -1
      places[count++] = at
      at += size
    } else at++
  }
  return count
}

/** How many bytes at this place make up a character to escape; 0 when there is none. */
function escapedSize(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  if (byte < 0x80) return ESCAPES[byte] === 0 ? 0 : 1
  // Only these lead bytes begin a control above DEL.
  if (byte === 0xc2) return bytes[at + 1] < 0xa0 ? 2 : 0
  if (byte === 0xd8) return bytes[at + 1] === 0x9c ? 2 : 0
  if (byte !== 0xe2) return 0
  const next = bytes[at + 1]
  return (next === 0x80 || next === 0x81) && isControl(unitOf(bytes, at)) ? 3 : 0
}

/** The UTF-16 unit of a character of at most three bytes. */
function unitOf(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  if (byte < 0x80) return byte
  if (byte < 0xe0) return ((byte & 0x1f) << 6) | (bytes[at + 1] & 0x3f)
  return ((byte & 0x0f) << 12) | ((bytes[at + 1] & 0x3f) << 6) | (bytes[at + 2] & 0x3f)
}

/** Makes room for the escapes at {@link places}, moving what lies between them from the end backwards. */
function escapeInPlace(out: ByteBuffer, end: number, count: number): void {
  const raw = out.length
  out.length = end
  out.reserve(count * MAX_UNIT_BYTES + 1)
  const { bytes } = out
  let grown = 0
  for (let i = 0; i < count; i++) grown += escapeLength(bytes, places[i]) - sizeAt(bytes, places[i])
  let target = end + grown
  bytes[target] = QUOTE
  out.length = target + 1
  let from = end
  for (let i = count - 1; i >= 0; i--) {
    const place = places[i]
    const next = place + sizeAt(bytes, place)
    target -= from - next
    bytes.copyWithin(target, next, from)
    const unit = unitOf(bytes, place)
    target -= escapeLength(bytes, place)
    putEscape(bytes, target, unit)
    from = place
  }
  bytes[raw] = QUOTE
}

function sizeAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : 3
}

function escapeLength(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  return byte < 0x80 && ESCAPES[byte] > 1 ? 2 : MAX_UNIT_BYTES
}

function putEscape(bytes: Uint8Array, at: number, unit: number): void {
  const letter = unit < 0x80 ? ESCAPES[unit] : 1
  if (letter === 1) writeUnicodeEscape(bytes, at, unit)
  else {
    bytes[at] = BACKSLASH
    bytes[at + 1] = letter
  }
}

/** Whether a unit from 0x80 up drives a line or a terminal: C1, U+2028/9 and the bidirectional controls. */
export function isControl(unit: number): boolean {
  return (
    unit < 0xa0 ||
    unit === 0x061c ||
    (unit >= 0x200e && unit <= 0x200f) ||
    (unit >= 0x2028 && unit <= 0x202e) ||
    (unit >= 0x2066 && unit <= 0x2069)
  )
}

/** Writes the whole string again, unit by unit. `out.length` still stands where the string begins. */
function writeEscaped(out: ByteBuffer, value: string): void {
  out.reserve(value.length * MAX_UNIT_BYTES + 2)
  const bytes = out.bytes
  let at = out.length
  bytes[at++] = QUOTE
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (unit < 0x80) {
      const escape = ESCAPES[unit]
      if (escape === 0) bytes[at++] = unit
      else if (escape === 1) at = writeUnicodeEscape(bytes, at, unit)
      else {
        bytes[at++] = BACKSLASH
        bytes[at++] = escape
      }
    } else if (unit < 0x800) {
      if (isControl(unit)) at = writeUnicodeEscape(bytes, at, unit)
      else {
        bytes[at++] = 0xc0 | (unit >> 6)
        bytes[at++] = 0x80 | (unit & 0x3f)
      }
    } else if (unit >= 0xd800 && unit <= 0xdfff) {
      const next = unit <= 0xdbff && i + 1 < value.length ? value.charCodeAt(i + 1) : 0
      if (next >= 0xdc00 && next <= 0xdfff) {
        const point = 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00)
        bytes[at++] = 0xf0 | (point >> 18)
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f)
        bytes[at++] = 0x80 | ((point >> 6) & 0x3f)
        bytes[at++] = 0x80 | (point & 0x3f)
        i++
      } else {
        bytes[at++] = 0xef
        bytes[at++] = 0xbf
        bytes[at++] = 0xbd
      }
    } else if (unit <= LAST_CONTROL && isControl(unit)) at = writeUnicodeEscape(bytes, at, unit)
    else {
      bytes[at++] = 0xe0 | (unit >> 12)
      bytes[at++] = 0x80 | ((unit >> 6) & 0x3f)
      bytes[at++] = 0x80 | (unit & 0x3f)
    }
  }
  bytes[at++] = QUOTE
  out.length = at
}

function writeUnicodeEscape(bytes: Uint8Array, at: number, unit: number): number {
  bytes[at] = BACKSLASH
  bytes[at + 1] = 0x75
  bytes[at + 2] = HEX[unit >> 12]
  bytes[at + 3] = HEX[(unit >> 8) & 15]
  bytes[at + 4] = HEX[(unit >> 4) & 15]
  bytes[at + 5] = HEX[unit & 15]
  return at + 6
}
