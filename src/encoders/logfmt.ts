import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { MAX_NUMBER_BYTES, putNumberAt } from '../bytes/decimal.js'
import { Fragment } from '../bytes/fragment.js'
import { IsoClock } from '../bytes/iso-time.js'
import type { Entry } from '../entry/entry.js'
import { FieldKind } from '../entry/field.js'
import type { Fields } from '../entry/fields.js'
import { LEVEL_NAMES } from '../entry/level.js'
import { writeBareTime } from './bare-time.js'
import { writeBounded } from './bounded-text.js'
import type { Encoder } from './encoder.js'
import { JsonScratch } from './json-scratch.js'
import { checkNoOptions } from '../options/check.js'
import { DEFAULT_LIMITS, type ValueLimits } from './limits.js'
import { DottedPairs, writeLogfmtValue } from './logfmt-pairs.js'
import { writeLogfmtKey, writeLogfmtText } from './logfmt-text.js'

const NEWLINE = 0x0a
const SPACE = 0x20
const POINT = 0x2e
const EQUALS = 0x3d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

const TRUE = Fragment.of('true')
const FALSE = Fragment.of('false')
const LOGGER_KEY = Fragment.of(' logger=')
const MESSAGE_KEY = Fragment.of(' msg=')
const HEADS: readonly Fragment[] = LEVEL_NAMES.map((level) => Fragment.of(`level=${level} time=`))

/** Lines of `key=value` pairs. See {@link logfmt}. */
export class LogfmtEncoder implements Encoder {
  readonly reservedKeys: readonly string[] = ['level', 'time', 'logger', 'msg']
  private readonly clock = new IsoClock()
  private readonly scratch: JsonScratch
  private readonly pairs = new DottedPairs()

  constructor(private readonly limits: ValueLimits = DEFAULT_LIMITS) {
    this.scratch = new JsonScratch(limits)
  }

  encode(entry: Entry, out: ByteBuffer): void {
    const limit = out.length + this.limits.maxLineBytes
    const { logger, message, context, count } = entry
    out.fragment(HEADS[entry.level / 10 - 1])
    writeBareTime(out, this.clock, entry.time, 0)
    if (logger !== '') {
      out.fragment(LOGGER_KEY)
      this.text(out, logger)
    }
    if (message !== undefined) {
      out.fragment(MESSAGE_KEY)
      this.text(out, message)
    }
    if (!context.isEmpty) this.context(entry, out, limit)
    for (let row = 0; row < count; row++) {
      if (!this.writeField(entry, row, count, out, limit, entry)) break
    }
    out.byte(NEWLINE)
  }

  encodeField(fields: Fields, row: number, out: ByteBuffer, limit: number): boolean {
    return this.writeField(fields, row, row + 1, out, limit)
  }

  /**
   * Appends one field, a space in front.
   *
   * @param to - The row behind the last that will be written.
   * @param limit - Where `out.length` should stop growing.
   * @param line - The line it is written for, whose other keys its dotted keys must not repeat.
   * @returns false when it and the others before `to` find no room, which is what is written then.
   */
  writeField(fields: Fields, row: number, to: number, out: ByteBuffer, limit: number, line?: Entry): boolean {
    const start = out.length
    const isWhole = this.pair(fields, row, out, limit, line)
    if (isWhole && out.length <= limit) return true
    out.length = start
    this.key(out, fields.keys[row].name)
    this.text(out, `[Cut: ${to - row} fields, line over ${this.limits.maxLineBytes} bytes]`)
    return false
  }

  /** Returns whether the whole value is there. */
  private pair(fields: Fields, row: number, out: ByteBuffer, limit: number, line: Entry | undefined): boolean {
    const { name } = fields.keys[row]
    const value = fields.values[row]
    switch (fields.kinds[row]) {
      case FieldKind.string:
      case FieldKind.censored:
        this.key(out, name)
        this.text(out, value as string)
        return true
      case FieldKind.int:
      case FieldKind.float:
      case FieldKind.duration:
        this.key(out, name)
        out.reserve(MAX_NUMBER_BYTES)
        out.length = putNumberAt(out.view, out.length, fields.numbers, row)
        return true
      case FieldKind.bool:
        this.key(out, name)
        out.fragment(fields.numbers[row] === 1 ? TRUE : FALSE)
        return true
      case FieldKind.bigint:
        this.key(out, name)
        out.text((value as bigint).toString())
        return true
      case FieldKind.timestamp:
        this.key(out, name)
        writeBareTime(out, this.clock, fields.numbers, row)
        return true
      default:
        return this.any(fields, row, out, limit, line)
    }
  }

  /** The context's bytes are made once, for lines of any keys: where one clashes with them they are written anew. */
  private context(entry: Entry, out: ByteBuffer, limit: number): void {
    const { fields } = entry.context
    if (!hasClash(fields, entry)) {
      entry.context.write(this, entry, out)
      return
    }
    const { count } = fields
    for (let row = 0; row < count; row++) {
      if (!entry.has(fields.keys[row]) && !this.writeField(fields, row, count, out, limit, entry)) return
    }
  }

  private key(out: ByteBuffer, name: string): void {
    out.byte(SPACE)
    writeLogfmtKey(out, name, false)
    out.byte(EQUALS)
  }

  private text(out: ByteBuffer, text: string): void {
    writeBounded(out, text, this.limits.maxStringLength, writeLogfmtText)
  }

  /** A value that may be an object: by dotted keys where no other key could be meant by them, else as JSON text. */
  private any(fields: Fields, row: number, out: ByteBuffer, limit: number, line: Entry | undefined): boolean {
    const { scratch } = this
    const mark = scratch.mark()
    try {
      // In quotes each of its bytes may become two.
      const from = scratch.value(fields, row, (limit - out.length) / 2)
      if (from < 0 || !scratch.isWhole) return scratch.isWhole
      const { bytes, end } = scratch
      const { name } = fields.keys[row]
      if (bytes[from] === OPEN_BRACE && bytes[from + 1] !== CLOSE_BRACE) {
        const isTaken = line === undefined ? hasKeysUnder(name, fields) : isTakenOn(name, line)
        const start = out.length
        if (!isTaken && this.pairs.write(out, name, bytes, from, limit)) return true
        out.length = start
      }
      this.key(out, name)
      writeLogfmtValue(out, bytes, from, end)
      return true
    } finally {
      scratch.release(mark)
    }
  }
}

/** Whether a key of the line could be taken for one of an object in the context. */
function hasClash(context: Fields, line: Entry): boolean {
  for (let row = 0; row < context.count; row++) {
    const kind = context.kinds[row]
    const mayHaveKeys = kind === FieldKind.error || (kind === FieldKind.any && context.values[row] !== null)
    if (mayHaveKeys && hasKeysUnder(context.keys[row].name, line)) return true
  }
  return false
}

function isTakenOn(name: string, line: Entry): boolean {
  return hasKeysUnder(name, line) || hasKeysUnder(name, line.context.fields)
}

/** Whether a key begins with this name and a dot. */
function hasKeysUnder(name: string, fields: Fields): boolean {
  for (let row = 0; row < fields.count; row++) {
    const other = fields.keys[row].name
    if (other.length > name.length && other.charCodeAt(name.length) === POINT && other.startsWith(name)) return true
  }
  return false
}

/**
 * One line of `key=value` pairs: level, time, logger, msg, the context's fields, the line's fields.
 *
 * - A text is bare when it is one word of printable ASCII that reads as nothing else; `"42"`, `"true"`, `"null"` and
 *   `""` have quotes, so that a typed reader tells them from `42`, `true` and `null`. Escapes in quotes are JSON's.
 * - Objects and errors are written as dotted keys (`card.last4=4242 error.type=TypeError`), arrays as JSON text in
 *   quotes. An object is JSON text too when another key of the line begins with its own and a dot, or when its pairs do
 *   not fit the line.
 * - What a key cannot hold (spaces, controls, `=`, quotes, `%`, and dots within an object's keys) is percent-encoded, so
 *   that different keys stay different; an empty key is `%`.
 *
 * @example
 * level=info time=2026-11-23T02:52:15.206Z logger=shop msg="order paid" orderId=42 amount=99.5
 */
export function logfmt(): Encoder {
  checkNoOptions('logfmt', arguments[0])
  return new LogfmtEncoder()
}
