import { ownText } from './bytes/own-text.js'
import { messageOf, readCall } from './call.js'
import { Context } from './entry/context.js'
import type { Entry, TypedLine } from './entry/entry.js'
import type { FieldBag, WriterTypes, WriterTypesOf } from './entry/field.js'
import { Fields } from './entry/fields.js'
import { isError } from './entry/is-error.js'
import {
  Level,
  type LevelName,
  levelName,
  SILENT,
  type Threshold,
  thresholdName,
  thresholdNumber,
  THRESHOLDS,
} from './entry/level.js'
import { reasonText } from './entry/reason-text.js'
import { type LevelRegistry, parentOf, type Setting } from './levels/level-registry.js'
import { checkName } from './levels/level-spec.js'
import { Levels, type SetLevelOptions } from './levels/levels.js'
import type { LogMethod } from './log-method.js'
import { LoggerHooks } from './logger-hooks.js'
import { checkLoggerOptions, type LoggerOptions, routeOf, type SinkOptions } from './logger-options.js'
import { checkOption, checkOptions, oneOf, text } from './options/check.js'
import { OptionError } from './options/option-error.js'
import type { Output } from './outputs/output.js'
import { OwnSettings } from './own-settings.js'
import type { Gate } from './pipeline/gate.js'
import { type AfterHook, type BeforeHook, type HookList, inOrder } from './pipeline/hook.js'
import type { LineScope } from './pipeline/line-scope.js'
import { type CallTrace, type CallTracer, CallTraces } from './pipeline/call-tracer.js'
import type { Correlation } from './pipeline/correlation.js'
import { tellDetached } from './pipeline/detached.js'
import type { LoggerStats } from './pipeline/logger-stats.js'
import { Pipeline } from './pipeline/pipeline.js'
import { PlainText } from './pipeline/plain-text.js'
import { serialize, type Serializers } from './pipeline/serializers.js'
import type { Sink } from './pipeline/sink.js'
import type { Receiver } from './pipeline/receiver.js'
import { writeShort } from './pipeline/short-call.js'
import type { ShortWay } from './pipeline/short-way.js'
import { Stages } from './pipeline/stages.js'
import { followTrace } from './pipeline/trace-ids.js'
import { type CheckedStages, checkStageOptions, STAGE_RULES, type StageOptions } from './stage-options.js'

/** What a child logger may set for itself. Serializers, hooks, filters, samplers and limits are added to its parent's. */
export interface ChildOptions extends StageOptions {
  /** Replaces the parent's name. Its level is what is set for that name, else its parent's. */
  readonly name?: string
  /** Its own level. Default: it follows its parent's. What is set for its name, by `levels` or `setLevel`, wins. */
  readonly level?: Threshold
}

/** Thrown by `panic`, after its line is written. */
export class PanicError extends Error {
  override readonly name = 'PanicError'
}

const levelRule = oneOf(...THRESHOLDS)
const CHILD_RULES = { name: text, level: levelRule, ...STAGE_RULES }
const NO_OPTIONS: ChildOptions = Object.freeze({})

/** Fields a child is expected to add. */
const CHILD_FIELDS = 4

/** Where Fastify looks for the serializers of a logger that it is given. */
const PINO_SERIALIZERS: unique symbol = Symbol.for('pino.serializers') as never

/** Loggers that are kept by their names at most: names made of data must not fill the memory. */
const MAX_NAMED = 10_000

/**
 * Writes lines. Made by {@link createLogger}, or as a {@link child} of another.
 *
 * A log call never throws, except `panic`, which throws a {@link PanicError} when its line is written.
 */
export class Logger<Bag extends object = FieldBag> {
  /** Writes a line of level trace: steps within a function. */
  declare readonly trace: LogMethod<void, Bag>
  /** Writes a line of level debug. */
  declare readonly debug: LogMethod<void, Bag>
  /** Writes a line of level info. */
  declare readonly info: LogMethod<void, Bag>
  /** Writes a line of level warn. */
  declare readonly warn: LogMethod<void, Bag>
  /** Writes a line of level error. */
  declare readonly error: LogMethod<void, Bag>
  /** Writes nothing: for what calls the method that is named like a level, which may be `silent`. */
  declare readonly silent: LogMethod<void, Bag>
  /** Writes the line, and everything pending, before it returns. */
  declare readonly fatal: LogMethod<void, Bag>
  /** Writes the line, and everything pending, then throws a {@link PanicError}. */
  declare readonly panic: LogMethod<never, Bag>

  /** Dotted, such as `app.db`; empty for a root without one. */
  readonly name: string
  /** @internal Shared by the whole family. */
  readonly pipeline: Pipeline
  /** @internal The stretch of work that this logger's lines belong to. */
  scope: LineScope | undefined
  /** @internal Takes the lines: the pipeline, or what stands before it here. As of the last change that was seen. */
  protected receiver: Receiver
  /** @internal The fields of every line. */
  protected context: Context
  private parent: Logger | undefined
  private readonly plain: PlainText
  private readonly registry: LevelRegistry
  private own: OwnSettings<Logger> | undefined
  /** Lines below this are left out. */
  private threshold: number
  /** Lines below this are not written, though the scope may take them in. */
  private writtenFrom: number
  private seenChanges: number
  /** Where calls go that need no entry; undefined where each needs one. */
  private shortWay: ShortWay | undefined

  static {
    const methods = Logger.prototype as unknown as { -readonly [K in Threshold]: LogMethod }
    methods.silent = () => undefined
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

  /**
   * It begins as its parent is: a child a request would ask the same again each time.
   *
   * @param parent - For a root what stands for one.
   */
  protected constructor(parent: Logger, name: string, ownLevel: number | undefined) {
    this.name = name
    this.pipeline = parent.pipeline
    this.scope = parent.scope
    this.receiver = parent.receiver
    this.context = parent.context
    this.parent = parent
    this.plain = parent.plain
    this.registry = parent.registry
    this.own = undefined
    this.threshold = parent.threshold
    this.writtenFrom = parent.writtenFrom
    this.seenChanges = parent.seenChanges
    this.shortWay = parent.shortWay
    if (name !== parent.name || ownLevel !== undefined) this.differFrom(parent, ownLevel)
  }

  /** @internal See {@link createLogger}. */
  static create<Bag extends object>(options?: LoggerOptions): Logger<Bag> {
    const checked = checkLoggerOptions(options)
    const logger = new Logger<Bag>(originOf(new Pipeline(checked), checked.name), checked.name, undefined)
    logger.parent = undefined
    logger.addStages(checked.stages)
    logger.addToContext(checked.fields)
    for (const { names, level } of checked.levels) logger.registry.set(names, level, undefined)
    return logger
  }

  /** The level from which lines are written. Children follow it unless they have their own. */
  get level(): Threshold {
    return thresholdName(this.setting().level)
  }

  /** @throws OptionError for a name that is no level. */
  set level(level: Threshold) {
    checkOption('level', level, levelRule)
    if (this.isNamed()) this.registry.set(this.name, level, undefined)
    else {
      this.registry.changes++
      this.settings().level = { level: thresholdNumber(level), stamp: this.registry.changes }
    }
  }

  /** The levels of the whole family by name: to set, list and follow. */
  get levels(): Levels {
    return new Levels(this.registry)
  }

  /** See {@link Levels.set}. @throws OptionError */
  setLevel(names: string, level: Threshold, options?: SetLevelOptions): void {
    this.levels.set(names, level, options)
  }

  /**
   * The logger of a dotted name: the same one each time, below the logger of the name up to its last dot, and that below
   * the root. Level, outputs, context and hooks come down that way, live. Asked of a child, such as a request's log, it is
   * a child of that one instead, so that its context is kept.
   *
   * Names belong to one root logger: two of them in one process know nothing of each other.
   *
   * @throws OptionError for a text that is no name.
   */
  getLogger(name: string): Logger {
    checkName('getLogger(name)', name)
    if (!this.isNamed()) return name === '' || name === this.name ? this : this.derive(name, undefined)
    const root = this.root()
    return name === '' || name === root.name ? root : root.namedLogger(name)
  }

  /** Hooks on this logger's lines, and its children's. */
  get hooks(): LoggerHooks {
    return new LoggerHooks(
      this.settings().hooks,
      () => this.parent?.hookLists() ?? [],
      (list) => {
        this.pipeline.addErrorHooks(list)
        this.registry.changes++
      },
    )
  }

  /**
   * Adds an output that this logger and its children write to as well, from now on.
   *
   * @returns what takes it out again, flushed and open: whoever made it closes it.
   * @throws OptionError
   */
  addOutput(output: Output | SinkOptions): () => void {
    const sink = this.pipeline.attach(routeOf(output, 'addOutput'))
    this.changeSinks((sinks) => [...sinks, sink])
    return () => {
      this.changeSinks((sinks) => sinks.filter((each) => each !== sink))
      this.pipeline.sinkSet.release(sink)
    }
  }

  /**
   * Gives a name outputs of its own, in place of those it inherits; loggers of that name and of names below follow, from
   * now on. Outputs it had before are flushed and left open.
   *
   * @param outputs - Undefined: the name inherits again.
   * @throws OptionError
   */
  setOutputs(name: string, outputs: readonly (Output | SinkOptions)[] | undefined): void {
    checkName('setOutputs(name)', name)
    if (outputs !== undefined && !Array.isArray(outputs))
      throw new OptionError('setOutputs(outputs)', 'an array of outputs', outputs)
    const routes = outputs?.map((output, i) => routeOf(output, `setOutputs(outputs[${i}])`))
    this.pipeline.setSinks(name === '' ? this.root().name : name, routes)
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
  at<Types extends WriterTypes = WriterTypesOf<Bag>>(level: LevelName): TypedLine<Types> | undefined {
    const number: number | undefined = Level[level]
    if (number === undefined) this.reportLevel(level)
    if (number === undefined || !this.admits(number)) return undefined
    return this.begin(number)
  }

  /**
   * A logger whose lines carry more fields. A field of the same name replaces the parent's.
   *
   * @throws OptionError when the options are wrong.
   */
  child(fields?: Bag, options: ChildOptions = NO_OPTIONS): Logger<Bag> {
    if (options === NO_OPTIONS) {
      const child = this.derive(this.name, undefined)
      if (fields !== undefined) child.addToContext(fields)
      return child
    }
    const checked = checkOptions<ChildOptions>('child', options, {}, CHILD_RULES)
    const { name, level } = checked
    const child = this.derive(name ?? this.name, level === undefined ? undefined : thresholdNumber(level))
    child.addStages(checkStageOptions(checked))
    if (fields !== undefined) child.addToContext(fields)
    return child
  }

  /** Settles when every line so far is written; rejects when one cannot be. @throws OptionError for a callback. */
  flush(): Promise<void> {
    const [done] = arguments as unknown as [unknown?]
    // Pino calls it back: who waits for that would wait for ever.
    if (typeof done === 'function') throw new OptionError('flush', 'awaited, without a callback', done)
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

  /**
   * Tells about a problem of the logging itself, as `onError` does. Never throws.
   *
   * @param option - The function among the options that threw it: the problem alone would not tell which.
   */
  reportProblem(problem: Error, option?: string): void {
    const reason = reasonText(problem)
    // Of a promise it is told already who gave it.
    const isNamed = option === undefined || reason.startsWith(`${option}() gave`)
    this.pipeline.report(isNamed ? problem : new Error(`${option}() failed: ${reason}`, { cause: problem }))
  }

  /**
   * Has every line of the family say which trace it belongs to. The last one asked for does it.
   *
   * @returns ends that: the one before does it again.
   * @throws OptionError for what is no correlation.
   * @see `instrument` of `wideline/opentelemetry`, which is what applications call.
   */
  correlate(correlation: Correlation): () => void {
    return followTrace(this.pipeline, correlation)
  }

  /** Has calls of `@Logged` methods followed. @returns ends that. */
  traceCalls(tracer: CallTracer): () => void {
    const { pipeline } = this
    pipeline.callTracers = [...pipeline.callTracers, tracer]
    return () => {
      pipeline.callTracers = pipeline.callTracers.filter((each) => each !== tracer)
    }
  }

  /** Whether somebody follows calls. */
  get tracesCalls(): boolean {
    return this.pipeline.callTracers.length > 0
  }

  /** See {@link CallTracer.begin}; undefined where nobody follows calls. Never throws. */
  traceCall(call: string, traceId: string): CallTrace | undefined {
    const { callTracers } = this.pipeline
    if (callTracers.length === 0) return undefined
    try {
      return new CallTraces(callTracers.map((tracer) => tracer.begin(call, traceId)))
    } catch (problem) {
      this.pipeline.report(problem)
      return undefined
    }
  }

  /** Milliseconds since some fixed moment, by this logger's clock: for durations. */
  ticks(): number {
    return this.pipeline.ticks()
  }

  /** @internal Says that flight recorders will take in lines from this level on. */
  expectRecorder(level: number): void {
    if (level < SILENT) this.pipeline.hasRecorders = true
  }

  /** An empty set of fields, to be filled over time and put on a line with `append`. */
  createFields(): Fields {
    return new Fields(this.pipeline.table)
  }

  /** @internal What its next line belongs to. */
  get currentScope(): LineScope | undefined {
    return this.scope
  }

  /** @internal Makes a child. */
  protected derive(name: string, ownLevel: number | undefined): Logger<Bag> {
    return new Logger<Bag>(this, name, ownLevel)
  }

  /** @internal Whether a line of this level is taken by anybody. */
  protected admits(level: number): boolean {
    if (this.seenChanges !== this.registry.changes) this.refresh()
    return level >= this.threshold
  }

  /** @internal Whether lines of this level are written, and not only taken in by the scope. */
  protected isWritten(level: number): boolean {
    if (this.seenChanges !== this.registry.changes) this.refresh()
    return level >= this.writtenFrom
  }

  /** @internal Has the levels read again before the next line: the scope takes in others than it did. */
  protected rereadLevels(): void {
    this.seenChanges = -1
  }

  /** @internal A line under construction. */
  protected begin(level: number): Entry {
    return this.beginIn(this.scope, level)
  }

  /** @internal A line under construction that belongs to a scope. */
  protected beginIn(scope: LineScope | undefined, level: number): Entry {
    const entry = this.pipeline.entries.take()
    entry.begin(this.receiver, level, this.name, this.context)
    if (scope !== undefined) this.tellScope(scope, entry)
    return entry
  }

  /** Apart, so that V8 has room for lines that belong to none. */
  private tellScope(scope: LineScope, entry: Entry): void {
    if (scope.holdsAll || entry.level < this.writtenFrom) entry.divert(scope)
    scope.mark(entry)
  }

  /** @internal Adds fields to every later line. */
  protected addToContext(fields: FieldBag): void {
    try {
      const own = this.context.fields.snapshot(CHILD_FIELDS)
      own.all(fields)
      const serializers = this.pipeline.hasSerializers ? this.serializers() : undefined
      if (serializers !== undefined) serialize(own, serializers, fields)
      if (own.count > 0) this.context = new Context(own)
    } catch (problem) {
      this.pipeline.report(problem)
    }
  }

  /** @internal What is written of a logger that is logged, as in a service that holds one: nothing of its rules and keys. */
  toJSON(): { name: string; level: Threshold } {
    return { name: this.name, level: this.level }
  }

  /** @internal Its own serializers and those it inherits: what Fastify adds to a logger yields to them, as pino's do. */
  get [PINO_SERIALIZERS](): Serializers | undefined {
    return this.serializers()
  }

  /** @internal Has its lines go the way of another's of its family from now on: by its level, serializers and hooks. */
  protected follow(parent: Logger): void {
    this.parent = parent
    this.rereadLevels()
  }

  /** Its own and those it inherits. */
  private serializers(): Serializers | undefined {
    return this.own?.serializers ?? this.parent?.serializers()
  }

  /** What a logger's options add to its parent's stages. */
  private addStages({ serializers, hooks, gates }: CheckedStages): void {
    if (serializers !== undefined) {
      this.pipeline.hasSerializers = true
      this.settings().serializers = Object.assign(Object.create(null), this.parent?.serializers(), serializers)
    }
    if (hooks !== undefined) {
      this.settings().hooks = hooks
      this.pipeline.addErrorHooks(hooks)
    }
    if (gates.length === 0) return
    const made = gates.map((make) => make(this.pipeline))
    this.settings().gates = made
    for (const gate of made) this.pipeline.addGate(gate)
  }

  /** A name or a level of its own: its level is read anew, and may be another than its parent's. */
  private differFrom({ name }: Logger, ownLevel: number | undefined): void {
    this.seenChanges = -1
    if (name !== this.name) this.registry.know(this.name)
    // A level it is made with yields to one that was set for its name; a request's own is newer than that.
    if (ownLevel === undefined) return
    this.settings().level = { level: ownLevel, stamp: name === this.name ? this.registry.changes : 0 }
  }

  private settings(): OwnSettings<Logger> {
    // Its receiver and level may be its parent's still.
    this.seenChanges = -1
    return (this.own ??= new OwnSettings())
  }

  /** A name that is no level writes nothing: somebody must hear of it. */
  private reportLevel(level: string): void {
    if (level !== 'silent') this.reportProblem(new OptionError('at(level)', levelRule.expected, level))
  }

  private root(): Logger {
    return this.parent === undefined ? this : this.parent.root()
  }

  /** Whether this is the one logger of its name, and what is set for it is set for the name. */
  private isNamed(): boolean {
    return this.parent === undefined || this.root().own?.named?.get(this.name) === this
  }

  private namedLogger(name: string): Logger {
    const named = (this.settings().named ??= new Map())
    const known = named.get(name)
    if (known !== undefined) return known
    const own = ownText(name)
    const above = parentOf(own)
    const logger = (above === '' || above === this.name ? this : this.namedLogger(above)).derive(own, undefined)
    if (named.size < MAX_NAMED) named.set(own, logger)
    return logger
  }

  /** Reads what may have changed: levels, outputs, hooks. Parents first, for this follows from theirs. */
  private refresh(): void {
    const { parent, registry } = this
    if (parent !== undefined && parent.seenChanges !== registry.changes) parent.refresh()
    if (this.pipeline.table.renames > 0) this.context = this.context.merged()
    this.receiver = this.receiverNow(parent === undefined ? this.pipeline : parent.receiver)
    this.shortWay = this.receiver === this.pipeline ? this.pipeline.shortWay : undefined
    this.writtenFrom = Math.max(this.setting().level, lowestOf(this.receiver.sinks))
    this.admitHeld()
    // When all is read: where the stack is full it is not.
    this.seenChanges = registry.changes
  }

  /** @internal Lets in what is written and what the scope takes in. */
  protected admitHeld(): void {
    const { scope, writtenFrom, receiver } = this
    this.threshold = writtenFrom
    if (scope !== undefined) this.threshold = Math.min(writtenFrom, Math.max(scope.heldFrom, lowestOf(receiver.sinks)))
  }

  /** The level that counts here, and when it was set. */
  private setting(): Setting {
    const { own, parent, registry, name } = this
    const level = own?.level
    if (registry.isUntouched && level === undefined)
      return parent === undefined ? registry.exact(name)! : parent.setting()
    let setting: Setting
    if (level !== undefined) {
      // What was set for a name is for the loggers that bring the name in, not for their children with levels of their own.
      const exact = name === parent?.name ? undefined : registry.exact(name)
      setting = exact !== undefined && exact.stamp > level.stamp ? exact : level
    } else if (parent === undefined) setting = registry.exact(name)!
    else setting = (name === parent.name ? undefined : registry.nearest(name, parent.name)) ?? parent.setting()
    return registry.overriding(name, setting)
  }

  private receiverNow(inherited: Receiver): Receiver {
    const { own, parent, pipeline } = this
    const named =
      parent === undefined || parent.name !== this.name ? pipeline.sinksOf(this.name, parent?.name) : undefined
    let sinks = named ?? inherited.sinks
    if (own !== undefined && own.sinks.length > 0) sinks = [...sinks, ...own.sinks]
    if (sinks === inherited.sinks && own?.hasStages !== true) return inherited
    const lists = this.hookLists()
    const before = inOrder<BeforeHook>(lists, 'before')
    const after = inOrder<AfterHook>(lists, 'after')
    return new Stages(pipeline, { sinks, serializers: this.serializers(), before, gates: this.allGates(), after })
  }

  /** The hooks of a root and of its descendants down to this logger. */
  private hookLists(): HookList[] {
    const lists = this.parent === undefined ? [] : this.parent.hookLists()
    if (this.own !== undefined) lists.push(this.own.hooks)
    return lists
  }

  private allGates(): Gate[] {
    const gates = this.parent === undefined ? [] : this.parent.allGates()
    if (this.own !== undefined) gates.push(...this.own.gates)
    return gates
  }

  private changeSinks(change: (sinks: readonly Sink[]) => readonly Sink[]): void {
    // The root's own are the pipeline's: a family without stages keeps its short way.
    if (this.parent === undefined) this.pipeline.sinks = change(this.pipeline.sinks)
    else {
      const settings = this.settings()
      settings.sinks = change(settings.sinks)
    }
    this.registry.changes++
  }

  private static method(level: number): LogMethod {
    return function (this: Logger | undefined, first?: unknown, second?: unknown, third?: unknown): void {
      if (this?.pipeline === undefined) {
        tellDetached(levelName(level))
        return
      }
      if (!this.admits(level)) return
      const count = arguments.length
      if (this.logShort(level, count, first, second, third)) return
      let all: unknown[] | undefined
      if (count > 3) {
        // Copied one by one: handing `arguments` or a rest array on would allocate it for every call.
        all = [first, second, third, arguments[3]]
        for (let i = 4; i < count; i++) all.push(arguments[i])
      }
      this.logCall(level, count, first, second, third, all)
    }
  }

  /** @internal Writes a call that needs no entry. Returns false for one that does. */
  protected logShort(level: number, count: number, first: unknown, second: unknown, third: unknown): boolean {
    const { shortWay, scope, name, context } = this
    if (shortWay === undefined) return false
    if (scope !== undefined) return this.shortIn(scope, level, count, first, second, third)
    return writeShort(shortWay, level, name, context, this.plain, count, first, second, third, undefined)
  }

  /** @internal The same for a line that belongs to a scope. Apart, so that V8 has room for lines that belong to none. */
  protected shortIn(
    scope: LineScope,
    level: number,
    count: number,
    first: unknown,
    second: unknown,
    third: unknown,
  ): boolean {
    const { shortWay, pipeline, name, plain } = this
    const context = shortWay === undefined ? undefined : scope.contextFor(this.context)
    if (context === undefined) return false
    try {
      if (level >= this.writtenFrom)
        return writeShort(shortWay!, level, name, context, plain, count, first, second, third, context.at)
      const way = pipeline.heldWay
      const held = way === undefined ? undefined : scope.heldFor(level)
      return (
        held !== undefined && held.addCall(way!, level, name, context, plain, count, first, second, third, context.at)
      )
    } finally {
      context.isInUse = false
    }
  }

  /** Every sugared call. Throws nothing but a FieldError, which a declared field must ask for. */
  private logCall(
    level: number,
    count: number,
    first: unknown,
    second: unknown,
    third: unknown,
    all: unknown[] | undefined,
  ): void {
    if (count === 1 && typeof first === 'string') {
      // Nothing is read that could log by itself.
      const entry = this.begin(level)
      entry.message = first
      entry.send()
      return
    }
    const { pipeline } = this
    if (!pipeline.enter()) return
    let entry: Entry | undefined
    try {
      entry = this.begin(level)
      readCall(entry, this.plain, count, first, second, third, all)
    } catch (problem) {
      // In development a field's declaration may ask to throw: then there is no line.
      if (entry !== undefined) pipeline.entries.give(entry)
      throw problem
    } finally {
      pipeline.depth--
    }
    entry.send()
  }
}

/** What stands for a root's parent. */
function originOf(pipeline: Pipeline, name: string): Logger {
  const origin: unknown = {
    name,
    pipeline,
    scope: undefined,
    receiver: pipeline,
    context: Context.empty(pipeline.table),
    plain: new PlainText(),
    registry: pipeline.levels,
    threshold: SILENT,
    writtenFrom: SILENT,
    seenChanges: -1,
    shortWay: undefined,
  }
  return origin as Logger
}

/** The level below which no sink takes a line. */
function lowestOf(sinks: readonly Sink[]): number {
  let lowest = SILENT
  for (let i = 0; i < sinks.length; i++) if (sinks[i].threshold < lowest) lowest = sinks[i].threshold
  return lowest
}
