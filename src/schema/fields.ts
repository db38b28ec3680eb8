import { checkSetOptions, checkShape, type FieldShape, type SetOptions } from './check-shape.js'
import { FieldSet } from './field-set.js'

/**
 * Declares fields that belong together.
 *
 * @throws OptionError for what is no declared field, for two fields or a part of the line with the same key, and for an option
 * that is unknown or wrong.
 * @example
 * const Payment = fields({ orderId: int(), amount: float({ unit: 'EUR' }), card: string({ redact: 'last4' }) })
 * log.info('order paid', Payment, { orderId: 42, amount: 99.5, card })
 */
export function fields<const Shape extends FieldShape>(shape: Shape, options?: SetOptions): FieldSet<Shape> {
  return new FieldSet<Shape>(checkShape(shape), checkSetOptions(options))
}
