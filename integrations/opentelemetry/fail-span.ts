import type { Span } from '@opentelemetry/api'
import { DEFAULT_LIMITS, errorParts, type KeyTable, plainValues } from '../../src/index.js'
import { SpanStatusCode } from './api.js'
import { messageText } from './record-parts.js'

/**
 * Says on a span what failed, as the line says it: within its bounds, and without what the logger hides.
 *
 * @param table - Of the logger.
 */
export function failSpan(span: Span, error: unknown, table: KeyTable): void {
  const values = plainValues(DEFAULT_LIMITS)
  const parts = errorParts(error, table, table.intern('error'))
  const { stack } = parts
  const type = values.text(parts.type)
  const message = messageText(parts.message, values, table) ?? type
  span.recordException({ name: type, message, ...(typeof stack === 'string' ? { stack: values.text(stack) } : {}) })
  span.setStatus({ code: SpanStatusCode.ERROR, message })
}
