import { type Context, isSpanContextValid, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api'

/** Names of trace fields: what `correlation` writes, and what requests and units write themselves. */
const PARTS: ReadonlyMap<string, 'traceId' | 'spanId' | 'traceFlags'> = new Map([
  ['trace_id', 'traceId'],
  ['traceId', 'traceId'],
  ['span_id', 'spanId'],
  ['spanId', 'spanId'],
  ['trace_flags', 'traceFlags'],
  ['traceFlags', 'traceFlags'],
])

/** The trace a line says it belongs to. */
export class TraceIds {
  private traceId = ''
  private spanId = ''
  private flags: number = TraceFlags.SAMPLED

  /** Takes a field that is part of it. Returns whether it was one. */
  take(name: string, value: unknown): boolean {
    const part = PARTS.get(name)
    if (part === undefined || typeof value !== 'string') return false
    if (part === 'traceFlags') this.flags = parseInt(value, 16) & 0xff
    else this[part] = value
    return true
  }

  /**
   * A context with the line's span in it; undefined where the line names none. A wide line is written when its span is no
   * longer the active one, so what the line says comes first.
   */
  context(): Context | undefined {
    const { traceId, spanId, flags } = this
    if (traceId === '' || spanId === '') return undefined
    const span = { traceId, spanId, traceFlags: flags }
    return isSpanContextValid(span) ? trace.setSpanContext(ROOT_CONTEXT, span) : undefined
  }
}
