import { type MeterProvider, metrics, trace } from '@opentelemetry/api'
import { DEFAULT_LIMITS, Logger, OptionError, plainValues, type TraceNames } from '../../src/index.js'
import { ActiveSpan } from './active-span.js'
import { CallSpans } from './call-spans.js'
import { MetricsSignal } from './metrics-signal.js'
import { SCOPE } from './scope.js'
import { Timeline } from './timeline.js'
import { chooseNames, DEFAULT_NAMES } from './trace-names.js'
import { UnitSpans } from './unit-spans.js'

/** Options of {@link instrument}. */
export interface InstrumentOptions {
  /**
   * Whether each line says which trace it belongs to, and under which names. Default: yes, as `trace_id`, `span_id` and
   * `trace_flags`.
   */
  readonly correlation?: boolean | Partial<TraceNames>
  /** Whether requests, units and the logger itself are measured. Default true, by the provider registered with the API. */
  readonly metrics?: boolean | { readonly provider?: MeterProvider }
  /**
   * Whether requests, units and calls of `@Logged` methods get a span of their own where no instrumentation made one.
   * Default false.
   */
  readonly spans?: boolean
  /** Notes when requests, units and calls began and ended. */
  readonly timeline?: Timeline
}

const OPTIONS = ['correlation', 'metrics', 'spans', 'timeline']

/**
 * Connects a logger and its children with OpenTelemetry: trace ids on every line, metrics and, on request, spans of requests
 * and units, all from the same start and end. Start the SDK first.
 *
 * @returns ends it.
 * @throws OptionError for an option that cannot be used.
 * @example
 * const log = createLogger({ outputs: [stdout(), otel()] })
 * instrument(log)
 */
export function instrument(log: Logger, options: InstrumentOptions = {}): () => void {
  if (!(log instanceof Logger)) throw new OptionError('instrument', 'given a Logger made by createLogger()', log)
  const checked = check(options)
  // First: a provider that throws must leave nothing behind.
  const signal = checked.hasMetrics
    ? new MetricsSignal(log, () => checked.meters ?? metrics.getMeterProvider(), SCOPE)
    : undefined
  const ends: (() => void)[] = []
  if (checked.names !== undefined) {
    ends.push(log.correlate(new ActiveSpan(checked.names)), chooseNames(log, checked.names))
  }
  if (checked.names !== undefined || checked.hasSpans) {
    const tracer = checked.hasSpans ? () => trace.getTracer(SCOPE) : undefined
    const spans = new UnitSpans(tracer)
    ends.push(log.observeUnits(spans), () => spans.stop())
    if (tracer !== undefined) {
      ends.push(log.traceCalls(new CallSpans(tracer, log.createFields().table)))
      // What says on a span that it failed is read now, so that no request has to.
      plainValues(DEFAULT_LIMITS)
    }
  }
  if (signal !== undefined) {
    ends.push(log.observeUnits(signal), () => signal.stop())
  }
  if (checked.timeline !== undefined) {
    ends.push(log.observeUnits(checked.timeline), log.traceCalls(checked.timeline))
  }
  return () => {
    for (const end of ends.splice(0)) end()
  }
}

interface Checked {
  readonly names: TraceNames | undefined
  readonly hasMetrics: boolean
  readonly meters: MeterProvider | undefined
  readonly hasSpans: boolean
  readonly timeline: Timeline | undefined
}

function check(options: InstrumentOptions): Checked {
  OptionError.refuseUnknown('instrument', options, OPTIONS)
  const { correlation = true, metrics: measured = true, spans = false, timeline } = options
  if (typeof spans !== 'boolean') throw new OptionError('instrument.spans', 'true or false', spans)
  if (timeline !== undefined && !(timeline instanceof Timeline)) {
    throw new OptionError('instrument.timeline', 'one made by timeline()', timeline)
  }
  return {
    names: namesOf(correlation),
    hasMetrics: measured !== false,
    meters: metersOf(measured),
    hasSpans: spans,
    timeline,
  }
}

function namesOf(correlation: unknown): TraceNames | undefined {
  if (correlation === false) return undefined
  if (correlation === true) return DEFAULT_NAMES
  if (typeof correlation !== 'object' || correlation === null) {
    throw new OptionError('instrument.correlation', 'true, false or names', correlation)
  }
  for (const [name, value] of Object.entries(correlation)) {
    const where = `instrument.correlation.${name}`
    if (!Object.hasOwn(DEFAULT_NAMES, name)) throw new OptionError(where, 'one of traceId, spanId, traceFlags', name)
    if (typeof value !== 'string' || value === '') throw new OptionError(where, 'a name', value)
  }
  return Object.freeze({ ...DEFAULT_NAMES, ...correlation })
}

function metersOf(measured: unknown): MeterProvider | undefined {
  if (typeof measured === 'boolean') return undefined
  if (typeof measured !== 'object' || measured === null) {
    throw new OptionError('instrument.metrics', 'true, false or an object', measured)
  }
  OptionError.refuseUnknown('instrument.metrics', measured, ['provider'])
  const { provider } = measured as { provider?: MeterProvider }
  if (provider !== undefined && typeof provider?.getMeter !== 'function') {
    throw new OptionError('instrument.metrics.provider', 'a MeterProvider', provider)
  }
  return provider
}
