import type { Entry } from '../entry/entry.js'
import type { ReadableLine } from './line-view.js'

/** What became of a line at a gate. */
export type Verdict =
  /** It goes on. */
  | 'pass'
  /** It is not written; the gate counted it. */
  | 'drop'
  /** The gate holds the entry, and sends it itself later. */
  | 'keep'

/** Why lines were not written. */
export type GateKind = 'filter' | 'sampling' | 'rateLimit' | 'coalescing'

/** What a gate did so far, in lines. */
export interface GateStats {
  readonly kind: GateKind
  readonly passed: number
  readonly dropped: number
  /** By level or rule, as the gate has them. */
  readonly parts?: Readonly<Record<string, unknown>>
}

/** One of the places between hooks and outputs where a line may end. Shared by a logger and its children. */
export interface Gate {
  readonly kind: GateKind
  /** @param ticks - Milliseconds since some fixed moment, by the logger's clock. */
  decide(entry: Entry, line: ReadableLine, ticks: number): Verdict
  stats(): GateStats
  /** Sends what it holds. */
  release?(): void
}
