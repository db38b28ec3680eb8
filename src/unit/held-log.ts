import type { Entry } from '../entry/entry.js'
import { Level, LEVEL_NAMES, type LevelName, SILENT } from '../entry/level.js'
import { Logger } from '../logger.js'
import { checkOptions, integer, oneOf, type Rules } from '../options/check.js'
import { type Filter, filterAt, type FilterLike, filterRule } from '../pipeline/filter.js'
import type { HeldLines } from '../pipeline/held-lines.js'
import { holdEntry } from '../pipeline/hold-entry.js'
import type { LineScope } from '../pipeline/line-scope.js'
import { follow, isOngoing } from './ongoing.js'

/** Options of `log.hold()`. */
export interface HoldOptions {
  /** A line of this level or above has everything written at once, and what follows too. Default, and at most: `fatal`. */
  readonly commitOn?: LevelName
  /** The level from which lines are held. Default: that of the logger. Outputs keep their own levels. */
  readonly level?: LevelName
  /**
   * Only lines it matches are held; the others go where they would without the hold. It sees what hooks made of a line.
   * Default: all.
   */
  readonly filter?: FilterLike
  /** Bytes held at most, 1024 to 1073741824; the oldest lines go first, but one that is longer goes alone. Default 1048576. */
  readonly maxBytes?: number
}

interface Checked {
  readonly commitOn?: LevelName
  readonly level?: LevelName
  readonly filter?: FilterLike
  readonly maxBytes: number
}

const RULES: Rules<Checked> = {
  commitOn: oneOf(...LEVEL_NAMES),
  level: oneOf(...LEVEL_NAMES),
  filter: filterRule,
  maxBytes: integer(1_024, 1_073_741_824),
}

/**
 * A logger whose lines, and those of its children, are held back until {@link commit} or {@link discard} is called.
 *
 * Held logs nest: what an inner one commits is held by the outer one. One that is settled writes like the logger it was
 * made from.
 */
export class HeldLog extends Logger {
  private held: HeldLines | undefined
  /** @internal See {@link LineScope}. */
  readonly outer: LineScope | undefined
  private readonly commitFrom: number
  private readonly ownFrom: number
  private readonly filter: Filter | undefined
  private wasDropped: number

  constructor(parent: Logger, options: HoldOptions) {
    super(parent, parent.name, undefined)
    const checked = checkOptions<Checked>('hold', options, { maxBytes: 1_048_576 }, RULES)
    this.filter = checked.filter === undefined ? undefined : filterAt('hold.filter', checked.filter)
    this.held = this.pipeline.held.take(checked.maxBytes)
    this.outer = parent.currentScope
    // A program that ends says why, though nobody commits any more.
    this.commitFrom = Math.min(Level[checked.commitOn ?? 'fatal'], Level.fatal)
    this.ownFrom = checked.level === undefined ? SILENT : Level[checked.level]
    this.wasDropped = 0
    this.scope = this
    if (this.heldFrom < SILENT) this.admitHeld()
  }

  /** Whether it holds lines no more. */
  get isSettled(): boolean {
    return this.held === undefined
  }

  /** Lines that `maxBytes` had no room for. */
  get droppedLines(): number {
    return this.held === undefined ? this.wasDropped : this.held.dropped
  }

  /** Writes the lines, in order and with the times they were logged at. Later ones are not held any more. */
  commit(): void
  /** @internal See {@link LineScope}. */
  commit(inner: HeldLines): void
  commit(inner?: HeldLines): void {
    if (inner !== undefined) this.takeIn(inner)
    else this.settle((held) => this.writeOut(held))
  }

  /** Forgets the lines. Later ones are not held any more. */
  discard(): void {
    this.settle((held) => this.outer?.inherit(held))
  }

  /** @internal See {@link LineScope}. */
  get heldFrom(): number {
    const outer = this.outer === undefined ? SILENT : this.outer.heldFrom
    return this.held === undefined ? outer : Math.min(this.ownFrom, outer)
  }

  /** @internal See {@link LineScope}. */
  get holdsAll(): boolean {
    return this.held !== undefined || (this.outer !== undefined && this.outer.holdsAll)
  }

  /** @internal See {@link LineScope}. */
  mark(entry: Entry): void {
    this.outer?.mark(entry)
  }

  /** @internal See {@link LineScope}. */
  contextFor(): undefined {
    // Each takes an entry: it may be written at once after all.
  }

  /** @internal See {@link LineScope}. */
  heldFor(): undefined {
    // Not asked for, then.
  }

  /** @internal Takes in a line. */
  receive(entry: Entry): void {
    const { held, outer, pipeline } = this
    if (held !== undefined) {
      const { level } = entry
      const isHeld = holdEntry(entry, held, this.filter)
      // A line that is not held speaks for those that are, and comes after them.
      if (level >= this.commitFrom) this.commit()
      if (isHeld) return
    }
    if (outer !== undefined && (outer.holdsAll || !this.isWritten(entry.level))) outer.receive(entry)
    // Begun when this one still held lines, and sent when it does no more.
    else if (this.isWritten(entry.level)) entry.origin?.receive(entry)
    else pipeline.entries.give(entry)
  }

  /** @internal See {@link LineScope}. Thrown away within this one, they are thrown away. */
  inherit(): void {
    // A flight recorder around it gets what is thrown away, when this one is discarded; not twice.
  }

  /** What an inner scope commits is held here, as long as this one holds anything. */
  private takeIn(inner: HeldLines): void {
    const { held } = this
    if (held === undefined) {
      this.writeOut(inner)
      return
    }
    const highest = inner.highestLevel()
    held.takeOver(inner)
    if (highest >= this.commitFrom) this.commit()
  }

  private writeOut(held: HeldLines): void {
    if (this.outer === undefined) this.pipeline.writeHeld(held)
    else this.outer.commit(held)
  }

  private settle(dispose: (held: HeldLines) => void): void {
    const { held } = this
    if (held === undefined) return
    this.wasDropped = held.dropped
    this.held = undefined
    this.pipeline.held.give(held, dispose)
  }
}

/** Holds the lines of a function, which are written if it fails and thrown away if it does not. See `Logger.hold`. */
export function holdWhile<T>(log: HeldLog, run: (log: HeldLog) => T): T {
  try {
    const result = run(log)
    if (isOngoing(result)) {
      return follow(
        result,
        () => log.discard(),
        () => log.commit(),
      )
    }
    log.discard()
    return result
  } catch (error) {
    log.commit()
    throw error
  }
}
