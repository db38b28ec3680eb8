/** Where lines get their time from, and requests their duration. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds since some fixed moment, never going back. Default: `performance.now()`. */
  ticks?(): number
}

/** The system's clock, read for each line: about 45 ns and one 16-byte number. */
export const systemClock: Clock = Object.freeze({ now: Date.now, ticks: () => performance.now() })
