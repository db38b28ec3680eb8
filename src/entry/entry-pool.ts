import { Context } from './context.js'
import { Entry, type EntryReceiver } from './entry.js'
import type { KeyTable } from './key.js'

/** Entries kept for later at most, and rows an entry may have grown to and still be kept. */
const MAX_FREE = 64
const MAX_KEPT_ROWS = 256

/** What the pool of entries did. */
export interface EntryPoolStats {
  /** Taken from the pool. */
  readonly hits: number
  /** Made anew. */
  readonly misses: number
  /** Taken and not written yet: typed lines without their `msg()`, and requests under way. */
  readonly outstanding: number
}

/** A bounded free list of entries. An empty pool allocates and counts the miss. */
export class EntryPool {
  /** The one that was given back last: most lines need no list. */
  private spare: Entry | undefined = undefined
  private readonly free: Entry[] = []
  private readonly noContext: Context
  private taken = 0
  private given = 0
  private misses = 0

  /** @param usual - Whoever takes most of the entries. */
  constructor(
    private readonly table: KeyTable,
    private readonly usual?: EntryReceiver,
  ) {
    this.noContext = Context.empty(table)
  }

  /** An empty entry, owned by the caller until {@link give}. */
  take(): Entry {
    this.taken++
    const entry = this.spare
    if (entry === undefined) return this.another()
    this.spare = undefined
    entry.isFree = false
    return entry
  }

  /** Takes the entry back. A second release of the same entry changes nothing. */
  give(entry: Entry): void {
    if (entry.isFree) return
    entry.isFree = true
    this.given++
    entry.clear()
    if (this.spare === undefined && entry.kinds.length <= MAX_KEPT_ROWS) this.spare = entry
    else this.keep(entry)
  }

  stats(): EntryPoolStats {
    const { taken, given, misses } = this
    return { hits: taken - misses, misses, outstanding: taken - given }
  }

  private another(): Entry {
    const entry = this.free.pop()
    if (entry !== undefined) {
      entry.isFree = false
      return entry
    }
    this.misses++
    return new Entry(this.table, this.noContext, this.usual)
  }

  private keep(entry: Entry): void {
    if (this.free.length < MAX_FREE && entry.kinds.length <= MAX_KEPT_ROWS) this.free.push(entry)
  }
}
