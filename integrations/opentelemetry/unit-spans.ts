import type { Context, Span, SpanContext, Tracer } from '@opentelemetry/api'
import { type FinishedUnit, TraceContext, type UnitListener, type UnitLog } from '../../src/index.js'
import { activeContext } from './active-span.js'
import {
  context,
  createTraceState,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from './api.js'
import { failSpan } from './fail-span.js'
import { semanticMethod, URL_PATH, URL_QUERY } from './http-semantics.js'
import { requestAttributes } from './request-metrics.js'
import { schemeOf } from './request-parts.js'
import { shownName, shownOf, shownUrl } from './shown.js'

/**
 * Takes the trace of requests and units from the span that is active when they begin. Where none is, because no
 * instrumentation made one, it can open a span of its own.
 */
export class UnitSpans implements UnitListener {
  private readonly spans = new Map<UnitLog, Span>()

  /** @param tracer - Opens the spans; undefined to open none. */
  constructor(private readonly tracer: (() => Tracer) | undefined) {}

  started(log: UnitLog): void {
    const isRequest = log.unitId === undefined
    const active = activeSpan(isRequest)
    if (active !== undefined && (isRequest || this.tracer === undefined)) {
      takeOver(active, log)
      return
    }
    if (this.tracer === undefined) return
    const before = log.traceContext
    // Who asked for a unit, by its options, asked for it wherever it runs.
    const isBelowActive = active !== undefined && (active.traceId === before.traceId || !log.bringsTrace())
    const parentSpanId = isBelowActive ? active.spanId : before.parentSpanId
    const span = this.tracer().startSpan(
      isRequest
        ? methodInName((log.request as { method?: string }).method)
        : shownName(log.unitName, log.pipeline.table),
      isRequest
        ? {
            kind: SpanKind.SERVER,
            attributes: {
              'http.request.method': semanticMethod((log.request as { method?: string }).method),
              'url.scheme': schemeOf(log.request),
            },
          }
        : { kind: SpanKind.INTERNAL },
      isBelowActive ? context.active() : parentOf(before),
    )
    const own = span.spanContext()
    // Without an SDK the span is none, or its parent: it keeps the place it has, or that of what is active.
    if (!isSpanContextValid(own) || own.spanId === parentSpanId) {
      if (isBelowActive) takeOver(active, log)
      return
    }
    log.setTrace(positionOf(own, parentSpanId, own.traceState?.serialize() ?? ''))
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

  /** Ends the spans of what is under way: nobody tells of its end any more. */
  stop(): void {
    for (const span of this.spans.values()) span.end()
    this.spans.clear()
  }
}

/** The span that is active; for a request none that has ended: a server that began to listen within one hands it on. */
function activeSpan(isRequest: boolean): SpanContext | undefined {
  const span = trace.getSpan(activeContext())
  if (span === undefined) return undefined
  const active = span.spanContext()
  if (!isSpanContextValid(active)) return undefined
  const hasEnded = !span.isRecording() && active.isRemote !== true && (active.traceFlags & TraceFlags.SAMPLED) !== 0
  return isRequest && hasEnded ? undefined : active
}

/** A method as the names of spans have it. */
function methodInName(method: string | undefined): string {
  const known = semanticMethod(method)
  return known === '_OTHER' ? 'HTTP' : known
}

function describeRequest(span: Span, unit: FinishedUnit): void {
  const { method, route } = unit
  if (route !== undefined && route !== '') span.updateName(`${methodInName(unit.method)} ${route}`)
  span.setAttributes(requestAttributes(unit))
  if (method !== undefined && semanticMethod(method) !== method) {
    describe(span, 'http.request.method_original', shownOf(unit, 'method'))
  }
  const { path, query } = shownUrl(unit)
  describe(span, URL_PATH, path)
  describe(span, URL_QUERY, query)
  describe(span, 'client.address', shownOf(unit, 'remoteAddress'))
  describe(span, 'user_agent.original', shownOf(unit, 'userAgent'))
}

function describe(span: Span, name: string, text: string | undefined): void {
  if (text !== undefined) span.setAttribute(name, text)
}

/** The context of who asked for it, from its `traceparent` and `tracestate`. */
function parentOf({ traceId, parentSpanId, flags, tracestate }: TraceContext): Context {
  if (parentSpanId === '') return ROOT_CONTEXT
  const parent: SpanContext = { traceId, spanId: parentSpanId, traceFlags: flags, isRemote: true }
  if (tracestate !== '') parent.traceState = createTraceState(tracestate)
  return trace.setSpanContext(ROOT_CONTEXT, parent)
}

/** Puts a request or unit where the active span is. What its caller said counts as far as it is of the same trace. */
function takeOver(active: SpanContext, log: UnitLog): void {
  const { traceId, parentSpanId, tracestate } = log.traceContext
  const isSame = active.traceId === traceId
  const parent = isSame && parentSpanId !== active.spanId ? parentSpanId : ''
  log.setTrace(positionOf(active, parent, active.traceState?.serialize() ?? (isSame ? tracestate : '')))
}

function positionOf(
  { traceId, spanId, traceFlags }: SpanContext,
  parentSpanId: string,
  tracestate: string,
): TraceContext {
  return new TraceContext(traceId, spanId, parentSpanId, traceFlags & 3, tracestate)
}
