import type { SourcedField } from '../../src/index.js'

// What a method takes is its own affair, and a type that nobody knows must not be checked.
// oxlint-disable-next-line typescript/no-explicit-any
export type Whatever = any

/** A method of any form. */
export type AnyMethod = (this: Whatever, ...args: Whatever[]) => unknown

type Emitted<Result> = Result extends { forEach(next: (value: infer Value) => void): Promise<void> } ? Value : Result
type Open<Result> = unknown extends Result ? Whatever : Result

/** What a method gives in the end: of a promise its value, of an observable its values. */
export type ResultOf<Method> = Method extends (...args: never[]) => infer Result
  ? Open<Emitted<Awaited<Result>>>
  : Whatever

/** What a method gives in the end where a generator is followed, too: what that returns. */
export type EndOf<Method> = Method extends (
  ...args: never[]
) => Generator<Whatever, infer Result, never> | AsyncGenerator<Whatever, infer Result, never>
  ? Open<Result>
  : ResultOf<Method>

/** Fields that may be declared on a method: what they take of its result must be there. */
export type FieldsOf<Result> = Readonly<Record<string, SourcedField<Whatever, Result>>>

/**
 * A decorator of methods, in legacy (Nest) and in standard mode. One signature for both: only so does the compiler take the
 * method's type from the place of the decorator, and know what its result is.
 */
export type MethodDecoratorFor<Method> = (
  target: Whatever,
  context: string | symbol | ClassMethodDecoratorContext<Whatever, Method & AnyMethod>,
  descriptor?: TypedPropertyDescriptor<Method>,
) => Whatever
