import { OptionError } from '../options/option-error.js'

/** Where a match begins and ends in a text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * Finds one kind of secret. Asked at places where one may begin, from left to right; what it looks at must be bounded, or
 * behind what it looked at before, so that the whole stays linear.
 */
export interface Finder {
  /** Signs at which it is asked: the first of a match, or for `around` one in its middle. */
  readonly triggers: string
  /** Whether a trigger only counts at the beginning of a word. */
  readonly atWord: boolean
  /** @param from - What lies before it is taken already. */
  find(text: string, at: number, from: number): Span | undefined
}

const MAX_EMAIL_NAME = 64
const MAX_DOMAIN = 255
const MAX_IBAN = 34
const MAX_DIGITS = 19
const MAX_JWT = 65_536
/** Of its first part, which says how the others are made. */
const MAX_JWT_HEAD = 1024
const DIGITS = '0123456789'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

export function isLetter(code: number): boolean {
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

export function isWord(code: number): boolean {
  return isDigit(code) || isLetter(code) || code === 0x5f
}

/** Numbers of 13 to 19 digits, alone or in groups by spaces or hyphens, whose Luhn sum is right. */
const card: Finder = {
  triggers: DIGITS,
  atWord: true,
  find(text, at) {
    let sum = 0
    let other = 0
    let digits = 0
    let end = -1
    for (let i = at; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (isDigit(code)) {
        if (++digits > MAX_DIGITS) break
        const digit = code - 0x30
        const doubled = digit * 2 > 9 ? digit * 2 - 9 : digit * 2
        // Which digits are doubled is known at the end only: both sums are kept.
        const next = other + digit
        other = sum + doubled
        sum = next
        // A group ends here; what follows may be another number.
        if (digits >= 13 && sum % 10 === 0 && !isWord(text.charCodeAt(i + 1))) end = i + 1
      } else if ((code !== 0x20 && code !== 0x2d) || !isDigit(text.charCodeAt(i + 1))) break
    }
    return end < 0 ? undefined : { start: at, end }
  },
}

/** What follows `Bearer` or `Basic`, as in a header. */
const bearer: Finder = {
  triggers: 'bB',
  atWord: true,
  find(text, at) {
    const word = text.slice(at, at + 7).toLowerCase()
    const length = word === 'bearer ' ? 7 : word.startsWith('basic ') ? 6 : 0
    if (length === 0) return undefined
    let start = at + length
    while (text.charCodeAt(start) === 0x20) start++
    let end = start
    while (end < text.length && isTokenSign(text.charCodeAt(end))) end++
    return end - start >= 8 ? { start, end } : undefined
  },
}

function isTokenSign(code: number): boolean {
  return isWord(code) || code === 0x2b || (code >= 0x2d && code <= 0x2f) || code === 0x3d || code === 0x7e
}

/** Three parts of base64url with dots or more, the first of which begins a JSON object. */
const jwt: Finder = {
  triggers: 'e',
  atWord: true,
  find(text, at) {
    if (!text.startsWith('eyJ', at)) return undefined
    // Each part is looked at up to its bound only: a text may be full of beginnings.
    let dots = 0
    let end = at
    for (const bound = at + MAX_JWT; end < text.length && end < bound; end++) {
      const code = text.charCodeAt(end)
      if (code === 0x2e) dots++
      else if (!isWord(code) && code !== 0x2d) break
      else if (dots === 0 && end - at > MAX_JWT_HEAD) return undefined
    }
    return dots >= 2 && end - at >= 20 ? { start: at, end } : undefined
  },
}

/** An address, its sign also as `%40`. */
const email: Finder = {
  triggers: '@%',
  atWord: false,
  find(text, at, from) {
    const isEncoded = text.charCodeAt(at) === 0x25
    if (isEncoded && !text.startsWith('%40', at)) return undefined
    let start = at
    while (start > from && at - start < MAX_EMAIL_NAME && isNameSign(text.charCodeAt(start - 1))) start--
    if (start === at) return undefined
    const domain = at + (isEncoded ? 3 : 1)
    let end = domain
    let lastDot: number
    for (; end < text.length && end - domain < MAX_DOMAIN; end++) {
      const code = text.charCodeAt(end)
      if (!isDigit(code) && !isLetter(code) && code !== 0x2d && code !== 0x2e && code < 0x80) break
    }
    // The point of a sentence is none of the address.
    while (end > domain && text.charCodeAt(end - 1) === 0x2e) end--
    for (lastDot = end - 1; lastDot > domain && text.charCodeAt(lastDot) !== 0x2e; lastDot--);
    return lastDot > domain && end - lastDot > 2 ? { start, end } : undefined
  },
}

/** What stands in front of the sign. Other letters than ASCII's too: names have them. */
function isNameSign(code: number): boolean {
  return isWord(code) || code >= 0x80 || code === 0x2e || code === 0x2b || code === 0x2d || code === 0x25
}

/** A country's letters, two digits, 11 to 30 more signs, alone or in groups of four, whose remainder by 97 is right. */
const iban: Finder = {
  triggers: LETTERS + LETTERS.toLowerCase(),
  atWord: true,
  find(text, at) {
    if (!isLetter(text.charCodeAt(at + 1)) || !isDigit(text.charCodeAt(at + 2)) || !isDigit(text.charCodeAt(at + 3)))
      return undefined
    const signs: number[] = []
    /** Ends of the groups so far: a word may follow the last one. */
    const ends: { count: number; end: number }[] = []
    let i = at
    for (; i < text.length && signs.length < MAX_IBAN; i++) {
      const code = text.charCodeAt(i)
      if (isDigit(code) || isLetter(code)) signs.push(code)
      else if (code === 0x20 && signs.length % 4 === 0 && text.charCodeAt(i - 1) !== 0x20)
        ends.push({ count: signs.length, end: i })
      else break
    }
    if (!isWord(text.charCodeAt(i))) ends.push({ count: signs.length, end: i })
    for (const { count, end } of ends.toReversed()) {
      if (count >= 15 && isIban(signs.slice(0, count))) return { start: at, end: text[end - 1] === ' ' ? end - 1 : end }
    }
    return undefined
  },
}

function isIban(signs: readonly number[]): boolean {
  let remainder = 0
  for (const code of [...signs.slice(4), ...signs.slice(0, 4)]) {
    const value = isDigit(code) ? code - 0x30 : (code | 0x20) - 0x57
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97
  }
  return remainder === 1
}

/** Kinds of secrets that are known by their form. */
export type PatternName = 'card' | 'bearer' | 'jwt' | 'email' | 'iban' | 'pairs'

export const FINDERS: Readonly<Record<Exclude<PatternName, 'pairs'>, Finder>> = { card, bearer, jwt, email, iban }

/** @throws OptionError */
export function checkPatternName(option: string, name: unknown): PatternName {
  if (typeof name === 'string' && (name === 'pairs' || Object.hasOwn(FINDERS, name))) return name as PatternName
  throw new OptionError(option, `one of ${[...Object.keys(FINDERS), 'pairs'].join(', ')}`, name)
}
