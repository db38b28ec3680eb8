import { BufferPool, type PoolLimits } from '../bytes/buffer-pool.js'
import { type Clock, StoringClock, systemClock } from '../entry/clock.js'
import type { Entry } from '../entry/entry.js'
import type { ErrorDetail } from '../entry/error-detail.js'
import { EntryPool } from '../entry/entry-pool.js'
import { GuardedClock } from '../entry/guarded-clock.js'
import { IdContext } from '../entry/id-context.js'
import { KeyTable } from '../entry/key.js'
import { Level, LEVEL_NAMES, type LevelName, LEVEL_SLOTS, levelSlot } from '../entry/level.js'
import type { TracePosition } from '../entry/trace-position.js'
import { reasonText } from '../entry/reason-text.js'
import { LevelRegistry, parentOf } from '../levels/level-registry.js'
import { isRefusal, type LineRefused } from '../outputs/output.js'
import type { CallTracer } from './call-tracer.js'
import type { Redaction } from '../redaction/redaction.js'
import { Diagnostics, type ErrorListener } from './diagnostics.js'
import { type Ending, flushAtExit, forgetAtExit } from './exit.js'
import type { Filter } from './filter.js'
import type { Gate } from './gate.js'
import { type ErrorHook, type Hook, type HookList, inOrder } from './hook.js'
import { type HeldLines, HeldLinesPool } from './held-lines.js'
import { HeldOutput } from './held-output.js'
import type { LineOutput } from './ledger.js'
import { LineView } from './line-view.js'
import type { LoggerStats } from './logger-stats.js'
import { tellDropped, tellSuppressed } from './notices.js'
import { ShortWay } from './short-way.js'
import type { Sink } from './sink.js'
import { type Route, SinkSet } from './sink-set.js'
import type { Receiver } from './receiver.js'
import { SuppressedLines } from './suppressed.js'
import type { TraceIds } from './trace-ids.js'

/** Gates that are counted and flushed at most: a child a request with gates of its own must not fill the memory. */
const MAX_GATES = 1000

/** How deep log calls may stand in one another; a call with values to read counts twice. */
const MAX_DEPTH = 5

export interface PipelineOptions {
  readonly routes: readonly Route[]
  readonly clock: Clock
  readonly pool: PoolLimits
  /** What is never written as it is. */
  readonly redaction: Redaction
  readonly errors: ErrorDetail
  readonly onError: ErrorListener | undefined
  /** Name of the root, and so of the lines that the pipeline writes itself. */
  readonly name: string
  /** The root's level. */
  readonly level: number
  /** How often lines that were dropped are told of, in milliseconds; 0 for never. */
  readonly noticeEveryMs: number
  /** Whether what is pending is written before a signal ends the process. */
  readonly shutdownHooks: boolean
}

/** The way of an entry to its outputs: shared by a root logger and all its children. */
export class Pipeline implements Receiver {
  readonly table: KeyTable
  readonly buffers: BufferPool
  readonly entries: EntryPool
  /** Where lines go of loggers that have no outputs of their own. */
  sinks: readonly Sink[]
  /** Levels by name, and the count of everything that may change under a logger. */
  readonly levels: LevelRegistry
  /** Every sink in use. */
  readonly sinkSet: SinkSet
  /** Counts what gates drop; undefined before there is one. */
  suppressed: SuppressedLines | undefined = undefined
  /** Lines that are held back. */
  readonly held: HeldLinesPool
  /** Has the ids of the unit whose line was the last. */
  readonly unitIds: IdContext
  /** Whether any flight recorder may take in what a level leaves out. */
  hasRecorders = false
  /** Whether there ever was a unit with a level of its own, which loggers made elsewhere must ask for. */
  hasOwnLevels = false
  /** Whether any logger of the family has serializers. */
  hasSerializers = false
  droppedByHooks = 0
  /** Who knows the trace that a line belongs to. */
  trace: TraceIds | undefined = undefined
  /** Who follows calls of `@Logged` methods. */
  callTracers: readonly CallTracer[] = []
  /** Name of the root. */
  readonly name: string
  private readonly hearsSignals: boolean
  private readonly noticeEveryMs: number
  /** Outputs of names that have their own. */
  private readonly named = new Map<string, readonly Sink[]>()
  /** Where all times come from. */
  readonly clock: Required<Clock>
  private readonly storing: StoringClock | undefined
  private readonly diagnostics: Diagnostics
  private readonly linesByLevel = new Array<number>(LEVEL_SLOTS).fill(0)
  private readonly gates: Gate[] = []
  private readonly errorHooks: HookList[] = []
  /** One for each log call that may stand within another. */
  private readonly views: LineView[] = []
  /** Log calls within log calls, now: counted down without a call, for which there is no room where the stack is full. */
  depth = 0
  private droppedCalls = 0
  /** What the end of the process must not take along: lines that gates hold, counts that were not told. */
  private readonly ending: Ending = {
    isBuffered: true,
    flushSync: (limitMs?: number) => {
      this.suppressed?.flush()
      this.releaseGates()
      this.sinkSet.flushSync(limitMs)
    },
  }
  private closing: Promise<void> | undefined = undefined
  private short: ShortWay | undefined = undefined
  private heldShort: ShortWay | undefined = undefined
  private readonly endings: (() => void)[] = []
  /** Why an output refused the line under way. */
  refusal: LineRefused | undefined = undefined

  constructor(options: PipelineOptions) {
    this.name = options.name
    this.hearsSignals = options.shutdownHooks
    this.noticeEveryMs = options.noticeEveryMs
    const { clock } = options
    const report = (problem: unknown): void => this.report(problem)
    this.storing = clock instanceof StoringClock ? clock : undefined
    this.clock = this.storing ?? (clock === systemClock ? systemClock : new GuardedClock(clock, report))
    this.diagnostics = new Diagnostics(options.onError)
    this.table = new KeyTable({
      secrets: [],
      redaction: options.redaction,
      errors: options.errors,
      reserved: [...new Set(options.routes.flatMap((route) => route.encoder.reservedKeys))],
    })
    this.buffers = new BufferPool(options.pool, (problem) => report(new Error(problem)))
    this.entries = new EntryPool(this.table, this)
    this.unitIds = new IdContext(this.table)
    this.held = new HeldLinesPool(options.pool.poison, report)
    this.levels = new LevelRegistry(options.name, options.level, report)
    this.sinkSet = new SinkSet(
      { pool: this.buffers, report },
      (problem) => this.lineFailed(problem),
      (sink, dropped) => tellDropped(this, sink, dropped),
      options.shutdownHooks,
    )
    this.sinks = options.routes.map((route) => this.sinkSet.open(route))
  }

  /**
   * Whether another log call may begin. A value that logs while it is read gets its line; one whose line holds a value
   * that logs, and so on, ends here. Each call that was let in must count {@link depth} down.
   */
  enter(): boolean {
    if (this.depth >= MAX_DEPTH) {
      this.droppedCalls++
      return false
    }
    this.depth++
    return true
  }

  /** The way of calls that need no entry; undefined where every line needs one. */
  get shortWay(): ShortWay | undefined {
    const { sinks, table, short } = this
    if (short?.sinks === sinks) return short
    const [first] = sinks
    const areAlike = sinks.every(({ takesCalls, encoder }) => takesCalls && encoder.form === first.encoder.form)
    if (first === undefined || !areAlike || table.scanner !== undefined) return undefined
    const way = this.wayAfter(short, this.linesByLevel)
    if (way !== undefined) this.short = way
    return way
  }

  /** The same of lines that are held back; undefined where they are for more than one output, too. */
  get heldWay(): ShortWay | undefined {
    const { sinks, heldShort } = this
    if (heldShort?.sinks === sinks) return heldShort
    if (sinks.length !== 1 || this.shortWay === undefined) return undefined
    // They are counted when they are written.
    const way = this.wayAfter(heldShort, [...this.linesByLevel], new HeldOutput())
    if (way !== undefined) this.heldShort = way
    return way
  }

  /** Outputs that a value brings while it is read know nothing of the line under way: one that does so each time must end. */
  private wayAfter(before: ShortWay | undefined, lines: number[], output?: LineOutput): ShortWay | undefined {
    const depth = before?.isBusy === true ? before.depth + 1 : 0
    if (depth >= MAX_DEPTH) return undefined
    return new ShortWay(this, this.sinks, this.clock !== systemClock, lines, depth, output)
  }

  /** Writes an entry to every sink that admits it and takes it back. Throws nothing but what an output refuses it with. */
  receive(entry: Entry): void {
    if (!this.enter()) {
      this.entries.give(entry)
      return
    }
    try {
      if (this.trace !== undefined) this.follow(entry, undefined, true)
      this.readClock(entry)
      this.write(entry, this.sinks)
    } catch (error) {
      if (isRefusal(error)) throw error
      this.report(error)
    } finally {
      this.depth--
      this.entries.give(entry)
    }
  }

  /** Encodes an entry into lines that are held back, and takes it back. See {@link Receiver.hold}. Never throws. */
  hold(entry: Entry, held: HeldLines, filter: Filter | undefined): boolean {
    if (!this.enter()) {
      this.entries.give(entry)
      return true
    }
    let isWanted = true
    try {
      this.stamp(entry)
      isWanted = filter === undefined || filter.matches(entry)
      if (isWanted) held.add(entry, this.sinks)
    } catch (error) {
      this.report(error)
    } finally {
      this.depth--
      if (isWanted) this.entries.give(entry)
    }
    return isWanted
  }

  /** Writes lines that were held back, and empties them. Never throws. */
  writeHeld(held: HeldLines): void {
    held.settle()
    if (held.isEmpty) return
    let highest = 0
    held.eachLevel((level) => {
      this.linesByLevel[levelSlot(level)]++
      if (level > highest) highest = level
    })
    held.write()
    held.empty()
    if (highest >= Level.fatal) this.flushSync()
  }

  /** Puts on an entry what belongs to the moment: its time, and the trace under way. */
  stamp(entry: Entry): void {
    if (this.trace !== undefined) this.mark(entry, undefined)
    this.readClock(entry)
  }

  /** Puts on an entry the trace under way, where somebody knows of one. Never throws. */
  mark(entry: Entry, own: TracePosition | undefined): void {
    // One that logs in a unit comes here again and again; the deepest line that is let in is still marked.
    if (this.depth > MAX_DEPTH) return
    this.depth++
    try {
      this.follow(entry, own, false)
    } finally {
      this.depth--
    }
  }

  /**
   * The same for a line that was let in.
   *
   * @param isWhole - Whether it is encoded next, with nothing more to come.
   */
  private follow(entry: Entry, own: TracePosition | undefined, isWhole: boolean): void {
    try {
      const position = this.trace?.correlation.position(own)
      // Where calls need no entry, nobody but json() reads one.
      if (position !== undefined)
        this.trace?.mark(entry, position, isWhole && this.depth === 1 && this.short?.sinks === this.sinks)
    } catch (problem) {
      this.report(problem)
    }
  }

  /** Puts its time on a line without an entry. Returns false where the clock logs and so comes here again and again. */
  tellTime(line: Entry): boolean {
    if (this.depth >= MAX_DEPTH) return false
    this.depth++
    try {
      this.readClock(line)
    } finally {
      this.depth--
    }
    return true
  }

  private readClock(entry: Entry): void {
    if (this.storing !== undefined) {
      this.storing.writeTo(entry.time)
      return
    }
    entry.time[0] = this.clock.now()
  }

  /** Writes an entry to every one of these sinks that admits it. The entry stays the caller's. */
  write(entry: Entry, sinks: readonly Sink[]): void {
    const { level } = entry
    this.linesByLevel[levelSlot(level)]++
    for (let i = 0; i < sinks.length; i++) {
      const sink = sinks[i]
      if (level >= sink.threshold) sink.write(entry)
      else sink.ledger.filtered++
    }
    if (level >= Level.fatal) this.flushSync()
    if (this.refusal !== undefined) this.throwRefusal()
  }

  private lineFailed(problem: unknown): void {
    if (isRefusal(problem)) this.refusal ??= problem
    else this.report(problem)
  }

  /** Throws {@link refusal}. */
  throwRefusal(): never {
    const refusal = this.refusal!
    this.refusal = undefined
    throw refusal
  }

  /** Takes an output into use. */
  attach(route: Route): Sink {
    this.table.reserve(route.encoder.reservedKeys)
    return this.sinkSet.open(route)
  }

  /** Gives a name outputs of its own, or takes them away. Those it had are let go. */
  setSinks(name: string, routes: readonly Route[] | undefined): void {
    const isRoot = name === this.name
    const before = isRoot ? this.sinks : this.named.get(name)
    const sinks = routes?.map((route) => this.attach(route))
    if (isRoot) this.sinks = sinks ?? []
    else if (sinks === undefined) this.named.delete(name)
    else this.named.set(name, sinks)
    // Before one is let go: what is told of that is for those that are in use.
    this.levels.changes++
    for (const sink of before ?? []) this.sinkSet.release(sink)
  }

  /** The outputs of a name, or of the next above it that has its own. @param above - Where to stop. */
  sinksOf(name: string, above: string | undefined): readonly Sink[] | undefined {
    if (this.named.size === 0) return undefined
    for (let at = name; at !== '' && at !== above; at = parentOf(at)) {
      const sinks = this.named.get(at)
      if (sinks !== undefined) return sinks
    }
    return undefined
  }

  /** A view for the log call under way. */
  takeView(): LineView {
    return (this.views[this.depth] ??= new LineView())
  }

  /** Has a gate's counts in the statistics, and what it holds written when the process ends. */
  addGate(gate: Gate): void {
    if (this.gates.length < MAX_GATES) this.gates.push(gate)
    this.suppressed ??= new SuppressedLines(
      this.noticeEveryMs,
      () => this.ticks(),
      (notice) => tellSuppressed(this, notice),
    )
    if (this.gates.length === 1) flushAtExit(this.ending, this.hearsSignals)
  }

  /** An entry with what of another one's fields cannot change any more: neither objects nor errors. Owned by the caller. */
  scalarsOf(entry: Entry): Entry {
    const copy = this.entries.take()
    copy.begin(this, entry.level, entry.logger, entry.context)
    copy.time[0] = entry.time[0]
    copy.message = entry.message
    copy.appendScalars(entry)
    return copy
  }

  /** Has a list's error hooks told of every problem. */
  addErrorHooks(list: HookList): void {
    if (!this.errorHooks.includes(list)) this.errorHooks.push(list)
  }

  /** Milliseconds since some fixed moment; NaN where the clock tells none. So short that V8 takes it in, and boxes nothing. */
  ticks(): number {
    return this.clock.ticks()
  }

  report(problem: unknown): void {
    this.diagnostics.report(
      problem,
      this.errorHooks.length === 0 ? undefined : inOrder<ErrorHook>(this.errorHooks, 'error'),
    )
  }

  /** Tells of a hook that threw, by its name. */
  reportHook(hook: Hook, problem: unknown): void {
    this.report(new Error(`hook ${hook.name || '(unnamed)'} failed: ${reasonText(problem)}`, { cause: problem }))
  }

  /** Takes what a hook gave back: one that is asynchronous by mistake must not end the process when it fails. */
  settle(hook: Hook, given: unknown): void {
    if (given instanceof Promise) given.catch((problem: unknown) => this.reportHook(hook, problem))
  }

  async flush(): Promise<void> {
    this.releaseGates()
    await this.sinkSet.flush()
  }

  flushSync(): void {
    this.releaseGates()
    this.sinkSet.flushSync()
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeAll())
  }

  /** Has something run before the outputs are closed: it may still write lines. */
  beforeClose(run: () => void): void {
    this.endings.push(run)
  }

  stats(): LoggerStats {
    const lines = Object.fromEntries(LEVEL_NAMES.map((name) => [name, this.linesByLevel[levelSlot(Level[name])]]))
    return {
      lines: lines as Record<LevelName, number>,
      outputs: this.sinkSet.stats(),
      buffers: this.buffers.stats(),
      entries: this.entries.stats(),
      held: this.held.stats(),
      dropped: this.droppedCalls,
      droppedByHooks: this.droppedByHooks,
      gates: this.gates.map((gate) => gate.stats()),
      redacted: this.table.redaction.stats(),
      problems: this.diagnostics.count,
    }
  }

  private async closeAll(): Promise<void> {
    for (const run of this.endings.splice(0)) {
      try {
        run()
      } catch (problem) {
        this.report(problem)
      }
    }
    this.levels.close()
    this.suppressed?.flush()
    this.releaseGates()
    forgetAtExit(this.ending)
    await this.sinkSet.close()
  }

  private releaseGates(): void {
    for (const gate of this.gates) gate.release?.()
  }
}
