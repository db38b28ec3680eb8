/** What a field's value is, and so which column holds it. A plain object: an enum would be one more form in the output. */
export const FieldKind: Readonly<{
  string: 1
  int: 2
  float: 3
  bool: 4
  bigint: 5
  /** Milliseconds since the epoch. */
  timestamp: 6
  /** Milliseconds. */
  duration: 7
  error: 8
  any: 9
  /** A value that must not be written; the column holds what is written instead. */
  censored: 10
  /** Reading the value threw; the column holds the reason. */
  failed: 11
}> = Object.freeze({
  string: 1,
  int: 2,
  float: 3,
  bool: 4,
  bigint: 5,
  timestamp: 6,
  duration: 7,
  error: 8,
  any: 9,
  censored: 10,
  failed: 11,
})

export type FieldKind = (typeof FieldKind)[keyof typeof FieldKind]

/** The names users give kinds: the methods of a typed line, of `req.log.fields` and of the decorators. */
export type FieldKindName = 'string' | 'int' | 'float' | 'bool' | 'bigint' | 'timestamp' | 'duration' | 'error' | 'any'

/** Loose fields: each own enumerable property of an object, or what an object with a `loggable` method writes of itself. */
export type FieldBag = object

/** By which sets of another copy of this package are known. */
const declaredSet: unique symbol = Symbol.for('wideline.declaredSet')

/**
 * Fields declared together, by `fields({…})`. What the loggers know of them: the type of the values, and that the set puts
 * them onto a line itself.
 */
export abstract class DeclaredSet<Values extends object = object> {
  /** The type of the values, for the compiler: nothing is stored here. */
  declare readonly valuesType?: Values
  /** @internal */
  readonly [declaredSet]: true = true

  /** Puts the declared values of an object onto a line. */
  abstract write(to: FieldWriter, values: object): void
}

/** Whether a value is a declared set, of whatever copy of this package. */
export function isDeclaredSet(value: unknown): value is DeclaredSet {
  try {
    return (
      value instanceof DeclaredSet ||
      (typeof value === 'object' && value !== null && (value as Partial<DeclaredSet>)[declaredSet] === true)
    )
  } catch {
    // A proxy that does not tell what it is.
    return false
  }
}

/** The values that a declared set takes. */
export type ValuesOf<Declared> = Declared extends DeclaredSet<infer Values> ? Values : never

/** Any of a declared set's values: what lines filled over time take, and loggers that know no other fields. */
export type SomeValuesOf<Declared> =
  Declared extends DeclaredSet<infer Values>
    ? { readonly [Name in keyof Values]?: Values[Name] | null | undefined }
    : never

/** The fields that a logger takes where it knows declared ones only; any, where it does not. */
export type BagOf<Declared> = Declared extends DeclaredSet ? SomeValuesOf<Declared> : FieldBag

/**
 * Writers of typed fields; each returns the same object. A key that is there already gets the new value: a line never
 * holds a key twice. A null or undefined value is written as null.
 */
export interface FieldWriter {
  /** Adds a text. Null is written as null, undefined not at all. */
  string(key: string, value: string | null | undefined): this
  /** Any number; named for what it is meant to hold. */
  int(key: string, value: number | null | undefined): this
  /** Adds a number. Null is written as null, undefined not at all. */
  float(key: string, value: number | null | undefined): this
  /** Adds a truth value. Null is written as null, undefined not at all. */
  bool(key: string, value: boolean | null | undefined): this
  /** Adds a bigint. Null is written as null, undefined not at all. */
  bigint(key: string, value: bigint | null | undefined): this
  /** @param value - A Date, or milliseconds since the epoch. */
  timestamp(key: string, value: Date | number | null | undefined): this
  /** @param value - Milliseconds. */
  duration(key: string, value: number | null | undefined): this
  /** Adds an error, with its stack and causes. */
  error(key: string, value: unknown): this
  /** Adds a value of any type. */
  any(key: string, value: unknown): this
  /** Every field of a bag, its kind taken from the value. */
  all(bag: FieldBag): this
  /** The fields of a declared set. */
  all<Values extends object>(set: DeclaredSet<Values>, values: NoInfer<Values>): this
}
