import type { HrTime } from '@opentelemetry/api'
import { Level, type LevelName, Logger, OptionError } from '../../src/index.js'
import { SCOPE } from './scope.js'
import { namesOf } from './trace-names.js'

/** Options of {@link spanEvents}. */
export interface SpanEventsOptions {
  /** The level of the lines. Default `info`. */
  readonly level?: LevelName
  /** The level of exceptions that were recorded. Default `error`. */
  readonly exceptionLevel?: LevelName
}

/** What is read of a span that has ended. */
export interface EndedSpan {
  /** The span's name. */
  readonly name: string
  /** What made it. */
  readonly instrumentationScope?: { readonly name: string }
  /** What happened in it, in its order. */
  readonly events: readonly { readonly name: string; readonly time: HrTime; readonly attributes?: object }[]
  /** Its ids. */
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number }
}

/** A processor of spans, to be given to the SDK's tracer provider. */
export interface SpanEventLines {
  /** Does nothing: a span is looked at when it ends. */
  onStart(): void
  /** Writes a line for each event of the span. */
  onEnd(span: EndedSpan): void
  /** Nothing waits here. */
  forceFlush(): Promise<void>
  /** Nothing is open here. */
  shutdown(): Promise<void>
}

/**
 * Writes the events of spans as lines when the span ends: the event's name as the message, its attributes as fields, its
 * time as `eventTime`, the span as the line's trace. Exceptions of spans that `instrument` opened are left out: they are on
 * the wide line.
 *
 * @throws OptionError for an option that cannot be used.
 * @example new BasicTracerProvider({ spanProcessors: [spanEvents(log), new BatchSpanProcessor(exporter)] })
 */
export function spanEvents(log: Logger, options: SpanEventsOptions = {}): SpanEventLines {
  if (!(log instanceof Logger)) throw new OptionError('spanEvents', 'given a Logger made by createLogger()', log)
  OptionError.refuseUnknown('spanEvents', options, ['level', 'exceptionLevel'])
  const { level = 'info', exceptionLevel = 'error' } = options
  for (const [name, value] of Object.entries({ level, exceptionLevel })) {
    if (!Object.hasOwn(Level, value)) {
      throw new OptionError(`spanEvents.${name}`, `one of ${Object.keys(Level).join(', ')}`, value)
    }
  }
  return {
    onStart: () => undefined,
    onEnd: (span) => {
      write(log, span, level, span.instrumentationScope?.name === SCOPE ? undefined : exceptionLevel)
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  }
}

/** @param exceptionLevel - Undefined to leave exceptions out. */
function write(log: Logger, span: EndedSpan, level: LevelName, exceptionLevel: LevelName | undefined): void {
  const { traceId, spanId, traceFlags } = span.spanContext()
  const names = namesOf(log.pipeline.table)
  for (const { name, time, attributes } of span.events) {
    const own = name === 'exception' ? exceptionLevel : level
    const line = own === undefined ? undefined : log.at(own)
    if (line === undefined) continue
    if (attributes !== undefined) line.all(attributes)
    line
      .string('span', span.name)
      .timestamp('eventTime', time[0] * 1000 + time[1] / 1e6)
      .string(names.traceId, traceId)
      .string(names.spanId, spanId)
      .string(names.traceFlags, traceFlags.toString(16).padStart(2, '0'))
      .msg(name)
  }
}
