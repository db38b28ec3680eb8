import type { Fragment } from '../bytes/fragment.js'
import type { Key, KeyTable } from './key.js'

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

  /** @internal What an encoder needs to write values itself; undefined where it could not write all that are good. */
  abstract planFor(table: KeyTable): SetPlan | undefined
}

/** A declared set, for an encoder that writes the values itself. */
export interface SetPlan {
  /** The first of the declaration. */
  readonly first: PlannedField
  /** Each, by what its values are called in their object. */
  readonly fields: ReadonlyMap<PropertyKey, PlannedField>
  /**
   * Puts a value into the columns as its declaration says, whatever it is.
   *
   * @param to - Of the logger that the plan is for.
   * @param value - Or the reason why it could not be read.
   */
  put(to: FieldWriter, field: PlannedField, value: unknown, isRead: boolean): void
}

/** A field whose values are texts, numbers or truth values. */
export interface PlannedField {
  /** What its value is called in its object. */
  readonly name: PropertyKey
  /** Its place in the declaration. */
  readonly index: number
  /** The kind of its column. */
  readonly kind: number
  /** A plain one, which no other has. */
  readonly key: Key
  /** Of the key. */
  readonly json: Fragment
  /** What is declared after it; after the last the first. */
  next: PlannedField
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

/** For each method of a {@link FieldWriter} what it takes: any name, any bag. */
export interface WriterTypes {
  /** For a text. */
  readonly string: string
  /** For an integer. */
  readonly int: string
  /** For a number. */
  readonly float: string
  /** For a truth value. */
  readonly bool: string
  /** For a bigint. */
  readonly bigint: string
  /** For a Date, or milliseconds since the epoch. */
  readonly timestamp: string
  /** For milliseconds. */
  readonly duration: string
  /** For whatever was thrown. */
  readonly error: string
  /** For any value. */
  readonly any: string
  /** A bag. */
  readonly all: FieldBag
}

type NamesTaking<Bag, Value> = string & { [Name in keyof Bag]-?: Value extends Bag[Name] ? Name : never }[keyof Bag]

/** What is declared for each method of a writer; anything, where nothing is declared. */
export type WriterTypesOf<Bag extends FieldBag> = [keyof Bag] extends [never]
  ? WriterTypes
  : {
      readonly string: NamesTaking<Bag, string>
      readonly int: NamesTaking<Bag, number>
      readonly float: NamesTaking<Bag, number>
      readonly bool: NamesTaking<Bag, boolean>
      readonly bigint: NamesTaking<Bag, bigint>
      readonly timestamp: NamesTaking<Bag, Date | number>
      readonly duration: NamesTaking<Bag, number>
      /** A log call's error has a key that nobody declares. */
      readonly error: NamesTaking<Bag, unknown> | 'error'
      readonly any: string & keyof Bag
      readonly all: Bag
    }

/**
 * Writers of typed fields; each returns the same object. A key that is there already gets the new value: a line never
 * holds a key twice. A null or undefined value is written as null; an error that is one, as what was thrown.
 */
export interface FieldWriter<Types extends WriterTypes = WriterTypes> {
  /** Adds a text. Null and undefined are written as null. */
  string(key: Types['string'], value: string | null | undefined): this
  /** Any number; named for what it is meant to hold. */
  int(key: Types['int'], value: number | null | undefined): this
  /** Adds a number. Null and undefined are written as null. */
  float(key: Types['float'], value: number | null | undefined): this
  /** Adds a truth value. Null and undefined are written as null. */
  bool(key: Types['bool'], value: boolean | null | undefined): this
  /** Adds a bigint. Null and undefined are written as null. */
  bigint(key: Types['bigint'], value: bigint | null | undefined): this
  /** @param value - A Date, or milliseconds since the epoch. */
  timestamp(key: Types['timestamp'], value: Date | number | null | undefined): this
  /** @param value - Milliseconds. */
  duration(key: Types['duration'], value: number | null | undefined): this
  /** Adds an error, with its stack and causes. */
  error(key: Types['error'], value: unknown): this
  /** Adds a value of any type. */
  any(key: Types['any'], value: unknown): this
  /** Every field of a bag, its kind taken from the value. */
  all(bag: Types['all']): this
  /** The fields of a declared set. */
  all<Values extends object>(set: DeclaredSet<Values>, values: NoInfer<Values>): this
}
