import { FieldKind } from './field.js'
import type { Fields } from './fields.js'
import { isForeignError } from './foreign.js'

/**
 * Whether a value is an error, also one of another realm: under Jest that is every error that Node itself makes. A proxy
 * that does not tell what it is, is none.
 */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || (!isLiteral(value) && isForeignError(value))
  } catch {
    // A revoked proxy, or one whose trap throws.
    return false
  }
}

/** The look for an error of another realm is five calls out of JavaScript, some 170 ns: an object's own is one of none. */
function isLiteral(value: unknown): boolean {
  return typeof value === 'object' && value !== null && value.constructor === Object
}

/** Whether a row holds an error, of whatever kind its field was declared. */
export function holdsError({ kinds, values }: Fields, row: number): boolean {
  const kind = kinds[row]
  return kind === FieldKind.any ? isError(values[row]) : kind === FieldKind.error
}
