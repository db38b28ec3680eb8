import type { FieldKindName } from '../entry/field.js'
import type { CompiledField } from './compiled-field.js'

/** What is said of a whole set. */
export interface SetNames {
  readonly name: string
  readonly description: string
}

/** The kind under which a field's value stands on a line: what is redacted is text. Undefined where it never does. */
export function storedKind({ field, base }: CompiledField): FieldKindName | undefined {
  const { redact } = field.options
  if (redact === undefined) return base
  if (redact === 'remove') return undefined
  return typeof redact === 'function' ? 'any' : 'string'
}

/** A field's description with its unit. */
export function remark({ field, base }: CompiledField): string {
  const { description = '', unit = base === 'duration' ? 'ms' : '' } = field.options
  if (unit === '') return description
  return description === '' ? `in ${unit}` : `${description} (in ${unit})`
}
