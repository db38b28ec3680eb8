import type { FieldKindName } from '../entry/field.js'

/** What {@link convert} gives for a value that is not exactly a value of the kind. */
export const UNFIT: unique symbol = Symbol('wideline.unfit')

const DIGITS = /^[+-]?\d{1,40}$/
/** What 128 bits hold, as the databases' largest integers do. */
const MAX_BIGINT = 2n ** 127n - 1n
/** Other years than 1 to 9999 have a sign and six digits, or are none for Postgres: a database refuses the whole file for one. */
const MIN_TIME = Date.parse('0001-01-01T00:00:00.000Z')
const MAX_TIME = Date.parse('9999-12-31T23:59:59.999Z')
const ISO_TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/

/**
 * A value as one of a kind, where nothing of it is lost: path and query parameters are text, and databases give numbers
 * as text. Never throws.
 *
 * @param isStrict - Take values of the kind's own type only.
 */
export function convert(kind: FieldKindName, value: unknown, isStrict: boolean): unknown {
  switch (kind) {
    case 'string':
      if (typeof value === 'string') return value
      return !isStrict && isScalar(value) ? String(value) : UNFIT
    case 'int':
      return whole(isStrict ? value : numberOf(value))
    case 'float':
    case 'duration': {
      const number = isStrict ? value : numberOf(value)
      return typeof number === 'number' ? number : UNFIT
    }
    case 'bool':
      if (typeof value === 'boolean') return value
      if (isStrict) return UNFIT
      return value === 'true' ? true : value === 'false' ? false : UNFIT
    case 'bigint':
      return bigintOf(value, isStrict)
    case 'timestamp':
      return timeOf(value, isStrict)
    default:
      return value
  }
}

function isScalar(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
}

function whole(value: unknown): unknown {
  return Number.isSafeInteger(value) ? value : UNFIT
}

function numberOf(value: unknown): unknown {
  const isBig = typeof value === 'bigint'
  if (!isBig && (typeof value !== 'string' || value.trim() === '')) return value
  const number = Number(value)
  // A bigint of more digits than a double has room for is Infinity by now; a text beyond 2^53 would become another identity.
  const isSame = isBig
    ? Number.isFinite(number) && BigInt(number) === value
    : Math.abs(number) <= Number.MAX_SAFE_INTEGER
  return isSame ? number : UNFIT
}

function bigintOf(value: unknown, isStrict: boolean): unknown {
  let big: unknown = value
  if (!isStrict) {
    if (Number.isSafeInteger(value)) big = BigInt(value as number)
    else if (typeof value === 'string' && DIGITS.test(value)) big = BigInt(value)
  }
  return typeof big === 'bigint' && big <= MAX_BIGINT && big >= -MAX_BIGINT ? big : UNFIT
}

/** Milliseconds since the epoch. */
function timeOf(value: unknown, isStrict: boolean): unknown {
  let time: unknown = value
  if (isDate(value)) time = Date.prototype.getTime.call(value)
  else if (!isStrict && typeof value === 'string')
    time = ISO_TIME.test(value) && isDay(value) ? Date.parse(value) : UNFIT
  return typeof time === 'number' && time >= MIN_TIME && time <= MAX_TIME ? time : UNFIT
}

/** Whether the day that an ISO text begins with is in the calendar: the 31st of February is read as one of March. */
function isDay(text: string): boolean {
  return new Date(Date.parse(text.slice(0, 10))).getUTCDate() === Number(text.slice(8, 10))
}

function isDate(value: unknown): value is Date {
  try {
    return value instanceof Date
  } catch {
    // A revoked proxy: it is nothing.
    return false
  }
}
