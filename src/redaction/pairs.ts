import { type Finder, isWord, type Span } from './patterns.js'
import { plainName } from './plain-name.js'

const MAX_NAME = 64
const QUOTE = 0x22
const APOSTROPHE = 0x27
const BACKSLASH = 0x5c
const COLON = 0x3a
const EQUALS = 0x3d
const SPACE = 0x20
const NEWLINE = 0x0a

/**
 * Finds the values of secret names inside texts: JSON (`"password":"…"`, escaped or not), queries and forms
 * (`token=…&`), headers and printed objects (`password: …`), and the credentials of URLs (`//user:password@`).
 *
 * @param isSecret - Asked with a plain name.
 */
export function pairFinder(isSecret: (plain: string) => boolean): Finder {
  return {
    triggers: '=:',
    atWord: false,
    find(text, at, from) {
      const sign = text.charCodeAt(at)
      if (sign === COLON && text.startsWith('://', at)) return credentials(text, at + 3)
      const name = nameBefore(text, at, from)
      if (name === '' || !isSecret(plainName(name))) return undefined
      return valueAfter(text, at + 1, sign)
    },
  }
}

/** The name in front of a sign, its quotes and escapes left out. */
function nameBefore(text: string, at: number, from: number): string {
  let end = at
  while (end > from && (text.charCodeAt(end - 1) === SPACE || isQuoting(text.charCodeAt(end - 1)))) end--
  // `password[]` of forms.
  if (end - from >= 2 && text.charCodeAt(end - 1) === 0x5d && text.charCodeAt(end - 2) === 0x5b) end -= 2
  let start = end
  while (start > from && end - start < MAX_NAME && isNameSign(text.charCodeAt(start - 1))) start--
  return text.slice(start, end)
}

function isQuoting(code: number): boolean {
  return code === QUOTE || code === APOSTROPHE || code === BACKSLASH
}

function isNameSign(code: number): boolean {
  return isWord(code) || code === 0x2d || code === 0x2e
}

function valueAfter(text: string, first: number, sign: number): Span | undefined {
  let start = first
  while (text.charCodeAt(start) === SPACE) start++
  let escapes = 0
  while (text.charCodeAt(start + escapes) === BACKSLASH) escapes++
  const quote = text.charCodeAt(start + escapes)
  if (quote === QUOTE || quote === APOSTROPHE) {
    start += escapes + 1
    return nonEmpty(start, endOfQuoted(text, start, quote, escapes))
  }
  if (quote === 0x7b || quote === 0x5b) return { start, end: endOfNested(text, start) }
  return nonEmpty(start, endOfBare(text, start, sign))
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

/** An object or an array as a whole; what does not end is hidden to the end of the text. */
function endOfNested(text: string, start: number): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x7b || code === 0x5b) depth++
    else if ((code === 0x7d || code === 0x5d) && --depth === 0) return i + 1
  }
  return text.length
}

/** After `=` a value ends with its word; after `:`, as in a header, with its line or with what lists end with. */
function endOfBare(text: string, start: number, sign: number): number {
  let end = start
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === NEWLINE || code === 0x0d || code === QUOTE || code === APOSTROPHE || code === BACKSLASH) break
    if (code === 0x2c || code === 0x7d || code === 0x5d) break
    if (sign === EQUALS && (code <= SPACE || code === 0x26 || code === 0x3b || code === 0x23 || code === 0x29)) break
  }
  return end
}

/** The part of a URL between `//` and `@`, behind its first colon. */
function credentials(text: string, start: number): Span | undefined {
  let colon = -1
  for (let i = start; i < text.length && i - start < 1024; i++) {
    const code = text.charCodeAt(i)
    if (code === COLON && colon < 0) colon = i
    else if (code === 0x40) return colon < 0 ? undefined : nonEmpty(colon + 1, i)
    else if (code <= SPACE || code === 0x2f || code === 0x3f || code === 0x23 || code === QUOTE) return undefined
  }
  return undefined
}

function nonEmpty(start: number, end: number): Span | undefined {
  return end > start ? { start, end } : undefined
}
