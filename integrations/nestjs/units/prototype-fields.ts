import type { Type } from '@nestjs/common'
import { fieldsOfHandler, type HandlerFields, originalHandler, writingFields } from '../../decorators/handler-fields.js'

// A handler's parameters and its result are its own affair.
type Handler = (this: unknown, ...args: unknown[]) => unknown

/** What is declared on a method, with the types of its parameters where the compiler noted them. */
export function typedFields(handler: Handler, owner: Type, method: string): HandlerFields {
  const fields = fieldsOfHandler(handler)
  if (fields.types.length === 0) {
    const types: unknown = Reflect.getMetadata('design:paramtypes', owner.prototype as object, method)
    fields.types = Array.isArray(types) ? types : []
  }
  return fields
}

/**
 * Has a method that Nest takes from the prototype write what its parameters declare. Other applications use the prototype
 * too: the log is that of the unit under way, and once is enough.
 */
export function writeOnPrototype(owner: Type, method: string): void {
  const prototype = owner.prototype as Record<string, Handler>
  const handler = prototype[method]
  const fields = typedFields(handler, owner, method)
  const value = writingParameters(handler, fields)
  // On a frozen one the handler stays: it serves, and `@LogFields` finds the log by itself.
  if (value !== handler) Reflect.defineProperty(prototype, method, { value, configurable: true, writable: true })
}

/** A handler, or a function in its place that writes what is declared, where nothing does so yet. */
export function writingParameters(handler: Handler, fields: HandlerFields = fieldsOfHandler(handler)): Handler {
  if (fields.isEmpty || originalHandler(handler) !== handler) return handler
  const writing = writingFields(handler, fields)
  // With the original as its prototype everything that is noted on it is found, now and later.
  return Object.setPrototypeOf(writing, handler) as Handler
}
