import { Level, LEVEL_NAMES, levelName } from '../entry/level.js'
import type { GateKind } from './gate.js'

/** What is said of the lines that were not written in a while. */
export interface SuppressedNotice {
  readonly total: number
  /** By gate: `sampling`, `rateLimit` and so on. */
  readonly by: Readonly<Record<string, number>>
  /** By level. */
  readonly levels: Readonly<Record<string, number>>
  readonly forMs: number
}

/**
 * Counts lines that gates dropped, and tells of them once in a period, so that a reader of the log knows of the gap. A
 * timer runs only while there is something to tell, and keeps no process alive.
 */
export class SuppressedLines {
  private readonly by = new Map<GateKind, number>()
  private readonly levels = LEVEL_NAMES.map(() => 0)
  private total = 0
  private since = 0
  private timer: NodeJS.Timeout | undefined = undefined

  /** @param everyMs - 0 tells nothing. */
  constructor(
    private readonly everyMs: number,
    private readonly ticks: () => number,
    private readonly tell: (notice: SuppressedNotice) => void,
  ) {}

  note(kind: GateKind, level: number): void {
    // A filter drops what nobody wants to see; lines that coalesce are counted on the line that stands for them.
    if (this.everyMs === 0 || kind === 'filter' || kind === 'coalescing') return
    if (this.total === 0) this.begin()
    this.total++
    this.by.set(kind, (this.by.get(kind) ?? 0) + 1)
    this.levels[level / Level.trace - 1]++
  }

  /** Tells what there is to tell, now. */
  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.total === 0) return
    const levels = this.levels.flatMap((count, i) => (count > 0 ? [[levelName((i + 1) * Level.trace), count]] : []))
    const notice = {
      total: this.total,
      by: Object.fromEntries(this.by),
      levels: Object.fromEntries(levels) as Record<string, number>,
      forMs: Math.max(0, Math.round(this.ticks() - this.since)),
    }
    this.total = 0
    this.by.clear()
    this.levels.fill(0)
    this.tell(notice)
  }

  private begin(): void {
    this.since = this.ticks()
    this.timer ??= setTimeout(() => this.flush(), this.everyMs).unref()
  }
}
