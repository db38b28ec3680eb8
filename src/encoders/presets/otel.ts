import { LEVEL_LABELS, loggerPair, nestedLoggerPair, pair } from '../json-format.js'
import { keyText } from '../line-head.js'
import { fullStack, type Preset } from './preset.js'
import { urlPath, urlQuery } from './values.js'

/**
 * OpenTelemetry's log data model: `Timestamp` in nanoseconds, severity as text and as number, `Body`, and everything else
 * in `Attributes`, by the names of the semantic conventions where they have one. `level: 'label'` or `'number'` leaves
 * the other of the two severities out. There is no `Resource`: what a process is belongs to whoever ships its lines.
 *
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model/
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/
 */
export function otelPreset(): Preset {
  const numbers = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21, panic: 22 }
  return {
    keys: {
      level: 'SeverityText',
      time: 'Timestamp',
      logger: 'InstrumentationScope',
      message: 'Body',
      error: 'exception',
    },
    level: 'label',
    time: 'epochNs',
    labels: LEVEL_LABELS,
    numbers,
    head:
      ({ keys, given, level: form }) =>
      (level, logger) => {
        const text = form === 'number' ? '' : `,${pair(keys.level, LEVEL_LABELS[level])}`
        const numberKey = form === 'number' ? (given.level ?? 'SeverityNumber') : 'SeverityNumber'
        const number = form === 'label' ? '' : `,${pair(numberKey, numbers[level])}`
        return {
          before: `{${keyText(keys.time)}`,
          after: text + number,
          end:
            given.logger === undefined
              ? nestedLoggerPair(keys.logger, 'Name', logger)
              : loggerPair(given.logger, logger),
        }
      },
    ownKeys: ['SeverityNumber'],
    slots: [
      { from: 'traceId', to: 'TraceId', isOfRequest: false },
      { from: 'spanId', to: 'SpanId', isOfRequest: false },
      { from: 'method', to: 'http.request.method', isOfRequest: true, isInside: true },
      { from: 'requestBytes', to: 'http.request.body.size', isOfRequest: true, isInside: true },
      { from: 'url', to: 'url.path', isOfRequest: true, isInside: true, write: urlPath },
      { from: 'url', to: 'url.query', isOfRequest: true, isInside: true, write: urlQuery },
      { from: 'route', to: 'http.route', isOfRequest: true, isInside: true },
      { from: 'status', to: 'http.response.status_code', isOfRequest: true, isInside: true },
      { from: 'bytes', to: 'http.response.body.size', isOfRequest: true, isInside: true },
      { from: 'remoteAddress', to: 'client.address', isOfRequest: true, isInside: true },
      { from: 'userAgent', to: 'user_agent.original', isOfRequest: true, isInside: true },
    ],
    error: {
      keys: ['exception.type', 'exception.message', 'exception.stacktrace'],
      isInside: true,
      pairs: (parts) => [
        { key: 'exception.type', value: parts.type },
        { key: 'exception.message', value: parts.message, isText: true },
        { key: 'exception.stacktrace', value: fullStack(parts) },
      ],
    },
    section: 'Attributes',
  }
}
