import type { Clock } from '../entry/clock.js'

/** A clock that stands still until it is told to move. */
export interface FixedClock extends Clock {
  /** Moves the time on, in milliseconds. */
  advance(ms: number): void
}

/**
 * A clock for tests.
 *
 * @param start - Where it stands: a date, or its ISO text. Default 2026-01-01T00:00:00.000Z.
 */
export function fixedClock(start: Date | string = '2026-01-01T00:00:00.000Z'): FixedClock {
  let time = new Date(start).getTime()
  return {
    now: () => time,
    ticks: () => time,
    advance: (ms) => {
      time += ms
    },
  }
}
