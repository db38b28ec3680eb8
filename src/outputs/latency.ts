import type { LatencyStats } from './output.js'

/** Steps in which a doubling is told apart: a reading is off by a tenth at most. */
const STEPS = 4
/** From 1 µs up to 2²⁸ µs, some four minutes. */
const BUCKETS = 28 * STEPS

/** Counts how long writes took, in steps that widen with the time. Allocates nothing after it is made. */
export class Latency {
  private readonly counts = new Uint32Array(BUCKETS)
  private readonly longest = new Float64Array(1)
  private count = 0

  add(ms: number): void {
    const us = ms * 1000
    const bucket = us > 1 ? Math.min(BUCKETS - 1, Math.floor(Math.log2(us) * STEPS)) : 0
    this.counts[bucket]++
    this.count++
    if (ms > this.longest[0]) this.longest[0] = ms
  }

  stats(): LatencyStats {
    return {
      count: this.count,
      p50: this.percentile(0.5),
      p90: this.percentile(0.9),
      p99: this.percentile(0.99),
      max: this.longest[0],
    }
  }

  private percentile(share: number): number {
    if (this.count === 0) return 0
    let left = Math.ceil(this.count * share)
    let bucket = 0
    while (bucket < BUCKETS - 1 && (left -= this.counts[bucket]) > 0) bucket++
    return Math.min(this.longest[0], 2 ** ((bucket + 0.5) / STEPS) / 1000)
  }
}
