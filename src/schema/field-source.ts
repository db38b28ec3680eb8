import type { DeclaredField } from './field-options.js'

/** Where in a request a field's value is. */
export type FieldPlace = 'param' | 'query' | 'header' | 'body'

/** Where a field's value comes from when a handler is called. */
export type FieldSource =
  | { readonly place: FieldPlace; readonly name: string }
  | { readonly place: 'arg'; readonly index: number; readonly pick: (argument: unknown) => unknown }
  | { readonly place: 'result'; readonly pick: (result: unknown) => unknown }
  | { readonly place: 'from'; readonly read: (request: unknown) => unknown }

/** A type only: nothing is stored under it. */
declare const RESULT: unique symbol

/**
 * A declared field with the place its value is taken from.
 *
 * @typeParam Result - What a handler must return for it; unknown where it takes nothing of that.
 */
export interface SourcedField<Value = unknown, Result = never> extends DeclaredField<Value> {
  /** Where the field's value comes from. */
  readonly source: FieldSource
  /** Tells the compiler what a handler must return. */
  readonly [RESULT]?: (result: Result) => void
}

/** An object in which a value of a type stands at a path such as `payment.id`, or may be missing. */
export type HavingPath<Path extends string, Value> =
  | null
  | undefined
  | (Path extends `${infer Head}.${infer Rest}`
      ? { readonly [Name in Head]?: HavingPath<Rest, Value> }
      : { readonly [Name in Path]?: Value | null | undefined })
