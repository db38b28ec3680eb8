import { type Finder, isWord, type Span } from './patterns.js'

const MAX_NAME = 64
const QUOTE = 0x22
const APOSTROPHE = 0x27
const BACKTICK = 0x60
const ROUND_END = 0x29
const BACKSLASH = 0x5c
const COLON = 0x3a
const EQUALS = 0x3d
const SPACE = 0x20
const NEWLINE = 0x0a
/** What a query makes of a bracket, and of any other sign that is no part of a name. */
const ESCAPED = /%(?:[0-9a-f]{2})?/gi

/**
 * Finds the values of secret names inside texts: JSON (`"password":"…"`, escaped or not), queries and forms
 * (`token=…&`, `user[password]=…`), headers, printed objects and maps (`password: …`, `'password' => …`), and the
 * credentials of URLs (`//user:password@`).
 *
 * @param isSecret - Asked with a name, which may have parts: `user[password]`.
 */
export function pairFinder(isSecret: (name: string) => boolean): Finder {
  return {
    triggers: '=:',
    atWord: false,
    find(text, at, from) {
      const sign = text.charCodeAt(at)
      if (sign === COLON && text.startsWith('://', at)) return credentials(text, at + 3)
      const name = nameBefore(text, at, from)
      if (name === '' || !isSecret(name)) return undefined
      const isArrow = sign === EQUALS && text[at + 1] === '>'
      return valueAfter(text, at + (isArrow ? 2 : 1), sign)
    },
  }
}

/** The name in front of a sign, its quotes and escapes left out. */
function nameBefore(text: string, at: number, from: number): string {
  let end = at
  while (end > from && (text.charCodeAt(end - 1) === SPACE || isQuoting(text.charCodeAt(end - 1)))) end--
  let start = end
  while (start > from && end - start < MAX_NAME && isNameSign(text.charCodeAt(start - 1))) start--
  const name = text.slice(start, end)
  return name.includes('%') ? name.replace(ESCAPED, '[') : name
}

function isQuoting(code: number): boolean {
  return isQuote(code) || code === BACKSLASH
}

function isNameSign(code: number): boolean {
  return isWord(code) || code === 0x2d || code === 0x2e || code === 0x5b || code === 0x5d || code === 0x25
}

function valueAfter(text: string, first: number, sign: number): Span | undefined {
  let start = first
  while (text.charCodeAt(start) === SPACE) start++
  let escapes = 0
  while (text.charCodeAt(start + escapes) === BACKSLASH) escapes++
  const quote = text.charCodeAt(start + escapes)
  if (isQuote(quote)) {
    start += escapes + 1
    return nonEmpty(start, endOfQuoted(text, start, quote, escapes))
  }
  if (quote === 0x7b || quote === 0x5b) return { start, end: endOfNested(text, start) }
  return nonEmpty(start, endOfBare(text, start, sign))
}

function isQuote(code: number): boolean {
  return code === QUOTE || code === APOSTROPHE || code === BACKTICK
}

/** A quote that more escapes stand before than before the first is part of the value. */
function endOfQuoted(text: string, start: number, quote: number, escapes: number): number {
  let before = 0
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === BACKSLASH) before++
    else {
      if (code === quote && before <= escapes) return i - before
      before = 0
    }
  }
  return text.length
}

/** An object or an array as a whole, whose texts may have brackets; what does not end is hidden to the end of the text. */
function endOfNested(text: string, start: number): number {
  let depth = 0
  let escapes = 0
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (isQuote(code)) {
      i = endOfQuoted(text, i + 1, code, escapes)
      while (text.charCodeAt(i) === BACKSLASH) i++
    } else if (code === 0x7b || code === 0x5b) depth++
    else if ((code === 0x7d || code === 0x5d) && --depth === 0) return i + 1
    escapes = code === BACKSLASH ? escapes + 1 : 0
  }
  return text.length
}

/** After `=` a value ends with its word; after `:`, as in a header, with its line or with what lists end with. */
function endOfBare(text: string, start: number, sign: number): number {
  let end = start
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === NEWLINE || code === 0x0d || code === QUOTE || code === BACKSLASH) break
    if (code === 0x2c || code === 0x7d || code === 0x5d) break
    if (sign === EQUALS && (code <= SPACE || code === 0x26 || code === 0x3b || code === 0x23)) break
    if (!isClosing(code, sign)) continue
    // Within a word they are part of it: `encodeURIComponent()` leaves them as they are.
    let next = end + 1
    while (isClosing(text.charCodeAt(next), sign)) next++
    if (!isWord(text.charCodeAt(next)) && text.charCodeAt(next) !== 0x25) break
    end = next - 1
  }
  return end
}

function isClosing(code: number, sign: number): boolean {
  return code === APOSTROPHE || (sign === EQUALS && code === ROUND_END)
}

/** The part of a URL between `//` and the last `@` before its path, behind its first colon. */
function credentials(text: string, start: number): Span | undefined {
  let colon = -1
  let end = -1
  for (let i = start; i < text.length && i - start < 1024; i++) {
    const code = text.charCodeAt(i)
    if (code === COLON && colon < 0) colon = i
    else if (code === 0x40) end = i
    else if (code <= SPACE || code === 0x2f || code === 0x3f || code === 0x23 || code === QUOTE) break
  }
  return colon < 0 ? undefined : nonEmpty(colon + 1, end)
}

function nonEmpty(start: number, end: number): Span | undefined {
  return end > start ? { start, end } : undefined
}
