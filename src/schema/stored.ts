import type { FieldKindName } from '../entry/field.js'
import { DEFAULT_SECRETS } from '../redaction/default-secrets.js'
import { Redaction } from '../redaction/redaction.js'
import type { CompiledField } from './compiled-field.js'

/** What is said of a whole set. */
export interface SetNames {
  readonly name: string
  readonly description: string
}

/** What every logger hides by name. */
let secrets: Redaction | undefined

/** The kind under which a field's value stands on a line: what is redacted is text. Undefined where it never does. */
export function storedKind({ field, base, key }: CompiledField): FieldKindName | undefined {
  const { redact } = field.options
  if (redact === 'remove') return undefined
  secrets ??= new Redaction(DEFAULT_SECRETS, undefined)
  if (secrets.hides(key)) return 'string'
  if (redact === undefined) return base
  return typeof redact === 'function' ? 'any' : 'string'
}

/** A field's description with its unit. */
export function remark({ field, base }: CompiledField): string {
  const { description = '', unit = base === 'duration' ? 'ms' : '' } = field.options
  if (unit === '') return description
  return description === '' ? `in ${unit}` : `${description} (in ${unit})`
}
