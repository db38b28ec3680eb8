import {
  any,
  bigint,
  bool,
  type CoercingOptions,
  type DeclaredField,
  type DeclaredOptions,
  duration,
  error,
  type FieldBuilder,
  type FieldKindName,
  type FieldOptions,
  float,
  int,
  isDeclaredField,
  type KindValues,
  OptionError,
  string,
  timestamp,
} from '../../src/index.js'
import { declareProperty, declaresFields, writesOwnFields } from './declared-class.js'
import { fieldsOfHandler } from './handler-fields.js'

/** The name of a property whose values are of a type, or which is private: what the compiler does not show is not checked. */
type Fitting<Target, Name, Value> = Name extends keyof Target
  ? Target[Name] extends Value | null | undefined
    ? Name
    : never
  : Name

type Values<Value> = Value | null | undefined

/**
 * A decorator of properties and accessors in legacy and standard mode, and of parameters in legacy mode (Nest).
 *
 * @typeParam Value - What the property's values must be.
 */
export interface FieldDecorator<Value = unknown> {
  /** Decorates a property, accessor, getter or parameter. */
  <Target extends { readonly [Key in Name]?: Values<Value> }, Name extends PropertyKey>(
    target: Target,
    key: Name,
    descriptor?: PropertyDescriptor,
  ): void
  <Target extends object, Name extends PropertyKey>(
    target: Target,
    key: Fitting<Target, Name, Value>,
    descriptor?: PropertyDescriptor,
  ): void
  (target: object, key: string | symbol | undefined, index: number): void
  (target: undefined, context: ClassFieldDecoratorContext<never, Values<Value>>): void
  (
    target: ClassAccessorDecoratorTarget<never, Values<Value>>,
    context: ClassAccessorDecoratorContext<never, Values<Value>>,
  ): void
  (target: () => Values<Value>, context: ClassGetterDecoratorContext<never, Values<Value>>): void
}

/** Declares a field of one kind where it stands. */
export interface FieldDecoratorFactory<Value = unknown> {
  /** @param key - The key on the line. Default: the property's name; a parameter needs one. */
  <Input>(key: string, options: CoercingOptions<Value, Input>): FieldDecorator<Input>
  <Input>(options: CoercingOptions<Value, Input>): FieldDecorator<Input>
  (key?: string, options?: FieldOptions<Value>): FieldDecorator<Value>
  (options: FieldOptions<Value>): FieldDecorator<Value>
}

/** A decorator for each built-in kind, and one for any declared field. */
export type LogFieldKinds = { readonly [Kind in FieldKindName]: FieldDecoratorFactory<KindValues[Kind]> } & {
  /** Declares a field of any kind, such as one of the application's own: `@LogField.of(money())`. */
  of<Value>(field: DeclaredField<Value>): FieldDecorator<Value>
}

function factory<Value>(builder: FieldBuilder<Value>): FieldDecoratorFactory<Value> {
  const declare = (key?: string | DeclaredOptions, more?: DeclaredOptions): FieldDecorator<Value> => {
    if (typeof key !== 'string') return decorator(builder((key ?? more) as never))
    return decorator(builder({ ...builder(more as never).options, key } as never))
  }
  return declare
}

type Place =
  string | symbol | undefined | ClassFieldDecoratorContext | ClassAccessorDecoratorContext | ClassGetterDecoratorContext

function decorator<Value>(field: DeclaredField): FieldDecorator<Value> {
  const decorate = (target: unknown, place: Place, index?: number | PropertyDescriptor): void => {
    if (typeof place === 'object') {
      if (place.static || place.private) refuse(place.name, field)
      declareInStandardMode(place, field)
    } else if (typeof index === 'number') declareParameter(target as object, place, index, field)
    else if (typeof target === 'function') refuse(place as string, field)
    else declareProperty(target as object, place as PropertyKey, field)
  }
  return decorate
}

/** What no object of the class shows cannot be written of it. */
function refuse(name: string | symbol, { kind }: DeclaredField): never {
  throw new OptionError(
    `@LogField.${kind.name} on ${String(name)}`,
    'on a property of objects, neither static nor #private',
    String(name),
  )
}

/** Of no class that declares anything: what a constructor returns in place of its object may have one of these, or none. */
const SHARED: ReadonlySet<unknown> = new Set([null, Object.prototype, Array.prototype, Function.prototype])

/** A standard decorator sees no class: the first object of each tells it. */
function declareInStandardMode(context: Exclude<Place, string | symbol | undefined>, field: DeclaredField): void {
  const { name } = context
  const seen = new WeakSet<object>()
  let last: object | undefined
  context.addInitializer(function (this: unknown) {
    const prototype = Object.getPrototypeOf(this) as object
    if (prototype === last || SHARED.has(prototype)) return
    // Once a class: a later object of it must not declare anew what a class below has declared otherwise since.
    if (!seen.has(prototype)) {
      seen.add(prototype)
      declareProperty(prototype, name, field)
    }
    if (declaresFields(prototype)) last = prototype
    // One that is frozen takes nothing: each object says it by itself.
    else writesOwnFields(this as object)
  })
}

function declareParameter(
  prototype: object,
  method: string | symbol | undefined,
  index: number,
  field: DeclaredField,
): void {
  const { kind, options } = field
  const where = `@LogField.${kind.name} on parameter ${index} of ${String(method ?? 'the constructor')}`
  if (options.key === undefined) throw new OptionError(where, 'given a key: a parameter has no name at run time', '')
  const handler: unknown = method === undefined ? undefined : (prototype as Record<PropertyKey, unknown>)[method]
  if (typeof handler !== 'function') throw new OptionError(where, 'on a method', handler)
  // Parameter decorators run before those of their method, so this is the function that @LogFields or Nest will see.
  fieldsOfHandler(handler).addParameter(index, { kind, options, key: options.key })
}

/**
 * Declares a typed field where its value stands.
 *
 * On a property of a DTO or an entity: an object of that class, logged anywhere, writes just its declared fields. On a
 * parameter of a Nest handler: the argument goes on the wide line, after its pipes. On a parameter of a `@Logged` method: on
 * the line that tells its call.
 *
 * @example
 * class PayOrder { @LogField.float() amount!: number; @LogField.string({ redact: 'last4' }) card!: string }
 */
export const LogField: LogFieldKinds = Object.freeze({
  string: factory(string),
  int: factory(int),
  float: factory(float),
  bool: factory(bool),
  bigint: factory(bigint),
  timestamp: factory(timestamp),
  duration: factory(duration),
  error: factory(error),
  any: factory(any),
  of: <Value>(field: DeclaredField<Value>): FieldDecorator<Value> => {
    if (!isDeclaredField(field)) throw new OptionError('LogField.of', 'a declared field, such as int()', field)
    return decorator(field)
  },
})
