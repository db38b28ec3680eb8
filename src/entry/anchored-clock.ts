import { type Clock, StoringClock } from './clock.js'

const ANCHOR_MS = 1_000

/**
 * The monotonic clock, set anew to the wall's each second. See {@link anchoredClock}.
 */
class AnchoredClock extends StoringClock {
  private offset = 0
  /** So that the first reading anchors it. */
  private anchoredAt = -Infinity

  now(): number {
    const ticks = performance.now()
    if (!this.isAnchored(ticks)) this.anchor(ticks)
    return this.offset + ticks
  }

  ticks(): number {
    return performance.now()
  }

  writeTo(place: Float64Array): void {
    const ticks = performance.now()
    if (!this.isAnchored(ticks)) this.anchor(ticks)
    place[0] = Math.floor(this.offset + ticks)
  }

  /** Not where it went back either, as it does when a test's timers end. */
  private isAnchored(ticks: number): boolean {
    const elapsed = ticks - this.anchoredAt
    return elapsed >= 0 && elapsed <= ANCHOR_MS
  }

  private anchor(ticks: number): void {
    this.offset = Date.now() - ticks
    this.anchoredAt = ticks
  }
}

/**
 * A clock that allocates nothing on Node.js 24: `performance.now()`, set to the wall's time each second. Measured: 40 ns and
 * no byte against 47 ns and 16 bytes of {@link systemClock} there; on Node.js 20 it is 50 ns against 45, and 16 bytes too.
 * It is not the default because a step of the system's clock shows up to a second late.
 */
export function anchoredClock(): Clock {
  return new AnchoredClock()
}
