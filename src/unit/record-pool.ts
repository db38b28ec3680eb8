import type { UnitRecord } from './unit-record.js'

/** Records kept for later at most, and fields a record may have grown to and still be kept. */
const MAX_FREE = 1_024
const MAX_KEPT_ROWS = 256

/** Counts of a {@link RecordPool}. */
export interface RecordPoolStats {
  /** Taken from the pool. */
  readonly hits: number
  /** Made anew. */
  readonly misses: number
  /** Units under way. */
  readonly outstanding: number
  /** Records released twice: 0 unless there is a fault in this package. */
  readonly misuses: number
}

/** A bounded free list of records. An empty pool makes one and counts the miss. */
export class RecordPool<R extends UnitRecord> {
  private readonly free: R[] = []
  private hits = 0
  private misses = 0
  private outstanding = 0
  private misuses = 0

  constructor(private readonly make: () => R) {}

  /** A record nobody else has. */
  take(): R {
    this.outstanding++
    const record = this.free.pop()
    if (record === undefined) {
      this.misses++
      return this.make()
    }
    this.hits++
    record.isFree = false
    record.fields.renew()
    return record
  }

  /** Takes it back, for another unit. */
  give(record: R): void {
    if (record.isFree) {
      this.misuses++
      return
    }
    record.isFree = true
    this.outstanding--
    record.clear()
    if (this.free.length < MAX_FREE && record.fields.kinds.length <= MAX_KEPT_ROWS) this.free.push(record)
  }

  /** What it did. */
  stats(): RecordPoolStats {
    const { hits, misses, outstanding, misuses } = this
    return { hits, misses, outstanding, misuses }
  }
}
