import os from 'node:os'
import { LEVEL_LABELS, loggerPair, pair } from '../json-format.js'
import { keyText } from '../line-head.js'
import { type ErrorParts, isParts } from '../error-parts.js'
import type { Preset } from './preset.js'

/**
 * pino's lines: numbered levels (`panic` is its 60 too), epoch milliseconds, `pid` and `hostname`, the error under `err`
 * with type, message and stack, to which those of its causes are added. A request's line has pino-http's `req`, `res` and
 * `responseTime`, as far as a wide line has what they hold: no headers. On other lines these names are the application's.
 *
 * @see https://github.com/pinojs/pino/blob/main/docs/api.md for the keys and `base`
 * @see https://github.com/pinojs/pino-std-serializers for `err`, `req` and `res`
 * @see https://github.com/pinojs/pino-http for `responseTime`
 */
export function pinoPreset(): Preset {
  const base = `,${pair('pid', process.pid)},${pair('hostname', os.hostname())}`
  return {
    keys: { level: 'level', time: 'time', logger: 'name', message: 'msg', error: 'err' },
    level: 'number',
    time: 'epochMs',
    labels: LEVEL_LABELS,
    numbers: { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, panic: 60 },
    head:
      ({ keys, levels }) =>
      (level, logger) => ({
        before: `{${pair(keys.level, levels[level])},${keyText(keys.time)}`,
        after: base + loggerPair(keys.logger, logger),
        end: '',
      }),
    ownKeys: ['pid', 'hostname'],
    slots: [
      { from: 'requestId', to: 'id', group: 'req', isOfRequest: false },
      { from: 'method', to: 'method', group: 'req', isOfRequest: true },
      { from: 'url', to: 'url', group: 'req', isOfRequest: true },
      { from: 'remoteAddress', to: 'remoteAddress', group: 'req', isOfRequest: true },
      { from: 'status', to: 'statusCode', group: 'res', isOfRequest: true },
      { from: 'durationMs', to: 'responseTime', isOfRequest: true },
    ],
    yieldsNames: true,
    error: { keys: ['err'], isInside: true, pairs: (parts) => [{ key: 'err', value: serialized(parts) }] },
  }
}

/** An error as pino's serializer has it. A cause that is no error, which it leaves out, stays. */
function serialized(parts: ErrorParts): ErrorParts {
  const { type, message: _message, stack, errors, cause, ...others } = parts
  return {
    type,
    message: withCauses(parts, 'message', ': '),
    ...(stack === undefined ? {} : { stack: withCauses(parts, 'stack', '\ncaused by: ') }),
    ...(Array.isArray(errors)
      ? { aggregateErrors: errors.map((each) => (isParts(each) ? serialized(each) : each)) }
      : {}),
    ...others,
    ...(cause === undefined || isParts(cause) ? {} : { cause }),
  }
}

function withCauses(parts: ErrorParts, name: 'message' | 'stack', between: string): unknown {
  const text = parts[name]
  if (typeof text !== 'string' || !isParts(parts['cause'])) return text
  const inner = withCauses(parts['cause'], name, between)
  return typeof inner === 'string' ? text + between + inner : text
}
