import { randomBytes } from 'node:crypto'

const VALID = /^[A-Za-z0-9._-]{1,64}$/
/** Crockford's base 32: sorts as text in the order of the numbers. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'
const COUNTER_LIMIT = 32 ** 4

/** Makes the id of a request that brings none. */
export type RequestIdGenerator = () => string

/** Whether an id may be taken over: 1 to 64 letters, digits, dots, underscores and hyphens. */
export function isRequestId(id: unknown): id is string {
  return typeof id === 'string' && VALID.test(id)
}

/**
 * Ids of 22 characters that sort by time: milliseconds (9), a counter (4), and a random part of this process (9).
 */
export function sortableIds(): RequestIdGenerator {
  const ownPart = [...randomBytes(9)].map((byte) => DIGITS[byte & 31]).join('')
  let counter = 0
  let lastTime = 0
  let timePart = ''
  return () => {
    const now = Date.now()
    if (now !== lastTime) {
      lastTime = now
      timePart = base32(now, 9)
    }
    counter = (counter + 1) % COUNTER_LIMIT
    return timePart + base32(counter, 4) + ownPart
  }
}

function base32(value: number, length: number): string {
  let text = ''
  let rest = value
  for (let i = 0; i < length; i++) {
    text = DIGITS.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}
