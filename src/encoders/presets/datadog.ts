import { loggerPair, nestedLoggerPair, pair } from '../json-format.js'
import { keyText } from '../line-head.js'
import type { ErrorParts } from '../error-parts.js'
import type { Preset } from './preset.js'
import { nanoseconds, textOf, within } from './values.js'

const HEX_SPAN = /^[0-9a-f]{16}$/

/**
 * Datadog's reserved and standard attributes, nested as its paths are: `status`, `timestamp`, `message`, `logger.name`,
 * `error.kind`, `error.message` and `error.stack`, and for a request `http`, `network` and `duration` in nanoseconds.
 * A trace's id stays in hexadecimal digits, as 128-bit ids are logged; a span's becomes a decimal number.
 *
 * `status` is a line's level there, so an application's field of that name gets a leading underscore.
 *
 * @see https://docs.datadoghq.com/standard-attributes/
 * @see https://docs.datadoghq.com/logs/log_configuration/pipelines/#preprocessing for the reserved attributes
 * @see https://docs.datadoghq.com/logs/log_configuration/processors/log_status_remapper/ for what a status may be
 * @see https://docs.datadoghq.com/tracing/guide/span_and_trace_id_format/
 */
export function datadogPreset(): Preset {
  return {
    keys: { level: 'status', time: 'timestamp', logger: 'logger', message: 'message', error: 'error' },
    level: 'label',
    time: 'iso',
    labels: {
      trace: 'trace',
      debug: 'debug',
      info: 'info',
      warn: 'warn',
      error: 'error',
      fatal: 'critical',
      panic: 'emergency',
    },
    numbers: { trace: 7, debug: 7, info: 6, warn: 4, error: 3, fatal: 2, panic: 0 },
    head:
      ({ keys, given, levels }) =>
      (level, logger) => ({
        before: `{${pair(keys.level, levels[level])},${keyText(keys.time)}`,
        after:
          given.logger === undefined ? nestedLoggerPair(keys.logger, 'name', logger) : loggerPair(given.logger, logger),
        end: '',
      }),
    ownKeys: [],
    slots: [
      { from: 'traceId', to: 'trace_id', group: 'dd', isOfRequest: false },
      { from: 'spanId', to: 'span_id', group: 'dd', isOfRequest: false, write: textOf(spanOf) },
      { from: 'requestId', to: 'request_id', group: 'http', isOfRequest: false },
      { from: 'method', to: 'method', group: 'http', isOfRequest: true },
      { from: 'url', to: 'url', group: 'http', isOfRequest: true },
      { from: 'route', to: 'route', group: 'http', isOfRequest: true },
      { from: 'status', to: 'status_code', group: 'http', isOfRequest: true },
      { from: 'userAgent', to: 'useragent', group: 'http', isOfRequest: true },
      { from: 'requestBytes', to: 'bytes_read', group: 'network', isOfRequest: true },
      { from: 'bytes', to: 'bytes_written', group: 'network', isOfRequest: true },
      { from: 'remoteAddress', to: 'client', group: 'network', isOfRequest: true, write: within('ip') },
      { from: 'durationMs', to: 'duration', isOfRequest: true, write: nanoseconds },
    ],
    error: { keys: ['error'], isInside: true, pairs: (parts) => [{ key: 'error', value: kindOf(parts) }] },
  }
}

function kindOf({ type, ...rest }: ErrorParts): unknown {
  return { kind: type, ...rest }
}

function spanOf(id: string): string {
  return HEX_SPAN.test(id) ? BigInt(`0x${id}`).toString() : id
}
