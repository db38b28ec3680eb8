import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { MAX_NUMBER_BYTES, putNumberAt } from '../bytes/decimal.js'
import { writeJsonText } from '../bytes/json-text.js'
import { Fields } from '../entry/fields.js'
import type { Key, KeyTable } from '../entry/key.js'
import { isLoggable, loggable } from '../entry/loggable.js'
import { errorParts } from './error-parts.js'
import { bounded, type ValueLimits } from './limits.js'

const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const CENSORED = '[Redacted]'
/** Bytes of a Buffer or ArrayBuffer shown as hexadecimal digits. */
const MAX_HEX_BYTES = 64

const hasOwn = Object.prototype.hasOwnProperty
const dateToJson = Date.prototype.toJSON

/** What an encoder of whole field sets does for a {@link loggable} object inside a value. */
export type WriteFields = (fields: Fields, out: ByteBuffer) => void

/**
 * Writes any value as JSON: what `JSON.stringify` writes, within bounds, and without ever throwing. A value whose
 * reading throws is written as `"[Throws: reason]"`, a cycle as `"[Circular]"`, what lies too deep as `"[Object]"` or
 * `"[Array]"`; the values of secret keys are written as `"[Redacted]"`.
 */
export class JsonValueWriter {
  /** The containers under way, outermost first. A value that logs while it is read starts anew above `base`. */
  private readonly ancestors: object[] = []
  private base = 0
  private readonly scratch = new Float64Array(1)

  constructor(
    private readonly limits: ValueLimits,
    private readonly writeFields: WriteFields,
  ) {}

  /**
   * Appends one value.
   *
   * @param limit - Where `out.length` should stop growing.
   * @returns false when there is nothing to write (undefined, a function, a symbol), and nothing was.
   */
  write(out: ByteBuffer, value: unknown, table: KeyTable, limit: number): boolean {
    const base = this.base
    this.base = this.ancestors.length
    try {
      return this.value(out, value, table, limit, '')
    } finally {
      this.ancestors.length = this.base
      this.base = base
    }
  }

  /** Appends text as a JSON string, within the bound for strings. */
  text(out: ByteBuffer, text: string): void {
    writeJsonText(out, text.length > this.limits.maxStringLength ? bounded(text, this.limits) : text)
  }

  /** Appends an error as an object of its parts. */
  error(out: ByteBuffer, error: unknown, table: KeyTable, limit: number): void {
    this.write(out, errorParts(error), table, limit)
  }

  /** Appends the mark of a value that could not be read. */
  failure(out: ByteBuffer, reason: unknown): void {
    this.text(out, `[Throws: ${reasonText(reason)}]`)
  }

  private value(out: ByteBuffer, value: unknown, table: KeyTable, limit: number, key: string): boolean {
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
        out.text(value ? 'true' : 'false')
        return true
      case 'bigint':
        out.text(value.toString())
        return true
      case 'object':
        if (value === null) {
          out.text('null')
          return true
        }
        return this.guarded(out, value, table, limit, key)
      default:
        return false
    }
  }

  /** An object, or its mark when reading it throws half-way. */
  private guarded(out: ByteBuffer, value: object, table: KeyTable, limit: number, key: string): boolean {
    const start = out.length
    const depth = this.ancestors.length
    try {
      return this.object(out, value, table, limit, key)
    } catch (reason) {
      this.ancestors.length = depth
      out.length = start
      this.failure(out, reason)
      return true
    }
  }

  private object(out: ByteBuffer, value: object, table: KeyTable, limit: number, key: string): boolean {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== Array.prototype) {
      if (value instanceof Date && value.toJSON === dateToJson) {
        out.text(Number.isNaN(value.getTime()) ? 'null' : `"${value.toISOString()}"`)
        return true
      }
      if (value instanceof Error) value = errorParts(value)
    }
    if (this.isOnPath(value)) return this.mark(out, '[Circular]')
    if (this.ancestors.length - this.base >= this.limits.maxDepth) {
      return this.mark(out, Array.isArray(value) ? '[Array]' : '[Object]')
    }
    this.ancestors.push(value)
    const wasWritten = this.container(out, value, table, limit, key)
    this.ancestors.pop()
    return wasWritten
  }

  private container(out: ByteBuffer, value: object, table: KeyTable, limit: number, key: string): boolean {
    const toJson: unknown = (value as { toJSON?: unknown }).toJSON
    if (typeof toJson === 'function') {
      const made: unknown = toJson.call(value, key)
      if (typeof made !== 'object' || made === null) return this.value(out, made, table, limit, key)
      return this.shape(out, made, table, limit)
    }
    return this.shape(out, value, table, limit)
  }

  private shape(out: ByteBuffer, value: object, table: KeyTable, limit: number): boolean {
    if (Array.isArray(value)) this.array(out, value, table, limit)
    else if (isPlainObject(value)) this.properties(out, value, table, limit)
    else if (isLoggable(value)) this.loggable(out, value, table)
    else if (value instanceof Map) this.map(out, value, table, limit)
    else if (value instanceof Set) this.array(out, firstItems(value, this.limits.maxItems), table, limit, value.size)
    else if (ArrayBuffer.isView(value)) this.view(out, value, table, limit)
    else if (value instanceof ArrayBuffer) this.text(out, hexText('ArrayBuffer', new Uint8Array(value)))
    else if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return this.value(out, value.valueOf(), table, limit, '')
    } else if (value instanceof RegExp) this.text(out, String(value))
    else this.properties(out, value, table, limit)
    return true
  }

  private array(out: ByteBuffer, items: ArrayLike<unknown>, table: KeyTable, limit: number, size = items.length): void {
    out.byte(OPEN_BRACKET)
    const count = Math.min(size, this.limits.maxItems)
    for (let i = 0; i < count; i++) {
      if (i > 0) out.byte(COMMA)
      if (out.length > limit) {
        this.text(out, `… ${size - i} more`)
        out.byte(CLOSE_BRACKET)
        return
      }
      this.item(out, items, i, table, limit)
    }
    if (size > count) {
      if (count > 0) out.byte(COMMA)
      this.text(out, `… ${size - count} more`)
    }
    out.byte(CLOSE_BRACKET)
  }

  private item(out: ByteBuffer, items: ArrayLike<unknown>, index: number, table: KeyTable, limit: number): void {
    let item: unknown
    try {
      item = items[index]
    } catch (reason) {
      this.failure(out, reason)
      return
    }
    if (!this.value(out, item, table, limit, '')) out.text('null')
  }

  private properties(out: ByteBuffer, source: object, table: KeyTable, limit: number): void {
    const open = out.length
    let count = 0
    let skipped = 0
    for (const name in source) {
      if (!hasOwn.call(source, name)) continue
      if (count >= this.limits.maxItems || out.length > limit) {
        skipped++
        continue
      }
      if (this.property(out, source, name, table, limit, count)) count++
    }
    if (skipped > 0) this.pair(out, table.internNested('…'), '…', `${skipped} more`, table, limit, count)
    closeObject(out, open)
  }

  private property(
    out: ByteBuffer,
    source: object,
    name: string,
    table: KeyTable,
    limit: number,
    index: number,
  ): boolean {
    const key = table.internNested(name)
    let value: unknown
    if (key.isSecret) value = CENSORED
    else {
      try {
        value = (source as Record<string, unknown>)[name]
      } catch (reason) {
        value = `[Throws: ${reasonText(reason)}]`
      }
    }
    return this.pair(out, key, name, value, table, limit, index)
  }

  /** Appends `,"key":value`, or nothing where the value has no JSON form. */
  private pair(
    out: ByteBuffer,
    key: Key,
    name: string,
    value: unknown,
    table: KeyTable,
    limit: number,
    index: number,
  ): boolean {
    const start = out.length
    if (key.name === name) out.fragment(key.json)
    else {
      // A name that had to be mended (cut, or with a lone surrogate) is numbered, so that two never become one.
      out.byte(COMMA)
      writeJsonText(out, `${key.name}~${index}`)
      out.byte(COLON)
    }
    if (this.value(out, value, table, limit, name)) return true
    out.length = start
    return false
  }

  /** A Map whose keys are all strings reads like an object, any other as a list of pairs. */
  private map(out: ByteBuffer, map: ReadonlyMap<unknown, unknown>, table: KeyTable, limit: number): void {
    const entries = firstItems(map, this.limits.maxItems)
    if (!entries.every((entry) => typeof entry[0] === 'string')) {
      this.array(out, entries, table, limit, map.size)
      return
    }
    const open = out.length
    let count = 0
    for (const [name, value] of entries) {
      if (out.length > limit) break
      const key = table.internNested(name as string)
      this.pair(out, key, name as string, key.isSecret ? CENSORED : (value ?? null), table, limit, count++)
    }
    if (map.size > count) this.pair(out, table.internNested('…'), '…', `${map.size - count} more`, table, limit, count)
    closeObject(out, open)
  }

  private view(out: ByteBuffer, view: ArrayBufferView, table: KeyTable, limit: number): void {
    if (view instanceof DataView || view instanceof Uint8Array) {
      const name = Buffer.isBuffer(view) ? 'Buffer' : view.constructor.name
      this.text(out, hexText(name, new Uint8Array(view.buffer, view.byteOffset, view.byteLength)))
    } else this.array(out, view as unknown as ArrayLike<unknown>, table, limit)
  }

  private loggable(out: ByteBuffer, value: { [loggable](fields: Fields): void }, table: KeyTable): void {
    const fields = new Fields(table)
    value[loggable](fields)
    const open = out.length
    this.writeFields(fields, out)
    closeObject(out, open)
  }

  private mark(out: ByteBuffer, text: string): true {
    writeJsonText(out, text)
    return true
  }

  private isOnPath(value: object): boolean {
    for (let i = this.base; i < this.ancestors.length; i++) if (this.ancestors[i] === value) return true
    return false
  }
}

/** Ends an object that began at `open`: the comma in front of its first pair becomes the brace. */
function closeObject(out: ByteBuffer, open: number): void {
  if (out.length === open) out.byte(OPEN_BRACE)
  else out.bytes[open] = OPEN_BRACE
  out.byte(CLOSE_BRACE)
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
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
