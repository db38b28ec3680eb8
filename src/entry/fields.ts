import { DeclaredSet, type FieldBag, FieldKind, type FieldWriter, isDeclaredSet } from './field.js'
import { FieldError } from './field-error.js'
import { FieldHandle } from './field-handle.js'
import type { Key, KeyTable } from './key.js'
import type { Rule } from '../redaction/rule.js'
import type { Scanner } from '../redaction/scanner.js'
import { CENSORED } from '../redaction/strategy.js'
import { atOnce } from '../options/at-once.js'
import { httpMessageForm } from './http-message.js'
import { ERROR_KEY, isError } from './is-error.js'
import { isLoggable, loggable, type Loggable } from './loggable.js'

export { CENSORED } from '../redaction/strategy.js'

const START_ROWS = 16
const MAX_ROWS = 1000
/** The key that stands for the fields beyond {@link MAX_ROWS}; its value counts them. */
const OVERFLOW_KEY = '…'
/** The key that stands for a bag that cannot be read, and for one that is nothing but bytes. */
const BAG_KEY = 'fields'
const BYTES_KEY = 'bytes'
const OTHER_COPY = '[Declared by another copy of wideline]'

const {
  string: STRING,
  int: INT,
  float: FLOAT,
  bool: BOOL,
  bigint: BIGINT,
  duration: DURATION,
  any: ANY,
  censored: HIDDEN,
} = FieldKind

/** Smaller numbers are too short for a secret that numbers are searched for. */
const MIN_SECRET_NUMBER = 1e12

const hasOwn = Object.prototype.hasOwnProperty

/**
 * Fields as typed columns: row `i` is `keys[i]`, `kinds[i]` and a value in `numbers[i]` or `values[i]`.
 *
 * Every field of every line enters through {@link row}, which keeps keys unique and secrets out. Columns hold numbers
 * and references only, so adding a field allocates nothing once they have grown. They are lists, not typed arrays: a child
 * logger a request makes its own, and two typed arrays were 40 of its 230 ns.
 */
export class Fields implements FieldWriter {
  /** Rows in use. */
  count = 0
  /** Of each row, a number of `FieldKind`. */
  readonly kinds: number[]
  /** Of each row, the field's name. */
  readonly keys: Key[]
  /** Of each row of a number, truth value or time, its value. */
  readonly numbers: number[]
  /** Of each row of anything else, its value. */
  readonly values: unknown[]
  /** @internal Tells this use of the fields from others. */
  protected serial = 0
  /** Rows that may be filled without a further look: those of the columns, up to the bound. */
  private room: number
  /** The row whose value is about to be hidden by another rule than a mask, or -1. */
  private hiddenRow = -1

  /** @param rows - Fields that find room before the columns grow. */
  constructor(
    /** Where its keys are kept. */
    readonly table: KeyTable,
    rows: number = START_ROWS,
  ) {
    this.kinds = new Array<number>(rows)
    this.keys = new Array<Key>(rows)
    this.numbers = lengthen([0.5, 0.5, 0.5, 0.5], rows)
    this.values = new Array<unknown>(rows)
    this.serial = table.nextSerial()
    this.room = Math.min(rows, MAX_ROWS - 1)
  }

  /** Adds a text. Null and undefined are written as null. */
  string(key: string, value: string | null | undefined): this {
    const row = this.row(key)
    if (row < 0 || typeof value !== 'string') return this.putAt(row, value)
    this.kinds[row] = STRING
    this.values[row] = value
    return this
  }

  int(key: string, value: number | null | undefined): this {
    const row = this.row(key)
    if (row < 0 || typeof value !== 'number') return this.putAt(row, value)
    this.kinds[row] = INT
    this.numbers[row] = value
    return this
  }

  /** Adds a number. Null and undefined are written as null. */
  float(key: string, value: number | null | undefined): this {
    const row = this.row(key)
    if (row < 0 || typeof value !== 'number') return this.putAt(row, value)
    this.kinds[row] = FLOAT
    this.numbers[row] = value
    return this
  }

  /** Adds a duration in milliseconds. Null and undefined are written as null. */
  duration(key: string, value: number | null | undefined): this {
    const row = this.row(key)
    if (row < 0 || typeof value !== 'number') return this.putAt(row, value)
    this.kinds[row] = DURATION
    this.numbers[row] = value
    return this
  }

  /** Adds a truth value. Null and undefined are written as null. */
  bool(key: string, value: boolean | null | undefined): this {
    const row = this.row(key)
    if (row < 0 || typeof value !== 'boolean') return this.putAt(row, value)
    this.kinds[row] = BOOL
    this.numbers[row] = value ? 1 : 0
    return this
  }

  /** Adds a bigint. Null and undefined are written as null. */
  bigint(key: string, value: bigint | null | undefined): this {
    const row = this.row(key)
    if (row < 0) return this.hide(value)
    if (typeof value === 'bigint') this.put(row, value)
    else {
      this.kinds[row] = FieldKind.any
      this.values[row] = value ?? null
    }
    return this
  }

  /** Adds a time: a Date, or milliseconds since the epoch. Null and undefined are written as null. */
  timestamp(key: string, value: Date | number | null | undefined): this {
    const row = this.row(key)
    if (row < 0 || typeof value !== 'number') return this.putAt(row, value)
    this.kinds[row] = FieldKind.timestamp
    this.numbers[row] = value
    return this
  }

  /** Adds an error, with its stack and causes. */
  error(key: string, value: unknown): this {
    const row = this.row(key)
    if (row < 0) return this.hide(value)
    this.kinds[row] = FieldKind.error
    this.values[row] = value
    return this
  }

  /** Adds a value of any type. */
  any(key: string, value: unknown): this {
    const row = this.row(key)
    if (row < 0) return this.hide(value)
    this.put(row, value)
    return this
  }

  all(bag: FieldBag, values?: object): this {
    try {
      if (bag === null || bag === undefined) return this
      if (values !== undefined && isDeclaredSet(bag)) {
        // Another copy knows nothing of these columns, and nobody else what its values must be made of.
        if (bag instanceof DeclaredSet) bag.write(this, values)
        else this.any(BAG_KEY, OTHER_COPY)
        return this
      }
      if (isLoggable(bag)) this.own(bag)
      else if (bag.constructor === Object) this.properties(bag)
      else this.instance(bag)
    } catch (reason) {
      if (reason instanceof FieldError) throw reason
      // A revoked proxy, or one that does not tell its keys: what was read before stays.
      this.fail(BAG_KEY, reason)
    }
    return this
  }

  /** What an object writes of itself. It may keep its writers, and write when these columns are another line's. */
  private own(bag: Loggable): void {
    const handle = new FieldHandle()
    handle.fields = this
    try {
      atOnce(bag[loggable](handle))
    } finally {
      handle.fields = undefined
    }
  }

  /** An object of some class, or of none: what it says of itself, as inside a value. */
  private instance(bag: object): void {
    if (ArrayBuffer.isView(bag)) {
      this.any(BYTES_KEY, bag)
      return
    }
    // What an error has of its own, or makes of itself, is what its parts leave out.
    const { toJSON } = bag as { toJSON?: unknown }
    const form: unknown = typeof toJSON === 'function' && !isError(bag) ? toJSON.call(bag, '') : bag
    if (isError(form)) this.error(ERROR_KEY, form)
    else if (typeof form === 'object' && form !== null && !Array.isArray(form))
      this.properties(httpMessageForm(form) ?? form)
    else this.any(BAG_KEY, form)
  }

  private properties(bag: object): void {
    // The read stands in the loop: only there does V8 take the values by the names' places in the object.
    for (const name in bag) {
      if (this.count === MAX_ROWS) {
        // Not how many: going on through a million keys, or listing them again, takes seconds.
        this.kinds[MAX_ROWS - 1] = STRING
        this.values[MAX_ROWS - 1] = 'more'
        return
      }
      if (!hasOwn.call(bag, name)) continue
      let value: unknown
      try {
        value = (bag as Record<string, unknown>)[name]
      } catch (reason) {
        this.fail(name, reason)
        continue
      }
      const type = typeof value
      if (type === 'undefined' || type === 'function' || type === 'symbol') continue
      const row = this.row(name)
      if (row >= 0) this.put(row, value)
      else this.hide(value)
    }
  }

  /** Adds the fields of another set, in order. One that is named like a reserved key gets a leading underscore. */
  append(other: Fields, reserved?: ReadonlySet<string>): this {
    for (let from = 0; from < other.count; from++) {
      let key = other.keys[from]
      // Another root logger's keys know nothing of this one's secrets and reserved names.
      if (other.table !== this.table) key = this.table.intern(key.name)
      if (reserved !== undefined && reserved.has(key.name)) key = this.table.intern(`_${key.name}`)
      this.appendRow(other, from, key)
    }
    return this
  }

  /** Adds the fields of another set of the same table, but for those that it has. */
  appendMissing(other: Fields): void {
    const { keys, count } = other
    for (let from = 0; from < count; from++) if (!this.has(keys[from])) this.appendRow(other, from, keys[from])
  }

  private appendRow(other: Fields, from: number, key: Key): void {
    const row = this.rowOf(key)
    if (row >= 0 || this.takesHidden(other, from)) this.copyRow(other, from, row >= 0 ? row : this.takeHiddenRow())
    else this.hide(valueAt(other, from))
  }

  /** Adds the fields of another set of the same table that are neither objects nor errors. */
  appendScalars(other: Fields): void {
    for (let from = 0; from < other.count; from++) {
      const kind = other.kinds[from]
      if (kind === FieldKind.any || kind === FieldKind.error || kind === FieldKind.failed) continue
      const row = this.rowOf(other.keys[from])
      if (row >= 0 || this.hiddenRow >= 0) this.copyRow(other, from, row >= 0 ? row : this.takeHiddenRow())
    }
  }

  /** Takes a field out; the others keep their order. */
  remove(name: string): void {
    const key = this.table.known(name)
    const row = key === undefined ? -1 : this.find(key)
    if (row < 0) return
    // The mark says that the key is here.
    this.keys[row].serial = 0
    this.count--
    const { count } = this
    this.kinds.copyWithin(row, row + 1, count + 1)
    this.numbers.copyWithin(row, row + 1, count + 1)
    this.keys.copyWithin(row, row + 1, count + 1)
    this.values.copyWithin(row, row + 1, count + 1)
    this.values[count] = undefined
  }

  /** Readies a set for its next filling. Whatever was put in since it was cleared, by a stale handle, goes out. */
  renew(): void {
    if (this.count > 0) this.clear()
    this.serial = this.table.nextSerial()
  }

  /** Empties the set and lets go of every reference. */
  clear(): void {
    const { values, count } = this
    for (let row = 0; row < count; row++) values[row] = undefined
    this.count = 0
  }

  /**
   * Copies the columns into a set that outlives this one.
   *
   * @param more - Fields that will be added to it.
   */
  snapshot(more = 0): Fields {
    const { count } = this
    const copy = new Fields(this.table, Math.max(1, count + more))
    for (let row = 0; row < count; row++) {
      const key = this.keys[row]
      copy.keys[row] = key
      copy.kinds[row] = this.kinds[row]
      copy.numbers[row] = this.numbers[row]
      copy.values[row] = this.values[row]
      key.serial = copy.serial
    }
    copy.count = count
    return copy
  }

  /** Stores a value that is not of its writer's kind; where there is no row, what its rule makes of it, or nothing. */
  private putAt(row: number, value: unknown): this {
    if (row >= 0) this.put(row, value)
    else this.hide(value)
    return this
  }

  /** @internal What is written of a value for which {@link row} gave no row: what its rule makes of it, or nothing. */
  hide(value: unknown): this {
    if (this.hiddenRow < 0) return this
    const row = this.takeHiddenRow()
    const key = this.keys[row]
    const made = ruleOf(key)!.apply(value, key.name)
    // Nothing is written of undefined, and the row is no value for anybody.
    this.kinds[row] = made === undefined || made === null ? ANY : HIDDEN
    this.values[row] = made === undefined || made === null ? made : String(made)
    return this
  }

  /** Whether a row is to be copied that was hidden already: hiding it once more would make another value of it. */
  private takesHidden(other: Fields, from: number): boolean {
    return (
      this.hiddenRow >= 0 &&
      (other.kinds[from] === HIDDEN || other.values[from] === undefined) &&
      ruleOf(other.keys[from]) !== undefined
    )
  }

  private takeHiddenRow(): number {
    const row = this.hiddenRow
    this.hiddenRow = -1
    return row
  }

  private copyRow(other: Fields, from: number, row: number): void {
    this.kinds[row] = other.kinds[from]
    this.numbers[row] = other.numbers[from]
    this.values[row] = other.values[from]
  }

  /** Hides what of texts and large numbers has the form of a secret. Objects and errors are searched when they are written. */
  scan(): void {
    const { scanner } = this.table
    if (scanner === undefined) return
    for (let row = 0; row < this.count; row++) {
      const kind = this.kinds[row]
      if (kind === STRING) this.values[row] = scanner.scan(this.values[row] as string)
      else if (kind === BIGINT) this.scanNumber(scanner, row, this.values[row] as bigint)
      else if (kind === INT || kind === FLOAT) this.scanNumber(scanner, row, this.numbers[row])
    }
  }

  /** Numbers may be cards as well as texts. */
  private scanNumber(scanner: Scanner, row: number, value: number | bigint): void {
    if (typeof value === 'number' && !(Number.isInteger(value) && Math.abs(value) >= MIN_SECRET_NUMBER)) return
    const text = String(value)
    const safe = scanner.scan(text)
    if (safe === text) return
    this.kinds[row] = HIDDEN
    this.values[row] = safe
  }

  /** @internal Stores a value of any type in a row of its own. */
  put(row: number, value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.kinds[row] = STRING
        this.values[row] = value
        return
      case 'number':
        this.kinds[row] = FLOAT
        this.numbers[row] = value
        return
      case 'boolean':
        this.kinds[row] = BOOL
        this.numbers[row] = value ? 1 : 0
        return
      case 'bigint':
        this.kinds[row] = FieldKind.bigint
        this.values[row] = value
        return
      case 'object':
        this.kinds[row] = ANY
        this.values[row] = value
        return
      default:
        this.kinds[row] = ANY
        this.values[row] = null
    }
  }

  /** @internal Notes that a value could not be read. */
  fail(name: string, reason: unknown): void {
    const row = this.row(name)
    if (row < 0) {
      this.hide(CENSORED)
      return
    }
    this.kinds[row] = FieldKind.failed
    this.values[row] = reason
  }

  /** The row for a key's next value, or -1 when the value must not be stored. */
  private row(name: string): number {
    const row = this.count
    const { keys, serial, table } = this
    const key = (row > 0 ? keys[row - 1] : table.start).next
    // A serial that is still the newest means that no other set was filled in between, so marks on keys are exact.
    if (
      key !== undefined &&
      key.plainName === name &&
      key.serial !== serial &&
      serial === table.newestSerial &&
      row < this.room
    ) {
      this.count = row + 1
      // Lines repeat, and a look is cheaper than the store of a reference.
      if (keys[row] !== key) keys[row] = key
      key.serial = serial
      return row
    }
    return this.rowAfter(name)
  }

  /** The row for a name that did not follow another last time. Apart, so that V8 has room for the short way. */
  private rowAfter(name: string): number {
    const before = this.count > 0 ? this.keys[this.count - 1] : this.table.start
    const { next } = before
    return this.rowFor(next !== undefined && next.name === name ? next : this.table.internAfter(before, name))
  }

  /** @internal Adds a value of any type under a key that is looked up already; nothing where it has no form. */
  add(key: Key, value: unknown): void {
    if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return
    this.putAt(this.rowFor(key), value)
  }

  /**
   * @internal Adds a field where so many of the same bag are written already, and the bound is one for both: one beyond it is
   * counted, as {@link overflow} does.
   *
   * @param value - Or the reason why it could not be read.
   * @returns false where there are more: the others need not be looked at.
   */
  addBeside(written: number, bag: object, key: Key, value: unknown, isRead: boolean): boolean {
    const rows = written + this.count
    if (rows < MAX_ROWS - 1 || this.has(key)) {
      if (isRead) this.add(key, value)
      else this.fail(key.name, value)
    } else if (rows === MAX_ROWS) {
      this.put(this.count - 1, 'more')
      return false
    } else if (typeof value !== 'function' && typeof value !== 'symbol') {
      let name = OVERFLOW_KEY
      while (hasOwn.call(bag, name)) name = `_${name}`
      this.add(this.table.intern(name), 1)
    }
    return true
  }

  /** @internal The row for the next value of a key that is looked up already, or -1 when the value must not be stored. */
  rowFor(key: Key): number {
    const row = this.count
    if (
      key.plainName === undefined ||
      key.serial === this.serial ||
      this.serial !== this.table.newestSerial ||
      row >= this.room
    ) {
      return this.rowOf(key)
    }
    this.count = row + 1
    if (this.keys[row] !== key) this.keys[row] = key
    key.serial = this.serial
    return row
  }

  /** The row for a key that may be there already, may be secret, or may find no room. */
  private rowOf(key: Key): number {
    // Names made of data, in a full set: searching a thousand rows for each would not be linear any more.
    if (this.count === MAX_ROWS && !key.isKept) return this.overflow()
    const found = this.find(key)
    const row = found >= 0 ? found : this.count
    if (found < 0) {
      if (row >= MAX_ROWS - 1) return this.overflow()
      if (row >= this.kinds.length) this.grow()
      this.count = row + 1
      this.keys[row] = key
      // A mark is only trusted from the newest set; an older one must not overwrite it.
      if (this.serial === this.table.newestSerial) key.serial = this.serial
    }
    const rule = ruleOf(key)
    if (rule === undefined) return row
    this.kinds[row] = HIDDEN
    this.values[row] = CENSORED
    // Whoever has the value asks the rule; until then, and if nobody does, it is masked.
    if (rule.isMask) rule.count++
    else this.hiddenRow = row
    return -1
  }

  /** Whether a row has this key. */
  has(key: Key): boolean {
    return this.find(key) >= 0
  }

  /** The row of a key, or -1. */
  find(key: Key): number {
    const { keys } = this
    for (let row = 0; row < this.count; row++) {
      const other = keys[row]
      // One that the table does not keep may be another object of the same name: of data, or renamed since.
      if (other === key || (!(other.isKept && key.isKept) && other.name === key.name)) return row
    }
    return -1
  }

  /** Counts a field that has no room in a last row of its own. */
  private overflow(): number {
    const row = MAX_ROWS - 1
    if (this.count < MAX_ROWS) {
      if (row >= this.kinds.length) this.grow()
      // A field of that very name is kept apart by an underscore, and so is the count of one that has that too.
      let name = OVERFLOW_KEY
      while (this.find(this.table.intern(name)) >= 0) name = `_${name}`
      this.count = MAX_ROWS
      this.keys[row] = this.table.intern(name)
      this.kinds[row] = FieldKind.int
      this.numbers[row] = 0
    }
    this.numbers[row]++
    return -1
  }

  private grow(): void {
    const rows = this.kinds.length * 2
    this.kinds.length = rows
    lengthen(this.numbers, rows)
    this.keys.length = rows
    this.values.length = rows
    this.room = Math.min(rows, MAX_ROWS - 1)
  }
}

/** Makes room in a column of numbers. With fractions in it V8 keeps it as doubles, and no number is boxed. */
function lengthen(numbers: number[], rows: number): number[] {
  while (numbers.length < rows) numbers.push(0.5)
  return numbers
}

/** What hides a field of the line itself. */
function ruleOf(key: Key): Rule | undefined {
  return key.rule ?? key.paths?.rule
}

/** The value in a row, of whatever kind. */
export function valueAt(fields: Fields, row: number): unknown {
  switch (fields.kinds[row]) {
    case FieldKind.int:
    case FLOAT:
    case FieldKind.timestamp:
    case FieldKind.duration:
      return fields.numbers[row]
    case BOOL:
      return fields.numbers[row] === 1
    default:
      return fields.values[row]
  }
}

/** What an object writes of itself, in columns that no line ever has. */
export function fieldsOf(value: Loggable, table: KeyTable): Fields {
  const fields = new Fields(table)
  atOnce(value[loggable](fields))
  fields.scan()
  return fields
}
