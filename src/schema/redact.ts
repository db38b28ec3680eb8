import { createHmac, randomBytes } from 'node:crypto'
import { CENSORED } from '../entry/fields.js'

/** Holds the key of hashed values, so that the same value has the same hash in every process and after a restart. */
export const HASH_KEY_VARIABLE = 'WIDELINE_HASH_KEY'

const HASH_DIGITS = 16

/** Without a key of the application's own, hashes can be compared within this process only. */
let ownKey: Buffer | undefined

/**
 * A value in a form that can be compared and not be read: 64 bits of HMAC-SHA-256. A plain hash would not do: there are few
 * card numbers, and all of them are soon tried.
 */
export function hashed(value: unknown): string {
  const key = process.env[HASH_KEY_VARIABLE] || (ownKey ??= randomBytes(32))
  return `hmac:${createHmac('sha256', key).update(textOf(value)).digest('hex').slice(0, HASH_DIGITS)}`
}

/** The last four characters of a text that has at least eight. */
export function lastFour(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return text.length >= 8 ? `…${text.slice(-4)}` : CENSORED
}

function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'bigint'
      ? value.toString()
      : (JSON.stringify(value) ?? '')
}
