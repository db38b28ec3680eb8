import type { Span } from '@opentelemetry/api'
import { errorParts, type KeyTable } from '../../src/index.js'
import { SpanStatusCode } from './api.js'

/**
 * Says on a span what failed, as the line says it: within its bounds, and without what the logger hides.
 *
 * @param table - Of the logger.
 */
export function failSpan(span: Span, error: unknown, table: KeyTable): void {
  const { type, message, stack } = errorParts(error, table, table.intern('error'))
  // A hostile error's message may be anything, and may throw when it is asked for its text.
  const text = typeof message === 'string' ? message : type
  span.recordException({ name: type, message: text, ...(typeof stack === 'string' ? { stack } : {}) })
  span.setStatus({ code: SpanStatusCode.ERROR, message: text })
}
