import type { FieldKindName } from '../entry/field.js'
import { callback, checkOptions, oneOf, type Rules, text } from '../options/check.js'
import { OptionError } from '../options/option-error.js'
import { type FieldBuilder, fieldBuilder } from './field-builder.js'

/** What values of each built-in kind are, as a kind's `coerce` returns them. */
export interface KindValues {
  /** A text. */
  string: string
  /** An integer. */
  int: number
  /** A number. */
  float: number
  /** A truth value. */
  bool: boolean
  /** A bigint. */
  bigint: bigint
  /** A Date, or milliseconds since the epoch. */
  timestamp: Date | number
  /** Milliseconds. */
  duration: number
  /** An error, or whatever was thrown. */
  error: unknown
  /** Any value. */
  any: unknown
}

/** A kind of field of the application's own. */
export interface KindOptions<Input, Base extends FieldKindName> {
  /** What it is called: in messages, in the Markdown table. */
  readonly name: string
  /** The built-in kind its values are written, and stored, as. */
  readonly base: Base
  /** Makes a value of the base kind of what is given; undefined says that it cannot. */
  readonly coerce: (value: Input) => KindValues[Base] | null | undefined
}

/**
 * Makes a kind of field of the application's own types, with a builder like `int` or `string`.
 *
 * @throws OptionError for an option that is unknown or wrong.
 * @example
 * const money = fieldKind({ name: 'money', base: 'string', coerce: (value: Money) => `${value.amount} ${value.currency}` })
 * const Payment = fields({ orderId: int(), price: money() })
 */
export function fieldKind<Input, Base extends FieldKindName>(options: KindOptions<Input, Base>): FieldBuilder<Input> {
  const bases = ['string', 'int', 'float', 'bool', 'bigint', 'timestamp', 'duration', 'error', 'any']
  const rules: Rules<KindOptions<Input, Base>> = { name: text, base: oneOf(...bases), coerce: callback }
  const { name, base, coerce } = checkOptions<Partial<KindOptions<Input, Base>>>('fieldKind', options, {}, rules)
  if (name === undefined || name === '') throw new OptionError('fieldKind.name', 'a name', name)
  if (base === undefined) throw new OptionError('fieldKind.base', rules.base.expected, base)
  if (coerce === undefined) throw new OptionError('fieldKind.coerce', rules.coerce.expected, coerce)
  return fieldBuilder<Input>(Object.freeze({ name, base, coerce }))
}
