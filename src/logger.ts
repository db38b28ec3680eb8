import { ByteBuffer } from './bytes/byte-buffer.js'
import { JsonEncoder } from './encoders/json-encoder.js'
import { isError } from './encoders/error-parts.js'
import { JsonValueWriter, reasonText } from './encoders/json-value.js'
import { DEFAULT_LIMITS } from './encoders/limits.js'
import { Context } from './entry/context.js'
import type { Entry, EntryReceiver, TypedLine } from './entry/entry.js'
import type { FieldBag } from './entry/field.js'
import { Fields } from './entry/fields.js'
import {
  Level,
  type LevelName,
  SILENT,
  type Threshold,
  thresholdName,
  thresholdNumber,
  THRESHOLDS,
} from './entry/level.js'
import { checkLoggerOptions, type LoggerOptions } from './logger-options.js'
import { format } from './message.js'
import { checkOption, checkOptions, oneOf, text } from './options/check.js'
import { type LoggerStats, Pipeline } from './pipeline/pipeline.js'

/** The accepted shapes of a log call. */
export interface LogMethod<Result = void> {
  /** A message, with fields, errors, or values for its printf placeholders. */
  (message: string, ...values: unknown[]): Result
  /** An error, whose message is the line's unless one is given. */
  (error: Error, ...values: unknown[]): Result
  /** Fields, then the message. */
  (fields: object, message?: string, ...values: unknown[]): Result
}

/** What a child logger may set for itself. */
export interface ChildOptions {
  /** Replaces the parent's name. */
  readonly name?: string
  /** Its own level. Default: it follows its parent's. */
  readonly level?: Threshold
}

/** Thrown by `panic`, after its line is written. */
export class PanicError extends Error {
  override readonly name = 'PanicError'
}

/** Counts changes of any level in a family of loggers, so that each can keep its own answer until then. */
interface LevelChanges {
  count: number
}

const levelRule = oneOf(...THRESHOLDS)

/** Fields a child is expected to add. */
const CHILD_FIELDS = 4

/** Key of an error that is given without one. */
const ERROR_KEY = 'error'

/**
 * Writes lines. Made by {@link createLogger}, or as a {@link child} of another.
 *
 * A log call never throws, except `panic`, which throws a {@link PanicError} when its line is written.
 */
export class Logger {
  declare readonly trace: LogMethod
  declare readonly debug: LogMethod
  declare readonly info: LogMethod
  declare readonly warn: LogMethod
  declare readonly error: LogMethod
  /** Writes the line, and everything pending, before it returns. */
  declare readonly fatal: LogMethod
  /** Writes the line, and everything pending, then throws a {@link PanicError}. */
  declare readonly panic: LogMethod<never>

  readonly name: string
  protected readonly pipeline: Pipeline
  protected readonly receiver: EntryReceiver
  protected context: Context
  private readonly parent: Logger | undefined
  private readonly changes: LevelChanges
  private ownLevel: number | undefined
  private threshold: number
  private seenChanges: number

  static {
    const methods = Logger.prototype as unknown as { -readonly [K in LevelName]: LogMethod }
    for (const name of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) {
      methods[name] = Logger.method(Level[name])
    }
    const panic = Logger.method(Level.panic)
    methods.panic = function (this: Logger, ...call: unknown[]): never {
      panic.apply(this, call as Parameters<LogMethod>)
      const [first] = call
      const message = typeof first === 'string' ? first : isError(first) ? messageOf(first) : undefined
      throw new PanicError(message ?? 'panic', isError(first) ? { cause: first } : {})
    }
  }

  /** @param origin - The parent, or a root's pipeline. */
  protected constructor(origin: Logger | Pipeline, name: string, ownLevel: number | undefined) {
    const parent = origin instanceof Logger ? origin : undefined
    const pipeline = origin instanceof Logger ? origin.pipeline : origin
    this.name = name
    this.pipeline = pipeline
    this.receiver = pipeline
    this.context = parent === undefined ? Context.empty(pipeline.table) : parent.context
    this.parent = parent
    this.changes = parent === undefined ? { count: 0 } : parent.changes
    this.ownLevel = ownLevel
    this.threshold = SILENT
    this.seenChanges = -1
  }

  /** @internal See {@link createLogger}. */
  static create(options?: LoggerOptions): Logger {
    const checked = checkLoggerOptions(options)
    const logger = new Logger(new Pipeline(checked), checked.name, checked.level)
    logger.addToContext(checked.fields)
    return logger
  }

  /** The level from which lines are written. Children follow it unless they have their own. */
  get level(): Threshold {
    return thresholdName(this.levelNumber())
  }

  /** @throws OptionError for a name that is no level. */
  set level(level: Threshold) {
    checkOption('level', level, levelRule)
    this.ownLevel = thresholdNumber(level)
    this.changes.count++
  }

  /** Whether a line of this level would be written anywhere. */
  isEnabled(level: LevelName): boolean {
    return this.admits(Level[level])
  }

  /**
   * A line of typed fields, or undefined when the level is off: with `?.` its arguments are then not evaluated.
   *
   * @example log.at('info')?.int('orderId', 42).string('status', 'ok').msg('order paid')
   */
  at(level: LevelName): TypedLine | undefined {
    const number: number | undefined = Level[level]
    if (number === undefined || !this.admits(number)) return undefined
    return this.begin(number)
  }

  /**
   * A logger whose lines carry more fields. A field of the same name replaces the parent's.
   *
   * @throws OptionError when the options are wrong.
   */
  child(fields: FieldBag = {}, options: ChildOptions = {}): Logger {
    const { name, level } = checkOptions<ChildOptions>('child', options, {}, { name: text, level: levelRule })
    const own = level === undefined ? undefined : thresholdNumber(level)
    const child = this.derive(name ?? this.name, own)
    child.addToContext(fields)
    return child
  }

  /** Settles when every line so far is written; rejects when one cannot be. */
  flush(): Promise<void> {
    return this.pipeline.flush()
  }

  /** Writes what is pending before it returns, for a bounded time. */
  flushSync(): void {
    this.pipeline.flushSync()
  }

  /** Flushes and closes the outputs of the whole family. Later lines are counted as failed. May be called twice. */
  close(): Promise<void> {
    return this.pipeline.close()
  }

  /** Counts of the whole family: lines by level, what each output did, the pools. */
  stats(): LoggerStats {
    return this.pipeline.stats()
  }

  /** Tells about a problem of the logging itself, as `onError` does. Never throws. */
  reportProblem(problem: Error): void {
    this.pipeline.report(problem)
  }

  /** Milliseconds since some fixed moment, by this logger's clock: for durations. */
  ticks(): number {
    return this.pipeline.ticks()
  }

  /** An empty set of fields, to be filled over time and put on a line with `append`. */
  createFields(): Fields {
    return new Fields(this.pipeline.table)
  }

  /** Makes a child. */
  protected derive(name: string, ownLevel: number | undefined): Logger {
    return new Logger(this, name, ownLevel)
  }

  protected admits(level: number): boolean {
    if (this.seenChanges !== this.changes.count) this.readLevels()
    return level >= this.threshold
  }

  /** A line under construction. */
  protected begin(level: number): Entry {
    const entry = this.pipeline.entries.take()
    entry.begin(this.receiver, level, this.name, this.context)
    return entry
  }

  protected addToContext(fields: FieldBag): void {
    try {
      const own = this.context.fields.snapshot(CHILD_FIELDS)
      own.all(fields)
      if (own.count > 0) this.context = new Context(own)
    } catch (problem) {
      this.pipeline.report(problem)
    }
  }

  private levelNumber(): number {
    return this.ownLevel ?? (this.parent === undefined ? Level.info : this.parent.levelNumber())
  }

  private readLevels(): void {
    this.seenChanges = this.changes.count
    const lowest = Math.min(...this.pipeline.sinks.map((sink) => sink.threshold))
    this.threshold = Math.max(this.levelNumber(), lowest)
  }

  private static method(level: number): LogMethod {
    return function (this: Logger, first?: unknown, second?: unknown, third?: unknown): void {
      if (!this.admits(level)) return
      const count = arguments.length
      let more: unknown[] | undefined
      if (count > 3) {
        // Copied one by one: handing `arguments` or a rest array on would allocate it for every call.
        more = []
        for (let i = 3; i < count; i++) more.push(arguments[i])
      }
      this.log(level, count, first, second, third, more)
    }
  }

  /** Every sugared call. Never throws. */
  private log(
    level: number,
    count: number,
    first: unknown,
    second: unknown,
    third: unknown,
    more: unknown[] | undefined,
  ): void {
    if (!this.pipeline.enter()) return
    const entry = this.begin(level)
    try {
      if (count === 1 && typeof first === 'string') entry.message = first
      else if (count === 2 && typeof first === 'string' && isPlainObject(second) && this.pipeline.isPlainText(first)) {
        entry.message = first
        entry.all(second)
      } else if (count === 1 && isPlainObject(first)) entry.all(first)
      else if (count === 2 && isPlainObject(first) && typeof second === 'string' && this.pipeline.isPlainText(second)) {
        entry.all(first)
        entry.message = second
      } else if (count === 1 && first instanceof Error) {
        entry.error(ERROR_KEY, first)
        entry.message = messageOf(first)
      } else if (
        count === 2 &&
        typeof first === 'string' &&
        second instanceof Error &&
        this.pipeline.isPlainText(first)
      ) {
        entry.message = first
        entry.error(ERROR_KEY, second)
      } else if (count > 0) fill(entry, [first, second, third, ...(more ?? [])].slice(0, count))
    } catch (problem) {
      // Only a value that answers no question at all gets here. The message is worth more than it.
      if (typeof first === 'string' && entry.message === undefined) entry.message = first
      entry.any('fields', `[Throws: ${reasonText(problem)}]`)
    }
    this.pipeline.leave()
    entry.send()
  }
}

function isPlainObject(value: unknown): value is object {
  try {
    // Asking for the prototype is a call into the runtime, some 30 ns.
    return typeof value === 'object' && value !== null && value.constructor === Object
  } catch {
    // A proxy that does not tell: the slower way deals with it.
    return false
  }
}

/** Takes the values of a call apart: errors, fields, a message with its placeholders. */
function fill(entry: Entry, values: unknown[]): void {
  let at = 0
  let leading: object | undefined
  if (typeof values[0] === 'object' && values[0] !== null && addValue(entry, values[0])) {
    leading = values[0]
    at = 1
  }
  if (at < values.length && typeof values[at] === 'string') {
    const { text: filled, used } = format(values[at] as string, values.slice(at + 1), (value) => show(entry, value))
    entry.message = filled
    at += 1 + used
  } else if (leading !== undefined) entry.message = messageOf(leading)
  for (; at < values.length; at++) {
    const value = values[at]
    if (typeof value === 'object' && value !== null && addValue(entry, value)) continue
    const part = typeof value === 'string' ? value : show(entry, value)
    entry.message = entry.message === undefined ? part : `${entry.message} ${part}`
  }
}

/** Adds an object of fields or an error to the line. Anything that reads better as text is left to the message. */
function addValue(entry: Entry, value: object): boolean {
  try {
    if (value instanceof Error) {
      entry.error(ERROR_KEY, value)
      return true
    }
    if (Array.isArray(value) || value instanceof Date || value instanceof Map || value instanceof Set) return false
    if (ArrayBuffer.isView(value) || value instanceof RegExp) return false
  } catch {
    // A proxy that does not tell what it is: all() notes why on the line.
  }
  entry.all(value)
  return true
}

/** The message of a leading error, for a line that has none of its own. */
function messageOf(value: object): string | undefined {
  try {
    return isError(value) ? String(value.message) : undefined
  } catch (reason) {
    return `[Throws: ${reasonText(reason)}]`
  }
}

const shownFields = new JsonEncoder()
const shownValues = new JsonValueWriter(DEFAULT_LIMITS, (fields, out) => {
  for (let row = 0; row < fields.count; row++) {
    shownFields.encodeField(fields, row, out, out.length + DEFAULT_LIMITS.maxLineBytes)
  }
})

/** A value as text, for messages: what the line's JSON would hold, without secrets. Never throws. */
function show(entry: Entry, value: unknown): string {
  try {
    return shown(entry, value)
  } catch (reason) {
    return `[Throws: ${reasonText(reason)}]`
  }
}

function shown(entry: Entry, value: unknown): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'symbol' || typeof value === 'bigint')
    return `${String(value)}${typeof value === 'bigint' ? 'n' : ''}`
  if (typeof value === 'function') return `[Function ${value.name}]`
  if (value instanceof Error) return `${String(value.name)}: ${String(value.message)}`
  const out = new ByteBuffer(256)
  shownValues.write(out, value, entry.table.start, entry.table, DEFAULT_LIMITS.maxLineBytes)
  return out.toString()
}

/**
 * A root logger.
 *
 * @throws OptionError for an option that is unknown or out of range.
 * @example
 * const log = createLogger({ name: 'shop', outputs: [stdout(), file('logs/app.log')] })
 * log.info('order paid', { orderId: 42 })
 */
export function createLogger(options?: LoggerOptions): Logger {
  return Logger.create(options)
}
