import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { MAX_NUMBER_BYTES, putNumberAt } from '../bytes/decimal.js'
import { Fragment } from '../bytes/fragment.js'
import { IsoClock } from '../bytes/iso-time.js'
import type { Entry } from '../entry/entry.js'
import { FieldKind } from '../entry/field.js'
import type { Fields } from '../entry/fields.js'
import { holdsError } from '../entry/holds-error.js'
import { LEVEL_NAMES } from '../entry/level.js'
import { writeBareTime } from './bare-time.js'
import { writeBounded } from './bounded-text.js'
import type { Encoder } from './encoder.js'
import { JsonScratch } from './json-scratch.js'
import { DEFAULT_LIMITS, type ValueLimits } from './limits.js'
import { LogfmtEncoder } from './logfmt.js'
import { errorHeading, errorLines } from './pattern-error.js'
import { parseTemplate, type Step } from './pattern-template.js'
import { fitWidth } from './pattern-width.js'
import { writePlainText } from './plain-text.js'

const NEWLINE = 0x0a
const SPACE = 0x20
const QUOTE = 0x22
/** What an entry's later lines begin with, as those of `pretty()`: none of them can be taken for an entry. */
const NEXT_LINE = '\n    '

const LEVELS: readonly Fragment[] = LEVEL_NAMES.map((level) => Fragment.of(level.toUpperCase()))

/** llog's default. */
const DEFAULT_TEMPLATE = '%d [%level] %logger - %msg%n'

/** Lines by a template. See {@link pattern}. */
export class PatternEncoder implements Encoder {
  readonly reservedKeys: readonly string[] = ['level', 'time', 'logger', 'msg']
  private readonly steps: readonly Step[]
  /** Fields that have a place of their own, so that `%fields` leaves them out. */
  private readonly placed: readonly string[]
  private readonly placesError: boolean
  private readonly clock = new IsoClock()
  private readonly scratch: JsonScratch
  private readonly pairs: LogfmtEncoder

  /** @throws OptionError for a template that cannot be understood. */
  constructor(
    template: string,
    private readonly limits: ValueLimits = DEFAULT_LIMITS,
  ) {
    this.steps = parseTemplate(template)
    this.placed = this.steps.filter((step) => step.conversion === 'field').map((step) => step.text)
    this.placesError = this.steps.some((step) => step.conversion === 'error')
    this.scratch = new JsonScratch(limits)
    this.pairs = new LogfmtEncoder(limits)
  }

  encode(entry: Entry, out: ByteBuffer): void {
    const { steps, limits } = this
    const lineStart = out.length
    const limit = lineStart + limits.maxLineBytes
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]
      const start = out.length
      this.step(step, entry, out, lineStart)
      if (step.width !== undefined) fitWidth(out, start, step.width)
      if (out.length > limit && !boundsItself(step)) {
        out.length = start
        out.text(`[Cut: line over ${limits.maxLineBytes} bytes]`)
        break
      }
    }
    out.byte(NEWLINE)
  }

  encodeField(fields: Fields, row: number, out: ByteBuffer, limit: number): boolean {
    return this.pairs.encodeField(fields, row, out, limit)
  }

  private step(step: Step, entry: Entry, out: ByteBuffer, lineStart: number): void {
    switch (step.conversion) {
      case 'text':
        out.text(step.text)
        return
      case 'n':
        out.text(NEXT_LINE)
        return
      case 'd':
        step.date?.write(out, entry.time, 0)
        return
      case 'level':
        out.fragment(LEVELS[entry.level / 10 - 1])
        return
      case 'logger':
        this.text(out, entry.logger)
        return
      case 'msg':
        if (entry.message !== undefined) this.text(out, entry.message)
        return
      case 'field':
        this.field(entry, step.text, out, lineStart)
        return
      case 'fields':
        this.remaining(entry, out, lineStart, step.hasSpace)
        return
      case 'error':
        this.error(entry, step, out, lineStart + this.limits.maxLineBytes)
    }
  }

  /** A field of the line or, where it has none of that name, of its context. */
  private field(entry: Entry, name: string, out: ByteBuffer, lineStart: number): void {
    const row = rowOf(entry, name)
    if (row >= 0) this.value(entry, row, out, lineStart)
    else {
      const { fields } = entry.context
      const outer = rowOf(fields, name)
      if (outer >= 0) this.value(fields, outer, out, lineStart)
    }
  }

  private value(fields: Fields, row: number, out: ByteBuffer, lineStart: number): void {
    const value = fields.values[row]
    switch (fields.kinds[row]) {
      case FieldKind.string:
      case FieldKind.censored:
        this.text(out, value as string)
        return
      case FieldKind.int:
      case FieldKind.float:
      case FieldKind.duration:
        out.reserve(MAX_NUMBER_BYTES)
        out.length = putNumberAt(out.view, out.length, fields.numbers, row)
        return
      case FieldKind.bool:
        out.text(fields.numbers[row] === 1 ? 'true' : 'false')
        return
      case FieldKind.timestamp:
        writeBareTime(out, this.clock, fields.numbers, row)
        return
      default:
        if (holdsError(fields, row)) this.text(out, errorHeading(fields, row))
        else this.json(fields, row, out, lineStart + this.limits.maxLineBytes)
    }
  }

  /** A value as JSON, a text without its quotes. */
  private json(fields: Fields, row: number, out: ByteBuffer, limit: number): void {
    const { scratch } = this
    const mark = scratch.mark()
    try {
      const from = scratch.value(fields, row, limit - out.length)
      if (from < 0) return
      const { bytes, end } = scratch
      if (bytes[from] === QUOTE) out.copyRange(bytes, from + 1, end - 1)
      else out.copyRange(bytes, from, end)
    } finally {
      scratch.release(mark)
    }
  }

  /** All fields without a place of their own, as logfmt. */
  private remaining(entry: Entry, out: ByteBuffer, lineStart: number, hasSpace: boolean): void {
    const start = out.length
    const limit = lineStart + this.limits.maxLineBytes
    const { fields } = entry.context
    const error = this.placesError ? errorRow(entry) : -1
    const outerError = this.placesError && error < 0 ? errorRow(fields, entry) : -1
    let hasRoom = true
    for (let row = 0; hasRoom && row < fields.count; row++) {
      const key = fields.keys[row]
      if (row !== outerError && !this.placed.includes(key.name) && !entry.has(key)) {
        hasRoom = this.pairs.writeField(fields, row, fields.count, out, limit, entry)
      }
    }
    for (let row = 0; hasRoom && row < entry.count; row++) {
      if (row !== error && !this.placed.includes(entry.keys[row].name)) {
        hasRoom = this.pairs.writeField(entry, row, entry.count, out, limit, entry)
      }
    }
    if (hasSpace || out.length === start) return
    // Each pair comes with a space in front.
    out.bytes.copyWithin(start, start + 1, out.length)
    out.length--
  }

  private error(entry: Entry, step: Step, out: ByteBuffer, limit: number): void {
    const row = errorRow(entry)
    const { fields } = entry.context
    const outer = row < 0 ? errorRow(fields, entry) : -1
    if (row < 0 && outer < 0) return
    if (step.hasSpace && step.text !== 'lines') out.byte(SPACE)
    const holder = row >= 0 ? entry : fields
    const held = row >= 0 ? row : outer
    if (step.text === 'short') this.text(out, errorHeading(holder, held))
    else this.errorLines(errorLines(holder, held), step.text === 'lines', out, limit)
  }

  private errorLines(lines: readonly string[], areLines: boolean, out: ByteBuffer, limit: number): void {
    for (let i = 0; i < lines.length; i++) {
      if (areLines) out.text(NEXT_LINE)
      else if (i > 0) out.text(' | ')
      const start = out.length
      this.text(out, areLines ? lines[i] : lines[i].trimStart())
      if (out.length <= limit) continue
      out.length = start
      out.text(`[Cut: ${lines.length - i} lines, line over ${this.limits.maxLineBytes} bytes]`)
      return
    }
  }

  private text(out: ByteBuffer, text: string): void {
    writeBounded(out, text, this.limits.maxStringLength, writePlainText)
  }
}

/** Whether it cuts what it writes by itself, and marks it, so that the rest of it stays. */
function boundsItself(step: Step): boolean {
  return step.conversion === 'fields' || (step.conversion === 'error' && step.text !== 'short')
}

function rowOf(fields: Fields, name: string): number {
  for (let row = 0; row < fields.count; row++) if (fields.keys[row].name === name) return row
  return -1
}

/** The first row that holds an error, apart from those that `line` has a field of its own for; -1 when none does. */
function errorRow(fields: Fields, line?: Fields): number {
  for (let row = 0; row < fields.count; row++) {
    if (holdsError(fields, row) && (line === undefined || !line.has(fields.keys[row]))) return row
  }
  return -1
}

/**
 * Lines by a template, for people and for tools that expect another logger's lines.
 *
 * - `%d`, `%d{format}`, `%d{format}{local}`: the time, in UTC or here. A format is `ISO8601` (the default), `epochMs`,
 *   or made of `yyyy yy MM MMM dd EEE HH mm ss SSS XXX`, with words in single quotes.
 * - `%level`, `%logger`, `%msg`: the level in capitals, the logger's name, the message.
 * - `%field{name}`: the value of a field of the line or of its logger's context; nothing where there is none.
 * - `%fields`: all fields but those with a place of their own in the template, as {@link logfmt} writes them.
 * - `%error`: the line's first error with its frames and causes, on the line; `%error{lines}`: the same on indented lines
 *   of its own; `%error{short}`: `Type: message`.
 * - `%n`, `%%`: a new line, a percent sign. Every entry ends with one newline, `%n` or not.
 *
 * `%date`, `%p`, `%c` and `%m` stand for `%d`, `%level`, `%logger` and `%msg`. Widths are log4j's: `%5level` fills up on
 * the left, `%-5level` on the right, `%.30logger` keeps the last 30 characters and `%.-30logger` the first.
 *
 * Controls in values are escaped, and what comes after a `%n` within the template is indented: no value can look like an
 * entry of its own. A space before `%fields` or `%error` is left out when there is nothing to write for them. A field
 * named like a reserved key (level, time, logger, msg) has a leading underscore here too.
 *
 * @param template - Read once. Default: `%d [%level] %logger - %msg%n`, which shows no fields.
 * @throws OptionError that names the column of what it does not understand.
 * @see log4j's PatternLayout, whose widths these are, and llog's pattern encoder, whose conversions.
 * @example
 * pattern('%d{HH:mm:ss.SSS} %-5level %.20logger - %msg %fields%n')
 */
export function pattern(template: string = DEFAULT_TEMPLATE): Encoder {
  return new PatternEncoder(template)
}
