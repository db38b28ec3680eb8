import type { FieldKindName } from '../entry/field.js'
import { callback, checkOptions, flag, oneOf, type Rule, type Rules, text } from '../options/check.js'

/** How a declared field's value is kept out of the line. */
export type Redaction =
  /** `[Redacted]` in its place. */
  | 'mask'
  /** The field is left out. */
  | 'remove'
  /** A keyed hash, the same for the same value: lines can be told apart and joined, the value cannot be read. */
  | 'hash'
  /** Its last four characters, if it has at least eight. */
  | 'last4'

/** What becomes of a value that is not of its field's kind, or that does not pass its validation. */
export type InvalidPolicy =
  /** It is left out. */
  | 'drop'
  /** It is left out, and `<key>Error` says why. The default. */
  | 'mark'
  /** A `FieldError` is thrown where `NODE_ENV` is `development` or `test`; elsewhere the line is marked. */
  | 'throw'

/** What may be said of a field. */
export interface DeclaredOptions<Value = never> {
  /** The key on the line. Default: the name of the property or parameter it is declared on. */
  readonly key?: string
  /** Whether the value may be left out, or null. Default false. */
  readonly optional?: boolean
  /** How the value is kept out of the line. A function gives what is written instead; if it throws, `[Redacted]` is. */
  readonly redact?: Redaction | ((value: Value) => unknown)
  /** What a number counts, such as `EUR` or `bytes`. A duration is in `ms`. */
  readonly unit?: string
  /** For people: it stands in the JSON Schema, the Markdown table and the comments of the table's columns. */
  readonly description?: string
  /**
   * Whether a value of another type is converted, where that is exact: `'42'` for an `int`. Default true. Or a function that
   * makes the field's value of what is given, and undefined of what it cannot use.
   */
  readonly coerce?: boolean | ((value: never) => unknown)
  /** Whether a value is good: true, or else false or what is wrong with it. */
  readonly validate?: (value: Value) => boolean | string
  /** Default `mark`. */
  readonly onInvalid?: InvalidPolicy
}

/** What is said of a field where it is declared. */
export interface FieldOptions<Value = never> extends DeclaredOptions<Value> {
  /** Whether a value of another type is converted, where that is exact: `'42'` for an `int`. Default true. */
  readonly coerce?: boolean
}

/** Options with a function that makes the field's value of another type. */
export interface CoercingOptions<Value, Input> extends DeclaredOptions<Value> {
  /** Makes the field's value of what is given; undefined says that it cannot. */
  readonly coerce: (value: Input) => Value | null | undefined
}

/** What a field is: a kind that is built in, or one that is made of it. */
export interface KindOfField {
  /** The kind as users call it. */
  readonly name: string
  /** The built-in kind its values are written as. */
  readonly base: FieldKindName
  /** Makes a value of the base kind, or undefined where it cannot. */
  readonly coerce?: ((value: never) => unknown) | undefined
}

/** Types only: nothing is stored under these. */
declare const VALUE: unique symbol
declare const OPTIONAL: unique symbol

/** A field declared once: its kind and what is done with its values. */
export interface DeclaredField<Value = unknown, Optional extends boolean = boolean> {
  /** The kind of its values. */
  readonly kind: KindOfField
  /** As they were given. */
  readonly options: DeclaredOptions
  /** The type of its values, for the compiler: nothing is stored here. */
  readonly [VALUE]?: Value
  /** Whether a line may be without it, for the compiler: nothing is stored here. */
  readonly [OPTIONAL]?: Optional
}

const redaction: Rule = {
  expected: "'mask', 'remove', 'hash', 'last4' or a function",
  accepts: (value) => typeof value === 'function' || oneOf('mask', 'remove', 'hash', 'last4').accepts(value),
}

const coercion: Rule = {
  expected: 'true, false or a function',
  accepts: (value) => typeof value === 'function' || typeof value === 'boolean',
}

const key: Rule = {
  expected: 'a name with at least one character',
  accepts: (value) => typeof value === 'string' && value !== '',
}

export const invalidPolicy: Rule = oneOf('drop', 'mark', 'throw')

const RULES: Rules<DeclaredOptions> = {
  key,
  optional: flag,
  redact: redaction,
  unit: text,
  description: text,
  coerce: coercion,
  validate: callback,
  onInvalid: invalidPolicy,
}

/** Checks what is said of a field. @throws OptionError for the first option that is unknown or wrong. */
export function checkFieldOptions(where: string, options: DeclaredOptions | undefined): DeclaredOptions {
  return checkOptions<DeclaredOptions>(where, options, {}, RULES)
}
