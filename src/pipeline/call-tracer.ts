/** Follows one call of a `@Logged` method. */
export interface CallTrace {
  /** Runs the call, or a later part of it, such as the next step of a generator. */
  run<T>(step: () => T): T
  /** The call is over. */
  end(hasFailed: boolean, error: unknown): void
}

/** Follows calls of `@Logged` methods, for spans and timelines. */
export interface CallTracer {
  /**
   * A call begins.
   *
   * @param call - Class and method.
   * @param traceId - The trace of the request or unit it is part of; empty outside of one.
   */
  begin(call: string, traceId: string): CallTrace
}

/** A call that several follow: the first one's `run` is the outermost. */
export class CallTraces implements CallTrace {
  constructor(private readonly traces: readonly CallTrace[]) {}

  run<T>(step: () => T): T {
    return this.traces.reduceRight<() => T>((inner, each) => () => each.run(inner), step)()
  }

  end(hasFailed: boolean, error: unknown): void {
    for (const each of this.traces) each.end(hasFailed, error)
  }
}
