import { FieldKind } from './field.js'
import type { Fields } from './fields.js'
import { isForeignError } from './foreign.js'
import { isPlainObject } from './is-plain-object.js'

/**
 * Whether a value is an error, also one of another realm: under Jest that is every error that Node itself makes. A proxy
 * that does not tell what it is, is none.
 */
export function isError(value: unknown): value is Error {
  try {
    // The look for one of another realm is five calls out of JavaScript, some 170 ns.
    return value instanceof Error || (!isPlainObject(value) && isForeignError(value))
  } catch {
    // A revoked proxy, or one whose trap throws.
    return false
  }
}

/** Whether a row holds an error, of whatever kind its field was declared. */
export function holdsError({ kinds, values }: Fields, row: number): boolean {
  const kind = kinds[row]
  return kind === FieldKind.any ? isError(values[row]) : kind === FieldKind.error
}
