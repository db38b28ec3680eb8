import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { MAX_NUMBER_BYTES, putNumberAt } from '../bytes/decimal.js'
import { Fragment, FRAGMENT_SLACK, putFragment } from '../bytes/fragment.js'
import { putText, SHORT_TEXT, textBytes, writeJsonText } from '../bytes/json-text.js'
import { FieldKind } from '../entry/field.js'
import { type Fields, fieldsOf, valueAt } from '../entry/fields.js'
import { isError } from '../entry/is-error.js'
import { isForeignError, isForeignMap, isForeignSet } from '../entry/foreign.js'
import { httpMessageForm } from '../entry/http-message.js'
import { Key, type KeyTable } from '../entry/key.js'
import { RawJson } from '../entry/raw-json.js'
import { isLoggable, type Loggable } from '../entry/loggable.js'
import type { PathState } from '../redaction/path-rules.js'
import { writeBounded } from './bounded-text.js'
import { type ErrorParts, errorParts, errorPartsAt, isParts } from './error-parts.js'
import { hiddenUnder } from './hidden-under.js'
import type { ValueLimits } from './limits.js'
import { reasonText } from '../entry/reason-text.js'

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

/** What an encoder of whole field sets does for a {@link Loggable} inside a value. */
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
  /** Where the paths of redaction stand at the container under way; undefined when none leads into it. */
  private place: PathState | undefined = undefined
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
   * @param isOfError - Made by {@link errorParts}, which has hidden what rules and paths hide.
   * @returns false when there is nothing to write (undefined, a function, a symbol), and nothing was.
   */
  write(out: ByteBuffer, value: unknown, key: Key, table: KeyTable, limit: number, isOfError = false): boolean {
    const { base, table: outerTable, limit: outerLimit, isInside, place } = this
    if (!isInside) this.base = this.top
    this.isInside = false
    const { top } = this
    this.table = table
    this.place = key.paths
    this.limit = limit - Math.min(CLOSING_BYTES, Math.max(0, limit - out.length) >> 3)
    try {
      return isOfError ? this.part(out, value, key) : this.value(out, value, '', key)
    } finally {
      // Without a call, for which there is no room where the stack is full.
      while (this.top > top) this.ancestors[--this.top] = undefined
      this.isInside = isInside
      this.base = base
      this.table = outerTable
      this.place = place
      this.limit = outerLimit
    }
  }

  /** Appends text as a JSON string, within the bound for strings. */
  text(out: ByteBuffer, text: string): void {
    writeBounded(out, text, this.limits.maxStringLength, writeJsonText)
  }

  /** Appends a field that stands for so many, for which the line has no room. */
  cut(out: ByteBuffer, name: Fragment, count: number): void {
    out.fragment(name)
    writeJsonText(out, `[Cut: ${count} fields, line over ${this.limits.maxLineBytes} bytes]`)
  }

  /** Appends the mark of a value that could not be read. */
  failure(out: ByteBuffer, reason: unknown, table: KeyTable | undefined = this.table): void {
    const text = `[Throws: ${reasonText(reason)}]`
    const scanner = table?.scanner
    this.text(out, scanner === undefined ? text : scanner.scan(text))
  }

  private value(out: ByteBuffer, value: unknown, name: string, key: Key): boolean {
    switch (typeof value) {
      case 'string': {
        const { scanner } = this.table!
        this.text(out, scanner === undefined ? value : scanner.scan(value))
        return true
      }
      case 'number':
        if (this.table!.scanner !== undefined && this.hidesNumber(out, value)) return true
        this.scratch[0] = value
        out.reserve(MAX_NUMBER_BYTES)
        out.length = putNumberAt(out.view, out.length, this.scratch, 0)
        return true
      case 'boolean':
        out.fragment(value ? TRUE : FALSE)
        return true
      case 'bigint':
        if (this.table!.scanner === undefined || !this.hidesNumber(out, value)) out.text(value.toString())
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
    const { top, place } = this
    try {
      return this.object(out, value, name, key)
    } catch (reason) {
      this.unwind(top)
      this.place = place
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
    // What says itself what is logged of it has its toJSON for others.
    if (typeof toJson === 'function' && !isLoggable(value)) wasWritten = this.ownForm(out, value, toJson, name, key)
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

  /**
   * What `toJSON` makes of an object; it is not asked for the form of that once more. Of an error it would give what its
   * parts leave out, as those of HTTP clients do.
   */
  private ownForm(out: ByteBuffer, value: object, toJson: unknown, name: string, key: Key): boolean {
    if (toJson === dateToJson && value instanceof Date) {
      out.text(Number.isNaN(value.getTime()) ? 'null' : `"${value.toISOString()}"`)
      return true
    }
    const made: unknown = isError(value) ? value : (toJson as (name: string) => unknown).call(value, name)
    if (typeof made !== 'object' || made === null) return this.value(out, made, name, key)
    if (Array.isArray(made)) this.array(out, made, made.length, key)
    else if (isError(made)) this.parts(out, errorPartsAt(this.place, made, this.table), key)
    else this.properties(out, httpMessageForm(made) ?? made, key)
    return true
  }

  /** An object of some class. */
  private instance(out: ByteBuffer, value: object, key: Key): boolean {
    if (value instanceof Error) this.parts(out, errorPartsAt(this.place, value, this.table), key)
    else if (value instanceof RawJson) out.text(value.text)
    else if (isLoggable(value)) this.loggable(out, value)
    else if (value instanceof Map) this.map(out, value, key)
    else if (value instanceof Set) this.array(out, firstItems(value, this.limits.maxItems), value.size, key)
    else if (value instanceof ArrayBuffer) this.text(out, hexText('ArrayBuffer', new Uint8Array(value)))
    else if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return this.value(out, value.valueOf(), '', key)
    } else if (value instanceof RegExp) this.value(out, String(value), '', key)
    else this.unknown(out, value, key)
    return true
  }

  /** An object of no class that is known here: one of Node's own, of another realm, or the application's. */
  private unknown(out: ByteBuffer, value: object, key: Key): void {
    if (isForeignError(value)) this.parts(out, errorPartsAt(this.place, value, this.table), key)
    else if (isForeignMap(value)) this.map(out, value, key)
    else if (isForeignSet(value)) this.array(out, firstItems(value, this.limits.maxItems), value.size, key)
    else if (value instanceof BigInt) this.value(out, BigInt.prototype.valueOf.call(value), '', key)
    else this.properties(out, httpMessageForm(value) ?? value, key)
  }

  /** An error's parts, whose rules were asked when they were made. Only what stands for a message may be of any kind. */
  private parts(out: ByteBuffer, parts: ErrorParts, owner: Key): void {
    const { place } = this
    const open = out.length
    let before: Key | undefined
    for (const name in parts) {
      if (!hasOwn.call(parts, name)) continue
      if (out.length > this.limit) {
        this.rest(out, parts)
        break
      }
      let key = before === undefined ? owner.child : before.next
      if (key === undefined || key.name !== name) key = this.keyAfter(before, owner, name)
      before = key
      const value = parts[name]
      const start = out.length
      out.fragment(key.json)
      this.place = place?.next[key.number]
      if (!(name === 'message' ? this.value(out, value, name, key) : this.part(out, value, key))) out.length = start
    }
    this.place = place
    closeObject(out, open)
  }

  /** A cause or a list of errors, which have bounds of their own, or a plain value. */
  private part(out: ByteBuffer, value: unknown, key: Key): boolean {
    if (isParts(value)) {
      this.parts(out, value, key)
      return true
    }
    if (!Array.isArray(value)) return this.value(out, value, '', key)
    const { place } = this
    const { redaction } = this.table!
    out.byte(OPEN_BRACKET)
    for (let i = 0; i < value.length; i++) {
      if (i > 0) out.byte(COMMA)
      this.place = place?.next[redaction.hasIndexes ? redaction.numberOf(String(i)) : 0]
      this.part(out, value[i], key)
    }
    this.place = place
    out.byte(CLOSE_BRACKET)
    return true
  }

  private array(out: ByteBuffer, items: ArrayLike<unknown>, size: number, key: Key): void {
    const { place } = this
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
      // A list in a message stands under no name: what paths say of a line is true of each of its items.
      if (place !== undefined && key === this.table!.start) this.place = place
      else if (place !== undefined) item = this.hiddenItem(place, i, item)
      if (!this.value(out, item, '', key)) out.fragment(NULL)
    }
    this.place = place
    if (size > count) {
      if (count > 0) out.byte(COMMA)
      this.text(out, `… ${size - count} more`)
    }
    out.byte(CLOSE_BRACKET)
  }

  /**
   * Own enumerable properties. The read stands in the loop: only there does V8 take values by the names' places. So do the
   * values that most objects are made of, with the place in the buffer at hand.
   */
  private properties(out: ByteBuffer, source: object, owner: Key): void {
    const open = out.length
    let at = open
    const { place } = this
    let before: Key | undefined
    let count = 0
    let visited = 0
    const isOpen = this.table!.scanner === undefined
    for (const name in source) {
      if (count >= this.limits.maxItems || at > this.limit || visited > this.limits.maxItems * VISITS_PER_ITEM) {
        // Not how many: going on through a million keys, or listing them again, takes seconds.
        out.length = at
        this.rest(out, source)
        at = out.length
        break
      }
      visited++
      if (!hasOwn.call(source, name)) continue
      // A value that logs while it is read may have others written behind: in a scratch for all lines of an encoder.
      out.length = at
      let value: unknown
      try {
        value = (source as Record<string, unknown>)[name]
      } catch (reason) {
        value = `[Throws: ${reasonText(reason)}]`
      }
      // One look each: V8 makes a call of a type that is kept.
      if (value === undefined || typeof value === 'function' || typeof value === 'symbol') continue
      let key = before === undefined ? owner.child : before.next
      if (key === undefined || key.name !== name) key = this.keyAfter(before, owner, name)
      before = key
      const next = place === undefined ? undefined : place.next[key.number]
      const rule = key.rule === undefined && next !== undefined ? next.rule : key.rule
      if (rule !== undefined) value = rule.apply(value, name)
      if (isOpen && key.name === name) {
        const { json } = key
        if (typeof value === 'string' && value.length <= SHORT_TEXT) {
          const bytes = out.reserveAt(at, json.length + FRAGMENT_SLACK + textBytes(value.length))
          at = putText(bytes, out.view, putFragment(bytes, out.view, at, json), value, value.length)
          count++
          continue
        }
        if (typeof value === 'number') {
          const bytes = out.reserveAt(at, json.length + FRAGMENT_SLACK + MAX_NUMBER_BYTES)
          this.scratch[0] = value
          at = putNumberAt(out.view, putFragment(bytes, out.view, at, json), this.scratch, 0)
          count++
          continue
        }
      }
      out.length = at
      const written = key.name === name ? key : this.mended(key, name, source, count)
      if (place !== undefined) this.place = rule === undefined ? next : undefined
      if (this.pair(out, written, name, value)) count++
      at = out.length
    }
    out.length = at
    this.place = place
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
  private rest(out: ByteBuffer, source: object): void {
    let mark = '…'
    while (source instanceof Map ? source.has(mark) : hasOwn.call(source, mark)) mark = `_${mark}`
    this.pair(out, this.table!.internNested(mark), mark, 'more')
  }

  /** A name that was cut, or has a lone surrogate, is numbered, so that it meets no other of the same object. */
  private mended(key: Key, name: string, source: object, index: number): Key {
    let written = `${key.name}~${index}`
    while (written === name || hasOwn.call(source, written)) written += '~'
    return new Key(written, false, key.rule, key.number)
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
      const pairs = entries.map(([name, value]) => [name, hiddenUnder(this.table!, this.place, name, value)])
      this.array(out, pairs, map.size, owner)
      return
    }
    const open = out.length
    const { place } = this
    let count = 0
    for (const [name, value] of entries as [string, unknown][]) {
      if (out.length > this.limit) break
      const key = this.table!.internNested(name)
      const written = key.name === name ? key : this.mended(key, name, Object.fromEntries(entries), count)
      const isHidden = key.isSecret || place !== undefined
      this.pair(out, written, name, isHidden ? this.hidden(place, key, name, value ?? null) : (value ?? null))
      count++
    }
    this.place = place
    if (map.size > count) this.rest(out, map)
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
    const fields = fieldsOf(value, this.table!)
    const open = out.length
    if (this.place !== undefined) {
      this.rowsUnderPaths(out, fields, this.place)
      closeObject(out, open)
      return
    }
    this.isInside = true
    try {
      this.writeFields(fields, out, this.limit)
    } finally {
      this.isInside = false
    }
    closeObject(out, open)
  }

  /** What is written of a property, by its name's rule or the paths'; and moves the paths' place on to it. */
  private hidden(place: PathState | undefined, key: Key, name: string, value: unknown): unknown {
    const next = place?.next[key.number]
    const rule = key.rule ?? next?.rule
    this.place = rule === undefined ? next : undefined
    return rule === undefined ? value : rule.apply(value, name)
  }

  private hiddenItem(place: PathState, index: number, item: unknown): unknown {
    const { redaction } = this.table!
    const next = place.next[redaction.hasIndexes ? redaction.numberOf(String(index)) : 0]
    this.place = next?.rule === undefined ? next : undefined
    return next?.rule === undefined ? item : next.rule.apply(item, String(index))
  }

  /** The fields of an object that writes its own, where paths lead into it. */
  private rowsUnderPaths(out: ByteBuffer, fields: Fields, place: PathState): void {
    for (let row = 0; row < fields.count; row++) {
      const key = fields.keys[row]
      let value = valueAt(fields, row)
      if (fields.kinds[row] === FieldKind.timestamp) value = new Date(value as number)
      else if (fields.kinds[row] === FieldKind.error && !isError(value)) value = errorParts(value)
      else if (fields.kinds[row] === FieldKind.failed) value = `[Throws: ${reasonText(value)}]`
      // What its name hides is hidden already.
      const next = place.next[key.number]
      this.place = next?.rule === undefined ? next : undefined
      this.pair(out, key, key.name, next?.rule === undefined ? value : next.rule.apply(value, key.name))
    }
    this.place = place
  }

  /** Numbers may be cards as well as texts. */
  private hidesNumber(out: ByteBuffer, value: number | bigint): boolean {
    const text = String(value)
    const safe = this.table!.scanner!.scan(text)
    if (safe !== text) this.text(out, safe)
    return safe !== text
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
