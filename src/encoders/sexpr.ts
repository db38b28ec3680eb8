import { ByteBuffer } from '../bytes/byte-buffer.js'
import { MAX_NUMBER_BYTES, putInt32, putNumberAt } from '../bytes/decimal.js'
import { Fragment } from '../bytes/fragment.js'
import { IsoClock, writeIsoTime } from '../bytes/iso-time.js'
import { SHORT_TEXT, writeJsonText } from '../bytes/json-text.js'
import type { Entry } from '../entry/entry.js'
import { FieldKind } from '../entry/field.js'
import type { Fields } from '../entry/fields.js'
import type { Key } from '../entry/key.js'
import { LEVEL_NAMES } from '../entry/level.js'
import { isDateTime } from './bare-time.js'
import { writeBounded } from './bounded-text.js'
import type { Encoder } from './encoder.js'
import { JsonScratch } from './json-scratch.js'
import { checkNoOptions } from '../options/check.js'
import { DEFAULT_LIMITS, type ValueLimits } from './limits.js'
import {
  isLispString,
  putPlainText,
  settleNumber,
  writeKeyword,
  writeLispString,
  writeLispValue,
} from './sexpr-text.js'

const NEWLINE = 0x0a
const SPACE = 0x20
const CLOSE = 0x29

const TRUE = Fragment.of('t')
const FALSE = Fragment.of('nil')
const MESSAGE_KEY = Fragment.of(' :msg ')
const LOGGER_KEY = Fragment.of(' :logger ')
const HEADS: readonly Fragment[] = LEVEL_NAMES.map((level) => Fragment.of(`(:level :${level} :ts `))

/** Seconds from 1900, where Common Lisp's universal time begins, to 1970. */
const UNIX_EPOCH = 2_208_988_800

/** One property list a line. See {@link sexpr}. */
export class SexprEncoder implements Encoder {
  readonly reservedKeys: readonly string[] = ['level', 'ts', 'msec', 'msg', 'logger']
  private readonly clock = new IsoClock()
  private readonly scratch: JsonScratch
  /** The key under way, as it stands in JSON. */
  private readonly name = new ByteBuffer(64)
  private readonly lispText: (out: ByteBuffer, text: string) => void
  /** The second of the last line, and its text up to the milliseconds. */
  private second = NaN
  private readonly secondText = new ByteBuffer(32)

  constructor(private readonly limits: ValueLimits = DEFAULT_LIMITS) {
    const scratch = new JsonScratch(limits)
    this.scratch = scratch
    this.lispText = (out, text) => writeLispText(out, text, scratch)
  }

  encode(entry: Entry, out: ByteBuffer): void {
    const limit = out.length + this.limits.maxLineBytes
    const { logger, message, context, count } = entry
    out.fragment(HEADS[entry.level / 10 - 1])
    this.universalTime(entry, out)
    if (message !== undefined) {
      out.fragment(MESSAGE_KEY)
      this.text(out, message)
    }
    if (logger !== '') {
      out.fragment(LOGGER_KEY)
      this.text(out, logger)
    }
    if (!context.isEmpty) context.write(this, entry, out)
    for (let row = 0; row < count; row++) {
      if (!this.field(entry, row, count, out, limit)) break
    }
    out.byte(CLOSE)
    out.byte(NEWLINE)
  }

  encodeField(fields: Fields, row: number, out: ByteBuffer, limit: number): boolean {
    return this.field(fields, row, row + 1, out, limit)
  }

  private universalTime(entry: Entry, out: ByteBuffer): void {
    const time = Math.trunc(entry.time[0])
    if (!isDateTime(time)) {
      out.fragment(FALSE)
      return
    }
    const { secondText } = this
    const second = Math.floor(time / 1000)
    if (second !== this.second) {
      this.second = second
      secondText.length = 0
      secondText.text(`${second + UNIX_EPOCH} :msec `)
    }
    out.copyRange(secondText.bytes, 0, secondText.length)
    out.reserve(MAX_NUMBER_BYTES)
    out.length = putInt32(out.view, out.length, time - second * 1000)
  }

  /** Appends one field, a space in front. Returns false when it and the others before `to` find no room. */
  private field(fields: Fields, row: number, to: number, out: ByteBuffer, limit: number): boolean {
    const start = out.length
    const key = fields.keys[row]
    this.keyword(out, key)
    const isWhole = this.value(fields, row, out, limit, start)
    if (isWhole && out.length <= limit) return true
    out.length = start
    this.keyword(out, key)
    this.text(out, `[Cut: ${to - row} fields, line over ${this.limits.maxLineBytes} bytes]`)
    return false
  }

  private keyword(out: ByteBuffer, key: Key): void {
    const { name } = this
    name.length = 0
    name.fragment(key.json)
    out.byte(SPACE)
    writeKeyword(out, name.bytes, 1, name.length - 1)
    out.byte(SPACE)
  }

  /**
   * @param start - Where the field began, for a value that has no form at all.
   * @returns whether the whole value is there.
   */
  private value(fields: Fields, row: number, out: ByteBuffer, limit: number, start: number): boolean {
    const value = fields.values[row]
    switch (fields.kinds[row]) {
      case FieldKind.string:
      case FieldKind.censored:
        this.text(out, value as string)
        return true
      case FieldKind.int:
      case FieldKind.float:
      case FieldKind.duration:
        this.number(out, fields.numbers, row)
        return true
      case FieldKind.bool:
        out.fragment(fields.numbers[row] === 1 ? TRUE : FALSE)
        return true
      case FieldKind.bigint:
        out.text((value as bigint).toString())
        return true
      case FieldKind.timestamp:
        if (isDateTime(fields.numbers[row])) writeIsoTime(out, this.clock, fields.numbers, row)
        else out.fragment(FALSE)
        return true
      default:
        return this.any(fields, row, out, limit, start)
    }
  }

  private any(fields: Fields, row: number, out: ByteBuffer, limit: number, start: number): boolean {
    const { scratch } = this
    const mark = scratch.mark()
    try {
      const from = scratch.value(fields, row, limit - out.length)
      if (from < 0) out.length = start
      else writeLispValue(out, scratch.bytes, from, scratch.end)
      return scratch.isWhole
    } finally {
      scratch.release(mark)
    }
  }

  private number(out: ByteBuffer, numbers: ArrayLike<number>, index: number): void {
    const start = out.length
    out.reserve(MAX_NUMBER_BYTES)
    out.length = putNumberAt(out.view, start, numbers, index)
    settleNumber(out, start)
  }

  private text(out: ByteBuffer, text: string): void {
    if (text.length <= SHORT_TEXT) {
      out.reserve(text.length + 2)
      const end = putPlainText(out.bytes, out.length, text)
      if (end >= 0) {
        out.length = end
        return
      }
    }
    writeBounded(out, text, this.limits.maxStringLength, this.lispText)
  }
}

/** Most texts are Lisp strings as they are JSON strings; those with controls are written again. */
function writeLispText(out: ByteBuffer, text: string, scratch: JsonScratch): void {
  const start = out.length
  writeJsonText(out, text)
  if (isLispString(out.bytes, start, out.length)) return
  const mark = scratch.mark()
  const from = scratch.copy(out.bytes, start, out.length)
  out.length = start
  writeLispString(out, scratch.bytes, from, scratch.end)
  scratch.release(mark)
}

/**
 * One property list a line, for Common Lisp's `read`, as llog writes it: level, ts, msec, msg, logger, the context's
 * fields, the line's fields.
 *
 * - `:ts` is llog's: universal time, whole seconds since 1900, for `decode-universal-time`; `:msec` has the rest.
 *   Timestamps among the fields are ISO 8601 texts, durations are milliseconds.
 * - A name of small letters, digits, `-`, `_` and `.` is a bare keyword, any other stands between bars (`:|orderId|`),
 *   so that different names stay different symbols; one of capitals only is inverted, as `(readtable-case :invert)` does.
 * - Objects and errors are property lists, arrays are lists, `true` is `t`; `false`, `null`, NaN and infinities are
 *   `nil`, and so reads what is empty, `()`. Fractions are double-floats (`99.5d0`), bigints are integers.
 * - Lisp's strings have no escapes for controls: these appear as `\u000a` in the text that is read.
 *
 * @see llog's encoder of the same name, which writes every name in capitals and fractions as single-floats.
 * @example
 * (:level :info :ts 4004391135 :msec 206 :msg "order paid" :logger "shop" :|orderId| 42 :amount 99.5d0)
 */
export function sexpr(): Encoder {
  checkNoOptions('sexpr', arguments[0])
  return new SexprEncoder()
}
