import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { endOfString } from './json-scratch.js'

const SPACE = 0x20
const QUOTE = 0x22
const OPEN = 0x28
const CLOSE = 0x29
const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const UNDERSCORE = 0x5f
const LOWER_D = 0x64
const LOWER_E = 0x65
const LOWER_F = 0x66
const LOWER_N = 0x6e
const LOWER_T = 0x74
const LOWER_U = 0x75
const OPEN_BRACE = 0x7b
const BAR = 0x7c
const CLOSE_BRACE = 0x7d
/** Between the cases of an ASCII letter. */
const CASE_BIT = 0x20

/** The code of a control, as four digits, for the letter that JSON's short escapes have for it. */
const SHORT_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x62, '0008'],
  [LOWER_F, '000c'],
  [LOWER_N, '000a'],
  [0x72, '000d'],
  [LOWER_T, '0009'],
])

/** Most bytes that one of a JSON string takes here: `\n` is two and becomes `\\u000a`. */
const GROWTH = 4

/** Whether a JSON string is a Lisp string as it stands: its only escapes are `\"` and `\\`. */
export function isLispString(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from + 1; at < to - 1; at++) {
    if (bytes[at] !== BACKSLASH) continue
    at++
    if (bytes[at] !== QUOTE && (bytes[at] !== BACKSLASH || isUnicodeEscape(bytes, at + 1))) return false
  }
  return true
}

/** Appends a JSON string as a Lisp string. */
export function writeLispString(out: ByteBuffer, bytes: Uint8Array, from: number, to: number): void {
  writeContent(out, bytes, from, to, QUOTE)
}

/**
 * Appends the JSON string of a name as a keyword that stays itself through the standard reader, which turns bare letters
 * into capitals: `msg` is `:msg`, the symbol MSG; `orderId` is `:|orderId|`. So that `MSG` is not that symbol too it is
 * `:|msg|`, as under `(readtable-case :invert)`.
 */
export function writeKeyword(out: ByteBuffer, bytes: Uint8Array, from: number, to: number): void {
  out.byte(COLON)
  const start = from + 1
  const end = to - 1
  let hasLower = false
  let hasUpper = false
  let isSimple = end > start && isLetter(bytes[start])
  for (let at = start; isSimple && at < end; at++) {
    const byte = bytes[at]
    if (isLetter(byte)) {
      if ((byte & CASE_BIT) === 0) hasUpper = true
      else hasLower = true
    } else isSimple = (byte >= ZERO && byte <= NINE) || byte === MINUS || byte === UNDERSCORE || byte === POINT
  }
  if (isSimple && !hasUpper) out.copyRange(bytes, start, end)
  else if (isSimple && !hasLower) {
    out.byte(BAR)
    for (let at = start; at < end; at++) out.byte(isLetter(bytes[at]) ? bytes[at] | CASE_BIT : bytes[at])
    out.byte(BAR)
  } else writeContent(out, bytes, from, to, BAR)
}

/** Appends a JSON value: objects as property lists, arrays as lists, `true` as `t`, `false` and `null` as `nil`. */
export function writeLispValue(out: ByteBuffer, json: Uint8Array, from: number, to: number): void {
  let at = from
  while (at < to) {
    const byte = json[at]
    switch (byte) {
      case QUOTE: {
        const end = endOfString(json, at)
        if (json[end] === COLON && end < to) {
          writeKeyword(out, json, at, end)
          out.byte(SPACE)
          at = end + 1
        } else {
          writeLispString(out, json, at, end)
          at = end
        }
        break
      }
      case OPEN_BRACE:
      case OPEN_BRACKET:
        out.byte(OPEN)
        at++
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        out.byte(CLOSE)
        at++
        break
      case COMMA:
        out.byte(SPACE)
        at++
        break
      case LOWER_T:
        out.byte(LOWER_T)
        at += 'true'.length
        break
      case LOWER_F:
        out.text('nil')
        at += 'false'.length
        break
      case LOWER_N:
        out.text('nil')
        at += 'null'.length
        break
      default: {
        const start = out.length
        const end = endOfNumber(json, at, to)
        out.copyRange(json, at, end)
        settleNumber(out, start)
        at = end
      }
    }
  }
}

/**
 * Turns the JSON number at the end of `out` into Lisp's: an integer stays, a fraction is a double-float (`99.5d0`,
 * `1d+21`), because a bare `99.5` is read as a single-float of seven digits; `null` is `nil`.
 */
export function settleNumber(out: ByteBuffer, start: number): void {
  if (out.bytes[start] === LOWER_N) {
    out.length = start
    out.text('nil')
    return
  }
  let isFraction = false
  for (let at = start; at < out.length; at++) {
    if (out.bytes[at] === LOWER_E) {
      out.bytes[at] = LOWER_D
      return
    }
    if (out.bytes[at] === POINT) isFraction = true
  }
  if (isFraction) out.text('d0')
}

/**
 * The content of a JSON string between marks of Lisp's, `"` or `|`. Lisp knows no escapes but a backslash in front of
 * what is meant literally, so a control becomes the six characters `\u000a` in the text that the reader makes; a
 * backslash that happens to stand before such five has to be `\u005c` itself, so that a text can be turned back exactly.
 */
function writeContent(out: ByteBuffer, source: Uint8Array, from: number, to: number, mark: number): void {
  out.reserve((to - from) * GROWTH)
  const { bytes } = out
  let at = out.length
  bytes[at++] = mark
  for (let i = from + 1; i < to - 1; i++) {
    const byte = source[i]
    if (byte === BAR && mark === BAR) bytes[at++] = BACKSLASH
    if (byte !== BACKSLASH) {
      bytes[at++] = byte
      continue
    }
    const escaped = source[++i]
    if (escaped === QUOTE) {
      if (mark === QUOTE) bytes[at++] = BACKSLASH
      bytes[at++] = QUOTE
      continue
    }
    bytes[at++] = BACKSLASH
    bytes[at++] = BACKSLASH
    if (escaped === BACKSLASH && !isUnicodeEscape(source, i + 1)) continue
    bytes[at++] = LOWER_U
    // The digits of a long escape follow by themselves.
    if (escaped === LOWER_U) continue
    const code = escaped === BACKSLASH ? '005c' : (SHORT_ESCAPES.get(escaped) ?? '0000')
    for (let digit = 0; digit < 4; digit++) bytes[at++] = code.charCodeAt(digit)
  }
  bytes[at++] = mark
  out.length = at
}

/** Whether `u` and four hexadecimal digits stand here. */
function isUnicodeEscape(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== LOWER_U) return false
  for (let i = at + 1; i < at + 5; i++) if (!isHex(bytes[i])) return false
  return true
}

function isHex(byte: number): boolean {
  if (byte >= ZERO && byte <= NINE) return true
  const lower = byte | CASE_BIT
  return lower >= 0x61 && lower <= LOWER_F
}

function isLetter(byte: number): boolean {
  const lower = byte | CASE_BIT
  return lower >= 0x61 && lower <= 0x7a
}

function endOfNumber(json: Uint8Array, at: number, to: number): number {
  while (at < to && json[at] !== COMMA && json[at] !== CLOSE_BRACE && json[at] !== CLOSE_BRACKET) at++
  return at
}

/**
 * Stores a string of printable ASCII from `at` on, where the caller has reserved its units and two quotes.
 *
 * @returns the place after it, or -1 when something in it must be escaped or is not ASCII.
 */
export function putPlainText(bytes: Uint8Array, at: number, text: string): number {
  bytes[at++] = QUOTE
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 || unit >= 0x7f || unit === QUOTE || unit === BACKSLASH) return -1
    bytes[at++] = unit
  }
  bytes[at] = QUOTE
  return at + 1
}
