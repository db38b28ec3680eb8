import { loggerPair, pair } from '../json-format.js'
import { keyText } from '../line-head.js'
import type { Preset } from './preset.js'
import { protoDuration, protoInteger, textOf } from './values.js'

/**
 * Google Cloud Logging's structured lines, as the agents and runtimes that read standard output take them: `severity`,
 * `time`, `message`, and for a request the group `httpRequest`. Its `responseSize` is that of the body, and its
 * `requestUrl` the path. A trace's id gets the project's name in front where `GOOGLE_CLOUD_PROJECT` holds it. The stack
 * of an error stands in `stack_trace`, where Error Reporting looks first.
 *
 * @see https://cloud.google.com/logging/docs/structured-logging#structured_logging_special_fields
 * @see https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry for LogSeverity and HttpRequest
 * @see https://cloud.google.com/error-reporting/docs/formatting-error-messages
 */
export function gcpPreset(): Preset {
  const project = process.env['GOOGLE_CLOUD_PROJECT']
  const traceOf = (id: string): string => (project === undefined ? id : `projects/${project}/traces/${id}`)
  return {
    keys: { level: 'severity', time: 'time', logger: 'logger', message: 'message', error: 'error' },
    level: 'label',
    time: 'iso',
    labels: {
      trace: 'DEBUG',
      debug: 'DEBUG',
      info: 'INFO',
      warn: 'WARNING',
      error: 'ERROR',
      fatal: 'CRITICAL',
      panic: 'EMERGENCY',
    },
    numbers: { trace: 100, debug: 100, info: 200, warn: 400, error: 500, fatal: 600, panic: 800 },
    head:
      ({ keys, levels }) =>
      (level, logger) => ({
        before: `{${pair(keys.level, levels[level])},${keyText(keys.time)}`,
        after: loggerPair(keys.logger, logger),
        end: '',
      }),
    ownKeys: [],
    slots: [
      { from: 'traceId', to: 'logging.googleapis.com/trace', isOfRequest: false, write: textOf(traceOf) },
      { from: 'spanId', to: 'logging.googleapis.com/spanId', isOfRequest: false },
      { from: 'method', to: 'requestMethod', group: 'httpRequest', isOfRequest: true },
      { from: 'url', to: 'requestUrl', group: 'httpRequest', isOfRequest: true },
      { from: 'requestBytes', to: 'requestSize', group: 'httpRequest', isOfRequest: true, write: protoInteger },
      { from: 'status', to: 'status', group: 'httpRequest', isOfRequest: true },
      { from: 'bytes', to: 'responseSize', group: 'httpRequest', isOfRequest: true, write: protoInteger },
      { from: 'userAgent', to: 'userAgent', group: 'httpRequest', isOfRequest: true },
      { from: 'remoteAddress', to: 'remoteIp', group: 'httpRequest', isOfRequest: true },
      { from: 'durationMs', to: 'latency', group: 'httpRequest', isOfRequest: true, write: protoDuration },
    ],
    error: {
      keys: ['error', 'stack_trace'],
      isInside: true,
      pairs: ({ stack, ...rest }) => [
        { key: 'error', value: rest },
        { key: 'stack_trace', value: stack },
      ],
    },
  }
}
