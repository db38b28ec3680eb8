import type { DeclaredField, FieldKindName, FieldOptions } from '../../src/index.js'

/** Where a field's value comes from when a handler is called. */
export type FieldPlace = 'param' | 'query' | 'header' | 'body'

/** A declared field with the place its value is taken from. */
export interface SourcedField extends DeclaredField {
  readonly source:
    | { readonly place: FieldPlace; readonly name: string }
    | { readonly place: 'result'; readonly pick: (result: unknown) => unknown }
    | { readonly place: 'from'; readonly read: (request: unknown) => unknown }
}

/** Declares a field of one kind, and where its value comes from. */
export interface FieldBuilder {
  /** A path parameter: `:id`. */
  param(name: string, options?: FieldOptions): SourcedField
  /** A query parameter. */
  query(name: string, options?: FieldOptions): SourcedField
  /** A request header, in any case. */
  header(name: string, options?: FieldOptions): SourcedField
  /** A property of the parsed body. */
  body(name: string, options?: FieldOptions): SourcedField
  /** A property of what the handler returns, or a function of it. */
  result<Result = never>(pick: string | ((result: Result) => unknown), options?: FieldOptions): SourcedField
  /** A function of the request. */
  from<Request = never>(read: (request: Request) => unknown, options?: FieldOptions): SourcedField
}

function builder(kind: FieldKindName): FieldBuilder {
  const at =
    (place: FieldPlace) =>
    (name: string, options: FieldOptions = {}): SourcedField => ({ kind, options, source: { place, name } })
  return Object.freeze({
    param: at('param'),
    query: at('query'),
    header: (name: string, options: FieldOptions = {}) => at('header')(name.toLowerCase(), options),
    body: at('body'),
    result: <Result>(pick: string | ((result: Result) => unknown), options: FieldOptions = {}): SourcedField => ({
      kind,
      options,
      source: {
        place: 'result',
        pick: typeof pick === 'string' ? property(pick) : (pick as (result: unknown) => unknown),
      },
    }),
    from: <Request>(read: (request: Request) => unknown, options: FieldOptions = {}): SourcedField => ({
      kind,
      options,
      source: { place: 'from', read: read as (request: unknown) => unknown },
    }),
  })
}

function property(name: string): (value: unknown) => unknown {
  return (value) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined)
}

/** Text. */
export const string: FieldBuilder = builder('string')
/** A whole number. */
export const int: FieldBuilder = builder('int')
/** Any number. */
export const float: FieldBuilder = builder('float')
/** True or false. */
export const bool: FieldBuilder = builder('bool')
/** An integer of any size. */
export const bigint: FieldBuilder = builder('bigint')
/** A point in time: a Date, or milliseconds since the epoch. */
export const timestamp: FieldBuilder = builder('timestamp')
/** A length of time, in milliseconds. */
export const duration: FieldBuilder = builder('duration')
/** An error. */
export const error: FieldBuilder = builder('error')
/** Any value. */
export const any: FieldBuilder = builder('any')
