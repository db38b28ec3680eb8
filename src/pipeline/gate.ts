import type { Entry } from '../entry/entry.js'
import { Level, LEVEL_NAMES, levelName } from '../entry/level.js'
import type { ReadableLine } from './line-view.js'

/** What became of a line at a gate. */
export type Verdict =
  /** It goes on. */
  | 'pass'
  /** It is not written; the gate counted it. */
  | 'drop'
  /** The gate holds the entry, and sends it on itself later. */
  | 'keep'

/** Why lines were not written. */
export type GateKind = 'filter' | 'sampling' | 'rateLimit' | 'coalescing'

/** What a gate did so far, in lines. */
export interface GateStats {
  /** Which gate it is. */
  readonly kind: GateKind
  /** Lines it let through. */
  readonly passed: number
  /** Lines it left out. */
  readonly dropped: number
  /** The same by level, and what else the gate counts. */
  readonly parts?: Readonly<Record<string, unknown>>
}

/** Where an entry goes that a gate has held: it is written, and taken back. */
export interface Onward {
  resume(entry: Entry): void
}

/** One of the places between hooks and outputs where a line may end. Shared by a logger and its children. */
export interface Gate {
  readonly kind: GateKind
  /** @param ticks - Milliseconds since some fixed moment, by the logger's clock. */
  decide(entry: Entry, line: ReadableLine, ticks: number, onward: Onward): Verdict
  stats(): GateStats
  /** Sends on what it holds. */
  release?(): void
}

/** Lines by level that passed a gate, and that did not. */
export class LevelCounts {
  private readonly passed = LEVEL_NAMES.map(() => 0)
  private readonly dropped = LEVEL_NAMES.map(() => 0)

  count(level: number, isPassed: boolean): Verdict {
    const index = level / Level.trace - 1
    if (isPassed) this.passed[index]++
    else this.dropped[index]++
    return isPassed ? 'pass' : 'drop'
  }

  stats(kind: GateKind, more: Readonly<Record<string, unknown>> = {}): GateStats {
    const { passed, dropped } = this
    const parts: Record<string, unknown> = {}
    for (let i = 0; i < passed.length; i++) {
      if (passed[i] + dropped[i] === 0) continue
      parts[levelName((i + 1) * Level.trace)] = { passed: passed[i], dropped: dropped[i] }
    }
    return { kind, passed: sum(passed), dropped: sum(dropped), parts: { ...parts, ...more } }
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
