import type { DeclaredSet, FieldBag } from './entry/field.js'
import type { MessageTemplate } from './message-template.js'

/** A value of a log call, where declared fields and values of the wrong type do not pass for loose ones. */
export type CallValue<Value, Bag> = Value extends DeclaredSet
  ? never
  : unknown extends Value
    ? Value
    : Value extends Error | readonly unknown[] | ((...args: never[]) => unknown)
      ? Value
      : Value extends object
        ? Bag
        : Value

/** The accepted shapes of a log call. As methods, so that a logger of declared fields can stand for one of any. */
interface LogCalls<Result, Bag> {
  /** A message. */
  call(message: string): Result
  /** A message, with fields, errors, or values for its printf placeholders. */
  call<Value>(message: string, value?: CallValue<Value, Bag>, ...values: unknown[]): Result
  /** An error, whose message is the line's unless one is given. */
  call(error: Error, ...values: unknown[]): Result
  /** What was caught, of which the compiler knows nothing: an error, nearly always. */
  call<Value>(caught: unknown extends Value ? Value : never, ...values: unknown[]): Result
  /** Fields, then the message. */
  call(fields: Bag, message?: string, ...values: unknown[]): Result
  /** A message with holes, with the fields that fill them. */
  call<Hole extends string>(
    message: MessageTemplate<Hole>,
    fields: { readonly [Name in Hole]: unknown },
    ...values: unknown[]
  ): Result
  /** A message, with declared fields. */
  call<Values extends object>(message: string, set: DeclaredSet<Values>, values: NoInfer<Values>): Result
}

/** The accepted shapes of a log call. */
export type LogMethod<Result = void, Bag = FieldBag> = LogCalls<Result, Bag>['call']
