import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { putInt32, putOther } from '../bytes/decimal.js'
import { Fragment, putFragment } from '../bytes/fragment.js'
import { putText, SHORT_TEXT } from '../bytes/json-text.js'
import type { Context } from '../entry/context.js'
import { FieldKind, type SetPlan } from '../entry/field.js'
import type { Fields } from '../entry/fields.js'
import type { Key } from '../entry/key.js'
import type { JsonValueWriter } from './json-value.js'
import type { TextCache } from './text-cache.js'

const { string: STRING, int: INT, bool: BOOL } = FieldKind
const TRUE = Fragment.of('true')
const FALSE = Fragment.of('false')
const NULL = Fragment.of('null')
/** More fields than these go into the columns, and with them no more than have room there. */
const MAX_FIELDS = 256
/** Room for a short value, beside that for its key. */
export const VALUE_BYTES = 640

const hasOwn = Object.prototype.hasOwnProperty
/** For numbers that are no small integers: a double handed to a function that is not inlined is boxed. */
const scratch = new Float64Array(1)

/**
 * Writes the fields of a call from where they stand: see {@link ShortWay}. From the first name on that is not plain (a
 * secret's, one of the line's own), that the context has, or whose value cannot be read, they go into the columns: reading may
 * do things, and is to happen once.
 */
export class JsonBagWriter {
  /** Of the field for which there was no room: its name, and where it begins. */
  longName: Fragment = NULL
  longFrom = 0

  constructor(
    private readonly texts: TextCache,
    private readonly values: JsonValueWriter,
  ) {}

  /**
   * Appends an object's fields, up to the first that goes into the columns.
   *
   * @returns whether the field written last makes the line too long; those behind it are in the columns.
   * @throws what an object throws that does not tell its names.
   */
  loose(rest: Fields, context: Context, bag: object, out: ByteBuffer, limit: number): boolean {
    const { table } = rest
    const isAlone = context.isEmpty
    let key: Key = table.start
    /** The field written last, and where it begins. */
    let last = key
    let at = out.length
    let start = at
    let { bytes, view } = out
    let end = bytes.length - VALUE_BYTES
    let count = 0
    let isRest = false
    // The read stands in the loop: only there does V8 take values by the names' places in the object.
    for (const name in bag) {
      if (!hasOwn.call(bag, name)) continue
      let value: unknown
      let isRead = true
      try {
        value = (bag as Record<string, unknown>)[name]
        if (value === undefined) continue
      } catch (reason) {
        isRead = false
        value = reason
      }
      let next = key.next
      if (next === undefined || next.name !== name) next = table.internAfter(key, name)
      key = next
      if (
        isRest ||
        !isRead ||
        at > limit ||
        count === MAX_FIELDS ||
        key.plainName !== name ||
        !(isAlone || context.lacks(key))
      ) {
        isRest = true
        if (!rest.addBeside(count, bag, key, value, isRead)) break
        continue
      }
      count++
      if (at + key.json.length > end) {
        bytes = out.reserveAt(at, key.json.length + VALUE_BYTES)
        view = out.view
        end = bytes.length - VALUE_BYTES
      }
      last = key
      start = at
      at = putFragment(bytes, view, at, key.json)
      if (typeof value === 'string') {
        const units = value.length
        const ready = this.texts.get(value, units, key)
        if (ready !== undefined) at = putFragment(bytes, view, at, ready)
        else if (units <= SHORT_TEXT) at = putText(bytes, view, at, value, units)
        else {
          out.length = at
          this.values.text(out, value)
          at = out.length
          bytes = out.bytes
          view = out.view
          end = bytes.length - VALUE_BYTES
        }
      } else if (typeof value === 'number') at = putNumber(view, at, value)
      else if (typeof value === 'boolean') at = putFragment(bytes, view, at, value ? TRUE : FALSE)
      else if (value === null) at = putFragment(bytes, view, at, NULL)
      else {
        out.length = at
        if (!this.values.write(out, value, key, table, limit)) {
          out.length = start
          // The columns have no row of it either; what toJSON made nothing of has one.
          if (typeof value !== 'object') count--
        }
        at = out.length
        bytes = out.bytes
        view = out.view
        end = bytes.length - VALUE_BYTES
      }
    }
    out.length = at
    return at > limit && last !== table.start && this.tooLong(last.json, start)
  }

  /**
   * The same with the fields of a declared set, in whose order they mostly are: from the first value on that is of another kind
   * than declared they go into the columns, as declared.
   *
   * @returns whether the field written last makes the line too long; those behind it are in the columns.
   * @throws what an object throws that does not tell its names.
   */
  declared(rest: Fields, context: Context, plan: SetPlan, values: object, out: ByteBuffer, limit: number): boolean {
    const isAlone = context.isEmpty
    /** The field written last, and where it begins. */
    let last: Fragment | undefined
    let at = out.length
    let start = at
    let { bytes, view } = out
    /** Where room ends for a short value, or the line; before every place once the others go into the columns. */
    let end = shortEnd(bytes, limit)
    let next = plan.first
    for (const name in values) {
      let field = next
      if (field.name !== name) {
        const named = plan.fields.get(name)
        // A name that is not declared is not written.
        if (named === undefined) continue
        field = named
      }
      next = field.next
      let value: unknown
      try {
        value = (values as Record<string, unknown>)[name]
      } catch (reason) {
        end = -1
        plan.put(rest, field, reason, false)
        continue
      }
      const { kind, key, json } = field
      const isClear = isAlone || context.lacks(key)
      if (!isClear || at + json.length > end) {
        if (!isClear || end < 0 || at > limit) {
          end = -1
          plan.put(rest, field, value, true)
          continue
        }
        bytes = out.reserveAt(at, json.length + VALUE_BYTES)
        view = out.view
        end = shortEnd(bytes, limit)
      }
      last = json
      start = at
      at = putFragment(bytes, view, at, json)
      if (kind === STRING && typeof value === 'string') {
        const units = value.length
        const ready = this.texts.get(value, units, key)
        if (ready !== undefined) at = putFragment(bytes, view, at, ready)
        else if (units <= SHORT_TEXT) at = putText(bytes, view, at, value, units)
        else {
          out.length = at
          this.values.text(out, value)
          at = out.length
          bytes = out.bytes
          view = out.view
          end = shortEnd(bytes, limit)
        }
      } else if (kind === INT && typeof value === 'number' && (value | 0) === value) at = putInt32(view, at, value)
      else if (kind === BOOL && typeof value === 'boolean') at = putFragment(bytes, view, at, value ? TRUE : FALSE)
      else if (
        typeof value === 'number' &&
        (kind === INT ? Number.isSafeInteger(value) : kind !== STRING && kind !== BOOL)
      ) {
        at = putNumber(view, at, value)
      } else if (value === null) at = putFragment(bytes, view, at, NULL)
      else {
        at = start
        if (value === undefined) continue
        end = -1
        plan.put(rest, field, value, true)
      }
    }
    out.length = at
    return at > limit && last !== undefined && this.tooLong(last, start)
  }

  /** Keeps what there was no room for. */
  private tooLong(name: Fragment, start: number): true {
    this.longName = name
    this.longFrom = start
    return true
  }
}

/** Where room ends for a short value, or the line. Not `Math.min()`, which makes a double of it. */
function shortEnd(bytes: Uint8Array, limit: number): number {
  const end = bytes.length - VALUE_BYTES
  return end < limit ? end : limit
}

function putNumber(view: DataView, at: number, value: number): number {
  const small = value | 0
  if (small === value) return putInt32(view, at, small)
  scratch[0] = value
  return putOther(view, at, scratch, 0)
}
