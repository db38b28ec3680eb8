import type { TraceNames, TracePosition } from '../entry/trace-position.js'

/** Knows which trace a line belongs to, as a tracer does. */
export interface Correlation {
  /** The keys of its fields. Where a line has one of these names itself, that stays. */
  readonly names: TraceNames
  /**
   * Called for every line when it is written, and for a line of a request or unit when it is begun. That it throws is reported,
   * and the line is written without.
   *
   * @param own - Where the request or unit stands: for a line that is logged while no span is active.
   * @returns where the line stands, as an object that does not change; the same one for as long as it stands there, whose bytes
   *   are kept. Undefined for a line that belongs to no trace.
   */
  position(own: TracePosition | undefined): TracePosition | undefined
}
