import { BufferPool, type PoolLimits, type PoolStats } from '../bytes/buffer-pool.js'
import { isIsoTime } from '../bytes/iso-time.js'
import type { Encoder } from '../encoders/encoder.js'
import { AnchoredClock, type Clock } from '../entry/clock.js'
import type { Entry, EntryReceiver } from '../entry/entry.js'
import { EntryPool, type EntryPoolStats } from '../entry/entry-pool.js'
import { KeyTable } from '../entry/key.js'
import { Level, LEVEL_NAMES, type LevelName } from '../entry/level.js'
import type { Output } from '../outputs/output.js'
import { Diagnostics, type ErrorListener } from './diagnostics.js'
import { flushAtExit, forgetAtExit } from './exit.js'
import type { SinkStats } from './ledger.js'
import { Sink } from './sink.js'

/** How deep log calls may stand in one another; a call with values to read counts twice. */
const MAX_DEPTH = 5

/** One sink as it is configured. */
export interface Route {
  readonly threshold: number
  readonly encoder: Encoder
  readonly output: Output
}

export interface PipelineOptions {
  readonly routes: readonly Route[]
  readonly clock: Clock
  readonly pool: PoolLimits
  /** Names whose values are never written. */
  readonly secrets: readonly string[]
  readonly onError: ErrorListener | undefined
}

/** What a logger and its children did so far. */
export interface LoggerStats {
  /** Lines by level. */
  readonly lines: Readonly<Record<LevelName, number>>
  /** What each output did: `calls = accepted + filtered + the sum of dropped`. */
  readonly outputs: readonly SinkStats[]
  readonly buffers: PoolStats
  readonly entries: EntryPoolStats
  /** Calls from within calls from within calls that were not written. */
  readonly dropped: number
  /** Problems reported: outputs that failed, values that could not be encoded. */
  readonly problems: number
}

/** The way of an entry to its outputs: shared by a root logger and all its children. */
export class Pipeline implements EntryReceiver {
  readonly table: KeyTable
  readonly buffers: BufferPool
  readonly entries: EntryPool
  readonly sinks: readonly Sink[]
  private readonly clock: Clock
  private readonly anchored: AnchoredClock | undefined
  private readonly diagnostics: Diagnostics
  private readonly linesByLevel = LEVEL_NAMES.map(() => 0)
  /** Log calls within log calls, now. */
  private depth = 0
  private droppedCalls = 0
  private closing: Promise<void> | undefined

  constructor(options: PipelineOptions) {
    this.clock = options.clock
    this.anchored = options.clock instanceof AnchoredClock ? options.clock : undefined
    this.diagnostics = new Diagnostics(options.onError)
    const report = (problem: unknown): void => this.diagnostics.report(problem)
    this.table = new KeyTable({
      secrets: options.secrets,
      reserved: [...new Set(options.routes.flatMap((route) => route.encoder.reservedKeys))],
    })
    this.buffers = new BufferPool(options.pool, (problem) => report(new Error(problem)))
    this.entries = new EntryPool(this.table)
    const host = { pool: this.buffers, report }
    this.sinks = options.routes.map(({ threshold, encoder, output }) => {
      output.open?.(host)
      flushAtExit(output)
      return new Sink(threshold, encoder, output, this.buffers, report)
    })
  }

  /**
   * Whether another log call may begin. A value that logs while it is read gets its line; one whose line holds a value
   * that logs, and so on, ends here. Each call that was let in must {@link leave}.
   */
  enter(): boolean {
    if (this.depth >= MAX_DEPTH) {
      this.droppedCalls++
      return false
    }
    this.depth++
    return true
  }

  leave(): void {
    this.depth--
  }

  /** Writes an entry to every sink that admits it and takes it back. Never throws. */
  receive(entry: Entry): void {
    if (!this.enter()) {
      this.entries.give(entry)
      return
    }
    try {
      if (this.anchored !== undefined) this.anchored.writeTo(entry.time)
      else {
        const now = this.clock.now()
        // A clock of the application's that gives nonsense must not spoil its lines.
        entry.time[0] = isIsoTime(now) ? now : Date.now()
      }
      const { level } = entry
      const sinks = this.sinks
      this.linesByLevel[level / 10 - 1]++
      for (let i = 0; i < sinks.length; i++) {
        const sink = sinks[i]
        if (level >= sink.threshold) sink.write(entry)
        else sink.ledger.filtered++
      }
      if (level >= Level.fatal) this.flushSync()
    } catch (error) {
      this.diagnostics.report(error)
    } finally {
      this.leave()
      this.entries.give(entry)
    }
  }

  /** Milliseconds since some fixed moment. */
  ticks(): number {
    return this.clock.ticks === undefined ? performance.now() : this.clock.ticks()
  }

  report(problem: unknown): void {
    this.diagnostics.report(problem)
  }

  async flush(): Promise<void> {
    await Promise.all(this.sinks.map((sink) => sink.output.flush()))
  }

  flushSync(): void {
    for (const { output } of this.sinks) {
      try {
        output.flushSync()
      } catch (error) {
        this.diagnostics.report(error)
      }
    }
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeAll())
  }

  stats(): LoggerStats {
    const lines = Object.fromEntries(LEVEL_NAMES.map((name, i) => [name, this.linesByLevel[i]]))
    return {
      lines: lines as Record<LevelName, number>,
      outputs: this.sinks.map((sink) => sink.ledger.stats(sink.output.stats())),
      buffers: this.buffers.stats(),
      entries: this.entries.stats(),
      dropped: this.droppedCalls,
      problems: this.diagnostics.count,
    }
  }

  private async closeAll(): Promise<void> {
    const results = await Promise.allSettled(this.sinks.map((sink) => sink.output.close()))
    for (const sink of this.sinks) forgetAtExit(sink.output)
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
}
