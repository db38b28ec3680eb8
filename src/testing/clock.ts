import type { Clock } from '../entry/clock.js'
import { OptionError } from '../options/option-error.js'

/** A clock that stands still until it is told to move. */
export interface FixedClock extends Clock {
  /** Moves the time on, in milliseconds. @throws OptionError for what is no number. */
  advance(ms: number): void
}

/**
 * A clock for tests.
 *
 * @param start - Where it stands: a date, or its ISO text. Default 2026-01-01T00:00:00.000Z.
 * @throws OptionError for what is no date.
 */
export function fixedClock(start: Date | string = '2026-01-01T00:00:00.000Z'): FixedClock {
  let time = new Date(start).getTime()
  if (Number.isNaN(time)) throw new OptionError('fixedClock(start)', 'a date, or its ISO text', start)
  return {
    now: () => time,
    ticks: () => time,
    advance: (ms) => {
      if (!Number.isFinite(ms)) throw new OptionError('advance(ms)', 'a number of milliseconds', ms)
      time += ms
    },
  }
}
