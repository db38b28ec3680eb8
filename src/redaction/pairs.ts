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
const COMMA = 0x2c
const HYPHEN = 0x2d
const SLASH = 0x2f
const LESS = 0x3c
const GREATER = 0x3e
const NEWLINE = 0x0a
/** What a query makes of a bracket, and of any other sign that is no part of a name. */
const ESCAPED = /%(?:[0-9a-f]{2})?/gi

const CDATA = '<![CDATA['
/** What some servers make of a quote in JSON. */
const ESCAPED_QUOTE = '\\u0022'
/** The rest of an escape, of a new line or of an `&`, that a name follows. */
const ESCAPE_BEFORE = /^(?:u[0-9a-f]{4}|[bfnrt])/i

/**
 * Finds the values of secret names inside texts: JSON (`"password":"…"`, escaped or not), queries and forms
 * (`token=…&`, `user[password]=…`), headers, printed objects and maps (`password: …`, `'password' => …`), command lines
 * (`--password …`), XML (`<password>…</password>`), and the credentials of URLs (`//user:password@`, `https://token@`).
 *
 * @param isSecret - Asked with a name, which may have parts: `user[password]`.
 */
export function pairFinder(isSecret: (name: string) => boolean): Finder {
  return {
    triggers: '=:-<',
    atWord: false,
    find(text, at, from) {
      const sign = text.charCodeAt(at)
      if (sign === HYPHEN) return argumentAfter(text, at, isSecret)
      if (sign === LESS) return contentOf(text, at, isSecret)
      if (sign === COLON && text.startsWith('://', at)) return credentials(text, at)
      if (!isSecretBefore(text, at, from, isSecret)) return undefined
      const isArrow = sign === EQUALS && text[at + 1] === '>'
      return valueAfter(text, at + (isArrow ? 2 : 1), sign)
    },
  }
}

/** Whether the name in front of a sign is secret, its quotes and escapes left out. */
function isSecretBefore(text: string, at: number, from: number, isSecret: (name: string) => boolean): boolean {
  let end = at
  while (end > from) {
    const code = text.charCodeAt(end - 1)
    if (isGap(code) || isQuoting(code)) end--
    else if (text.startsWith(ESCAPED_QUOTE, end - ESCAPED_QUOTE.length)) end -= ESCAPED_QUOTE.length
    else break
  }
  let start = end
  while (start > from && end - start < MAX_NAME && isNameSign(text.charCodeAt(start - 1))) start--
  if (start === end) return false
  const written = text.slice(start, end)
  const name = written.includes('%') ? written.replace(ESCAPED, '[') : written
  if (isSecret(name)) return true
  return text.charCodeAt(start - 1) === BACKSLASH && isSecret(name.replace(ESCAPE_BEFORE, ''))
}

function isQuoting(code: number): boolean {
  return isQuote(code) || code === BACKSLASH
}

function isNameSign(code: number): boolean {
  return isWord(code) || isJoint(code) || code === 0x5b || code === 0x5d || code === 0x25
}

function valueAfter(text: string, first: number, sign: number): Span | undefined {
  let start = first
  while (isGap(text.charCodeAt(start))) start++
  let escapes = 0
  while (text.charCodeAt(start + escapes) === BACKSLASH) escapes++
  const quote = text.charCodeAt(start + escapes)
  if (isQuote(quote)) {
    start += escapes + 1
    return nonEmpty(start, endOfQuoted(text, start, quote, escapes))
  }
  if (escapes > 0 && text.startsWith(ESCAPED_QUOTE, start + escapes - 1)) {
    start += escapes - 1 + ESCAPED_QUOTE.length
    return nonEmpty(start, endOfEscaped(text, start, escapes))
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

/** As {@link endOfQuoted}, where quotes are escaped by their number. */
function endOfEscaped(text: string, start: number, escapes: number): number {
  for (let at = start; (at = text.indexOf(ESCAPED_QUOTE, at)) >= 0; at += ESCAPED_QUOTE.length) {
    let end = at
    while (end > start && text.charCodeAt(end - 1) === BACKSLASH) end--
    if (at - end < escapes) return end
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
    if ((code === COMMA && endsItem(text, end)) || code === 0x7d || code === 0x5d) break
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

/** Whether a list goes on behind a comma: `a=1, b`, `a=1,b=2`, `{a:1,"b":2}`; else it is part of the value. */
function endsItem(text: string, comma: number): boolean {
  const end = endOfName(text, comma + 1)
  const code = text.charCodeAt(end)
  return end === comma + 1 || code === COLON || code === EQUALS
}

function isClosing(code: number, sign: number): boolean {
  return code === APOSTROPHE || (sign === EQUALS && code === ROUND_END)
}

/** The word or the quoted text behind `--password`; another option is none. */
function argumentAfter(text: string, at: number, isSecret: (name: string) => boolean): Span | undefined {
  if (text.charCodeAt(at + 1) !== HYPHEN || (at > 0 && isNameSign(text.charCodeAt(at - 1)))) return undefined
  const end = endOfName(text, at + 2)
  if (!isBlank(text.charCodeAt(end)) || !isSecret(text.slice(at + 2, end))) return undefined
  let start = end
  while (isBlank(text.charCodeAt(start))) start++
  return text.startsWith('--', start) ? undefined : valueAfter(text, start, EQUALS)
}

/** What stands between a tag and the next one. */
function contentOf(text: string, at: number, isSecret: (name: string) => boolean): Span | undefined {
  let end = endOfName(text, at + 1)
  let name = at + 1
  if (text.charCodeAt(end) === COLON) {
    name = end + 1
    end = endOfName(text, name)
  }
  if (!isSecret(text.slice(name, end))) return undefined
  // No tag holds the beginning of another: so nothing is looked at twice.
  while (end < text.length && text.charCodeAt(end) !== GREATER && text.charCodeAt(end) !== LESS) end++
  if (text.charCodeAt(end) !== GREATER || text.charCodeAt(end - 1) === SLASH) return undefined
  const start = end + 1
  if (text.startsWith(CDATA, start)) {
    end = text.indexOf(']]>', start)
    return nonEmpty(start + CDATA.length, end < 0 ? text.length : end)
  }
  let isOneWord = true
  for (end = start; end < text.length && text.charCodeAt(end) !== LESS; end++)
    if (isBlank(text.charCodeAt(end))) isOneWord = false
  // A text that was cut ends within a value; one with spaces is a sentence that names a `Promise<Token>`.
  let next = end + 1
  while (text.charCodeAt(next) === BACKSLASH) next++
  const isContent = end < text.length ? text.charCodeAt(next) === SLASH : isOneWord
  return isContent ? nonEmpty(start, end) : undefined
}

function endOfName(text: string, start: number): number {
  let end = start
  while (end - start < MAX_NAME && (isWord(text.charCodeAt(end)) || isJoint(text.charCodeAt(end)))) end++
  return end
}

/** What joins the words of a name. */
function isJoint(code: number): boolean {
  return code === HYPHEN || code === 0x2e
}

function isGap(code: number): boolean {
  return code === SPACE || code === 0x09
}

function isBlank(code: number): boolean {
  return code === SPACE || (code >= 0x09 && code <= 0x0d)
}

/**
 * The part of a URL between `//` and the last `@` before its path, behind its first colon. All of it for HTTP, which
 * knows users by tokens: `https://token@host`, `https://token:x-oauth-basic@host`.
 */
function credentials(text: string, at: number): Span | undefined {
  const start = at + 3
  let colon = -1
  let end = -1
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === COLON && colon < 0) colon = i
    else if (code === 0x40) end = i
    else if (code <= SPACE || code === SLASH || code === 0x3f || code === 0x23 || code === QUOTE) break
  }
  const scheme = text.slice(Math.max(0, at - 5), at).toLowerCase()
  if (scheme === 'https' || scheme.endsWith('http')) return nonEmpty(start, end)
  return colon < 0 ? undefined : nonEmpty(colon + 1, end)
}

function nonEmpty(start: number, end: number): Span | undefined {
  return end > start ? { start, end } : undefined
}
