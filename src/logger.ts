import { messageOf, PlainText, readCall } from './call.js'
import { isError } from './encoders/error-parts.js'
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
  private readonly plain: PlainText
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
    this.plain = parent === undefined ? new PlainText() : parent.plain
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
    readCall(entry, this.plain, count, first, second, third, more)
    this.pipeline.leave()
    entry.send()
  }
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
