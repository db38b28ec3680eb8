/** Where a piece of work stands in a trace. */
export interface TracePosition {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string
  /** Two lower-case hexadecimal digits; `01`: sampled. */
  readonly traceFlags: string
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
