import type { FieldKindName } from '../entry/field.js'
import { type FieldBuilder, fieldBuilder } from './field-builder.js'

function builtIn<Value>(kind: FieldKindName): FieldBuilder<Value> {
  return fieldBuilder<Value>(Object.freeze({ name: kind, base: kind }))
}

/** Text. */
export const string: FieldBuilder<string> = builtIn('string')
/** A whole number that a double holds exactly. */
export const int: FieldBuilder<number> = builtIn('int')
/** Any number. */
export const float: FieldBuilder<number> = builtIn('float')
/** True or false. */
export const bool: FieldBuilder<boolean> = builtIn('bool')
/** An integer of up to 128 bits. */
export const bigint: FieldBuilder<bigint> = builtIn('bigint')
/** A point in time: a Date, or milliseconds since the epoch. */
export const timestamp: FieldBuilder<Date | number> = builtIn('timestamp')
/** A length of time, in milliseconds. */
export const duration: FieldBuilder<number> = builtIn('duration')
/** An error: anything that can be thrown. */
export const error: FieldBuilder<unknown> = builtIn('error')
/** Any value. */
export const any: FieldBuilder<unknown> = builtIn('any')
