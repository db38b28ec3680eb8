import { isForeignError } from './foreign.js'

/**
 * Whether a value is an error, also one of another realm: under Jest that is every error that Node itself makes. A proxy
 * that does not tell what it is, is none.
 */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || isForeignError(value)
  } catch {
    // A revoked proxy, or one whose trap throws.
    return false
  }
}
