import { OptionError } from '../../src/index.js'
import { HandlerFields, writingFields } from './handler-fields.js'
import { checkSourced } from './log-fields.js'
import type { AnyMethod, FieldsOf, ResultOf, Whatever } from './method-types.js'

/** What a handler function returns; one that returns nothing answers by other means, and is not looked at. */
type Returned<Handler> = [ResultOf<Handler>] extends [never]
  ? unknown
  : void extends ResultOf<Handler>
    ? never
    : ResultOf<Handler>

/**
 * Declares the fields of a handler that is a function, as `@LogFields` does for a method.
 *
 * @param fields - By key: the kind of the field and where its value comes from.
 * @throws OptionError for a field without a source, and for what is no handler.
 * @example
 * app.get('/orders/:id', withFields({ orderId: int.param('id') }, (req, res) => { res.json(find(req.params.id)) }))
 */
export function withFields<This, Args extends Whatever[], Result>(
  fields: FieldsOf<Returned<() => NoInfer<Result>>>,
  handler: (this: This, ...args: Args) => Result,
): (this: This, ...args: Args) => Result
export function withFields<Handler extends AnyMethod>(
  fields: FieldsOf<Returned<NoInfer<Handler>>>,
  handler: Handler,
): Handler
export function withFields(fields: FieldsOf<never>, handler: AnyMethod): AnyMethod {
  checkSourced('withFields', fields)
  if (typeof handler !== 'function') throw new OptionError('withFields', 'given a handler', handler)
  const declared = new HandlerFields()
  declared.add(fields)
  return writingFields(handler, declared)
}
