import { allocate, type ByteBuffer, type NativeBuffer, putBytes } from '../bytes/byte-buffer.js'
import { MAX_NUMBER_BYTES, putNumberAt } from '../bytes/decimal.js'
import { IsoClock, ISO_LENGTH, writeIsoTime } from '../bytes/iso-time.js'
import { MAX_UNIT_BYTES, putShortText, SHORT_TEXT, writeJsonText } from '../bytes/json-text.js'
import type { Entry } from '../entry/entry.js'
import { FieldKind } from '../entry/field.js'
import type { Fields } from '../entry/fields.js'
import { LEVEL_NAMES, type LevelName } from '../entry/level.js'
import type { Encoder } from './encoder.js'
import { JsonValueWriter } from './json-value.js'
import { DEFAULT_LIMITS, type ValueLimits } from './limits.js'

const CLOSE_BRACE = 0x7d
const NEWLINE = 0x0a
const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const MESSAGE_KEY = Buffer.from(',"msg":')
const { string: STRING, int: INT, float: FLOAT, duration: DURATION, bool: BOOL } = FieldKind
const MAX_LOGGER_NAMES = 1000

/** `{"level":"info","time":"2026-11-23T02:52:15.206Z"`, kept ready for each level. */
class Head {
  readonly bytes: NativeBuffer
  readonly clock: IsoClock

  constructor(level: LevelName) {
    const before = `{"level":"${level}","time":"`
    this.bytes = allocate(before.length + ISO_LENGTH + 1)
    this.bytes.latin1Write(`${before}${'0'.repeat(ISO_LENGTH)}"`, 0)
    this.clock = new IsoClock(this.bytes, before.length)
  }
}

/** One JSON object a line. See {@link json}. */
export class JsonEncoder implements Encoder {
  readonly reservedKeys: readonly string[] = ['level', 'time', 'logger', 'msg']
  private readonly heads = LEVEL_NAMES.map((name) => new Head(name))
  private readonly fieldClock = new IsoClock()
  private readonly loggerKeys = new Map<string, Uint8Array>()
  private readonly values: JsonValueWriter

  constructor(private readonly limits: ValueLimits = DEFAULT_LIMITS) {
    this.values = new JsonValueWriter(limits, (fields, out) =>
      this.rows(fields, 0, fields.count, out, out.length + limits.maxLineBytes),
    )
  }

  encode(entry: Entry, out: ByteBuffer): void {
    const start = out.length
    const head = this.heads[entry.level / 10 - 1]
    head.clock.set(entry.time, 0)
    out.copy(head.bytes)
    if (entry.logger !== '') out.copy(this.loggerKey(entry.logger))
    const { message } = entry
    if (message !== undefined) {
      out.copy(MESSAGE_KEY)
      this.values.text(out, message)
    }
    if (!entry.context.isEmpty) entry.context.write(this, entry, out)
    this.rows(entry, 0, entry.count, out, start + this.limits.maxLineBytes)
    out.reserve(2)
    out.bytes[out.length] = CLOSE_BRACE
    out.bytes[out.length + 1] = NEWLINE
    out.length += 2
  }

  encodeField(fields: Fields, row: number, out: ByteBuffer): void {
    this.rows(fields, row, row + 1, out, out.length + this.limits.maxLineBytes)
  }

  /**
   * Every field of every line and context. It keeps its place in `at` and reserves once a field: that and the kinds in
   * constants of this module make three fields 1.6 times faster than calls that each look after the buffer.
   */
  private rows(fields: Fields, from: number, to: number, out: ByteBuffer, limit: number): void {
    const { keys, kinds, numbers, values } = fields
    let at = out.length
    for (let row = from; row < to; row++) {
      const start = at
      const name = keys[row].json
      const kind = kinds[row]
      let bytes = out.reserveAt(at, name.length + MAX_NUMBER_BYTES)
      at = putBytes(bytes, at, name)
      if (kind === STRING) {
        const text = values[row] as string
        let end = -1
        if (text.length <= SHORT_TEXT) {
          bytes = out.reserveAt(at, text.length * MAX_UNIT_BYTES + 2)
          end = putShortText(bytes, at, text)
        }
        if (end < 0) {
          out.length = at
          this.values.text(out, text)
          end = out.length
        }
        at = end
      } else if (kind === INT || kind === FLOAT || kind === DURATION) at = putNumberAt(bytes, at, numbers, row)
      else if (kind === BOOL) at = putBytes(bytes, at, numbers[row] === 1 ? TRUE : FALSE)
      else {
        out.length = at
        if (!this.other(fields, row, out, limit)) out.length = start
        at = out.length
      }
      if (at > limit) {
        out.length = start
        out.copy(name)
        writeJsonText(out, `[Cut: ${to - row} fields, line over ${this.limits.maxLineBytes} bytes]`)
        return
      }
    }
    out.length = at
  }

  /** A value of a rarer kind, after its key. Returns false when there is nothing to write. */
  private other(fields: Fields, row: number, out: ByteBuffer, limit: number): boolean {
    const value = fields.values[row]
    switch (fields.kinds[row]) {
      case FieldKind.censored:
        this.values.text(out, value as string)
        return true
      case FieldKind.bigint:
        out.text((value as bigint).toString())
        return true
      case FieldKind.timestamp:
        writeIsoTime(out, this.fieldClock, fields.numbers, row)
        return true
      case FieldKind.error:
        this.values.error(out, value, fields.table, limit)
        return true
      case FieldKind.failed:
        this.values.failure(out, value)
        return true
      default:
        return this.values.write(out, value, fields.table, limit)
    }
  }

  private loggerKey(name: string): Uint8Array {
    let bytes = this.loggerKeys.get(name)
    if (bytes === undefined) {
      bytes = Buffer.from(`,"logger":${JSON.stringify(name.toWellFormed())}`)
      if (this.loggerKeys.size < MAX_LOGGER_NAMES) this.loggerKeys.set(name, bytes)
    }
    return bytes
  }
}

/**
 * One JSON object a line: level, time, logger, msg, the context's fields, the line's fields.
 *
 * @example
 * {"level":"info","time":"2026-11-23T02:52:15.206Z","logger":"shop","msg":"order paid","orderId":42}
 */
export function json(): Encoder {
  return new JsonEncoder()
}
