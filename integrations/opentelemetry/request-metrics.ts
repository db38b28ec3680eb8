import { type Attributes, type Histogram, type Meter, type UpDownCounter } from '@opentelemetry/api'
import type { FinishedUnit, UnitListener, UnitLog } from '../../src/index.js'
import { ERROR_TYPE, errorTypeOf, semanticMethod } from './http-semantics.js'
import { protocolVersionOf, schemeOf } from './request-parts.js'
import { shownName } from './shown.js'

/** Seconds: the boundaries that the semantic conventions give for the histogram. */
export const DURATION_BOUNDARIES: readonly number[] = Object.freeze([
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
])

export const REQUEST_DURATION = 'http.server.request.duration'
export const ACTIVE_REQUESTS = 'http.server.active_requests'
export const UNIT_DURATION = 'wideline.unit.duration'

/**
 * Measures requests and units where they end, by the HTTP semantic conventions: the route's template, never the path; a
 * method that is none as `_OTHER`; so what a client sends makes no new time series.
 */
export class RequestMetrics implements UnitListener {
  private readonly duration: Histogram
  private readonly active: UpDownCounter
  private readonly unitDuration: Histogram
  /** What each request under way was counted with: its method may be another when it ends. */
  private readonly counted = new Map<UnitLog, Attributes>()
  private readonly starts = new Map<string, Attributes>()

  constructor(meter: Meter) {
    const advice = { explicitBucketBoundaries: [...DURATION_BOUNDARIES] }
    this.duration = meter.createHistogram(REQUEST_DURATION, {
      description: 'Duration of HTTP server requests.',
      unit: 's',
      advice,
    })
    this.active = meter.createUpDownCounter(ACTIVE_REQUESTS, {
      description: 'Number of active HTTP server requests.',
      unit: '{request}',
    })
    this.unitDuration = meter.createHistogram(UNIT_DURATION, {
      description: 'Duration of units of work that are no requests.',
      unit: 's',
      advice,
    })
  }

  started(log: UnitLog): void {
    if (log.unitId !== undefined) return
    const attributes = this.startOf(log.request)
    this.counted.set(log, attributes)
    this.active.add(1, attributes)
  }

  finished(unit: FinishedUnit, log: UnitLog): void {
    const seconds = unit.durationMs / 1000
    if (unit.kind === 'unit') {
      const name = shownName(unit.name, unit.fields.table)
      const attributes: Attributes = { 'wideline.unit.name': name, 'wideline.outcome': unit.outcome }
      if (unit.outcome === 'failed') attributes[ERROR_TYPE] = errorTypeOf(unit.error, undefined)
      this.unitDuration.record(seconds, attributes)
      return
    }
    const start = this.counted.get(log)
    if (start !== undefined) {
      this.counted.delete(log)
      this.active.add(-1, start)
    }
    const scheme = start?.['url.scheme'] ?? schemeOf(unit.request)
    this.duration.record(seconds, { 'url.scheme': scheme, ...requestAttributes(unit) })
  }

  /** Counts what is under way no more: nobody tells of its end. */
  stop(): void {
    for (const start of this.counted.values()) this.active.add(-1, start)
    this.counted.clear()
  }

  private startOf(request: unknown): Attributes {
    const method = semanticMethod((request as { method?: string } | undefined)?.method)
    const scheme = schemeOf(request)
    const key = `${method} ${scheme}`
    let attributes = this.starts.get(key)
    if (attributes === undefined) {
      attributes = { 'http.request.method': method, 'url.scheme': scheme }
      this.starts.set(key, attributes)
    }
    return attributes
  }
}

/**
 * The attributes of a request that has ended, for its duration and its span. The scheme is told where it begins: a stream of
 * HTTP/2 that is over has no connection any more.
 */
export function requestAttributes(unit: FinishedUnit): Attributes {
  const attributes: Attributes = { 'http.request.method': semanticMethod(unit.method) }
  if (unit.route !== undefined && unit.route !== '') attributes['http.route'] = unit.route
  if (unit.status !== undefined) attributes['http.response.status_code'] = unit.status
  const version = protocolVersionOf(unit.request)
  if (version !== undefined) attributes['network.protocol.version'] = version
  if (unit.outcome === 'failed') attributes[ERROR_TYPE] = errorTypeOf(unit.error, unit.status)
  // The conventions have it of what was not sent fully, and not of what ended as it should.
  else if (unit.outcome === 'aborted' && unit.isEventStream !== true) attributes[ERROR_TYPE] = 'aborted'
  return attributes
}
