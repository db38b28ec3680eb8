import { OptionError } from '../../src/index.js'

/** Whose names the keys have. */
export type KeyPreset = 'short' | 'otel' | 'pino-http'

/** The keys of a request's wide line, as they are named by default. */
export type WideKey =
  | 'requestId'
  | 'method'
  | 'url'
  | 'route'
  | 'status'
  | 'outcome'
  | 'durationMs'
  | 'firstByteMs'
  | 'requestBytes'
  | 'bytes'
  | 'remoteAddress'
  | 'userAgent'
  | 'traceId'
  | 'spanId'
  | 'parentSpanId'
  | 'controller'
  | 'handler'
  | 'requestHeaders'
  | 'responseHeaders'
  | 'requestBody'
  | 'responseBody'
  | 'upgrade'
  | 'slow'
  | 'share'
  | 'droppedLines'
  | 'shutdown'
  | 'error'

/** Other names for keys; `false` leaves one out. */
export type KeyOptions = { readonly [K in WideKey]?: string | false }

/** Every key's name, empty where it is left out. */
export interface WideKeys {
  readonly preset: KeyPreset
  readonly names: Readonly<Record<WideKey, string>>
  /** The names in use: a field of such a name gets a leading underscore. */
  readonly reserved: ReadonlySet<string>
}

const SHORT: Readonly<Record<WideKey, string>> = {
  requestId: 'requestId',
  method: 'method',
  url: 'url',
  route: 'route',
  status: 'status',
  outcome: 'outcome',
  durationMs: 'durationMs',
  firstByteMs: 'firstByteMs',
  requestBytes: 'requestBytes',
  bytes: 'bytes',
  remoteAddress: 'remoteAddress',
  userAgent: 'userAgent',
  traceId: 'traceId',
  spanId: 'spanId',
  parentSpanId: 'parentSpanId',
  controller: 'controller',
  handler: 'handler',
  requestHeaders: 'requestHeaders',
  responseHeaders: 'responseHeaders',
  requestBody: 'requestBody',
  responseBody: 'responseBody',
  upgrade: 'upgrade',
  slow: 'slow',
  share: 'share',
  droppedLines: 'droppedLines',
  shutdown: 'shutdown',
  error: 'error',
}

/** Semantic conventions for HTTP; where they have no name, ours. The URL is its path and its query, times are seconds. */
const OTEL: Readonly<Record<WideKey, string>> = {
  ...SHORT,
  method: 'http.request.method',
  url: 'url.path',
  route: 'http.route',
  status: 'http.response.status_code',
  durationMs: 'http.server.request.duration',
  requestBytes: 'http.request.body.size',
  bytes: 'http.response.body.size',
  remoteAddress: 'client.address',
  userAgent: 'user_agent.original',
  traceId: 'trace_id',
  spanId: 'span_id',
  parentSpanId: 'parent_span_id',
  controller: '',
  handler: 'code.function.name',
}

/** pino-http's: `req` and `res` are objects, which hold what has no name of its own here. */
const PINO_HTTP: Readonly<Record<WideKey, string>> = {
  ...SHORT,
  method: '',
  url: '',
  status: '',
  durationMs: 'responseTime',
  remoteAddress: '',
  userAgent: '',
  requestId: '',
  requestHeaders: '',
  responseHeaders: '',
  error: 'err',
}

const PRESETS: Readonly<Record<KeyPreset, Readonly<Record<WideKey, string>>>> = {
  short: SHORT,
  otel: OTEL,
  'pino-http': PINO_HTTP,
}

/** Keys of a preset that have no other names. */
const MORE: Readonly<Record<KeyPreset, readonly string[]>> = {
  short: [],
  otel: ['url.query', 'error.type'],
  'pino-http': ['req', 'res'],
}

/** The names of a preset, with the application's own in their place. @throws OptionError for one that cannot be used. */
export function wideKeysOf(where: string, preset: KeyPreset, own: KeyOptions): WideKeys {
  const names: Record<WideKey, string> = { ...PRESETS[preset] }
  for (const [key, name] of Object.entries(own) as [WideKey, unknown][]) {
    if (!Object.hasOwn(SHORT, key)) {
      throw new OptionError(`${where}.keys.${key}`, `one of ${Object.keys(SHORT).join(', ')}`, key)
    }
    if (name !== false && (typeof name !== 'string' || name === '')) {
      throw new OptionError(`${where}.keys.${key}`, 'a name, or false', name)
    }
    names[key] = name === false ? '' : name
  }
  const used = [...Object.values(names).filter((name) => name !== ''), ...MORE[preset]]
  const twice = used.find((name, i) => used.indexOf(name) !== i)
  if (twice !== undefined) throw new OptionError(`${where}.keys`, 'different names', twice)
  return Object.freeze({ preset, names: Object.freeze(names), reserved: new Set(used) })
}
