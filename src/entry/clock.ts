/** Where lines get their time from, and requests their duration. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds since some fixed moment, never going back. Default: `performance.now()`. */
  ticks?(): number
}

// `Date.now` is looked up at each reading: tests exchange it, and what stood there when this module was read may be theirs.
/** The system's clock, read for each line: about 45 ns and one 16-byte number. The default. */
export const systemClock: Required<Clock> = Object.freeze({ now: () => Date.now(), ticks: () => performance.now() })

/** A clock of this package that can tell its time without a number on the heap. */
export abstract class StoringClock implements Clock {
  abstract now(): number
  abstract ticks(): number
  /** Stores the time in its place, which boxes no number on its way. */
  abstract writeTo(place: Float64Array): void
}
