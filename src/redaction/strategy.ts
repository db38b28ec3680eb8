/** What stands in the place of a value that must not be written. */
export const CENSORED = '[Redacted]'

/** How a value is hidden. */
export type RedactionStrategy =
  /** `[Redacted]` in its place. */
  | 'mask'
  /** Nothing is written of it, nor its key. */
  | 'remove'
  /** A keyed hash, stable for one key: equal values can be told, and not read. */
  | 'hash'
  /** Its last four characters, if it has at least eight. */
  | 'last4'
  /** A token drawn by chance, the same for the same value in this process, as long as it is remembered. */
  | 'tokenize'
  /** Anything made of it: a text, a number, a truth value or null; undefined removes it. One that throws masks. */
  | ((value: unknown, name: string) => unknown)

/** Holds the key of hashed values, so that the same value has the same hash in every process and after a restart. */
export const HASH_KEY_VARIABLE = 'WIDELINE_HASH_KEY'

const HASH_DIGITS = 16
const TOKEN_BYTES = 9
/** Values that keep their tokens; the oldest gets a new one afterwards. */
const MAX_TOKENS = 10_000

/** Without a key of the application's own, hashes can be compared within this process only. */
let ownKey: Buffer | undefined

/** Not imported: loading it takes milliseconds, and few lines hide anything this way. */
const crypto = () => process.getBuiltinModule('node:crypto')

/**
 * A value in a form that can be compared and not be read: 64 bits of HMAC-SHA-256. A plain hash would not do: there are few
 * card numbers, and all of them are soon tried.
 */
export function hashed(value: unknown, hashKey?: string): string {
  const key = hashKey ?? (process.env[HASH_KEY_VARIABLE] || (ownKey ??= crypto().randomBytes(32)))
  return `hmac:${crypto().createHmac('sha256', key).update(textOf(value)).digest('hex').slice(0, HASH_DIGITS)}`
}

/** The last four characters of a text that has at least eight. */
export function lastFour(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return text.length >= 8 ? `…${text.slice(-4)}` : CENSORED
}

/** Gives values tokens, and remembers a bounded number of them. */
export class Tokens {
  private readonly known = new Map<string, string>()

  of(value: unknown): string {
    const text = `${typeof value}:${textOf(value)}`
    let token = this.known.get(text)
    if (token === undefined) {
      token = `tok_${crypto().randomBytes(TOKEN_BYTES).toString('base64url')}`
      if (this.known.size >= MAX_TOKENS) this.known.delete(this.known.keys().next().value!)
      this.known.set(text, token)
    }
    return token
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'bigint'
      ? value.toString()
      : (JSON.stringify(value) ?? '')
}
