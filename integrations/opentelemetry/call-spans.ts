import { context, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api'
import { type CallTrace, type CallTracer, errorParts } from '../../src/index.js'

/** Opens a span for each call of a `@Logged` method, below the one that is active. */
export class CallSpans implements CallTracer {
  constructor(private readonly tracer: () => Tracer) {}

  begin(call: string): CallTrace {
    const span = this.tracer().startSpan(call, {
      kind: SpanKind.INTERNAL,
      attributes: { 'code.function.name': call },
    })
    const within = trace.setSpan(context.active(), span)
    return {
      run: (step) => context.with(within, step),
      end: (hasFailed, error) => {
        if (hasFailed) {
          const { type, message } = errorParts(error)
          span.recordException({ name: type, message: String(message) })
          span.setStatus({ code: SpanStatusCode.ERROR, message: String(message) })
        }
        span.end()
      },
    }
  }
}
