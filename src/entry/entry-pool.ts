import { Context } from './context.js'
import { Entry } from './entry.js'
import type { KeyTable } from './key.js'

/** Entries kept for later at most, and rows an entry may have grown to and still be kept. */
const MAX_FREE = 64
const MAX_KEPT_ROWS = 256

export interface EntryPoolStats {
  readonly hits: number
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
  private hits = 0
  private misses = 0
  private outstanding = 0

  constructor(private readonly table: KeyTable) {
    this.noContext = Context.empty(table)
  }

  /** An empty entry, owned by the caller until {@link give}. */
  take(): Entry {
    this.outstanding++
    let entry = this.spare
    if (entry !== undefined) this.spare = undefined
    else {
      entry = this.free.pop()
      if (entry === undefined) {
        this.misses++
        return new Entry(this.table, this.noContext)
      }
    }
    this.hits++
    entry.isTaken = true
    return entry
  }

  /** Takes the entry back. A second release of the same entry changes nothing. */
  give(entry: Entry): void {
    if (!entry.isTaken) return
    entry.isTaken = false
    this.outstanding--
    entry.clear()
    if (entry.kinds.length > MAX_KEPT_ROWS) return
    if (this.spare === undefined) this.spare = entry
    else if (this.free.length < MAX_FREE) this.free.push(entry)
  }

  stats(): EntryPoolStats {
    return { hits: this.hits, misses: this.misses, outstanding: this.outstanding }
  }
}
