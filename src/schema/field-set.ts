import { DeclaredSet, FieldKind, type FieldWriter, type SetPlan } from '../entry/field.js'
import { Fields } from '../entry/fields.js'
import type { Key, KeyTable } from '../entry/key.js'
import { loggable, type Loggable } from '../entry/loggable.js'
import { OptionError } from '../options/option-error.js'
import { CompiledField, type InvalidListener, planOf } from './compiled-field.js'
import { checkSetOptions, checkShape, type FieldShape, type SetOptions } from './check-shape.js'
import type { DeclaredField, InvalidPolicy } from './field-options.js'
import { type JsonSchema, jsonSchemaOf, type JsonSchemaOptions } from './json-schema.js'
import { markdownOf } from './markdown.js'
import { type Dialect, tableOf, type TableOptions } from './table.js'
import { Unreadable } from './unreadable.js'

type InputOf<Field> = Field extends DeclaredField<infer Value> ? Value : never
type OptionalNames<Shape> = {
  [Name in keyof Shape]: Shape[Name] extends DeclaredField<unknown, infer Optional>
    ? Optional extends true
      ? Name
      : never
    : never
}[keyof Shape]
type Flat<Type> = { [Name in keyof Type]: Type[Name] }

/** The values that fields take, by name. */
export type ShapeValues<Shape> = Flat<
  { readonly [Name in Exclude<keyof Shape, OptionalNames<Shape>>]: InputOf<Shape[Name]> } & {
    readonly [Name in OptionalNames<Shape>]?: InputOf<Shape[Name]> | null | undefined
  }
>

const { string: STRING, int: INT, float: FLOAT, duration: DURATION, bool: BOOL } = FieldKind

/**
 * Fields declared together, made ready once: their keys' bytes, their kinds, what is done with their values. Made by
 * {@link fields}.
 */
export class FieldSet<Shape extends FieldShape = FieldShape> extends DeclaredSet<ShapeValues<Shape>> {
  static {
    // A set without values, where fields were expected: its own properties are no fields, and there is nothing to write.
    Object.defineProperty(FieldSet.prototype, loggable, { value: () => undefined })
  }

  /** Names the table and the schema; empty without one. */
  readonly name: string
  /** For the schema; empty without one. */
  readonly description: string
  /** Of the fields that say none. */
  private readonly policy: InvalidPolicy
  private readonly compiled: readonly CompiledField[]
  private readonly names: readonly PropertyKey[]
  private readonly indexes = new Map<PropertyKey, number>()
  /** By field: the column's kind where the value needs only to be stored, else 0. */
  private readonly plainKinds: Uint8Array
  /** Of the logger that used this set last. */
  private lastUse: SetUse | undefined = undefined
  /** Of the loggers that use this set, each with keys of its own. */
  private readonly uses = new WeakMap<KeyTable, SetUse>()
  private invalidCount = 0

  /** @internal See {@link fields}. */
  constructor(
    /** The fields as they were declared. */
    readonly fields: Shape,
    options: SetOptions = {},
    private readonly listener?: InvalidListener,
    properties: readonly PropertyKey[] = Object.keys(fields),
  ) {
    super()
    this.name = options.name ?? ''
    this.description = options.description ?? ''
    this.policy = options.onInvalid ?? 'mark'
    const declared = Object.values(fields)
    this.names = properties
    this.compiled = properties.map((property, index) => new CompiledField(property, declared[index], this.policy))
    this.plainKinds = Uint8Array.from(this.compiled, (field) => field.plainKind)
    for (const [index, property] of properties.entries()) this.indexes.set(property, index)
  }

  /** The keys on the line, in the order of the declaration. */
  get lineKeys(): readonly string[] {
    return this.compiled.map((field) => field.key)
  }

  /** Values so far that were not of their field's kind, or did not pass its validation. */
  get invalid(): number {
    return this.invalidCount
  }

  /**
   * Values with their declaration: an object that can stand wherever fields or values can, and writes them as declared.
   *
   * @example log.child(Payment.of({ orderId: 42 })).info('paid', { refund: Payment.of(refund) })
   */
  of(values: ShapeValues<Shape>): Loggable {
    return new DeclaredValues(this, values)
  }

  /**
   * The fields of both sets; where they share a name, those of the other one. Each keeps its set's `onInvalid`, where
   * the options say none.
   *
   * @throws OptionError for what is no set, for two fields with the same key, and for an option that is unknown or wrong.
   */
  and<Other extends FieldShape>(
    other: FieldSet<Other>,
    options: SetOptions = {},
  ): FieldSet<Flat<Omit<Shape, keyof Other> & Other>> {
    if (!(other instanceof FieldSet)) throw new OptionError('and', 'a set of fields, as fields() makes', other)
    const checked = checkSetOptions({ name: this.name, description: this.description, ...options })
    const isSaid = checked.onInvalid !== undefined
    const shape = isSaid ? { ...this.fields, ...other.fields } : { ...this.ownFields(), ...other.ownFields() }
    return new FieldSet(checkShape(shape as Flat<Omit<Shape, keyof Other> & Other>), checked)
  }

  /** The fields as they are apart from the set, of which they keep what becomes of a value that is not good. */
  private ownFields(): FieldShape {
    const { policy } = this
    if (policy === 'mark') return this.fields
    return Object.fromEntries(
      Object.entries<DeclaredField>(this.fields).map(([name, field]) => [
        name,
        { ...field, options: { onInvalid: policy, ...field.options } },
      ]),
    )
  }

  /**
   * The set as a JSON Schema (2020-12) of the lines' fields.
   *
   * @throws OptionError for an option that is unknown or wrong.
   */
  jsonSchema(options?: JsonSchemaOptions): JsonSchema {
    return jsonSchemaOf(this, this.compiled, options)
  }

  /** The set as a Markdown table. */
  markdown(): string {
    return markdownOf(this, this.compiled)
  }

  /**
   * The statements that create a table for lines with these fields.
   *
   * @throws OptionError for a dialect or an option that is unknown, and for a table without a name or a column.
   * @example Payment.ddl('duckdb', { table: 'events' })
   */
  ddl(dialect: Dialect, options?: TableOptions): string {
    return tableOf(this, this.compiled, dialect, options)
  }

  /** Puts the values of an object that have a declared name onto a line. */
  override write(to: Fields, values: object): void {
    if (!(to instanceof Fields)) {
      // A writer of another kind hands the set on to its own fields.
      ;(to as FieldWriter).all(this, values as never)
      return
    }
    // A value that logs while it is read may use the set with another root logger, whose keys know nothing of secrets here.
    const { keys } = this.useOf(to.table)
    if (values.constructor === Object) this.writeLiteral(to, keys, values)
    else this.writeNamed(to, keys, values)
  }

  /** @internal */
  override planFor(table: KeyTable): SetPlan | undefined {
    return this.useOf(table).plan
  }

  /** An object as most calls have it. The read stands in the loop: only there does V8 take values by the names' places. */
  private writeLiteral(to: Fields, keys: readonly Key[], values: object): void {
    const { names } = this
    let next = 0
    for (const name in values) {
      let index = next
      if (names[index] !== name) {
        index = this.indexes.get(name) ?? -1
        // A name that is not declared is not written.
        if (index < 0) continue
      }
      next = index + 1
      let value: unknown
      try {
        value = (values as Record<string, unknown>)[name]
      } catch (reason) {
        value = new Unreadable(reason)
      }
      this.writeValue(to, keys[index], index, value)
    }
  }

  /** An object of a class, whose values may be accessors of its prototype; or a list. */
  private writeNamed(to: Fields, keys: readonly Key[], values: object): void {
    const { names } = this
    for (let index = 0; index < names.length; index++) {
      let value: unknown
      try {
        value = (values as Record<PropertyKey, unknown>)[names[index]]
      } catch (reason) {
        value = new Unreadable(reason)
      }
      this.writeValue(to, keys[index], index, value)
    }
  }

  private writeValue(to: Fields, key: Key, index: number, value: unknown): void {
    const kind = this.plainKindOf(index, value)
    if (kind === 0) this.writeAside(to, index, value)
    else {
      const row = to.rowFor(key)
      if (row >= 0) this.store(to, row, kind, value)
      else to.hide(value)
    }
  }

  /** The kind of a value that needs only to be stored, else 0. */
  private plainKindOf(index: number, value: unknown): number {
    const kind = this.plainKinds[index]
    if (typeof value === 'number') {
      return kind === FLOAT || kind === DURATION || (kind === INT && Number.isSafeInteger(value)) ? kind : 0
    }
    if (typeof value === 'string') return kind === STRING ? kind : 0
    return typeof value === 'boolean' && kind === BOOL ? kind : 0
  }

  private store(to: Fields, row: number, kind: number, value: unknown): void {
    to.kinds[row] = kind
    if (kind === STRING) to.values[row] = value
    else if (kind === BOOL) to.numbers[row] = value === true ? 1 : 0
    else to.numbers[row] = value as number
  }

  /** A value that is converted, checked, redacted or marked, or of a rarer kind. */
  private writeAside(to: Fields, index: number, value: unknown): void {
    if (!this.compiled[index].write(to, value, this.listener)) this.invalidCount++
  }

  private useOf(table: KeyTable): SetUse {
    const { lastUse } = this
    if (lastUse?.table === table && lastUse.renames === table.renames) return lastUse
    let use = this.uses.get(table)
    if (use?.renames !== table.renames) {
      use = this.newUse(table)
      this.uses.set(table, use)
    }
    this.lastUse = use
    return use
  }

  /** Apart from the above, which would make a place for what the functions here need for every call. */
  private newUse(table: KeyTable): SetUse {
    const { compiled } = this
    const keys = compiled.map((field) => table.intern(field.key))
    const plan = planOf(compiled, keys, (to, { key, index }, value, isRead) => {
      this.writeValue(to as Fields, key, index, isRead ? value : new Unreadable(value))
    })
    return { table, keys, renames: table.renames, plan }
  }
}

/** What a set is for one root logger. */
interface SetUse {
  readonly table: KeyTable
  readonly keys: readonly Key[]
  /** How often the logger's keys had been renamed. */
  readonly renames: number
  readonly plan: SetPlan | undefined
}

/** See {@link FieldSet.of}. */
class DeclaredValues implements Loggable {
  constructor(
    private readonly set: DeclaredSet,
    private readonly values: object,
  ) {}

  [loggable](writer: FieldWriter): void {
    writer.all(this.set, this.values)
  }
}
