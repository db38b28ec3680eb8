import { type FieldKindName, type FieldOptions, OptionError } from '../../src/index.js'
import { declareProperty } from './declared-class.js'
import { fieldsOfHandler } from './handler-fields.js'

/** A decorator of properties in legacy and standard mode, and of parameters in legacy mode (Nest). */
export interface FieldDecorator {
  (target: object, key: string | symbol | undefined, index?: number): void
  (target: undefined, context: ClassFieldDecoratorContext): void
}

/** @param key - The key on the line. Default: the property's name; a parameter needs one. */
export type FieldDecoratorFactory = (key?: string | FieldOptions, options?: FieldOptions) => FieldDecorator

function factory(kind: FieldKindName): FieldDecoratorFactory {
  return (key, more = {}) => {
    const options: FieldOptions = typeof key === 'string' ? { ...more, key } : (key ?? more)
    const decorate = (
      target: object | undefined,
      nameOrContext: string | symbol | undefined | ClassFieldDecoratorContext,
      index?: number | PropertyDescriptor,
    ): void => {
      const field = { kind, options }
      if (typeof nameOrContext === 'object') {
        const { name } = nameOrContext
        nameOrContext.addInitializer(function () {
          declareProperty(Object.getPrototypeOf(this) as object, name, field)
        })
      } else if (typeof index === 'number') declareParameter(target as object, nameOrContext, index, kind, options)
      else declareProperty(target as object, nameOrContext as PropertyKey, field)
    }
    return decorate
  }
}

function declareParameter(
  prototype: object,
  method: string | symbol | undefined,
  index: number,
  kind: FieldKindName,
  options: FieldOptions,
): void {
  const where = `@LogField.${kind} on parameter ${index} of ${String(method ?? 'the constructor')}`
  if (options.key === undefined) throw new OptionError(where, 'given a key: a parameter has no name at run time', '')
  const handler: unknown = method === undefined ? undefined : (prototype as Record<PropertyKey, unknown>)[method]
  if (typeof handler !== 'function') throw new OptionError(where, 'on a method', handler)
  // Parameter decorators run before those of their method, so this is the function that @LogFields or Nest will see.
  fieldsOfHandler(handler).parameters.set(index, { kind, options, key: options.key })
}

/**
 * Declares a typed field where its value stands.
 *
 * On a property of a DTO or an entity: an object of that class, logged anywhere, writes just its declared fields. On a
 * parameter of a Nest handler: the argument goes on the wide line, after its pipes.
 *
 * @example
 * class PayOrder { @LogField.float() amount!: number; @LogField.string({ redact: 'last4' }) card!: string }
 */
export const LogField: Readonly<Record<FieldKindName, FieldDecoratorFactory>> = Object.freeze({
  string: factory('string'),
  int: factory('int'),
  float: factory('float'),
  bool: factory('bool'),
  bigint: factory('bigint'),
  timestamp: factory('timestamp'),
  duration: factory('duration'),
  error: factory('error'),
  any: factory('any'),
})
