import { unitAt } from '../bytes/unit-at.js'

const MAX_ID_UNITS = 64
/** 1 for each unit that an id may have. */
const VALID = Uint8Array.from({ length: 128 }, (_, unit) => Number(/[\w.-]/.test(String.fromCharCode(unit))))
/** Crockford's base 32: sorts as text in the order of the numbers. */
const DIGITS = Buffer.from('0123456789abcdefghjkmnpqrstvwxyz')
const TIME_DIGITS = 9
const COUNTER_DIGITS = 4
const HALF_OF_COUNTER = 0x7ffff
const OWN_DIGITS = 9
const LENGTH = TIME_DIGITS + COUNTER_DIGITS + OWN_DIGITS

/** Makes an id. */
export type IdGenerator = () => string

/** Whether an id may be taken over: 1 to 64 letters, digits, dots, underscores and hyphens. */
export function isSafeId(id: unknown): id is string {
  if (typeof id !== 'string') return false
  const { length } = id
  // A regular expression is a call out of JavaScript, which takes 100 ns between other work.
  for (let i = 0; i < length && i < MAX_ID_UNITS; i++) if (VALID[unitAt(id, i)] !== 1) return false
  return length > 0 && length <= MAX_ID_UNITS
}

/**
 * Ids of 22 characters that sort by time: milliseconds (9), a counter (4), and a random part of this generator (9).
 */
export function sortableIds(): IdGenerator {
  const codes = new Array<number>(LENGTH).fill(0)
  // Not imported: loading it takes milliseconds.
  const own = process.getBuiltinModule('node:crypto').randomBytes(OWN_DIGITS)
  for (let i = 0; i < OWN_DIGITS; i++) codes[TIME_DIGITS + COUNTER_DIGITS + i] = DIGITS[own[i] & 31]
  let counter = 0
  let lastTime = 0
  return () => {
    const now = Date.now()
    if (now !== lastTime) {
      lastTime = now
      // Between two milliseconds: within one, the ids that come after would sort before.
      if (counter > HALF_OF_COUNTER) counter = 0
      putBase32(codes, 0, TIME_DIGITS, now)
    }
    counter = (counter + 1) & 0xfffff
    codes[TIME_DIGITS] = DIGITS[counter >> 15]
    codes[TIME_DIGITS + 1] = DIGITS[(counter >> 10) & 31]
    codes[TIME_DIGITS + 2] = DIGITS[(counter >> 5) & 31]
    codes[TIME_DIGITS + 3] = DIGITS[counter & 31]
    // One text. Put together from parts it is three, and is copied once more where it is written; a buffer's would be a call
    // out of JavaScript, which takes half a microsecond between other work.
    return String.fromCharCode(...codes)
  }
}

function putBase32(to: number[], at: number, digits: number, value: number): void {
  let rest = value
  for (let i = digits - 1; i >= 0; i--) {
    to[at + i] = DIGITS[rest % 32]
    rest = Math.floor(rest / 32)
  }
}
