import { atOnce } from '../options/at-once.js'
import { OptionError } from '../options/option-error.js'
import {
  checkFieldOptions,
  type CoercingOptions,
  type DeclaredField,
  type DeclaredOptions,
  type FieldOptions,
  type KindOfField,
} from './field-options.js'
import { type FieldPlace, type FieldSource, type HavingPath, pathReader, type SourcedField } from './field-source.js'

type Optional<Options> = Options & { readonly optional: true }
type Required<Options> = Options & { readonly optional?: false }
/** Options of a field with a source: it is written where its value is there. */
type SourceOptions<Value> = FieldOptions<Value> | CoercingOptions<Value, never>

// The application's own types decide what its requests and results are, where nothing says it.
// oxlint-disable-next-line typescript/no-explicit-any
type Whatever = any

/**
 * Declares fields of one kind: called, for a set of {@link fields}; with a source, for a handler.
 *
 * @typeParam Value - What the field's values are.
 */
export interface FieldBuilder<Value> {
  /** A field of this kind, with options. */
  <Input>(options: Optional<CoercingOptions<Value, Input>>): DeclaredField<Input, true>
  <Input>(options: Required<CoercingOptions<Value, Input>>): DeclaredField<Input, false>
  (options: Optional<FieldOptions<Value>>): DeclaredField<Value, true>
  (options?: Required<FieldOptions<Value>>): DeclaredField<Value, false>

  /** A path parameter: `:id`. */
  param(name: string, options?: SourceOptions<Value>): SourcedField<Value, unknown>
  /** A query parameter. */
  query(name: string, options?: SourceOptions<Value>): SourcedField<Value, unknown>
  /** A request header, in any case. One that is a URL, such as `referer`, has its user and query values hidden. */
  header(name: string, options?: SourceOptions<Value>): SourcedField<Value, unknown>
  /** A property of the parsed body, or of the message where a handler serves no HTTP request; a path of them with dots. */
  body(path: string, options?: SourceOptions<Value>): SourcedField<Value, unknown>
  /** An argument of the method, counted from 0, or what stands at a path in it. */
  arg(index: number, path?: string, options?: SourceOptions<Value>): SourcedField<Value, unknown>
  /** What stands at a path in what the handler returns, such as `id` or `payment.id`. */
  result<const Path extends string>(
    path: Path,
    options?: SourceOptions<Value>,
  ): SourcedField<Value, HavingPath<Path, Value>>
  /** A function of what the handler returns. In a decorator its parameter has the type of that. */
  result<Result = Whatever>(
    pick: (result: Result) => Value | null | undefined,
    options?: SourceOptions<Value>,
  ): SourcedField<Value, Result>
  /** A function of the request. */
  from<Request = Whatever>(
    read: (request: Request) => Value | null | undefined,
    options?: SourceOptions<Value>,
  ): SourcedField<Value, unknown>
}

/** Makes the builder of one kind. */
export function fieldBuilder<Value>(kind: KindOfField): FieldBuilder<Value> {
  const { name: kindName } = kind
  const declare = (options?: DeclaredOptions): DeclaredField =>
    Object.freeze({ kind, options: checkFieldOptions(kindName, options) })
  const sourced = (
    where: string,
    source: FieldSource,
    options: SourceOptions<Value> | undefined,
  ): SourcedField<Value> =>
    Object.freeze({
      kind,
      options: checkFieldOptions(`${kindName}.${where}`, options),
      source: Object.freeze(source),
    })
  const at =
    (place: FieldPlace) =>
    (name: string, options?: SourceOptions<Value>): SourcedField<Value> => {
      checkName(`${kindName}.${place}`, name)
      return sourced(place, { place, name: place === 'header' ? name.toLowerCase() : name }, options)
    }
  return Object.freeze(
    Object.assign(declare, {
      param: at('param'),
      query: at('query'),
      header: at('header'),
      body: at('body'),
      arg: (index: number, path?: string, options?: SourceOptions<Value>) => {
        if (!Number.isInteger(index) || index < 0) {
          throw new OptionError(`${kindName}.arg`, 'the index of an argument, from 0', index)
        }
        if (path !== undefined) checkName(`${kindName}.arg(path)`, path)
        return sourced('arg', { place: 'arg', index, pick: path === undefined ? itself : pathReader(path) }, options)
      },
      result: (pick: string | ((result: never) => unknown), options?: SourceOptions<Value>) => {
        if (typeof pick !== 'function') checkName(`${kindName}.result`, pick)
        const reader = typeof pick === 'string' ? pathReader(pick) : (result: unknown) => atOnce(pick(result as never))
        return sourced('result', { place: 'result', pick: reader }, options)
      },
      from: (read: (request: never) => unknown, options?: SourceOptions<Value>) => {
        if (typeof read !== 'function') throw new OptionError(`${kindName}.from`, 'a function of the request', read)
        return sourced('from', { place: 'from', read: (request) => atOnce(read(request as never)) }, options)
      },
    }),
  ) as unknown as FieldBuilder<Value>
}

function checkName(where: string, name: unknown): void {
  if (typeof name !== 'string' || name === '') throw new OptionError(where, 'a name with at least one character', name)
}

function itself(value: unknown): unknown {
  return value
}
