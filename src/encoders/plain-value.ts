import { FieldKind } from '../entry/field.js'
import { type Fields, fieldsOf, valueAt } from '../entry/fields.js'
import { isError } from '../entry/is-error.js'
import { isForeignError, isForeignMap, isForeignSet } from '../entry/foreign.js'
import { httpMessageForm } from '../entry/http-message.js'
import type { KeyTable } from '../entry/key.js'
import { isLoggable } from '../entry/loggable.js'
import { RawJson } from '../entry/raw-json.js'
import type { PathState } from '../redaction/path-rules.js'
import type { Rule } from '../redaction/rule.js'
import { type ErrorParts, errorParts, errorPartsAt, isParts } from './error-parts.js'
import { reasonText } from '../entry/reason-text.js'
import { hiddenUnder } from './hidden-under.js'
import { bounded, type ValueLimits } from './limits.js'

/** Data without behaviour: what is left of a value for an API that takes values and not text. */
export type PlainValue = string | number | boolean | null | Uint8Array | PlainValue[] | PlainObject

/** Has no prototype, so that any name is just a name. */
export interface PlainObject {
  /** A field. */
  [name: string]: PlainValue
}

/** Properties looked at for each that may be taken over: those without a value are passed over, but not for ever. */
const VISITS_PER_ITEM = 8

/** What a value takes besides its text. */
const VALUE_BYTES = 8
/** Stands for a field that found no room. */
const CUT = '[Cut]'

const hasOwn = Object.prototype.hasOwnProperty
const dateToJson = Date.prototype.toJSON

/** Plain values of one line. See {@link plainValues}. */
export interface PlainValues {
  /** The value of a field; undefined where it has none. */
  ofField(fields: Fields, row: number): PlainValue | undefined
  /** An error's parts, whose rules were asked when they were made. */
  ofError(parts: ErrorParts, table: KeyTable): PlainObject
  /** Any value; undefined where it has none (undefined, functions, symbols). */
  of(value: unknown, table: KeyTable): PlainValue | undefined
  /** A text as it may stand in a line. */
  text(value: string): string
}

class LineValues implements PlainValues {
  /** The containers under way, outermost first. */
  private readonly ancestors: object[] = []
  /** What the line may still take, about in bytes: objects that make others could go on for ever, within every other bound. */
  private room: number
  /** Where the paths of redaction stand at the container under way. */
  private place: PathState | undefined = undefined

  constructor(
    private readonly limits: ValueLimits,
    private readonly nameOf: (name: string) => string,
  ) {
    this.room = limits.maxLineBytes
  }

  /** The value of a field; undefined where it has none. */
  ofField(fields: Fields, row: number): PlainValue | undefined {
    if (this.room <= 0) return CUT
    this.place = fields.keys[row].paths
    this.room -= fields.keys[row].name.length + VALUE_BYTES
    const value = fields.values[row]
    switch (fields.kinds[row]) {
      case FieldKind.string:
        return this.text(value as string)
      case FieldKind.int:
      case FieldKind.float:
      case FieldKind.duration:
        return finite(fields.numbers[row])
      case FieldKind.bool:
        return fields.numbers[row] === 1
      case FieldKind.bigint:
        return integer(value as bigint)
      case FieldKind.timestamp:
        return isoTime(fields.numbers[row])
      case FieldKind.error:
        return this.part(errorParts(value, fields.table, fields.keys[row]), fields.table)
      case FieldKind.failed:
        return this.failure(value, fields.table)
      default:
        return this.of(value, fields.table)
    }
  }

  /** An error's parts, whose rules were asked when they were made. Only what stands for a message may be of any kind. */
  ofError(parts: ErrorParts, table: KeyTable): PlainObject {
    const { place } = this
    const made = plainObject()
    for (const name of Object.keys(parts)) {
      if (this.room <= 0) {
        markRest(made)
        break
      }
      const key = table.internNested(name)
      this.room -= key.name.length
      this.place = place?.next[key.number]
      const value = name === 'message' ? this.of(parts.message, table) : this.part(parts[name], table)
      if (value !== undefined) made[this.nameOf(key.name)] = value
    }
    this.place = place
    return made
  }

  /** Any value; undefined where it has none (undefined, functions, symbols). */
  of(value: unknown, table: KeyTable): PlainValue | undefined {
    this.room -= VALUE_BYTES
    switch (typeof value) {
      case 'string':
        return this.text(table.scanner === undefined ? value : table.scanner.scan(value))
      case 'number':
        return hiddenNumber(value, table) ?? finite(value)
      case 'boolean':
        return value
      case 'bigint':
        return hiddenNumber(value, table) ?? integer(value)
      case 'object':
        return value === null ? null : this.guarded(value, table)
      default:
        return undefined
    }
  }

  /** A text within its bound and well-formed: a lone surrogate must not make a strict reader reject its whole batch. */
  text(text: string): string {
    const within = bounded(text, this.limits.maxStringLength)
    this.room -= within.length
    return within.isWellFormed() ? within : within.toWellFormed()
  }

  /** What is written of a property, by its name's rule or the paths'; and moves the paths' place on to it. */
  private hidden(
    place: PathState | undefined,
    ofName: Rule | undefined,
    number: number,
    name: string,
    value: unknown,
  ): unknown {
    const next = place?.next[number]
    const rule = ofName ?? next?.rule
    this.place = rule === undefined ? next : undefined
    return rule === undefined ? value : rule.apply(value, name)
  }

  private failure(reason: unknown, table: KeyTable): string {
    const text = `[Throws: ${reasonText(reason)}]`
    return this.text(table.scanner === undefined ? text : table.scanner.scan(text))
  }

  /** An object, or its mark when reading it throws half-way. */
  private guarded(value: object, table: KeyTable): PlainValue | undefined {
    const { length } = this.ancestors
    const { place } = this
    try {
      return this.object(value, table)
    } catch (reason) {
      return this.failure(reason, table)
    } finally {
      this.ancestors.length = length
      this.place = place
    }
  }

  private object(value: object, table: KeyTable): PlainValue | undefined {
    if (this.ancestors.includes(value)) return '[Circular]'
    const isArray = Array.isArray(value)
    if (this.ancestors.length >= this.limits.maxDepth) return isArray ? '[Array]' : '[Object]'
    this.ancestors.push(value)
    // Before it is asked for toJSON: a Buffer's makes a list of all its bytes.
    if (ArrayBuffer.isView(value)) return this.view(value, table)
    const toJson: unknown = (value as { toJSON?: unknown }).toJSON
    // What says itself what is logged of it has its toJSON for others.
    if (typeof toJson === 'function' && !isLoggable(value)) return this.ownForm(value, toJson, table)
    if (isArray) return this.list(value, value.length, table)
    return this.instance(value, table)
  }

  /** What `toJSON` makes of an object; it is not asked for the form of that once more, nor of an error for any. */
  private ownForm(value: object, toJson: unknown, table: KeyTable): PlainValue | undefined {
    if (toJson === dateToJson && value instanceof Date) return isoTime(value.getTime())
    const made: unknown = isError(value) ? value : (toJson as (key: string) => unknown).call(value, '')
    if (typeof made !== 'object' || made === null) return this.of(made, table)
    if (Array.isArray(made)) return this.list(made, made.length, table)
    if (isError(made)) return this.ofError(errorPartsAt(this.place, made, table), table)
    return this.properties(httpMessageForm(made) ?? made, table)
  }

  private instance(value: object, table: KeyTable): PlainValue | undefined {
    const { maxItems } = this.limits
    // Made of a value that is hidden, bounded and read already.
    if (value instanceof RawJson) return this.of(JSON.parse(value.text), table)
    if (value instanceof Error) return this.ofError(errorPartsAt(this.place, value, table), table)
    if (isLoggable(value)) return this.fields(fieldsOf(value, table))
    if (value instanceof Map) return this.map(value, table)
    if (value instanceof Set) return this.list(firstItems(value, maxItems), value.size, table)
    if (value instanceof ArrayBuffer) return this.bytes(new Uint8Array(value))
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return this.of(value.valueOf(), table)
    }
    if (value instanceof RegExp) return this.of(String(value), table)
    if (isForeignError(value)) return this.ofError(errorPartsAt(this.place, value, table), table)
    if (isForeignMap(value)) return this.map(value, table)
    if (isForeignSet(value)) return this.list(firstItems(value, maxItems), value.size, table)
    if (value instanceof BigInt) return this.of(BigInt.prototype.valueOf.call(value), table)
    return this.properties(httpMessageForm(value) ?? value, table)
  }

  /** A cause or a list of errors, which have bounds of their own, or a plain value. */
  private part(value: unknown, table: KeyTable): PlainValue | undefined {
    if (isParts(value)) return this.ofError(value, table)
    if (!Array.isArray(value)) return this.of(value, table)
    const { place } = this
    const made = value.map((each, i) => {
      this.place = place?.next[numberOfIndex(table, i)]
      return this.part(each, table) ?? null
    })
    this.place = place
    return made
  }

  private view(view: ArrayBufferView, table: KeyTable): PlainValue {
    if (view instanceof Uint8Array || view instanceof DataView) {
      return this.bytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
    }
    const numbers = view as unknown as ArrayLike<unknown>
    return this.list(numbers, numbers.length, table)
  }

  /** A copy: whoever takes the value may read it when the source has changed. */
  private bytes(bytes: Uint8Array): Uint8Array {
    const copy = bytes.slice(0, this.limits.maxStringLength)
    this.room -= copy.length
    return copy
  }

  private list(items: ArrayLike<unknown>, size: number, table: KeyTable): PlainValue[] {
    const count = Math.min(size, this.limits.maxItems)
    const { place } = this
    const made: PlainValue[] = []
    for (let i = 0; i < count; i++) {
      if (this.room <= 0) {
        made.push(`… ${size - i} more`)
        return made
      }
      let item: unknown
      try {
        item = items[i]
      } catch (reason) {
        item = this.failure(reason, table)
      }
      if (place !== undefined) item = this.hidden(place, undefined, numberOfIndex(table, i), String(i), item)
      made.push(this.of(item, table) ?? null)
    }
    if (size > count) made.push(`… ${size - count} more`)
    return made
  }

  private properties(source: object, table: KeyTable): PlainObject {
    const { maxItems } = this.limits
    const { place } = this
    const made = plainObject()
    let count = 0
    let visited = 0
    for (const name in source) {
      if (count >= maxItems || this.room <= 0 || visited > maxItems * VISITS_PER_ITEM) {
        markRest(made)
        break
      }
      visited++
      if (!hasOwn.call(source, name)) continue
      let value: unknown
      try {
        value = (source as Record<string, unknown>)[name]
      } catch (reason) {
        value = this.failure(reason, table)
      }
      if (this.pair(made, name, value, table, place)) count++
    }
    return made
  }

  /** A Map whose keys are all strings reads like an object, any other as a list of pairs. */
  private map(map: ReadonlyMap<unknown, unknown>, table: KeyTable): PlainValue {
    const entries = firstItems(map, this.limits.maxItems)
    if (!entries.every((entry) => typeof entry[0] === 'string')) {
      const pairs = entries.map(([name, value]) => [name, hiddenUnder(table, this.place, name, value)])
      return this.list(pairs, map.size, table)
    }
    const { place } = this
    const made = plainObject()
    let count = 0
    for (const [name, value] of entries as [string, unknown][]) {
      if (this.room <= 0) break
      this.pair(made, name, value ?? null, table, place)
      count++
    }
    if (map.size > count) markRest(made)
    return made
  }

  private fields(fields: Fields): PlainObject {
    const { place } = this
    const made = plainObject()
    for (let row = 0; row < fields.count; row++) {
      const { number, name } = fields.keys[row]
      const rule = place?.next[number]?.rule
      const value =
        rule === undefined ? this.ofField(fields, row) : this.of(rule.apply(valueAt(fields, row), name), fields.table)
      if (value !== undefined) made[this.nameOf(fields.keys[row].name)] = value
    }
    return made
  }

  private pair(
    made: PlainObject,
    name: string,
    value: unknown,
    table: KeyTable,
    place: PathState | undefined,
  ): boolean {
    const key = table.internNested(name)
    this.room -= key.name.length
    const seen = value === undefined ? undefined : this.hidden(place, key.rule, key.number, name, value)
    const plain = this.of(seen, table)
    if (plain === undefined) return false
    made[this.nameOf(key.name)] = plain
    return true
  }
}

/** Numbers may be cards as well as texts. */
function hiddenNumber(value: number | bigint, { scanner }: KeyTable): string | undefined {
  if (scanner === undefined) return undefined
  const text = String(value)
  const safe = scanner.scan(text)
  return safe === text ? undefined : safe
}

function numberOfIndex({ redaction }: KeyTable, index: number): number {
  return redaction.hasIndexes ? redaction.numberOf(String(index)) : 0
}

/**
 * Makes plain values of any others, for outputs that hand entries to an API: what {@link json} would write, within the same
 * bounds, without secrets, and without ever throwing. Only bytes stay bytes. Nothing made shares anything with its source.
 * One for each line: what its values take is counted together.
 *
 * The first one reads its code from the disk: an output makes one when it is set up, so that no line has to.
 *
 * @param nameOf - Makes names of properties what the API can take.
 */
export function plainValues(limits: ValueLimits, nameOf: (name: string) => string = asItIs): PlainValues {
  return new LineValues(limits, nameOf)
}

function asItIs(name: string): string {
  return name
}

function plainObject(): PlainObject {
  return Object.create(null) as PlainObject
}

/** Marks that an object has more, under a key that none of its properties has. */
function markRest(made: PlainObject): void {
  let mark = '…'
  while (mark in made) mark = `_${mark}`
  made[mark] = 'more'
}

function finite(value: number): number | null {
  // Adding nothing makes of -0 what JSON makes of it.
  return Number.isFinite(value) ? value + 0 : null
}

/** A number where that is exact. */
function integer(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}

function isoTime(ms: number): string | null {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null
}

function firstItems<T>(source: Iterable<T>, max: number): T[] {
  const items: T[] = []
  for (const item of source) {
    if (items.length >= max) break
    items.push(item)
  }
  return items
}
