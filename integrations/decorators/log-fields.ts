import { isDeclaredField, OptionError, type SourcedField } from '../../src/index.js'
import { fieldsOfHandler, writingFields } from './handler-fields.js'
import type { AnyMethod, FieldsOf, MethodDecoratorFor, ResultOf, Whatever } from './method-types.js'
import { copyMetadata, parameterTypes } from './reflect.js'

/**
 * Declares what of a request goes on its wide line where a handler serves it. What is taken of the handler's result is
 * checked against the type that it returns.
 *
 * @param fields - By key: the kind of the field and where its value comes from.
 * @throws OptionError for a field without a source.
 * @example
 * @LogFields({ orderId: int.param('id'), paymentId: string.result('id'), items: int.result((r) => r.items.length) })
 */
export function LogFields<Method = Whatever>(fields: FieldsOf<ResultOf<NoInfer<Method>>>): MethodDecoratorFor<Method> {
  checkSourced('LogFields', fields)
  const decorate = (
    target: unknown,
    keyOrContext: string | symbol | ClassMethodDecoratorContext,
    descriptor?: PropertyDescriptor,
  ): unknown => {
    if (descriptor === undefined) return wrap(target as AnyMethod, fields, [])
    const types = parameterTypes(target as object, keyOrContext as string | symbol)
    descriptor.value = wrap(descriptor.value as AnyMethod, fields, types)
    return undefined
  }
  return decorate
}

/** @throws OptionError for a field without a source. */
export function checkSourced(where: string, fields: Readonly<Record<string, SourcedField>>): void {
  OptionError.requireObject(where, fields, 'an object of fields')
  for (const [key, field] of Object.entries<unknown>(fields)) {
    if (!isDeclaredField(field) || !('source' in field)) {
      throw new OptionError(`${where}.${key}`, "a field with a source, such as int.param('id')", field)
    }
  }
}

function wrap(method: AnyMethod, fields: Readonly<Record<string, SourcedField>>, types: readonly unknown[]): AnyMethod {
  if (typeof method !== 'function') throw new OptionError('@LogFields', 'on a method', method)
  const declared = fieldsOfHandler(method)
  declared.add(fields)
  declared.types = types
  const writing = writingFields(method, declared)
  copyMetadata(method, writing)
  return writing
}
