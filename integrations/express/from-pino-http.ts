import type { IncomingMessage, ServerResponse } from 'node:http'
import { type FinishedUnit, isError, Level, type LevelName, OptionError } from '../../src/index.js'
import { giveResponse, type RequestFunction, type RequestOptions } from '../http/index.js'

/** The options of pino-http that have a counterpart here, as they are written there. */
export interface PinoHttpOptions {
  /** Makes a request's id. */
  readonly genReqId?: RequestFunction<unknown, [response?: ServerResponse]>
  /** False, or what it ignores: these requests have no line. */
  readonly autoLogging?: boolean | { readonly ignore?: RequestFunction<boolean> }
  /** The level of every line; `silent` for none. */
  readonly useLevel?: string
  /** Says the line's level; `silent` where there is to be none. */
  readonly customLogLevel?: RequestFunction<string, [response: ServerResponse, error?: Error]>
  /** Says the message of a request that succeeded. */
  readonly customSuccessMessage?: RequestFunction<string, [response: ServerResponse, responseTime: number]>
  /** Says the message of a request that failed. */
  readonly customErrorMessage?: RequestFunction<string, [response: ServerResponse, error: Error]>
  /** Adds fields to the line. */
  readonly customProps?: RequestFunction<object, [response: ServerResponse]>
  /** Other keys for the error, the id and the duration. */
  readonly customAttributeKeys?: { readonly err?: string; readonly reqId?: string; readonly responseTime?: string }
}

/** What `customLogLevel` said when it was asked whether there is to be a line: it is asked once. */
type AskedLevels = WeakMap<IncomingMessage, string>

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
  const { genReqId, customProps, customAttributeKeys: keys = {} } = options
  const asked: AskedLevels = new WeakMap()
  const level = levelOf(options, asked)
  const message = messageOf(options)
  const ignore = ignoreOf(options, asked)
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
      : { idSources: [], generateId: giveResponse((request, response) => String(genReqId(request, response))) }),
    ...(ignore === undefined ? {} : { ignore }),
    ...(level === undefined ? {} : { level }),
    ...(message === undefined ? {} : { message }),
    ...(customProps === undefined
      ? {}
      : { fields: (request: IncomingMessage, response: ServerResponse) => customProps(request, response) }),
  }
}

/** What has no line: also what pino-http would write at the level `silent`, which no line has. */
function ignoreOf(
  { autoLogging, useLevel, customLogLevel }: PinoHttpOptions,
  asked: AskedLevels,
): RequestOptions['ignore'] {
  if (autoLogging === false || useLevel === SILENT) return () => true
  const ignore = typeof autoLogging === 'object' ? autoLogging.ignore : undefined
  if (customLogLevel === undefined) return ignore
  return giveResponse((request, response, error) => {
    if (ignore?.(request) === true) return true
    const level = customLogLevel(request, response!, isError(error) ? error : undefined)
    asked.set(request, level)
    return level === SILENT
  })
}

function levelOf({ useLevel, customLogLevel }: PinoHttpOptions, asked: AskedLevels): RequestOptions['level'] {
  if (customLogLevel === undefined && useLevel === undefined) return undefined
  return (unit) => {
    const request = unit.request as IncomingMessage
    const name = asked.get(request) ?? customLogLevel?.(request, responseOf(unit), errorOf(unit)) ?? useLevel
    // A failure is heard all the same.
    return name === SILENT ? unit.level : named('level', name)
  }
}

function messageOf({ customSuccessMessage, customErrorMessage }: PinoHttpOptions): RequestOptions['message'] {
  if (customSuccessMessage === undefined && customErrorMessage === undefined) return undefined
  return (unit) => {
    const request = unit.request as IncomingMessage
    const response = responseOf(unit)
    const own =
      unit.outcome === 'completed'
        ? customSuccessMessage?.(request, response, unit.durationMs)
        : customErrorMessage?.(request, response, errorOf(unit) ?? new Error(`request ${unit.outcome}`))
    return own ?? `request ${unit.outcome}`
  }
}

function responseOf({ response }: FinishedUnit): ServerResponse {
  return response as ServerResponse
}

function errorOf({ error }: FinishedUnit): Error | undefined {
  return isError(error) ? error : undefined
}

/** pino's levels have these names too. */
function named(option: string, level: unknown): LevelName {
  if (Object.hasOwn(Level, String(level))) return level as LevelName
  throw new OptionError(`fromPinoHttp.${option}`, `${Object.keys(Level).join(', ')} or ${SILENT}`, level)
}

function refuseUnusable(options: PinoHttpOptions): void {
  if (!isObject(options)) throw new OptionError('fromPinoHttp', 'an object', options)
  OptionError.refuseUnknown('fromPinoHttp', options, NAMES)
  for (const name of FUNCTIONS) {
    const value: unknown = options[name]
    if (value !== undefined && typeof value !== 'function')
      throw new OptionError(`fromPinoHttp.${name}`, 'a function', value)
  }
  refuseAutoLogging(options.autoLogging)
  refuseKeys(options.customAttributeKeys)
  const { useLevel, customLogLevel } = options
  if (useLevel === undefined) return
  if (useLevel !== SILENT) named('useLevel', useLevel)
  // pino-http takes either, too.
  if (customLogLevel !== undefined)
    throw new OptionError('fromPinoHttp.useLevel', 'left out beside customLogLevel', useLevel)
}

function refuseAutoLogging(given: unknown): void {
  if (given === undefined || typeof given === 'boolean') return
  const where = 'fromPinoHttp.autoLogging'
  if (!isObject(given)) throw new OptionError(where, 'true, false or an object', given)
  OptionError.refuseUnknown(where, given, ['ignore'])
  const { ignore } = given as { ignore?: unknown }
  if (ignore !== undefined && typeof ignore !== 'function')
    throw new OptionError(`${where}.ignore`, 'a function', ignore)
}

function refuseKeys(given: unknown): void {
  if (given === undefined) return
  const where = 'fromPinoHttp.customAttributeKeys'
  if (!isObject(given)) throw new OptionError(where, 'an object', given)
  OptionError.refuseUnknown(where, given, KEYS)
  for (const [name, key] of Object.entries(given)) {
    if (key !== undefined && (typeof key !== 'string' || key === ''))
      throw new OptionError(`${where}.${name}`, 'a name', key)
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
