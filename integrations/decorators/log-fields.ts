import type { SourcedField } from './builders.js'
import { fieldsOfHandler, type HandlerFields, writingFields } from './handler-fields.js'
import { copyMetadata, parameterTypes } from './reflect.js'

// A method of any form: its parameters and its result are the handler's own affair.
type Handler = (this: never, ...args: never[]) => unknown

/** A decorator of methods, in legacy (Nest) and in standard mode. */
export interface HandlerDecorator {
  (target: object, key: string | symbol, descriptor: PropertyDescriptor): void
  <Method extends Handler>(method: Method, context: ClassMethodDecoratorContext): Method
}

/**
 * Declares what of a request goes on its wide line where a handler serves it.
 *
 * @param fields - By key: the kind of the field and where its value comes from.
 * @example
 * @LogFields({ orderId: int.param('id'), paymentId: string.result('id') })
 */
export function LogFields(fields: Readonly<Record<string, SourcedField>>): HandlerDecorator {
  const decorate = (
    target: unknown,
    keyOrContext: string | symbol | ClassMethodDecoratorContext,
    descriptor?: PropertyDescriptor,
  ): unknown => {
    if (descriptor === undefined) return wrap(target as Handler, fields, [])
    const method = descriptor.value as Handler
    const types = parameterTypes(target as object, keyOrContext as string | symbol)
    descriptor.value = wrap(method, fields, types)
    return undefined
  }
  return decorate as HandlerDecorator
}

function wrap(method: Handler, fields: Readonly<Record<string, SourcedField>>, types: readonly unknown[]): Handler {
  const declared: HandlerFields = fieldsOfHandler(method)
  for (const [key, field] of Object.entries(fields)) declared.sourced.set(key, field)
  declared.types = types
  const writing = writingFields(method as never, declared) as Handler
  copyMetadata(method, writing)
  return writing
}
