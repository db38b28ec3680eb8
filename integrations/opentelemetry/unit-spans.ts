import type { Context, Span, SpanContext, Tracer } from '@opentelemetry/api'
import { type FinishedUnit, TraceContext, type UnitListener, type UnitLog } from '../../src/index.js'
import { context, isSpanContextValid, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from './api.js'
import { failSpan } from './fail-span.js'
import { semanticMethod, URL_PATH, URL_QUERY } from './http-semantics.js'
import { requestAttributes } from './request-metrics.js'
import { schemeOf } from './request-parts.js'

/**
 * Takes the trace of requests and units from the span that is active when they begin. Where none is, because no
 * instrumentation made one, it can open a span of its own.
 */
export class UnitSpans implements UnitListener {
  private readonly spans = new WeakMap<UnitLog, Span>()

  /** @param tracer - Opens the spans; undefined to open none. */
  constructor(private readonly tracer: (() => Tracer) | undefined) {}

  started(log: UnitLog): void {
    const isRequest = log.unitId === undefined
    const active = activeSpan(isRequest)
    if (active !== undefined && isSpanContextValid(active)) {
      if (isRequest || this.tracer === undefined) {
        log.setTrace(positionOf(active, log.traceContext.parentSpanId))
        return
      }
    }
    if (this.tracer === undefined) return
    const span = this.tracer().startSpan(
      isRequest ? methodInName((log.request as { method?: string }).method) : log.unitName,
      isRequest
        ? {
            kind: SpanKind.SERVER,
            attributes: {
              'http.request.method': semanticMethod((log.request as { method?: string }).method),
              'url.scheme': schemeOf(log.request),
            },
          }
        : { kind: SpanKind.INTERNAL },
      active !== undefined ? context.active() : parentOf(log.traceContext),
    )
    const own = span.spanContext()
    // Without an SDK the span is none, and the request keeps the ids it has.
    if (!isSpanContextValid(own) || own.spanId === log.traceContext.parentSpanId) return
    log.setTrace(positionOf(own, active?.spanId ?? log.traceContext.parentSpanId))
    this.spans.set(log, span)
    const within = trace.setSpan(context.active(), span)
    log.surround = (step) => context.with(within, step)
  }

  finished(unit: FinishedUnit, log: UnitLog): void {
    const span = this.spans.get(log)
    if (span === undefined) return
    this.spans.delete(log)
    if (unit.kind === 'request') describeRequest(span, unit)
    const { controller = '', handler = '' } = unit
    if (handler !== '')
      span.setAttribute('code.function.name', controller === '' ? handler : `${controller}.${handler}`)
    if (unit.outcome === 'failed') {
      if (unit.hasError) failSpan(span, unit.error, unit.fields.table)
      else span.setStatus({ code: SpanStatusCode.ERROR })
    }
    span.end()
  }
}

/** The span that is active; for a request none that has ended: a server that began to listen within one hands it on. */
function activeSpan(isRequest: boolean): SpanContext | undefined {
  const span = trace.getActiveSpan()
  if (span === undefined) return undefined
  const active = span.spanContext()
  const hasEnded = !span.isRecording() && active.isRemote !== true && (active.traceFlags & TraceFlags.SAMPLED) !== 0
  return isRequest && hasEnded ? undefined : active
}

/** A method as the names of spans have it. */
function methodInName(method: string | undefined): string {
  const known = semanticMethod(method)
  return known === '_OTHER' ? 'HTTP' : known
}

function describeRequest(span: Span, unit: FinishedUnit): void {
  const { route, url } = unit
  if (route !== undefined && route !== '') span.updateName(`${methodInName(unit.method)} ${route}`)
  span.setAttributes(requestAttributes(unit))
  if (unit.method !== undefined && semanticMethod(unit.method) !== unit.method) {
    span.setAttribute('http.request.method_original', unit.method)
  }
  if (url !== undefined) {
    const query = url.indexOf('?')
    span.setAttribute(URL_PATH, query < 0 ? url : url.slice(0, query))
    if (query >= 0) span.setAttribute(URL_QUERY, url.slice(query + 1))
  }
  if (unit.remoteAddress !== undefined && unit.remoteAddress !== '') {
    span.setAttribute('client.address', unit.remoteAddress)
  }
  if (unit.userAgent !== undefined) span.setAttribute('user_agent.original', unit.userAgent)
}

/** The context of who asked for it, from its `traceparent`. */
function parentOf({ traceId, parentSpanId, flags }: TraceContext): Context {
  if (parentSpanId === '') return ROOT_CONTEXT
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parentSpanId, traceFlags: flags, isRemote: true })
}

function positionOf(
  { traceId, spanId, traceFlags }: { traceId: string; spanId: string; traceFlags: number },
  parentSpanId: string,
): TraceContext {
  return new TraceContext(traceId, spanId, parentSpanId, traceFlags & 3, '')
}
