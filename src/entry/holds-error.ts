import { FieldKind } from './field.js'
import type { Fields } from './fields.js'
import { isError } from './is-error.js'

/** Whether a row holds an error, of whatever kind its field was declared. */
export function holdsError({ kinds, values }: Fields, row: number): boolean {
  const kind = kinds[row]
  return kind === FieldKind.any ? isError(values[row]) : kind === FieldKind.error
}
