import type { FieldWriter } from './field.js'

/** The method by which an object writes its own fields when it is logged. */
export const loggable: unique symbol = Symbol.for('wideline.loggable')

/**
 * An object that says itself what of it is logged, as a line's fields or as a value inside one.
 *
 * @example
 * class Card { [loggable](fields: FieldWriter) { fields.string('last4', this.number.slice(-4)) } }
 */
export interface Loggable {
  /** Adds what is to be logged of the object, at once: afterwards its writers write nothing, and a promise is not waited for. */
  [loggable](fields: FieldWriter): void
}

/** Whether an object says itself what is logged of it: see {@link loggable}. */
export function isLoggable(value: object): value is object & Loggable {
  return typeof (value as Partial<Loggable>)[loggable] === 'function'
}
