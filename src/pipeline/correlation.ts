import type { Entry } from '../entry/entry.js'
import { isRecord, type Rule, texts } from '../options/check.js'

/** Where a piece of work stands in a trace. */
export interface TracePosition {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string
  /** 1: sampled. */
  readonly flags: number
}

/** The fields that say which trace a line belongs to. */
export interface TraceNames {
  /** The trace id's key. */
  readonly traceId: string
  /** The span id's key. */
  readonly spanId: string
  /** The trace flags' key. */
  readonly traceFlags: string
}

/** Puts on each line which trace it belongs to, as a tracer knows it. */
export interface Correlation {
  /** The keys of its fields. */
  readonly names: TraceNames
  /** Whether {@link mark} would put nothing on a line that belongs to no request and no unit. Where it is true, that is not called. */
  readonly isIdle: boolean
  /**
   * Called for every line when it is written, and for a line of a request or unit when it is begun. That it throws is reported,
   * and the line is written without.
   *
   * @param own - Where the request or unit stands: for a line that is logged while no span is active.
   */
  mark(entry: Entry, own: TracePosition | undefined): void
}

/** What lines can be marked by. */
export const correlationRule: Rule = {
  expected: 'an object with its three names and mark()',
  accepts: (value) => {
    if (!isRecord(value) || typeof value['mark'] !== 'function' || !isRecord(value['names'])) return false
    const { traceId, spanId, traceFlags } = value['names']
    return texts.accepts([traceId, spanId, traceFlags])
  },
}
