import type { ByteBuffer } from '../bytes/byte-buffer.js'
import type { Entry } from '../entry/entry.js'
import { FieldKind } from '../entry/field.js'
import type { Fields } from '../entry/fields.js'
import { type LevelName, levelName } from '../entry/level.js'
import type { Encoder } from './encoder.js'
import { holdsError } from '../entry/holds-error.js'
import { checkOptions, flag, type Rules } from '../options/check.js'
import { type ErrorParts, errorParts, isParts, partText } from './error-parts.js'
import { JsonScratch } from './json-scratch.js'
import { bounded, DEFAULT_LIMITS } from './limits.js'
import { safeText, safeWord } from './safe-text.js'
import { type Palette, palette, wantsColour } from './style.js'

const INDENT = '    '
/** Bytes shown of one value; less of each when one was larger. */
const MAX_VALUE_BYTES = 131_072

/** Once an error's text is longer, the errors within it are left out. */
const MAX_ERROR_UNITS = 32_768

/** A string that reads well without quotes. */
const MAX_BARE = 256
const BARE = /^[\w./:@+-]+$/

/** Fields of a wide line that its own text shows already. */
const WIDE_KEYS: ReadonlySet<string> = new Set(['method', 'url', 'route', 'status', 'outcome', 'durationMs'])
/** What a wide line is of: one of these stands on it. */
const SUBJECTS: readonly string[] = ['method', 'url', 'unit']

/** Options of {@link pretty}. */
export interface PrettyOptions {
  /** Colours on or off. Default: FORCE_COLOR and NO_COLOR, else whether standard output is a terminal. */
  readonly colour?: boolean
}

const RULES: Rules<PrettyOptions> = { colour: flag }

/** Lines for people. See {@link pretty}. */
export class PrettyEncoder implements Encoder {
  readonly reservedKeys: readonly string[] = []
  private readonly ink: Palette
  private readonly scratch = new JsonScratch(DEFAULT_LIMITS)

  constructor(options: PrettyOptions) {
    this.ink = palette(options.colour ?? wantsColour(process.stdout.isTTY))
  }

  encode(entry: Entry, out: ByteBuffer): void {
    const { ink } = this
    const level = levelName(entry.level)
    const limit = out.length + DEFAULT_LIMITS.maxLineBytes
    let room = MAX_VALUE_BYTES
    const time = new Date(entry.time[0]).toISOString().slice(11, 23)
    out.text(`${ink.dim(time)} ${this.level(level)}`)
    if (entry.logger !== '') out.text(` ${ink.cyan(safeWord(entry.logger))}`)
    const isWide = isWideLine(entry)
    if (isWide) out.text(` ${this.wide(entry)}`)
    else if (entry.message !== undefined) out.text(` ${ink.bold(indented(safeText(entry.message)))}`)
    if (!entry.context.isEmpty) entry.context.write(this, entry, out)
    for (let row = 0; row < entry.count; row++) {
      if (isWide && WIDE_KEYS.has(entry.keys[row].name)) continue
      if (errorOf(entry, row) !== undefined) continue
      if (out.length > limit) {
        out.text(` ${ink.dim(`[Cut: ${entry.count - row} fields]`)}`)
        break
      }
      if (!this.encodeField(entry, row, out, Math.min(limit, out.length + room))) room = MAX_VALUE_BYTES >> 4
    }
    out.text('\n')
    // What a client did wrong is told by its message: ten frames of the framework add nothing for a reader.
    const status = isWide ? Number(textOf(entry, 'status')) : 0
    const hasFrames = status < 400 || status >= 500
    for (let row = 0; row < entry.count; row++) {
      const error = out.length > limit ? undefined : errorOf(entry, row)
      if (error !== undefined)
        out.text(this.error(entry.keys[row].name, errorParts(error, entry.table, entry.keys[row]), INDENT, hasFrames))
    }
  }

  encodeField(fields: Fields, row: number, out: ByteBuffer, limit: number): boolean {
    const value = fields.values[row]
    let text: string | undefined
    let isWhole = true
    if (fields.kinds[row] === FieldKind.string && isBare(value as string)) text = value as string
    else {
      const { scratch } = this
      const mark = scratch.mark()
      try {
        const from = scratch.value(fields, row, limit - out.length)
        isWhole = scratch.isWhole
        if (from >= 0) text = scratch.text(from)
      } finally {
        scratch.release(mark)
      }
    }
    if (text !== undefined) out.text(` ${this.ink.dim(`${safeWord(fields.keys[row].name)}=`)}${text}`)
    return isWhole
  }

  private level(level: LevelName): string {
    const { ink } = this
    const name = level.toUpperCase().padEnd(5)
    if (level === 'trace' || level === 'debug') return ink.dim(name)
    if (level === 'info') return ink.green(name)
    if (level === 'warn') return ink.yellow(name)
    return ink.bold(ink.red(name))
  }

  /** `GET /orders/:id 200 12.3 ms` */
  private wide(entry: Entry): string {
    const { ink } = this
    const text = (key: string): string => safeWord(textOf(entry, key))
    const status = Number(textOf(entry, 'status'))
    const outcome = text('outcome')
    const route = text('route')
    const method = text('method')
    const parts: string[] = []
    if (method !== '') parts.push(ink.bold(method))
    parts.push(text('url'))
    if (route !== '' && route !== text('url')) parts.push(ink.dim(`(${route})`))
    if (status > 0) parts.push(this.status(status))
    else parts.push(text('status'))
    if (outcome !== 'completed' && outcome !== '')
      parts.push(outcome === 'failed' ? ink.red(outcome) : ink.yellow(outcome))
    const duration = text('durationMs')
    if (duration !== '') parts.push(`${ink.magenta(duration)} ms`)
    return parts.filter((part) => part !== '').join(' ')
  }

  private status(status: number): string {
    const { ink } = this
    if (status >= 500) return ink.red(String(status))
    if (status >= 400) return ink.yellow(String(status))
    return status >= 300 ? ink.cyan(String(status)) : ink.green(String(status))
  }

  private error(key: string, parts: ErrorParts, indent: string, hasFrames: boolean): string {
    const { ink } = this
    const heading = bounded(`${parts.type}: ${partText(parts.message)}`, MAX_ERROR_UNITS)
    const stack = stackOf(parts)
    const frames = bounded(stack.slice(Math.max(stack.search(/^ {4}at /m), 0)), MAX_ERROR_UNITS)
    const rest = Object.entries(parts).filter(
      ([name]) => !['type', 'message', 'stack', 'cause', 'errors'].includes(name),
    )
    const extras = rest.map(([name, value]) => ` ${ink.dim(`${name}=`)}${safeWord(partText(value))}`).join('')
    let text = `${indent}${ink.dim(`${safeWord(key)}:`)} ${ink.red(indented(safeText(heading), indent))}${extras}\n`
    if (hasFrames && frames.startsWith('    at ')) {
      for (const frame of safeText(frames).split('\n')) text += `${indent}${INDENT}${ink.dim(frame.trim())}\n`
    }
    const nested: [string, unknown][] = []
    if (parts['cause'] !== undefined) nested.push(['cause', parts['cause']])
    if (Array.isArray(parts['errors'])) parts['errors'].forEach((each, i) => nested.push([`errors[${i}]`, each]))
    for (const [name, value] of nested) {
      if (text.length > MAX_ERROR_UNITS) break
      if (isParts(value)) text += this.error(name, value, indent + INDENT, hasFrames)
      else text += `${indent}${INDENT}${ink.dim(`${name}:`)} ${indented(safeText(partText(value)), indent)}\n`
    }
    return text
  }
}

/** As text, also where its frames were asked for one by one. */
function stackOf({ stack }: ErrorParts): string {
  if (Array.isArray(stack)) return stack.map((frame) => `    at ${String(frame)}`).join('\n')
  return typeof stack === 'string' ? stack : ''
}

function isBare(text: string): boolean {
  return text.length <= MAX_BARE && BARE.test(text)
}

function hasKey(entry: Entry, name: string): boolean {
  return rowOf(entry, name) >= 0
}

function rowOf(entry: Entry, name: string): number {
  for (let row = 0; row < entry.count; row++) if (entry.keys[row].name === name) return row
  return -1
}

/** Whether a line is that of a request or a unit, whose message says nothing more. On others it may be all there is. */
function isWideLine(entry: Entry): boolean {
  if (!hasKey(entry, 'outcome') || !hasKey(entry, 'durationMs')) return false
  for (let row = 0; row < entry.count; row++)
    if (WIDE_KEYS.has(entry.keys[row].name) && wordIn(entry, row) === undefined) return false
  return SUBJECTS.some((name) => hasKey(entry, name))
}

function textOf(entry: Entry, name: string): string {
  const row = rowOf(entry, name)
  return row < 0 ? '' : (wordIn(entry, row) ?? '')
}

/** A text, a number, or what stands in place of one; undefined for values of other kinds, whose columns are not all theirs. */
function wordIn({ kinds, values, numbers }: Entry, row: number): string | undefined {
  switch (kinds[row]) {
    case FieldKind.string:
    case FieldKind.censored:
      return values[row] as string
    case FieldKind.int:
    case FieldKind.float:
    case FieldKind.duration:
      return String(numbers[row])
    case FieldKind.any:
      return values[row] === undefined ? '' : undefined
    default:
      return undefined
  }
}

/** The error a row holds, of whatever kind the field was declared. */
function errorOf(entry: Entry, row: number): unknown {
  return holdsError(entry, row) ? entry.values[row] : undefined
}

/** Later lines of a text stand deeper than the first, so that no value looks like a line of its own. */
function indented(text: string, indent = ''): string {
  return text.includes('\n') ? text.split('\n').join(`\n${indent}${INDENT}`) : text
}

/**
 * Lines for people: time, level, logger, message and fields, coloured on a terminal; errors with their stack and causes
 * below. A request's wide line shows its method, path, route, status and duration instead of its message.
 *
 * @throws OptionError
 */
export function pretty(options?: PrettyOptions): Encoder {
  return new PrettyEncoder(checkOptions<PrettyOptions>('pretty', options, {}, RULES))
}
