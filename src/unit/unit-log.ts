import type { Context } from '../entry/context.js'
import type { IdContext } from '../entry/id-context.js'
import type { Entry } from '../entry/entry.js'
import type { DeclaredSet, FieldWriter, SomeValuesOf, WriterTypesOf } from '../entry/field.js'
import { type LevelName, SILENT } from '../entry/level.js'
import { Logger } from '../logger.js'
import { callback, checkOption } from '../options/check.js'
import type { HeldLines } from '../pipeline/held-lines.js'
import { holdEntry } from '../pipeline/hold-entry.js'
import type { TraceNames } from '../entry/trace-position.js'
import type { LineScope } from '../pipeline/line-scope.js'
import { follow, isOngoing } from './ongoing.js'
import { TraceContext } from './trace-context.js'
import type { WideFields } from './registered-fields.js'
import { UnitFields } from './unit-fields.js'
import type { HandlerInfo, UnitRecord } from './unit-record.js'

/**
 * What the application holds of a unit of work, such as a request: a logger whose lines carry its ids, and the way to its
 * wide line.
 *
 * It is never pooled. When the unit ends it lets go of the record, so code that outlives its unit cannot touch another's:
 * its lines are written on their own with `late: true`, and fields it sets are reported.
 */
export class UnitLog extends Logger {
  /** The id of the request that it is or belongs to. */
  readonly requestId: string | undefined
  /** Its own id; a request has its `requestId` only. */
  declare readonly unitId: string | undefined
  /** @internal */
  protected record: UnitRecord | undefined
  /** @internal See {@link LineScope}. */
  declare readonly outer: LineScope | undefined
  private position: TraceContext | undefined
  private writer: UnitFields | undefined
  declare private hasReportedLate: boolean | undefined
  /** @internal Runs what belongs to the unit where a tracer sees it in the unit's span; undefined for nothing of the kind. */
  declare surround: (<T>(step: () => T) => T) | undefined

  /** @param around - The unit that it is a part of, where its parent belongs to none. */
  constructor(
    parent: Logger,
    record: UnitRecord,
    requestId: string | undefined,
    unitId: string | undefined,
    around?: UnitLog,
  ) {
    super(parent, parent.name, undefined)
    this.requestId = requestId
    this.record = record
    // Another root logger's scope has nothing to do with this one's lines.
    const outer = this.scope ?? (around !== undefined && around.pipeline === parent.pipeline ? around : undefined)
    // A request has none of these as a rule, and no place for them.
    if (outer !== undefined) this.outer = outer
    if (unitId !== undefined) this.unitId = unitId
    this.position = undefined
    this.writer = undefined
    this.scope = this
    if (this.heldFrom < SILENT) this.admitHeld()
  }

  /** @internal The unit that a logger's lines belong to. */
  static of(logger: Logger): UnitLog | undefined {
    for (let scope = logger.scope; scope !== undefined; scope = scope.outer) if (scope instanceof UnitLog) return scope
    return undefined
  }

  /** @internal Writes this unit's lines from a level on, also those that loggers made elsewhere write in it. */
  writeFrom(level: LevelName): void {
    this.level = level
    this.pipeline.hasOwnLevels = true
  }

  /** Whether the unit has ended and its wide line is written. */
  get isClosed(): boolean {
    return this.record === undefined
  }

  /** What the unit works on, while it is under way: the framework's request, a message. */
  get request(): unknown {
    return this.record?.request
  }

  /** @internal The name it was given, while it is under way; a request has none. */
  get unitName(): string {
    return this.record?.name ?? ''
  }

  /** @internal The names that all its lines have for its place in a trace, where a tracer gives them. */
  get traceNames(): TraceNames | undefined {
    return this.pipeline.trace?.correlation.names
  }

  /** Typed fields for the wide line. The last value of a key wins. */
  // oxlint-disable-next-line typescript/no-unnecessary-type-arguments -- where fields are registered it is another one
  get fields(): FieldWriter<WriterTypesOf<WideFields>> {
    return (this.writer ??= new UnitFields(this))
  }

  /** Where it stands in its trace. */
  get traceContext(): TraceContext {
    if (this.position === undefined) this.setTrace(this.findTrace())
    return this.position!
  }

  /** The trace it belongs to: 32 hexadecimal digits. */
  get traceId(): string {
    return this.traceContext.traceId
  }

  /** Its own span: 16 hexadecimal digits. */
  get spanId(): string {
    return this.traceContext.spanId
  }

  /**
   * The W3C headers that let whatever it calls join its trace.
   *
   * @example await fetch(url, { headers: req.log.traceHeaders() })
   */
  traceHeaders(): Record<string, string> {
    const { traceparent, tracestate } = this.traceContext
    return tracestate === '' ? { traceparent } : { traceparent, tracestate }
  }

  /** Adds fields to the wide line. The last value of a key wins. */
  set(fields: WideFields): void
  /** Adds fields of a declared set; the others may follow, or have been set already. */
  set<Declared extends DeclaredSet>(set: Declared, values: SomeValuesOf<Declared>): void
  set(fields: object, values?: object): void {
    this.open()?.fields.all(fields, values)
  }

  /** The error it failed with, for the wide line. The first one stays: what follows is its consequence. */
  setError(error: unknown): void {
    const record = this.open()
    if (record === undefined || record.hasError) return
    record.error = error
    record.hasError = true
  }

  /**
   * Runs a function and puts its duration on the wide line: `time('db', …)` as `dbMs`. A promise counts until it settles, a
   * generator until it is over.
   *
   * @throws OptionError for what is no function, such as a promise: what it stands for has begun already.
   * @example const rows = await req.log.time('db', () => db.query(sql))
   */
  time<T>(name: string, run: () => T): T {
    checkOption('time(run)', run, callback)
    const stop = this.start(name)
    try {
      const result = run()
      if (!isOngoing(result)) stop()
      // A promise of the language is given back itself, with what else it can do.
      else if (result instanceof Promise) result.then(stop, stop)
      else return follow(result, stop, stop)
      return result
    } catch (error) {
      stop()
      throw error
    }
  }

  /**
   * Begins a duration for the wide line: `start('db')` becomes `dbMs` when the function that it returns is called.
   *
   * @returns ends the duration, and tells it in milliseconds.
   */
  start(name: string): () => number {
    const begun = this.ticks()
    return () => {
      const elapsed = Math.round((this.ticks() - begun) * 1000) / 1000
      this.open()?.fields.duration(`${name}Ms`, elapsed)
      return elapsed
    }
  }

  /** @internal Says what serves the unit, as a framework finds out; undefined when nothing does after all. */
  setHandler(info: HandlerInfo | undefined, request: unknown): void {
    const { record } = this
    if (record === undefined) return
    record.handledBy = info
    record.request = request
  }

  /** @internal Puts it elsewhere in a trace: a tracer that follows it has ids of its own. */
  setTrace(trace: TraceContext): void {
    this.position = trace
    // What its lines carry may be more than it was.
    this.forgetIds()
  }

  /** @internal An error without what the wide line hides of it. */
  safe(error: unknown): unknown {
    return error
  }

  /** @internal Whether an error is the one on the wide line. */
  hasError(error: unknown): boolean {
    return this.record !== undefined && this.record.hasError && this.record.error === error
  }

  /** @internal Whether it has its error already. */
  get hasFailed(): boolean {
    return this.record !== undefined && this.record.hasError
  }

  /** @internal True for the first caller: declared fields are written once a unit. */
  claimDeclaredFields(of: object): boolean {
    const { record } = this
    if (record === undefined || record.claimed.has(of)) return false
    record.claimed.add(of)
    return true
  }

  /** @internal The record, while the unit is under way. Afterwards a line says, once, that fields came too late. */
  open(): UnitRecord | undefined {
    if (this.record === undefined && this.hasReportedLate !== true) {
      this.hasReportedLate = true
      this.debug(this.lateMessage())
    }
    return this.record
  }

  /** @internal Writes what is still to be written to the record and lets go of it. Gives it to the first caller only. */
  finish(): UnitRecord | undefined {
    const { record } = this
    if (record === undefined) return undefined
    // A handler that was never reached (a guard said no) still has its path, query and body fields on the line.
    const declared = record.handledBy?.fields
    if (declared !== undefined && this.claimDeclaredFields(declared)) declared.fromRequest(this)
    this.position ??= this.findTrace()
    this.record = undefined
    this.forgetIds()
    return record
  }

  private forgetIds(): void {
    const { unitIds } = this.pipeline
    if (unitIds.owner !== this) return
    // A line that is under way keeps those that it has.
    if (unitIds.isInUse) unitIds.owner = undefined
    else unitIds.clear()
  }

  /** @internal See {@link LineScope}. */
  get heldFrom(): number {
    const own = this.record === undefined ? SILENT : this.record.recorderLevel
    return this.outer === undefined ? own : Math.min(own, this.outer.heldFrom)
  }

  /** @internal See {@link LineScope}. */
  get holdsAll(): boolean {
    return this.outer !== undefined && this.outer.holdsAll
  }

  /** @internal See {@link LineScope}. */
  mark(entry: Entry): void {
    this.tellIds(entry)
    const { pipeline } = this
    if (pipeline.trace !== undefined) pipeline.mark(entry, this.traceContext)
    if (this.record === undefined) entry.bool('late', true)
  }

  private tellIds(line: { string(name: string, id: string): unknown }): void {
    const { requestId, unitId, pipeline } = this
    // A trace that nobody else knows of says no more than the ids.
    const hasTrace = pipeline.trace === undefined && (this.position !== undefined || this.bringsTrace())
    const traceId = hasTrace ? this.traceId : undefined
    if (requestId !== undefined) line.string('requestId', requestId)
    if (unitId !== undefined) line.string('unitId', unitId)
    if (traceId !== undefined) line.string('traceId', traceId)
  }

  /** @internal See {@link LineScope}. */
  contextFor(context: Context): IdContext | undefined {
    const { record, pipeline } = this
    if (record === undefined || this.holdsAll) return undefined
    const { unitIds: ids } = pipeline
    if (ids.isInUse) return undefined
    const isTraced = pipeline.trace !== undefined
    if (ids.owner !== this || isTraced !== (ids.at !== undefined)) {
      const at = isTraced ? this.traceContext : undefined
      // For no line before they are whole: a function that hides one may log, or end the unit, and the stack may be full.
      ids.isInUse = true
      try {
        ids.clear()
        this.tellIds(ids)
        ids.at = at
        ids.owner = this
      } finally {
        ids.isInUse = false
      }
    }
    const behind = ids.behind(context)
    ids.isInUse = behind !== undefined
    return behind
  }

  /** @internal See {@link LineScope}. */
  heldFor(level: number): HeldLines | undefined {
    return this.record?.options.recorderFilter === undefined ? this.recorderFor(level) : undefined
  }

  /** What its flight recorder holds, if it takes in lines of a level. */
  private recorderFor(level: number): HeldLines | undefined {
    const { record } = this
    if (record === undefined || level < record.recorderLevel || this.isWritten(level)) return undefined
    return (record.held ??= this.pipeline.held.take(record.options.recorderMaxBytes))
  }

  /** @internal Takes in a line that is not to be written: for the flight recorder, or for the scope around this one. */
  receive(entry: Entry): void {
    const { record, outer, pipeline } = this
    const held = this.recorderFor(entry.level)
    if (held !== undefined && holdEntry(entry, held, record!.options.recorderFilter)) return
    if (outer !== undefined && (outer.holdsAll || !this.isWritten(entry.level))) outer.receive(entry)
    // Begun when a held log around this one took everything, and sent when it does no more.
    else if (this.isWritten(entry.level)) entry.origin?.receive(entry)
    else pipeline.entries.give(entry)
  }

  /** @internal See {@link LineScope}. */
  commit(held: HeldLines): void {
    if (this.outer !== undefined && this.outer.holdsAll) this.outer.commit(held)
    else this.pipeline.writeHeld(held)
  }

  /** @internal See {@link LineScope}. */
  inherit(held: HeldLines): void {
    const { record } = this
    if (record !== undefined && record.recorderLevel < SILENT) {
      record.held ??= this.pipeline.held.take(record.options.recorderMaxBytes)
      record.held.takeOver(held)
    } else if (this.outer !== undefined) this.outer.inherit(held)
  }

  /** @internal Hands lines that its own recorder has no use for to the scope around it. */
  passOn(held: HeldLines): void {
    this.outer?.inherit(held)
  }

  /** @internal What is said, once, of fields that come after the end. */
  protected lateMessage(): string {
    return 'fields were set after the end of the unit'
  }

  /** @internal Whether it was asked for by somebody whose trace it continues. */
  bringsTrace(): boolean {
    return this.record?.hasCaller === true
  }

  /** @internal Where it stands in a trace. */
  protected findTrace(): TraceContext {
    return TraceContext.root()
  }
}
