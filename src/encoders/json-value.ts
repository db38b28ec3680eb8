import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { MAX_NUMBER_BYTES, putNumberAt } from '../bytes/decimal.js'
import { Fragment, FRAGMENT_SLACK, putFragment } from '../bytes/fragment.js'
import { putText, SHORT_TEXT, textBytes, writeJsonText } from '../bytes/json-text.js'
import { CENSORED, Fields } from '../entry/fields.js'
import { mayInherit } from '../entry/inherited.js'
import { Key, type KeyTable } from '../entry/key.js'
import { RawJson } from '../entry/raw-json.js'
import { isLoggable, type Loggable, loggable } from '../entry/loggable.js'
import { errorParts } from './error-parts.js'
import { bounded, type ValueLimits } from './limits.js'

const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const TRUE = Fragment.of('true')
const FALSE = Fragment.of('false')
const NULL = Fragment.of('null')
/** Kept free below the limit, for the marks and brackets that end a value which is cut. */
const CLOSING_BYTES = 1024
/** Properties looked at for each that may be written: those without a value are passed over, but not for ever. */
const VISITS_PER_ITEM = 8
/** Bytes of a Buffer or ArrayBuffer shown as hexadecimal digits. */
const MAX_HEX_BYTES = 64

const hasOwn = Object.prototype.hasOwnProperty
const dateToJson = Date.prototype.toJSON

/** What an encoder of whole field sets does for a {@link loggable} object inside a value. */
export type WriteFields = (fields: Fields, out: ByteBuffer, limit: number) => void

/**
 * Writes any value as JSON: what `JSON.stringify` writes, within bounds, and without ever throwing. A value whose
 * reading throws is written as `"[Throws: reason]"`, a cycle as `"[Circular]"`, what lies too deep as `"[Object]"` or
 * `"[Array]"`; the values of secret keys are written as `"[Redacted]"`.
 */
export class JsonValueWriter {
  /** The containers under way, outermost first, up to `top`. A value that logs while it is read starts anew at `base`. */
  private readonly ancestors: (object | undefined)[] = []
  private top = 0
  private base = 0
  private table: KeyTable | undefined = undefined
  /** Where `out.length` should stop growing. */
  private limit = 0
  /** Whether the fields being written are those of an object inside a value, so that its depth counts on. */
  private isInside = false
  private readonly scratch = new Float64Array(1)

  constructor(
    private readonly limits: ValueLimits,
    private readonly writeFields: WriteFields,
  ) {}

  /**
   * Appends one value.
   *
   * @param key - The key it stands under, whose own keys mostly come in the same order as last time.
   * @param limit - Where `out.length` should stop growing.
   * @returns false when there is nothing to write (undefined, a function, a symbol), and nothing was.
   */
  write(out: ByteBuffer, value: unknown, key: Key, table: KeyTable, limit: number): boolean {
    const { base, table: outerTable, limit: outerLimit, isInside } = this
    if (!isInside) this.base = this.top
    this.isInside = false
    const { top } = this
    this.table = table
    this.limit = limit - Math.min(CLOSING_BYTES, Math.max(0, limit - out.length) >> 3)
    try {
      return this.value(out, value, '', key)
    } finally {
      this.unwind(top)
      this.isInside = isInside
      this.base = base
      this.table = outerTable
      this.limit = outerLimit
    }
  }

  /** Appends text as a JSON string, within the bound for strings. */
  text(out: ByteBuffer, text: string): void {
    const max = this.limits.maxStringLength
    if (text.length <= max >> 2) writeJsonText(out, text)
    else {
      const start = out.length
      writeJsonText(out, bounded(text, max))
      if (out.length - start <= max * 2) return
      // Escapes can make six bytes of a unit: such a text gets less room.
      out.length = start
      writeJsonText(out, bounded(text, max >> 2))
    }
  }

  /** Appends the mark of a value that could not be read. */
  failure(out: ByteBuffer, reason: unknown): void {
    this.text(out, `[Throws: ${reasonText(reason)}]`)
  }

  private value(out: ByteBuffer, value: unknown, name: string, key: Key): boolean {
    switch (typeof value) {
      case 'string':
        this.text(out, value)
        return true
      case 'number':
        this.scratch[0] = value
        out.reserve(MAX_NUMBER_BYTES)
        out.length = putNumberAt(out.bytes, out.length, this.scratch, 0)
        return true
      case 'boolean':
        out.fragment(value ? TRUE : FALSE)
        return true
      case 'bigint':
        out.text(value.toString())
        return true
      case 'object':
        if (value === null) {
          out.fragment(NULL)
          return true
        }
        return this.guarded(out, value, name, key)
      default:
        return false
    }
  }

  /** An object, or its mark when reading it throws half-way. */
  private guarded(out: ByteBuffer, value: object, name: string, key: Key): boolean {
    const start = out.length
    const { top } = this
    try {
      return this.object(out, value, name, key)
    } catch (reason) {
      this.unwind(top)
      out.length = start
      this.failure(out, reason)
      return true
    }
  }

  private object(out: ByteBuffer, value: object, name: string, key: Key): boolean {
    if (this.isOnPath(value)) return this.mark(out, '[Circular]')
    const isArray = Array.isArray(value)
    if (this.top - this.base >= this.limits.maxDepth) return this.mark(out, isArray ? '[Array]' : '[Object]')
    if (ArrayBuffer.isView(value)) {
      // Before it is asked for toJSON: a Buffer's makes a list of all its bytes.
      this.view(out, value, key)
      return true
    }
    this.ancestors[this.top++] = value
    const toJson: unknown = (value as { toJSON?: unknown }).toJSON
    let wasWritten = true
    if (typeof toJson === 'function') wasWritten = this.ownForm(out, value, toJson, name, key)
    else if (isArray) this.array(out, value, value.length, key)
    else {
      // Asking for the prototype is a call into the runtime, some 30 ns.
      const isPlain = value.constructor === Object || Object.getPrototypeOf(value) === null
      if (isPlain && !isLoggable(value)) this.properties(out, value, key)
      else wasWritten = this.instance(out, value, key)
    }
    this.ancestors[--this.top] = undefined
    return wasWritten
  }

  /** What `toJSON` makes of an object; it is not asked for the form of that once more. */
  private ownForm(out: ByteBuffer, value: object, toJson: unknown, name: string, key: Key): boolean {
    if (toJson === dateToJson && value instanceof Date) {
      out.text(Number.isNaN(value.getTime()) ? 'null' : `"${value.toISOString()}"`)
      return true
    }
    const made: unknown = (toJson as (name: string) => unknown).call(value, name)
    if (typeof made !== 'object' || made === null) return this.value(out, made, name, key)
    if (Array.isArray(made)) this.array(out, made, made.length, key)
    else this.properties(out, made, key)
    return true
  }

  /** An object of some class. */
  private instance(out: ByteBuffer, value: object, key: Key): boolean {
    if (value instanceof Error) this.properties(out, errorParts(value), key)
    else if (value instanceof RawJson) out.text(value.text)
    else if (isLoggable(value)) this.loggable(out, value)
    else if (value instanceof Map) this.map(out, value, key)
    else if (value instanceof Set) this.array(out, firstItems(value, this.limits.maxItems), value.size, key)
    else if (value instanceof ArrayBuffer) this.text(out, hexText('ArrayBuffer', new Uint8Array(value)))
    else if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return this.value(out, value.valueOf(), '', key)
    } else if (value instanceof RegExp) this.text(out, String(value))
    else this.properties(out, value, key)
    return true
  }

  private array(out: ByteBuffer, items: ArrayLike<unknown>, size: number, key: Key): void {
    out.byte(OPEN_BRACKET)
    const count = Math.min(size, this.limits.maxItems)
    for (let i = 0; i < count; i++) {
      if (i > 0) out.byte(COMMA)
      if (out.length > this.limit) {
        this.text(out, `… ${size - i} more`)
        out.byte(CLOSE_BRACKET)
        return
      }
      let item: unknown
      try {
        item = items[i]
      } catch (reason) {
        item = `[Throws: ${reasonText(reason)}]`
      }
      if (!this.value(out, item, '', key)) out.fragment(NULL)
    }
    if (size > count) {
      if (count > 0) out.byte(COMMA)
      this.text(out, `… ${size - count} more`)
    }
    out.byte(CLOSE_BRACKET)
  }

  /**
   * Own enumerable properties. The read stands in the loop: only there does V8 take values by the names' places. So do the
   * values that most objects are made of, with the place in the buffer at hand: half the time of a call for each.
   */
  private properties(out: ByteBuffer, source: object, owner: Key): void {
    const open = out.length
    let at = open
    let before: Key | undefined
    let count = 0
    let visited = 0
    const asks = mayInherit(source)
    for (const name in source) {
      if (count >= this.limits.maxItems || at > this.limit || visited > this.limits.maxItems * VISITS_PER_ITEM) {
        // Not how many: going on through a million keys, or listing them again, takes seconds.
        out.length = at
        this.rest(out, (mark) => hasOwn.call(source, mark))
        at = out.length
        break
      }
      visited++
      if (asks && !hasOwn.call(source, name)) continue
      let value: unknown
      try {
        value = (source as Record<string, unknown>)[name]
      } catch (reason) {
        value = `[Throws: ${reasonText(reason)}]`
      }
      const type = typeof value
      if (type === 'undefined' || type === 'function' || type === 'symbol') continue
      let key = before === undefined ? owner.child : before.next
      if (key === undefined || key.name !== name) key = this.keyAfter(before, owner, name)
      before = key
      if (key.isPlain && key.name === name) {
        const { json } = key
        if (type === 'string' && (value as string).length <= SHORT_TEXT) {
          const bytes = out.reserveAt(at, json.length + FRAGMENT_SLACK + textBytes(value as string))
          at = putText(bytes, out.view, putFragment(bytes, out.view, at, json), value as string)
          count++
          continue
        }
        if (type === 'number') {
          const bytes = out.reserveAt(at, json.length + FRAGMENT_SLACK + MAX_NUMBER_BYTES)
          this.scratch[0] = value as number
          at = putNumberAt(bytes, putFragment(bytes, out.view, at, json), this.scratch, 0)
          count++
          continue
        }
      }
      out.length = at
      const written = key.name === name ? key : this.mended(key, name, source, count)
      if (this.pair(out, written, name, key.isSecret ? CENSORED : value)) count++
      at = out.length
    }
    out.length = at
    closeObject(out, open)
  }

  /** The key of a name that is not the one which came here last time; it will be next time. */
  private keyAfter(before: Key | undefined, owner: Key, name: string): Key {
    const key = this.table!.internNested(name)
    if (key.isKept && key.name === name) {
      if (before === undefined) owner.child = key
      else before.next = key
    }
    return key
  }

  /** Marks that an object has more properties, under a key that it does not have itself. */
  private rest(out: ByteBuffer, isTaken: (mark: string) => boolean): void {
    let mark = '…'
    while (isTaken(mark)) mark = `_${mark}`
    this.pair(out, this.table!.internNested(mark), mark, 'more')
  }

  /** A name that was cut, or has a lone surrogate, is numbered, so that it meets no other of the same object. */
  private mended(key: Key, name: string, source: object, index: number): Key {
    let written = `${key.name}~${index}`
    while (written === name || hasOwn.call(source, written)) written += '~'
    return new Key(written, key.isSecret, false)
  }

  /** Appends `,"key":value`, or nothing where the value has no JSON form. */
  private pair(out: ByteBuffer, key: Key, name: string, value: unknown): boolean {
    const start = out.length
    out.fragment(key.json)
    if (this.value(out, value, name, key)) return true
    out.length = start
    return false
  }

  /** A Map whose keys are all strings reads like an object, any other as a list of pairs. */
  private map(out: ByteBuffer, map: ReadonlyMap<unknown, unknown>, owner: Key): void {
    const entries = firstItems(map, this.limits.maxItems)
    if (!entries.every((entry) => typeof entry[0] === 'string')) {
      const pairs = entries.map(([name, value]) => [name, this.isSecret(name) ? CENSORED : value])
      this.array(out, pairs, map.size, owner)
      return
    }
    const open = out.length
    let count = 0
    for (const [name, value] of entries as [string, unknown][]) {
      if (out.length > this.limit) break
      const key = this.table!.internNested(name)
      const written = key.name === name ? key : this.mended(key, name, Object.fromEntries(entries), count)
      this.pair(out, written, name, key.isSecret ? CENSORED : (value ?? null))
      count++
    }
    if (map.size > count) this.rest(out, (mark) => map.has(mark))
    closeObject(out, open)
  }

  private view(out: ByteBuffer, view: ArrayBufferView, key: Key): void {
    if (view instanceof DataView || view instanceof Uint8Array) {
      const name = Buffer.isBuffer(view) ? 'Buffer' : view.constructor.name
      this.text(out, hexText(name, new Uint8Array(view.buffer, view.byteOffset, view.byteLength)))
    } else {
      const numbers = view as unknown as ArrayLike<unknown>
      this.array(out, numbers, numbers.length, key)
    }
  }

  private loggable(out: ByteBuffer, value: Loggable): void {
    const fields = new Fields(this.table!)
    value[loggable](fields)
    const open = out.length
    this.isInside = true
    this.writeFields(fields, out, this.limit)
    this.isInside = false
    closeObject(out, open)
  }

  private isSecret(name: unknown): boolean {
    return typeof name === 'string' && this.table!.internNested(name).isSecret
  }

  private mark(out: ByteBuffer, text: string): true {
    writeJsonText(out, text)
    return true
  }

  private isOnPath(value: object): boolean {
    for (let i = this.base; i < this.top; i++) if (this.ancestors[i] === value) return true
    return false
  }

  private unwind(top: number): void {
    while (this.top > top) this.ancestors[--this.top] = undefined
  }
}

/** Ends an object that began at `open`: the comma in front of its first pair becomes the brace. */
function closeObject(out: ByteBuffer, open: number): void {
  if (out.length === open) out.byte(OPEN_BRACE)
  else out.bytes[open] = OPEN_BRACE
  out.byte(CLOSE_BRACE)
}

function firstItems<T>(source: Iterable<T>, max: number): T[] {
  const items: T[] = []
  for (const item of source) {
    if (items.length >= max) break
    items.push(item)
  }
  return items
}

function hexText(name: string, bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, MAX_HEX_BYTES)).toString('hex')
  return `[${name} ${bytes.length} bytes${shown && ` ${shown}`}${bytes.length > MAX_HEX_BYTES ? '…' : ''}]`
}

/** A thrown value in words. It may be hostile too. */
export function reasonText(reason: unknown): string {
  try {
    return reason instanceof Error ? String(reason.message) : String(reason)
  } catch {
    // Even asking what went wrong throws: say that much.
    return 'an unreadable error'
  }
}
