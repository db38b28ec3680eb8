import { type Context, isSpanContextValid, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import type { Correlation, Entry, TraceNames, TracePosition } from '../../src/index.js'

/** OpenTelemetry's names of trace fields in formats that are not its own. */
export const DEFAULT_NAMES: TraceNames = Object.freeze({
  traceId: 'trace_id',
  spanId: 'span_id',
  traceFlags: 'trace_flags',
})

/** Where every copy of the API keeps what is registered with it. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1')

interface Registered {
  readonly context?: { active(): Context }
}

const FLAGS = Array.from({ length: 256 }, (_, flags) => flags.toString(16).padStart(2, '0'))

/** Lines after which it is looked whether an SDK has started: looking costs some 15 ns. */
const LOOK_EVERY = 32

/** Puts the ids of the active span on lines. */
export class ActiveSpan implements Correlation {
  private registered: Registered | undefined = undefined
  private linesUntilLook = 0

  constructor(readonly names: TraceNames = DEFAULT_NAMES) {}

  mark(entry: Entry, own: TracePosition | undefined): void {
    let { registered } = this
    if (registered === undefined && --this.linesUntilLook < 0) registered = this.look()
    if (registered !== undefined && registered.context !== undefined) {
      // What `trace.getActiveSpan()` does, in the order of what ends it soonest: 25 ns less of a call of 200.
      const active = registered.context.active()
      if (active !== ROOT_CONTEXT) {
        this.markActive(entry, active, own)
        return
      }
    }
    if (own !== undefined) this.write(entry, own.traceId, own.spanId, own.flags)
  }

  private markActive(entry: Entry, active: Context, own: TracePosition | undefined): void {
    const span = trace.getSpanContext(active)
    if (span !== undefined && isSpanContextValid(span)) {
      // A line that names a trace already is one that a request or unit ended with, after its span.
      if (own !== undefined || !entry.has(entry.table.intern(this.names.spanId))) {
        this.write(entry, span.traceId, span.spanId, span.traceFlags)
      }
    } else if (own !== undefined) this.write(entry, own.traceId, own.spanId, own.flags)
  }

  private write(entry: Entry, traceId: string, spanId: string, flags: number): void {
    const { names } = this
    entry
      .string(names.traceId, traceId)
      .string(names.spanId, spanId)
      .string(names.traceFlags, FLAGS[flags & 0xff])
  }

  private look(): Registered | undefined {
    this.linesUntilLook = LOOK_EVERY
    this.registered = (globalThis as { [REGISTERED]?: Registered })[REGISTERED]
    return this.registered
  }
}
