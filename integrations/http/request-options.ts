import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type CheckedUnitOptions,
  checkWideLineOptions,
  type FieldBag,
  Logger,
  OptionError,
  WIDE_LINE_RULES,
  type WideLineOptions,
} from '../../src/index.js'
import { type BodyOptions, type CheckedBodyOptions, checkBodyOptions } from './body-options.js'
import { type CheckedDebugOptions, checkDebugOptions, type DebugOptions } from './debug-header.js'
import { type GivenResponse, givenResponse } from './given-response.js'
import { type Ignored, type Ignores, ignoreRule } from './ignored.js'
import { refuseItem } from './refused-item.js'
import type { RequestFunction } from './request-function.js'
import { type KeyOptions, type KeyPreset, type WideKeys, wideKeysOf } from './wide-keys.js'

/** Makes the id of a request. */
export type RequestIdGenerator = RequestFunction<string>

/** Options of a request logger. */
export interface RequestOptions extends WideLineOptions {
  /** Whether `currentLog()` works. It costs one `AsyncLocalStorage.run` a request. Default true. */
  readonly context?: boolean
  /** The header a request's id is echoed in, and taken from. Default `x-request-id`. */
  readonly idHeader?: string
  /** The headers an id may be taken from, the first that brings a valid one. Default: `idHeader` alone. */
  readonly idSources?: readonly string[]
  /** Whether the response carries the id. Default true. */
  readonly echoId?: boolean
  /** Makes the id of a request that brings none, or one that is not 1 to 64 of `A-Za-z0-9._-`. */
  readonly generateId?: RequestIdGenerator
  /** Whether the ids and the trace that a request brings are taken over. Default true. */
  readonly trust?: boolean | RequestFunction<boolean>
  /**
   * Requests that get no wide line unless they fail: paths (`/health`, `/assets/*`), patterns for the path, predicates.
   */
  readonly ignore?: Ignored | readonly Ignored[]
  /** Headers that are on the line; none by default. Those of secrets stay censored. */
  readonly headers?: { readonly request?: readonly string[]; readonly response?: readonly string[] }
  /** Query parameters whose values are shown in `url`; none by default. Those of secrets stay hidden. */
  readonly query?: readonly string[]
  /** Names of the keys: `short` (default), those of OpenTelemetry's conventions, or pino-http's form. */
  readonly preset?: KeyPreset
  /** Other names for single keys; `false` leaves one out. */
  readonly keys?: KeyOptions
  /** More fields for each wide line, asked for at its end. */
  readonly fields?: RequestFunction<FieldBag | undefined, [response: ServerResponse]>
  /** Lets a signed header ask for more lines of its one request. Default: none does. See {@link signDebugHeader}. */
  readonly debug?: DebugOptions
  /** Puts bodies on the wide line, within bounds and without secrets. Default: none. */
  readonly body?: BodyOptions
}

/** Request options, complete. */
export interface CheckedRequestOptions {
  readonly context: boolean
  readonly idHeader: string
  readonly idSources: readonly string[]
  readonly echoId: boolean
  readonly generateId: GivenResponse<string> | undefined
  readonly trust: boolean | ((request: IncomingMessage) => boolean)
  readonly ignores: Ignores | undefined
  readonly requestHeaders: readonly string[]
  readonly responseHeaders: readonly string[]
  readonly query: ReadonlySet<string> | undefined
  readonly keys: WideKeys
  readonly fields: RequestOptions['fields']
  readonly body: CheckedBodyOptions | undefined
  readonly debug: CheckedDebugOptions | undefined
  readonly unit: CheckedUnitOptions
}

const HEADER = /^[a-z0-9!#$%&'*+.^_`|~-]+$/i

type Check = (value: unknown) => boolean

const isFlag: Check = (value) => typeof value === 'boolean'
const isFunction: Check = (value) => typeof value === 'function'
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const isHeader: Check = (value) => typeof value === 'string' && HEADER.test(value) && value !== '*'
const isHeaders: Check = (value) => Array.isArray(value) && value.every(isHeader)
const isName: Check = (value) => typeof value === 'string' && value !== '' && value !== '*'

const RULES: Readonly<Record<Exclude<keyof RequestOptions, keyof WideLineOptions>, readonly [string, Check]>> = {
  context: ['true or false', isFlag],
  idHeader: ['the name of a header', isHeader],
  idSources: ['an array of names of headers', isHeaders],
  echoId: ['true or false', isFlag],
  generateId: ['a function', isFunction],
  trust: ['true, false or a function', (value) => isFlag(value) || isFunction(value)],
  ignore: ['a path such as /health or /assets/*, a pattern, a function, or an array of them', ignoreRule.accepts],
  headers: [
    'an object with request and response, arrays of names of headers',
    (value) =>
      isObject(value) &&
      Object.entries(value as object).every(
        ([name, list]) => (name === 'request' || name === 'response') && isHeaders(list),
      ),
  ],
  query: ['an array of names', (value) => Array.isArray(value) && value.every(isName)],
  preset: ["'short', 'otel' or 'pino-http'", (value) => value === 'short' || value === 'otel' || value === 'pino-http'],
  keys: ['an object', isObject],
  fields: ['a function', isFunction],
  body: ['an object', isObject],
  debug: ['an object', isObject],
}

/** What each item of a list must be. */
const ITEMS = {
  idSources: ['the name of a header', isHeader],
  ignore: ['a path such as /health or /assets/*, a pattern or a function', ignoreRule.accepts],
  query: ['the name of a parameter', isName],
  request: ['the name of a header', isHeader],
  response: ['the name of a header', isHeader],
} as const

function refuseItems(where: string, options: unknown, names: readonly (keyof typeof ITEMS)[]): void {
  if (!isObject(options)) return
  for (const name of names) {
    const [expected, accepts] = ITEMS[name]
    refuseItem(`${where}.${name}`, (options as Record<string, unknown>)[name], expected, accepts)
  }
}

/** @throws OptionError for an option that cannot be used. */
export function checkRequestOptions(
  where: string,
  options: RequestOptions,
  others: readonly string[] = [],
): CheckedRequestOptions {
  OptionError.refuseUnknown(where, options, [...Object.keys(RULES), ...Object.keys(WIDE_LINE_RULES), ...others])
  refuseItems(where, options, ['idSources', 'ignore', 'query'])
  refuseItems(`${where}.headers`, options.headers, ['request', 'response'])
  for (const [name, value] of Object.entries(options as Record<string, unknown>)) {
    if (value === undefined || others.includes(name)) continue
    const shared = (WIDE_LINE_RULES as Record<string, { expected: string; accepts: Check } | undefined>)[name]
    const [expected, accepts] =
      shared === undefined ? RULES[name as keyof typeof RULES] : [shared.expected, shared.accepts]
    if (!accepts(value)) throw new OptionError(`${where}.${name}`, expected, value)
  }
  const idHeader = (options.idHeader ?? 'x-request-id').toLowerCase()
  const { headers, query, body } = options
  return Object.freeze({
    context: options.context ?? true,
    idHeader,
    idSources: (options.idSources ?? [idHeader]).map((name) => name.toLowerCase()),
    echoId: options.echoId ?? true,
    generateId: options.generateId === undefined ? undefined : givenResponse(options.generateId),
    trust: options.trust ?? true,
    ignores: ignoreRule.make(options.ignore),
    requestHeaders: (headers?.request ?? []).map((name) => name.toLowerCase()),
    responseHeaders: (headers?.response ?? []).map((name) => name.toLowerCase()),
    query: query === undefined ? undefined : new Set(query),
    keys: wideKeysOf(where, options.preset ?? 'short', options.keys ?? {}),
    fields: options.fields,
    debug: options.debug === undefined ? undefined : checkDebugOptions(`${where}.debug`, options.debug),
    body: body === undefined ? undefined : checkBodyOptions(`${where}.body`, body),
    unit: checkWideLineOptions(where, options),
  })
}

/** @throws OptionError unless the value is a logger. */
export function checkLogger(where: string, logger: unknown): Logger {
  if (!(logger instanceof Logger))
    throw new OptionError(where === '' ? 'logger' : `${where}.logger`, 'a Logger made by createLogger()', logger)
  return logger
}

/** The options under a logger's rules: a parameter whose name is a secret's is not shown, whoever asks for it. */
export function withoutSecrets(options: CheckedRequestOptions, logger: Logger): CheckedRequestOptions {
  const { query } = options
  if (query === undefined) return options
  const { redaction } = logger.pipeline.table
  return Object.freeze({ ...options, query: new Set([...query].filter((name) => !redaction.hides(name))) })
}
