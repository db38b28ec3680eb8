import {
  checkFieldOptions,
  type CoercingOptions,
  type DeclaredField,
  type DeclaredOptions,
  type FieldOptions,
  type KindOfField,
} from './field-options.js'
import type { FieldSource, HavingPath, SourcedField } from './field-source.js'
import { sourceOf } from './source-of.js'

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
    place: FieldSource['place'],
    given: unknown,
    options: unknown,
    path?: unknown,
  ): SourcedField<Value> =>
    Object.freeze({
      kind,
      source: Object.freeze(sourceOf(kindName, place, given, path)),
      options: checkFieldOptions(`${kindName}.${place}`, options as SourceOptions<Value>),
    })
  const from =
    (place: FieldSource['place']) =>
    (given: unknown, options: unknown): SourcedField<Value> =>
      sourced(place, given, options)
  return Object.freeze(
    Object.assign(declare, {
      param: from('param'),
      query: from('query'),
      header: from('header'),
      body: from('body'),
      arg: (index: unknown, path: unknown, options: unknown) => sourced('arg', index, options, path),
      result: from('result'),
      from: from('from'),
    }),
  ) as unknown as FieldBuilder<Value>
}
