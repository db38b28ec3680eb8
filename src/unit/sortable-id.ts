import { allocate, type NativeBuffer } from '../bytes/native-buffer.js'

const VALID = /^[A-Za-z0-9._-]{1,64}$/
/** Crockford's base 32: sorts as text in the order of the numbers. */
const DIGITS = Buffer.from('0123456789abcdefghjkmnpqrstvwxyz')
const TIME_DIGITS = 9
const COUNTER_DIGITS = 4
const OWN_DIGITS = 9
const LENGTH = TIME_DIGITS + COUNTER_DIGITS + OWN_DIGITS

/** Makes an id. */
export type IdGenerator = () => string

/** Whether an id may be taken over: 1 to 64 letters, digits, dots, underscores and hyphens. */
export function isSafeId(id: unknown): id is string {
  return typeof id === 'string' && VALID.test(id)
}

/**
 * Ids of 22 characters that sort by time: milliseconds (9), a counter (4), and a random part of this generator (9).
 */
export function sortableIds(): IdGenerator {
  const text = allocate(LENGTH)
  // Not imported: loading it takes milliseconds.
  const own = process.getBuiltinModule('node:crypto').randomBytes(OWN_DIGITS)
  for (let i = 0; i < OWN_DIGITS; i++) text[TIME_DIGITS + COUNTER_DIGITS + i] = DIGITS[own[i] & 31]
  let counter = 0
  let lastTime = 0
  return () => {
    const now = Date.now()
    if (now !== lastTime) {
      lastTime = now
      putBase32(text, 0, TIME_DIGITS, now)
    }
    counter = (counter + 1) & 0xfffff
    text[TIME_DIGITS] = DIGITS[counter >> 15]
    text[TIME_DIGITS + 1] = DIGITS[(counter >> 10) & 31]
    text[TIME_DIGITS + 2] = DIGITS[(counter >> 5) & 31]
    text[TIME_DIGITS + 3] = DIGITS[counter & 31]
    // One text of 22 bytes. Put together from parts it is three, and is copied once more where it is written.
    return text.latin1Slice(0, LENGTH)
  }
}

function putBase32(to: NativeBuffer, at: number, digits: number, value: number): void {
  let rest = value
  for (let i = digits - 1; i >= 0; i--) {
    to[at + i] = DIGITS[rest % 32]
    rest = Math.floor(rest / 32)
  }
}
