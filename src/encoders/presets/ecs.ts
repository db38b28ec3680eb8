import { FieldKind } from '../../entry/field.js'
import type { Fields } from '../../entry/fields.js'
import { Level } from '../../entry/level.js'
import { LEVEL_LABELS, loggerPair, pair } from '../json-format.js'
import { keyText } from '../line-head.js'
import { fullStack, type Preset } from './preset.js'
import { nanoseconds, onlyIf, textOf, urlPath, urlQuery } from './values.js'

const ECS_VERSION = '8.11.0'

/** Lower case, words joined by underscores, parts by points. */
const DOTTED_NAME = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$/

/** What ECS knows of how an event ended: whether a request that its client left was one or the other is not known. */
const OUTCOMES: Readonly<Record<string, string>> = { completed: 'success', failed: 'failure', aborted: 'unknown' }

/**
 * Elastic Common Schema 8, in the form of its logging libraries: names with points, first `@timestamp`, `log.level` and
 * `message`. A field that is named as the schema names its own (`event.action`) stands as it is; any other is the
 * application's and stands in `labels`. Labels are keywords: objects are written as their JSON text there, and what their
 * names must not hold (`.`, `*` and `\`) is percent-encoded, so that different names stay different. A client's address that
 * is no IP address stands in `client.address`.
 *
 * @see https://www.elastic.co/docs/reference/ecs/ecs-field-reference
 * @see https://www.elastic.co/docs/reference/ecs/ecs-custom-fields-in-ecs for `labels`
 * @see https://www.elastic.co/docs/reference/ecs/ecs-guidelines for what names look like
 * @see https://github.com/elastic/ecs-logging/blob/main/spec/spec.json for the order and the points
 */
export function ecsPreset(): Preset {
  const { isIP } = process.getBuiltinModule('node:net')
  // Elasticsearch refuses a whole line for an ip that is none: a proxy's client may send anything, or redaction hide it.
  const isIp = ({ kinds, values }: Fields, row: number): boolean => {
    const text = kinds[row] === FieldKind.string ? (values[row] as string) : ''
    return isIP(text) !== 0 && !text.includes('%')
  }
  return {
    keys: { level: 'log.level', time: '@timestamp', logger: 'log.logger', message: 'message', error: 'error' },
    level: 'label',
    time: 'iso',
    labels: LEVEL_LABELS,
    numbers: Level,
    head:
      ({ keys, levels }) =>
      (level, logger) => ({
        before: `{${keyText(keys.time)}`,
        after: `,${pair(keys.level, levels[level])}`,
        end: `,${pair('ecs.version', ECS_VERSION)}${loggerPair(keys.logger, logger)}`,
      }),
    ownKeys: ['ecs.version'],
    slots: [
      { from: 'traceId', to: 'trace.id', isOfRequest: false },
      { from: 'spanId', to: 'span.id', isOfRequest: false },
      { from: 'requestId', to: 'http.request.id', isOfRequest: false },
      { from: 'method', to: 'http.request.method', isOfRequest: true },
      { from: 'requestBytes', to: 'http.request.body.bytes', isOfRequest: true },
      { from: 'url', to: 'url.path', isOfRequest: true, write: urlPath },
      { from: 'url', to: 'url.query', isOfRequest: true, write: urlQuery },
      { from: 'status', to: 'http.response.status_code', isOfRequest: true },
      { from: 'bytes', to: 'http.response.body.bytes', isOfRequest: true },
      { from: 'durationMs', to: 'event.duration', isOfRequest: true, write: nanoseconds },
      { from: 'outcome', to: 'event.outcome', isOfRequest: true, write: textOf((outcome) => OUTCOMES[outcome]) },
      { from: 'remoteAddress', to: 'client.ip', isOfRequest: true, write: onlyIf(isIp) },
      {
        from: 'remoteAddress',
        to: 'client.address',
        isOfRequest: true,
        write: onlyIf((fields, row) => !isIp(fields, row)),
      },
      { from: 'userAgent', to: 'user_agent.original', isOfRequest: true },
    ],
    error: {
      keys: ['error.type', 'error.message', 'error.code', 'error.stack_trace'],
      isInside: false,
      pairs: (parts) => [
        { key: 'error.type', value: parts.type },
        { key: 'error.message', value: parts.message, isText: true },
        { key: 'error.code', value: parts['code'] },
        { key: 'error.stack_trace', value: fullStack(parts) },
      ],
    },
    section: 'labels',
    publicNames: DOTTED_NAME,
    isFlat: true,
  }
}
