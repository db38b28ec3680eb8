import { isIsoTime } from '../bytes/iso-time.js'
import { atOnce } from '../options/at-once.js'
import type { Clock } from './clock.js'

/** A clock of the application's. That it throws or gives nonsense must cost no line and no request. */
export class GuardedClock implements Clock {
  constructor(
    private readonly clock: Clock,
    private readonly report: (problem: unknown) => void,
  ) {}

  now(): number {
    let now = NaN
    try {
      const given: unknown = this.clock.now()
      // Whatever it gives: of a bigint the columns have no place, and an object may throw when it is compared.
      now = typeof given === 'number' ? given : Number(atOnce(given, 'clock.now'))
    } catch (problem) {
      this.report(problem)
    }
    return isIsoTime(now) ? now : Date.now()
  }

  /** NaN where the clock tells none. */
  ticks(): number {
    const { clock } = this
    if (clock.ticks === undefined) return performance.now()
    try {
      const ticks: unknown = clock.ticks()
      if (typeof ticks === 'number') return ticks
      atOnce(ticks, 'clock.ticks')
      return NaN
    } catch (problem) {
      this.report(problem)
      return NaN
    }
  }
}
