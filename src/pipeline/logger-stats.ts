import type { PoolStats } from '../bytes/buffer-pool.js'
import type { EntryPoolStats } from '../entry/entry-pool.js'
import type { LevelName } from '../entry/level.js'
import type { GateStats } from './gate.js'
import type { SinkStats } from './ledger.js'

/** What a logger and its children did so far. */
export interface LoggerStats {
  /** Lines by level. */
  readonly lines: Readonly<Record<LevelName, number>>
  /** What each output did: `calls = accepted + filtered + the sum of dropped`. */
  readonly outputs: readonly SinkStats[]
  /** Of the pool of buffers. */
  readonly buffers: PoolStats
  /** Of the pool of entries: a call of a message, fields or both whose line one `json()` alone writes takes none. */
  readonly entries: EntryPoolStats
  /** Buffers of lines that are held back: by flight recorders and held logs. */
  readonly held: PoolStats
  /** Calls from within calls from within calls that were not written. */
  readonly dropped: number
  /** Lines that `before` hooks dropped. */
  readonly droppedByHooks: number
  /** Filters, samplers, limits and coalescing, each with what it let pass and what it dropped. */
  readonly gates: readonly GateStats[]
  /** How often each rule of redaction hid a value, once for each encoder that met it. */
  readonly redacted: Readonly<Record<string, number>>
  /** Problems reported: outputs that failed, values that could not be encoded. */
  readonly problems: number
}
