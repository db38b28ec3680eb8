import type { ByteBuffer } from './byte-buffer.js'
import { unitAt } from './unit-at.js'

/** Up to this many UTF-16 units a loop beats `utf8Write` and a scan of the bytes (crossing measured near 60). */
export const SHORT_TEXT = 64
/** The same for JSON in a text, which is full of quotes (measured: three quarters of the time at 110, as much near 350). */
const SHORT_JSON = 256

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
  const units = value.length
  if (units <= SHORT_TEXT || (units <= SHORT_JSON && beginsAsJson(value))) {
    out.reserve(textBytes(units))
    out.length = putText(out.bytes, out.view, out.length, value, units)
  } else writeLong(out, value)
}

/** `{"`, `["` or `[{"`. */
function beginsAsJson(value: string): boolean {
  return unitAt(value, 1) === QUOTE || unitAt(value, 2) === QUOTE
}

/** What {@link putText} may store at most of so many units. */
export function textBytes(units: number): number {
  return units * MAX_UNIT_BYTES + TEXT_SLACK
}

/**
 * Stores a JSON string from `at` on, where the caller has reserved {@link textBytes}.
 *
 * @param view - The same memory as `bytes`.
 * @param units - The text's length.
 * @returns the place after it.
 */
export function putText(bytes: Uint8Array, view: DataView, at: number, value: string, units: number): number {
  const last = units - 1
  bytes[at++] = QUOTE
  let i = 0
  // Plain text goes four units at a time, up to the first that is not: a fifth less time than one by one.
  while (i + 3 <= last) {
    const first = unitAt(value, i)
    const second = unitAt(value, i + 1)
    const third = unitAt(value, i + 2)
    const fourth = unitAt(value, i + 3)
    const word = first | (second << 8) | (third << 16) | (fourth << 24)
    if ((first | second | third | fourth) > 0x7f || suspects(word) !== 0) break
    view.setInt32(at, word, true)
    at += 4
    i += 4
  }
  while (i < last) {
    const first = unitAt(value, i)
    const second = unitAt(value, i + 1)
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
  if (i === last) at = putUnit(bytes, at, unitAt(value, i))
  bytes[at] = QUOTE
  return at + 1
}

function writeLong(out: ByteBuffer, value: string): void {
  out.reserve(value.length * 3 + 2)
  const start = out.length + 1
  out.bytes[out.length] = QUOTE
  const end = start + out.bytes.utf8Write(value, start)
  const first = findEscape(out, start, end)
  if (first < end) escapePieces(out, first, end)
  else {
    out.bytes[end] = QUOTE
    out.length = end + 1
  }
}

/**
 * Looks through UTF-8 for what must be escaped, sixteen and four bytes at a time where a loop over bytes takes 2 ns each.
 *
 * @returns the place of the first, or `end`.
 */
function findEscape({ bytes, view }: ByteBuffer, start: number, end: number): number {
  let at = start
  while (at < end) {
    while (
      at + 16 <= end &&
      (suspects(view.getInt32(at, true)) |
        suspects(view.getInt32(at + 4, true)) |
        suspects(view.getInt32(at + 8, true)) |
        suspects(view.getInt32(at + 12, true))) ===
        0
    ) {
      at += 16
    }
    while (at + 4 <= end && suspects(view.getInt32(at, true)) === 0) at += 4
    const next = Math.min(at + 4, end)
    for (; at < next; at++) {
      const byte = bytes[at]
      if (byte < 0x80 ? ESCAPES[byte] !== 0 : BYTE_SIZES[byte] === 0 && isControl(unitOf(bytes, at))) return at
    }
  }
  return end
}

/** What escapes may take that stand among plain text, beside an eighth of the text. */
const PIECES_SLACK = 128
/** More escapes than one in so many bytes, and a few: going byte by byte is cheaper. */
const MIN_PIECE = 16
const FEW_ESCAPES = 3 * MIN_PIECE
/** What is stored before it is known to fit. */
const STORED = 16

/**
 * Escapes UTF-8 from the first place that needs it: what stands between two escapes is moved by eight bytes, and looked
 * through on the way. A stack of 500 bytes takes a quarter less time than by a search for the places first.
 */
function escapePieces(out: ByteBuffer, first: number, end: number): void {
  const slack = PIECES_SLACK + ((end - first) >> 3)
  out.length = end
  out.reserve(slack)
  const { bytes, view } = out
  // The text steps back, so that reading stays ahead of writing.
  const begin = first + slack
  const to = end + slack
  bytes.copyWithin(begin, first, end)
  let at = first
  let from = begin
  let count = 0
  while (from + 8 <= to) {
    const low = view.getInt32(from, true)
    const high = view.getInt32(from + 4, true)
    view.setInt32(at, low, true)
    view.setInt32(at + 4, high, true)
    const inLow = suspects(low)
    const inHigh = suspects(high)
    if ((inLow | inHigh) === 0) {
      at += 8
      from += 8
      continue
    }
    const plain = inLow === 0 ? 4 + firstByte(inHigh) : firstByte(inLow)
    at += plain
    from += plain
    if (count++ * MIN_PIECE > from - begin + FEW_ESCAPES || from - at < STORED) break
    const byte = bytes[from]
    const size = BYTE_SIZES[byte]
    if (size > 0) {
      view.setFloat64(at, BYTES[byte], true)
      at += size
      from++
    } else {
      const unit = unitOf(bytes, from)
      from += byte < 0xe0 ? 2 : 3
      at = putUnit(bytes, at, unit)
    }
  }
  escapeBytes(out, at, from, to)
}

/**
 * Escapes UTF-8 byte by byte: 1.5 ns each whatever comes next, where a text of which nothing can be foretold costs 13 a unit
 * when it is taken apart by conditions.
 *
 * @param start - Where it goes.
 * @param begin - Where it stands, at `start` or behind it, up to `end`.
 */
function escapeBytes(out: ByteBuffer, start: number, begin: number, end: number): void {
  const length = end - begin
  const slack = length * (MAX_UNIT_BYTES - 1) + TEXT_SLACK
  out.length = end
  out.reserve(length + slack)
  const { bytes, view } = out
  let at = start
  let from = start + slack
  const to = from + length
  bytes.copyWithin(from, begin, end)
  for (;;) {
    while (from + 1 < to) {
      const first = bytes[from]
      const second = bytes[from + 1]
      const firstSize = BYTE_SIZES[first]
      const secondSize = BYTE_SIZES[second]
      if (firstSize === 0 || secondSize === 0) break
      view.setFloat64(at, BYTES[first], true)
      at += firstSize
      view.setFloat64(at, BYTES[second], true)
      at += secondSize
      from += 2
    }
    if (from >= to) break
    // As in `escapePieces`. In a function for both it is 6 to 18 % of the time of 2,000 random bytes.
    const byte = bytes[from]
    const size = BYTE_SIZES[byte]
    if (size > 0) {
      view.setFloat64(at, BYTES[byte], true)
      at += size
      from++
    } else {
      const unit = unitOf(bytes, from)
      from += byte < 0xe0 ? 2 : 3
      at = putUnit(bytes, at, unit)
    }
  }
  bytes[at] = QUOTE
  out.length = at + 1
}

/** The first byte of a word that {@link suspects} tells of: 0 to 3. */
function firstByte(marks: number): number {
  return (31 - Math.clz32(marks & -marks)) >> 3
}

/** Nothing where all four bytes stand for themselves: from 0x20 to 0x7e, and neither a quote nor a backslash. */
function suspects(word: number): number {
  const quotes = (word ^ 0x22222222) + 0x7f7f7f7f
  const slashes = (word ^ 0x5c5c5c5c) + 0x7f7f7f7f
  // The high bit of a byte stays clear unless it is below 0x20, 0x22, 0x5c, or 0x7f and above.
  return ((word - 0x20202020) | ~(quotes & slashes) | (word + 0x01010101) | word) & 0x80808080
}

/** The UTF-16 unit of a character of two or three bytes. */
function unitOf(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | (bytes[at + 1] & 0x3f)
  return ((lead & 0x0f) << 12) | ((bytes[at + 1] & 0x3f) << 6) | (bytes[at + 2] & 0x3f)
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
