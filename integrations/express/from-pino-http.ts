import type { IncomingMessage, ServerResponse } from 'node:http'
import { type FinishedUnit, isError, Level, type LevelName, OptionError } from '../../src/index.js'
import type { RequestOptions } from '../http/index.js'

/** The options of pino-http that have a counterpart here, as they are written there. */
export interface PinoHttpOptions {
  /** Makes a request's id. */
  readonly genReqId?: (request: IncomingMessage, response?: ServerResponse) => unknown
  /** False, or what it ignores: these requests have no line. */
  readonly autoLogging?: boolean | { readonly ignore?: (request: IncomingMessage) => boolean }
  /** The level of every line; `silent` for none. */
  readonly useLevel?: string
  /** Says the line's level; `silent` where there is to be none. */
  readonly customLogLevel?: (request: IncomingMessage, response: ServerResponse, error?: Error) => string
  /** Says the message of a request that succeeded. */
  readonly customSuccessMessage?: (request: IncomingMessage, response: ServerResponse, responseTime: number) => string
  /** Says the message of a request that failed. */
  readonly customErrorMessage?: (request: IncomingMessage, response: ServerResponse, error: Error) => string
  /** Adds fields to the line. */
  readonly customProps?: (request: IncomingMessage, response: ServerResponse) => object
  /** Other keys for the error, the id and the duration. */
  readonly customAttributeKeys?: { readonly err?: string; readonly reqId?: string; readonly responseTime?: string }
}

const NAMES = [
  'genReqId',
  'autoLogging',
  'useLevel',
  'customLogLevel',
  'customSuccessMessage',
  'customErrorMessage',
  'customProps',
  'customAttributeKeys',
]
const SILENT = 'silent'
const FUNCTIONS = ['genReqId', 'customLogLevel', 'customSuccessMessage', 'customErrorMessage', 'customProps'] as const
const KEYS = ['err', 'reqId', 'responseTime']

/**
 * The options of `requestLogger()` that do what these options of pino-http do, with the keys of pino-http's line. What has no
 * counterpart is refused: serializers, for one, whose place the allow-lists of headers take.
 *
 * @throws OptionError for an option that has no counterpart.
 * @example app.use(requestLogger({ logger: log, ...fromPinoHttp({ customProps, autoLogging }) }))
 */
export function fromPinoHttp(options: PinoHttpOptions): RequestOptions {
  refuseUnusable(options)
  refuseOthers('fromPinoHttp.customAttributeKeys', options.customAttributeKeys ?? {}, KEYS)
  const { genReqId, customProps, customAttributeKeys: keys = {} } = options
  const level = levelOf(options)
  const message = messageOf(options)
  const ignore = ignoreOf(options)
  return {
    preset: 'pino-http',
    keys: {
      ...(keys.err === undefined ? {} : { error: keys.err }),
      ...(keys.reqId === undefined ? {} : { requestId: keys.reqId }),
      ...(keys.responseTime === undefined ? {} : { durationMs: keys.responseTime }),
    },
    // pino-http leaves it to this function whether an id that a request brings is taken.
    ...(genReqId === undefined
      ? {}
      : { idSources: [], generateId: (request) => String(genReqId(request, resOf(request))) }),
    ...(ignore === undefined ? {} : { ignore }),
    ...(level === undefined ? {} : { level }),
    ...(message === undefined ? {} : { message }),
    ...(customProps === undefined
      ? {}
      : { fields: (request: IncomingMessage, response: ServerResponse) => customProps(request, response) }),
  }
}

/** What has no line: also what pino-http would write at the level `silent`, which no line has. */
function ignoreOf({ autoLogging, useLevel, customLogLevel }: PinoHttpOptions): RequestOptions['ignore'] {
  if (autoLogging === false || useLevel === SILENT) return () => true
  const ignore = typeof autoLogging === 'object' ? autoLogging.ignore : undefined
  if (customLogLevel === undefined) return ignore
  return (request) => ignore?.(request) === true || customLogLevel(request, resOf(request)!) === SILENT
}

function levelOf({ useLevel, customLogLevel }: PinoHttpOptions): RequestOptions['level'] {
  if (customLogLevel === undefined && useLevel === undefined) return undefined
  return (unit) => {
    const name = customLogLevel?.(unit.request as IncomingMessage, resOf(unit.request)!, errorOf(unit)) ?? useLevel
    // A failure is heard all the same.
    return name === SILENT ? unit.level : named('level', name)
  }
}

function messageOf({ customSuccessMessage, customErrorMessage }: PinoHttpOptions): RequestOptions['message'] {
  if (customSuccessMessage === undefined && customErrorMessage === undefined) return undefined
  return (unit) => {
    const request = unit.request as IncomingMessage
    const response = resOf(request)!
    const own =
      unit.outcome === 'completed'
        ? customSuccessMessage?.(request, response, unit.durationMs)
        : customErrorMessage?.(request, response, errorOf(unit) ?? new Error(`request ${unit.outcome}`))
    return own ?? `request ${unit.outcome}`
  }
}

function errorOf({ error }: FinishedUnit): Error | undefined {
  return isError(error) ? error : undefined
}

/** Express puts the response on the request. */
function resOf(request: unknown): ServerResponse | undefined {
  return (request as { res?: ServerResponse } | undefined)?.res
}

/** pino's levels have these names too. */
function named(option: string, level: unknown): LevelName {
  if (Object.hasOwn(Level, String(level))) return level as LevelName
  throw new OptionError(`fromPinoHttp.${option}`, `${Object.keys(Level).join(', ')} or ${SILENT}`, level)
}

function refuseUnusable(options: PinoHttpOptions): void {
  if (typeof options !== 'object' || options === null) throw new OptionError('fromPinoHttp', 'an object', options)
  refuseOthers('fromPinoHttp', options, NAMES)
  for (const name of FUNCTIONS) {
    const value: unknown = options[name]
    if (value !== undefined && typeof value !== 'function')
      throw new OptionError(`fromPinoHttp.${name}`, 'a function', value)
  }
  const { useLevel, customLogLevel } = options
  if (useLevel === undefined) return
  if (useLevel !== SILENT) named('useLevel', useLevel)
  // pino-http takes either, too.
  if (customLogLevel !== undefined)
    throw new OptionError('fromPinoHttp.useLevel', 'left out beside customLogLevel', useLevel)
}

function refuseOthers(where: string, options: object, known: readonly string[]): void {
  const [other] = Object.entries(options).find(([name, value]) => value !== undefined && !known.includes(name)) ?? []
  if (other !== undefined) throw new OptionError(`${where}.${other}`, `one of ${known.join(', ')}`, other)
}
