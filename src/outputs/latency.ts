import type { LatencyStats } from './output.js'

/** Steps in which a doubling is told apart: a reading is off by a tenth at most. */
export const LATENCY_STEPS = 4
const STEPS = LATENCY_STEPS
/** From 1 µs up to 2²⁸ µs, some four minutes. */
const BUCKETS = 28 * STEPS
/** Memory for the counts. */
export const LATENCY_BYTES: number = BUCKETS * 4

/** Counts how long writes took, in steps that widen with the time. Allocates nothing after it is made. */
export class Latency {
  readonly counts: Uint32Array
  private readonly longest: Float64Array

  /**
   * @param counts - Where to count, shared with another thread.
   * @param longest - Where the longest time is kept, as the only number.
   */
  constructor(counts: ArrayBufferLike = new ArrayBuffer(LATENCY_BYTES), longest: Float64Array = new Float64Array(1)) {
    this.counts = new Uint32Array(counts)
    this.longest = longest
  }

  add(ms: number): void {
    const us = ms * 1000
    const bucket = us > 1 ? Math.min(BUCKETS - 1, Math.floor(Math.log2(us) * STEPS)) : 0
    this.counts[bucket]++
    if (ms > this.longest[0]) this.longest[0] = ms
  }

  stats(): LatencyStats {
    const count = this.counts.reduce((sum, some) => sum + some, 0)
    return {
      count,
      p50: this.percentile(count, 0.5),
      p90: this.percentile(count, 0.9),
      p99: this.percentile(count, 0.99),
      max: this.longest[0],
    }
  }

  private percentile(count: number, share: number): number {
    if (count === 0) return 0
    let left = Math.ceil(count * share)
    let bucket = 0
    while (bucket < BUCKETS - 1 && (left -= this.counts[bucket]) > 0) bucket++
    return Math.min(this.longest[0], 2 ** ((bucket + 0.5) / STEPS) / 1000)
  }
}
