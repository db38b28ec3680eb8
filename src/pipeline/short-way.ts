import type { Encoder } from '../encoders/encoder.js'
import { systemClock } from '../entry/clock.js'
import { Context } from '../entry/context.js'
import { Entry } from '../entry/entry.js'
import type { SetPlan } from '../entry/field.js'
import { Level, levelSlot } from '../entry/level.js'
import type { KeyTable } from '../entry/key.js'
import type { TracePosition } from '../entry/trace-position.js'
import type { LineRefused } from '../outputs/output.js'
import { Ledger, type LineOutput } from './ledger.js'
import { SameLines } from './same-lines.js'
import type { Sink } from './sink.js'
import { TraceIds } from './trace-ids.js'

/** Imported constants are read anew each time. */
const FATAL = Level.fatal

/** What it needs to know of the pipeline that it is a way through. */
export interface Host {
  readonly table: KeyTable
  readonly trace: TraceIds | undefined
  /** Why an output refused the line under way. */
  readonly refusal: LineRefused | undefined
  /** Puts its time on a line. Returns false where the clock gives none. */
  tellTime(line: Entry): boolean
  throwRefusal(): never
}

/**
 * The way of a call whose line one encoder alone reads: no hook or filter, and outputs for the same bytes. It needs
 * no entry and no columns: message, context and fields are written from where they stand, which takes a fifth to a quarter
 * less time.
 */
export class ShortWay {
  /** Holds the time, and takes in what has to go by way of columns after all. */
  private readonly rest: Entry
  private readonly sink: Sink
  private readonly ledger: Ledger
  /** Whether other outputs' lines have to wait for one under way here. */
  private readonly holdsOthers: boolean
  private readonly encoder: Encoder
  private traceIds: TraceIds | undefined = undefined

  /**
   * @param sinks - One or more, whose encoders write the same.
   * @param hasOwnClock - Whether lines get their time from another clock than the system's.
   * @param lines - Counts them by level.
   * @param depth - How many others' lines were under way when it was made.
   * @param output - Where lines go in place of the sinks' own.
   */
  constructor(
    private readonly host: Host,
    readonly sinks: readonly Sink[],
    private readonly hasOwnClock: boolean,
    private readonly lines: number[],
    readonly depth: number,
    readonly output: LineOutput = sinks.length === 1 ? sinks[0].output : new SameLines(sinks),
  ) {
    this.rest = new Entry(host.table, Context.empty(host.table))
    const [first] = sinks
    this.sink = first
    this.holdsOthers = output === first.output && first.isIndirect
    this.ledger = Ledger.of(output)
    this.encoder = first.encoder
  }

  /** Whether a line is under way. */
  get isBusy(): boolean {
    return this.ledger.isBusy
  }

  /**
   * Writes a line. One logged by a value of it finds the output busy, and takes the long way.
   *
   * @param bag - Its fields, a literal, as they were given.
   * @param plan - What declares them; undefined for loose ones.
   * @param own - Where the unit of the line stands in a trace.
   * @returns false where it takes an entry after all; nothing is written then.
   * @throws what the output refuses the line with, and nothing else.
   */
  write(
    level: number,
    logger: string,
    context: Context,
    message: string | undefined,
    bag: object | undefined,
    plan: SetPlan | undefined,
    own: TracePosition | undefined,
  ): boolean {
    const { sink, ledger, output, host, rest } = this
    // A program that ends says why before it does.
    if (ledger.isBusy || level >= FATAL) return false
    // Asked for what is rare: what is true takes V8 of Node.js 20 five comparisons.
    if (!this.hasOwnClock) rest.time[0] = systemClock.now()
    else if (!host.tellTime(rest)) return false
    if (this.holdsOthers && !sink.hold()) return false
    ledger.isBusy = true
    let isEncoded = false
    try {
      try {
        const { trace } = host
        let bound: Context | undefined = context
        if (trace !== undefined) {
          const position = trace.correlation.position(own)
          if (position !== undefined) bound = this.idsFor(trace).of(position)?.behind(context)
        }
        if (bound !== undefined) {
          this.encoder.encodeCall!(rest, level, logger, bound, message, bag, plan, output.begin(level))
          isEncoded = true
          this.lines[levelSlot(level)]++
          ledger.admitted++
          output.commit(level)
        }
      } catch (problem) {
        // Else on the long way: an output that gives no buffer is asked for one again, as is one that has what was written of a
        // line whose object does not tell its names.
        if (isEncoded) {
          ledger.errors++
          sink.report(problem)
        }
      }
      if (rest.count > 0) rest.clear()
      if (ledger.waiting.length > 0) sink.writeWaiting()
    } finally {
      // Without a call, as in Sink.write(): and no other line may have what is left in the columns.
      const { within } = ledger
      ledger.isBusy = false
      for (let i = 0; i < within.length; i++) {
        within[i].isBusy = false
        within[i].waiting = within[i].ownWaiting
      }
      rest.count = 0
    }
    // Of a line that a value of this one logged: this one comes first, though it goes the long way.
    if (host.refusal !== undefined && isEncoded) host.throwRefusal()
    return isEncoded
  }

  /** Its own: a line under way keeps them, whatever its values log. */
  private idsFor({ correlation }: TraceIds): TraceIds {
    if (this.traceIds?.correlation !== correlation) this.traceIds = new TraceIds(this.host.table, correlation)
    return this.traceIds
  }
}
