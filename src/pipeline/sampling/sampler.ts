import type { ReadableLine } from '../line-view.js'

/**
 * Decides which lines are written. It holds the counts it decides by: given to two loggers, both share them.
 *
 * @example const everySecond: Sampler = { admits: (() => { let n = 0; return () => n++ % 2 === 0 })() }
 */
export interface Sampler {
  /** @param nowMs - Milliseconds since some fixed moment, never going back. */
  admits(line: ReadableLine, nowMs: number): boolean
}

/** Keeps one of every `n`, beginning with the first: what a share is without chance. */
export class Share {
  private count = 0

  /** @param n - 0 keeps none. */
  constructor(private readonly n: number) {}

  admits(): boolean {
    if (this.n === 0) return false
    const isKept = this.count === 0
    this.count = this.count + 1 >= this.n ? 0 : this.count + 1
    return isKept
  }
}

/** A period that begins anew when it is over, or when the clock went back. */
export class Period {
  private startedAt = -Infinity

  constructor(readonly lengthMs: number) {}

  /** Whether a new one begins with this call. */
  begins(nowMs: number): boolean {
    const elapsed = nowMs - this.startedAt
    if (elapsed >= 0 && elapsed < this.lengthMs) return false
    this.startedAt = nowMs
    return true
  }

  isOver(nowMs: number): boolean {
    return nowMs - this.startedAt >= this.lengthMs
  }
}
