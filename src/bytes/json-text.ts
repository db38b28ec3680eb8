import type { ByteBuffer } from './byte-buffer.js'

/** Up to this many UTF-16 units a loop beats `utf8Write` and a scan of the bytes (crossing measured near 60). */
export const SHORT_TEXT = 64

/** The last unit for which {@link isControl} holds. */
const LAST_CONTROL = 0x2069

/** Bytes that one UTF-16 unit takes at most, as `\u001b`. */
const MAX_UNIT_BYTES = 6
/** What a text takes beyond its units: two quotes, and the rest of the last word that is stored. */
const TEXT_SLACK = 10

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

/** Units below this have their bytes ready. */
const READY_UNITS = 0x100

/**
 * What each unit below 0x100 becomes, as the eight bytes of a double of which {@link SIZES} count. One store and no
 * branch for each: 2 ns a unit whatever stands in the text, where a chain of conditions takes 3 for plain text and 16
 * for text in which anything may come next.
 */
const UNITS = new Float64Array(READY_UNITS)
const SIZES = new Uint8Array(READY_UNITS)

const unitBytes = new Uint8Array(UNITS.buffer).fill(0x20)
for (let unit = 0; unit < READY_UNITS; unit++) {
  const at = unit * 8
  SIZES[unit] = putUnit(unitBytes, at, unit) - at
}

/** The same for each byte of UTF-8; a size of 0 means that the bytes after it decide. */
const BYTES = UNITS.slice()
const BYTE_SIZES = SIZES.slice()

for (let byte = 0x80; byte < 0x100; byte++) {
  new Uint8Array(BYTES.buffer)[byte * 8] = byte
  BYTE_SIZES[byte] = 1
}
// With which C1, U+061C, the line separators and the other bidirectional controls begin.
for (const lead of [0xc2, 0xd8, 0xe2]) BYTE_SIZES[lead] = 0

/**
 * Appends a JSON string, quotes included: what `JSON.stringify` writes, except that DEL, C1, the line separators and
 * the bidirectional controls are escaped too (no value can forge a line or drive a terminal), and that a lone
 * surrogate becomes U+FFFD (strict readers reject its escape).
 */
export function writeJsonText(out: ByteBuffer, value: string): void {
  if (value.length > SHORT_TEXT) writeLong(out, value)
  else {
    out.reserve(textBytes(value))
    out.length = putText(out.bytes, out.view, out.length, value)
  }
}

/** What {@link putText} may store at most. */
export function textBytes(value: string): number {
  return value.length * MAX_UNIT_BYTES + TEXT_SLACK
}

/**
 * Stores a JSON string from `at` on, where the caller has reserved {@link textBytes}.
 *
 * @param view - The same memory as `bytes`.
 * @returns the place after it.
 */
export function putText(bytes: Uint8Array, view: DataView, at: number, value: string): number {
  const last = value.length - 1
  bytes[at++] = QUOTE
  let i = 0
  // Plain text goes four units at a time, up to the first that is not: a fifth less time than one by one.
  while (i + 3 <= last) {
    const first = value.charCodeAt(i)
    const second = value.charCodeAt(i + 1)
    const third = value.charCodeAt(i + 2)
    const fourth = value.charCodeAt(i + 3)
    const word = first | (second << 8) | (third << 16) | (fourth << 24)
    if ((first | second | third | fourth) > 0x7f || suspects(word) !== 0) break
    view.setInt32(at, word, true)
    at += 4
    i += 4
  }
  while (i < last) {
    const first = value.charCodeAt(i)
    const second = value.charCodeAt(i + 1)
    if ((first | second) < READY_UNITS) {
      view.setFloat64(at, UNITS[first], true)
      at += SIZES[first]
      view.setFloat64(at, UNITS[second], true)
      at += SIZES[second]
      i += 2
    } else if (isHigh(first) && isLow(second)) {
      at = putPair(bytes, at, first, second)
      i += 2
    } else {
      at = putUnit(bytes, at, first)
      i++
    }
  }
  if (i === last) at = putUnit(bytes, at, value.charCodeAt(i))
  bytes[at] = QUOTE
  return at + 1
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
  } else if (count > 0) escapeInPlace(out, end, count)
  else escapeAnew(out, end)
}

/** More escapes than this, or than one in so many bytes: storing unit by unit is cheaper than moving the pieces. */
const MAX_ESCAPES = 512
const MIN_PIECE = 24
/** As many may stand close together before that is looked at. */
const FEW_ESCAPES = 4

/** Where the last scan found something to escape: places of first bytes. Valid until the next scan. */
const places = new Int32Array(MAX_ESCAPES)

/**
 * Looks through UTF-8 for what must be escaped, sixteen and four bytes at a time where a loop over bytes takes 2 ns each.
 *
 * @returns how many it found and put into {@link places}, or -1 when there are too many.
 */
function findEscapes(out: ByteBuffer, start: number, end: number): number {
  const { bytes, words } = out
  let count = 0
  let at = start
  while (at < end) {
    if ((at & 3) === 0) {
      // Sixteen bytes at a time, then four: 0.3 ns a byte.
      let word = at >> 2
      while (
        at + 16 <= end &&
        (suspects(words[word]) | suspects(words[word + 1]) | suspects(words[word + 2]) | suspects(words[word + 3])) ===
          0
      ) {
        at += 16
        word += 4
      }
      while (at + 4 <= end && suspects(words[word]) === 0) {
        at += 4
        word++
      }
      if (at === end) return count
    }
    const byte = bytes[at]
    if (byte >= 0x80 && BYTE_SIZES[byte] === 1) {
      at++
      continue
    }
    const size = escapedSize(bytes, at)
    if (size > 0) {
      if (count === MAX_ESCAPES || (count >= FEW_ESCAPES && count * MIN_PIECE > at - start)) return -1
      places[count++] = at
      at += size
    } else at++
  }
  return count
}

/** Nothing where all four bytes stand for themselves: from 0x20 to 0x7e, and neither a quote nor a backslash. */
function suspects(word: number): number {
  const quotes = (word ^ 0x22222222) + 0x7f7f7f7f
  const slashes = (word ^ 0x5c5c5c5c) + 0x7f7f7f7f
  // The high bit of a byte stays clear unless it is below 0x20, 0x22, 0x5c, or 0x7f and above.
  return ((word - 0x20202020) | ~quotes | ~slashes | (word + 0x01010101) | word) & 0x80808080
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

/**
 * Escapes UTF-8 that stands behind `out.length` and a quote, byte by byte: 2 ns each whatever comes next, where a text of
 * which nothing can be foretold costs 13 a unit when it is taken apart by conditions.
 */
function escapeAnew(out: ByteBuffer, end: number): void {
  const start = out.length + 1
  const length = end - start
  out.length = end
  out.reserve(length * MAX_UNIT_BYTES + TEXT_SLACK)
  const { bytes, view } = out
  // The text steps back by all that it can grow, so that reading stays ahead of writing.
  let from = start + length * (MAX_UNIT_BYTES - 1) + TEXT_SLACK
  bytes.copyWithin(from, start, end)
  const to = from + length
  let at = start
  bytes[at - 1] = QUOTE
  while (from < to) {
    const byte = bytes[from]
    const size = BYTE_SIZES[byte]
    if (size > 0) {
      view.setFloat64(at, BYTES[byte], true)
      at += size
      from++
    } else {
      const count = sizeAt(bytes, from)
      if (escapedSize(bytes, from) > 0) at = writeUnicodeEscape(bytes, at, unitOf(bytes, from))
      else for (let i = 0; i < count; i++) bytes[at++] = bytes[from + i]
      from += count
    }
  }
  bytes[at] = QUOTE
  out.length = at + 1
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
    moveUp(out, target, next, from)
    const unit = unitOf(bytes, place)
    target -= escapeLength(bytes, place)
    putEscape(bytes, target, unit)
    from = place
  }
  bytes[raw] = QUOTE
}

/** Pieces of a text are mostly short: by words they take 20 ns where the native copy takes 50. */
const MAX_MOVED = 160

/** Moves what stands from `from` up to `to` up to `target`, which may lie within it. UTF-8 never forms a NaN. */
function moveUp({ bytes, view }: ByteBuffer, target: number, from: number, to: number): void {
  let left = to - from
  if (left > MAX_MOVED) {
    bytes.copyWithin(target, from, to)
    return
  }
  while (left >= 8) {
    left -= 8
    view.setFloat64(target + left, view.getFloat64(from + left, true), true)
  }
  while (--left >= 0) bytes[target + left] = bytes[from + left]
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

/** Stores one unit that has no partner; a surrogate becomes U+FFFD. */
function putUnit(bytes: Uint8Array, at: number, unit: number): number {
  if (unit < 0x80) {
    const letter = ESCAPES[unit]
    if (letter === 1) return writeUnicodeEscape(bytes, at, unit)
    if (letter !== 0) bytes[at++] = BACKSLASH
    bytes[at] = letter === 0 ? unit : letter
    return at + 1
  }
  if (unit <= LAST_CONTROL && isControl(unit)) return writeUnicodeEscape(bytes, at, unit)
  if (unit < 0x800) {
    bytes[at] = 0xc0 | (unit >> 6)
    bytes[at + 1] = 0x80 | (unit & 0x3f)
    return at + 2
  }
  const shown = isHigh(unit) || isLow(unit) ? 0xfffd : unit
  bytes[at] = 0xe0 | (shown >> 12)
  bytes[at + 1] = 0x80 | ((shown >> 6) & 0x3f)
  bytes[at + 2] = 0x80 | (shown & 0x3f)
  return at + 3
}

/** Stores the character of two surrogates. */
function putPair(bytes: Uint8Array, at: number, high: number, low: number): number {
  const point = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
  bytes[at] = 0xf0 | (point >> 18)
  bytes[at + 1] = 0x80 | ((point >> 12) & 0x3f)
  bytes[at + 2] = 0x80 | ((point >> 6) & 0x3f)
  bytes[at + 3] = 0x80 | (point & 0x3f)
  return at + 4
}

function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800
}

function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00
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
