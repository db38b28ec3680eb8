import type { Tracer } from '@opentelemetry/api'
import { type CallTrace, type CallTracer, type KeyTable } from '../../src/index.js'
import { context, SpanKind, trace } from './api.js'
import { failSpan } from './fail-span.js'

/** Opens a span for each call of a `@Logged` method, below the one that is active. */
export class CallSpans implements CallTracer {
  /** @param table - Of the logger, which knows what is hidden. */
  constructor(
    private readonly tracer: () => Tracer,
    private readonly table: KeyTable,
  ) {}

  begin(call: string): CallTrace {
    const span = this.tracer().startSpan(call, {
      kind: SpanKind.INTERNAL,
      attributes: { 'code.function.name': call },
    })
    const within = trace.setSpan(context.active(), span)
    return {
      run: (step) => context.with(within, step),
      end: (hasFailed, error) => {
        if (hasFailed) failSpan(span, error, this.table)
        span.end()
      },
    }
  }
}
