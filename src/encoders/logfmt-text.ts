import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { isControl, writeJsonText } from '../bytes/json-text.js'

const QUOTE = 0x22
const PERCENT = 0x25
const PLUS = 0x2b
const MINUS = 0x2d
const POINT = 0x2e
const BACKSLASH = 0x5c

/** What no reader takes as part of a bare word: spaces, controls, `=`, and the quotes (newer go-kit readers take both). */
const ENDS_WORD = '"\'='

const unsafeTable = (characters: string): Uint8Array => {
  const table = new Uint8Array(128)
  table.fill(1, 0, 0x21)
  table[0x7f] = 1
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}

/** For units below 0x80: 1 where a bare value must not hold them. */
const UNSAFE_IN_VALUE = unsafeTable(`${ENDS_WORD}\`\\`)
/** For units below 0x80: 1 where a key must not hold them. `%` begins an escape; Heroku's reader takes `\` for one. */
const UNSAFE_IN_KEY = unsafeTable(`${ENDS_WORD}%\\`)

/** Most bytes one unit of a key takes: three, each as `%xx`. */
const MAX_KEY_UNIT_BYTES = 9

/**
 * Appends a text as a value: bare when it is one word of printable ASCII that cannot be read as anything but a text,
 * else as a JSON string.
 */
export function writeLogfmtText(out: ByteBuffer, text: string): void {
  const units = text.length
  out.reserve(units)
  const { bytes } = out
  const start = out.length
  let at = start
  for (let i = 0; i < units; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80 || UNSAFE_IN_VALUE[unit] === 1) {
      writeJsonText(out, text)
      return
    }
    bytes[at++] = unit
  }
  if (readsAsOther(bytes, start, at)) writeJsonText(out, text)
  else out.length = at
}

/** Appends a JSON string as a value: its content bare where {@link writeLogfmtText} would, else as it stands. */
export function writeLogfmtToken(out: ByteBuffer, bytes: Uint8Array, from: number, to: number): void {
  let isBare = !readsAsOther(bytes, from + 1, to - 1)
  for (let at = from + 1; isBare && at < to - 1; at++) isBare = bytes[at] < 0x80 && UNSAFE_IN_VALUE[bytes[at]] === 0
  if (isBare) out.copyRange(bytes, from + 1, to - 1)
  else out.copyRange(bytes, from, to)
}

/** Appends JSON as a quoted text. What must not be on a line raw is escaped in it already. */
export function writeQuotedJson(out: ByteBuffer, json: Uint8Array, from: number, to: number): void {
  out.reserve((to - from) * 2 + 2)
  const { bytes } = out
  let at = out.length
  bytes[at++] = QUOTE
  for (let i = from; i < to; i++) {
    const byte = json[i]
    if (byte === QUOTE || byte === BACKSLASH) bytes[at++] = BACKSLASH
    bytes[at++] = byte
  }
  bytes[at++] = QUOTE
  out.length = at
}

/**
 * Appends a name as a key, or as a part of one. What a key cannot hold is percent-encoded as in a URL, the percent sign
 * too, and an empty name is a lone `%`: so different names are different keys, and `decodeURIComponent` gives them back.
 * (Dropping or replacing characters, as go-kit does, makes one key of `a b` and `ab`.)
 *
 * @param isPart - A name within an object, where a dot would look like one more level.
 */
export function writeLogfmtKey(out: ByteBuffer, name: string, isPart: boolean): void {
  const units = name.length
  out.reserve(units * MAX_KEY_UNIT_BYTES + 1)
  const { bytes } = out
  let at = out.length
  for (let i = 0; i < units; i++) {
    const unit = name.charCodeAt(i)
    if (unit >= 0x80 || UNSAFE_IN_KEY[unit] === 1 || (isPart && unit === POINT)) {
      out.text(escapedKey(name, isPart))
      return
    }
    bytes[at++] = unit
  }
  if (units === 0) bytes[at++] = PERCENT
  out.length = at
}

/** Appends a part of a key, given as the JSON string of its name. */
export function writeLogfmtKeyToken(out: ByteBuffer, bytes: Uint8Array, from: number, to: number): void {
  let isSafe = to - from > 2
  for (let at = from + 1; isSafe && at < to - 1; at++) {
    const byte = bytes[at]
    isSafe = byte < 0x80 && byte !== POINT && UNSAFE_IN_KEY[byte] === 0
  }
  if (isSafe) out.copyRange(bytes, from + 1, to - 1)
  else writeLogfmtKey(out, JSON.parse(Buffer.from(bytes.subarray(from, to)).toString()) as string, true)
}

/** Rare: a name with something in it to escape, or with letters beyond ASCII, which stay. */
function escapedKey(name: string, isPart: boolean): string {
  let key = ''
  for (const character of name.toWellFormed()) {
    const unit = character.charCodeAt(0)
    if (unit < 0x80) {
      const isUnsafe = UNSAFE_IN_KEY[unit] === 1 || (isPart && unit === POINT)
      key += isUnsafe ? `%${unit.toString(16).toUpperCase().padStart(2, '0')}` : character
    } else key += isUnsafeLetter(unit) ? encodeURIComponent(character) : character
  }
  return key
}

/** Controls, spaces, and U+FFFD, for which go-kit's reader gives a line up. */
function isUnsafeLetter(unit: number): boolean {
  return (
    isControl(unit) ||
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200b) ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000 ||
    unit === 0xfeff ||
    unit === 0xfffd
  )
}

/** Whether a word is empty, `null`, `true`, `false` or a number, so that a text of that form needs its quotes. */
function readsAsOther(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from]
  switch (to - from) {
    case 0:
      return true
    case 4:
      if (first === 0x6e && isWord(bytes, from, 'null')) return true
      if (first === 0x74 && isWord(bytes, from, 'true')) return true
      break
    case 5:
      if (first === 0x66 && isWord(bytes, from, 'false')) return true
      break
    default:
  }
  return first <= 0x39 && isNumber(bytes, from, to)
}

function isWord(bytes: Uint8Array, from: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word.charCodeAt(i)) return false
  return true
}

/** Whether a word is a number to readers of any kind: `1`, `-1.5`, `+.5e-7`, `1.`. */
function isNumber(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from
  if (bytes[at] === PLUS || bytes[at] === MINUS) at++
  const whole = endOfDigits(bytes, at, to)
  let digits = whole - at
  at = whole
  if (at < to && bytes[at] === POINT) {
    const fraction = endOfDigits(bytes, at + 1, to)
    digits += fraction - at - 1
    at = fraction
  }
  if (digits === 0) return false
  if (at < to && (bytes[at] | 0x20) === 0x65) {
    at++
    if (at < to && (bytes[at] === PLUS || bytes[at] === MINUS)) at++
    const exponent = endOfDigits(bytes, at, to)
    if (exponent === at) return false
    at = exponent
  }
  return at === to
}

function endOfDigits(bytes: Uint8Array, at: number, to: number): number {
  while (at < to && bytes[at] >= 0x30 && bytes[at] <= 0x39) at++
  return at
}
