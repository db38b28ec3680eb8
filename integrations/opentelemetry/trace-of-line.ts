import type { Context } from '@opentelemetry/api'
import type { PlainObject, TraceNames } from '../../src/index.js'
import { isValidSpanId, isValidTraceId, ROOT_CONTEXT, trace, TraceFlags } from './api.js'
import { noAttributes } from './record-parts.js'

type Part = keyof TraceNames

/** Names of trace fields: what `correlation` writes by default, and what requests and units write themselves. */
const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  ['trace_id', 'traceId'],
  ['traceId', 'traceId'],
  ['span_id', 'spanId'],
  ['spanId', 'spanId'],
  ['trace_flags', 'traceFlags'],
  ['traceFlags', 'traceFlags'],
])

/** The trace a line says it belongs to. */
export class TraceOfLine {
  private traceId = ''
  private spanId = ''
  private flags: number = TraceFlags.SAMPLED
  private taken: PlainObject | undefined = undefined

  /** @param names - Those that `correlation` writes for this line's logger. */
  constructor(private readonly names: TraceNames) {}

  /** Takes a field that is part of it. Returns whether it was one. */
  take(name: string, value: unknown): boolean {
    const part = PARTS.get(name) ?? partOf(name, this.names)
    if (part === undefined || typeof value !== 'string') return false
    if (part === 'traceFlags') this.flags = parseInt(value, 16) & 0xff
    // An id of the application's own.
    else if (!(part === 'traceId' ? isValidTraceId(value) : isValidSpanId(value))) return false
    else this[part] = value
    this.taken ??= noAttributes()
    this.taken[name] = value
    return true
  }

  /**
   * A context with the line's span in it; undefined where the line names none, and what it says of a trace is given to its
   * attributes. A wide line is written when its span is no longer the active one, so what the line says comes first.
   */
  context(attributes: PlainObject): Context | undefined {
    const { traceId, spanId, flags } = this
    if (traceId !== '' && spanId !== '') {
      return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: flags })
    }
    Object.assign(attributes, this.taken)
    return undefined
  }
}

function partOf(name: string, { traceId, spanId, traceFlags }: TraceNames): Part | undefined {
  if (name === traceId) return 'traceId'
  if (name === spanId) return 'spanId'
  return name === traceFlags ? 'traceFlags' : undefined
}
