import type { FieldKindName, FieldWriter } from './field.js'
import { CENSORED } from './fields.js'

/** How a declared field's value is kept out of the line. */
export type Redaction =
  /** `[Redacted]` in its place. */
  | 'mask'
  /** The field is left out. */
  | 'remove'
  /** Its last four characters, if it has at least eight. */
  | 'last4'

/** What is said of a field where it is declared. */
export interface FieldOptions {
  /** The key on the line. Default: the name of the property or parameter it is declared on. */
  readonly key?: string
  readonly redact?: Redaction
}

/** A field declared once: its kind and what is done with its values. */
export interface DeclaredField {
  readonly kind: FieldKindName
  readonly options: FieldOptions
}

/** Writes a value as its declaration says. A value of another kind is converted where that is exact, else kept as it is. */
export function writeDeclared(to: FieldWriter, key: string, field: DeclaredField, value: unknown): void {
  if (value === undefined) return
  const { redact } = field.options
  if (redact === 'remove') return
  if (redact !== undefined && value !== null) to.string(key, redact === 'mask' ? CENSORED : lastFour(value))
  else writeKind(to, key, field.kind, value)
}

function writeKind(to: FieldWriter, key: string, kind: FieldKindName, value: unknown): void {
  switch (kind) {
    case 'string':
      to.any(key, typeof value === 'number' || typeof value === 'boolean' ? String(value) : value)
      return
    case 'int':
    case 'float':
    case 'duration':
      to[kind](key, numberOf(value) as number)
      return
    case 'bool':
      to.any(key, value === 'true' ? true : value === 'false' ? false : value)
      return
    case 'timestamp':
      if (typeof value === 'number') to.timestamp(key, value)
      else to.any(key, value)
      return
    case 'error':
      to.error(key, value)
      return
    default:
      to.any(key, value)
  }
}

/** A path or query parameter is text: what reads as a number becomes one. */
function numberOf(value: unknown): unknown {
  if (typeof value !== 'string' || value.trim() === '') return value
  const number = Number(value)
  // An identity beyond 2^53 would become another one.
  return Number.isFinite(number) && Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : value
}

function lastFour(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return text.length >= 8 ? `…${text.slice(-4)}` : CENSORED
}
