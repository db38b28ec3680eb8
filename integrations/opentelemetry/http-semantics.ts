import { isError } from '../../src/index.js'

/** HTTP methods by RFC 9110 and RFC 5789, and QUERY: any other is `_OTHER`, or every scanner would add a time series. */
const METHODS: ReadonlySet<string> = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
])

/** A method as `http.request.method` has it. */
export function semanticMethod(method: string | undefined): string {
  return method !== undefined && METHODS.has(method) ? method : '_OTHER'
}

/**
 * Keys of a request's wide line, and the attributes of the HTTP semantic conventions that say the same. Keys without one
 * (`requestId`, `outcome`, `durationMs`, your own) keep their names.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/
 */
export const SEMANTIC_NAMES: Readonly<Record<string, string>> = Object.freeze({
  method: 'http.request.method',
  route: 'http.route',
  status: 'http.response.status_code',
  requestBytes: 'http.request.body.size',
  bytes: 'http.response.body.size',
  remoteAddress: 'client.address',
  userAgent: 'user_agent.original',
})

/** `url` becomes two. */
export const URL_PATH = 'url.path'
export const URL_QUERY = 'url.query'

/** What one groups failures by: a status from 500 on, or the error's type. */
export const ERROR_TYPE = 'error.type'

/** What failed, in few words: the error's own type, or the status. */
export function errorTypeOf(error: unknown, status: number | undefined): string {
  const type = nameOf(error)
  return type ?? (status !== undefined && status > 0 ? String(status) : '_OTHER')
}

function nameOf(error: unknown): string | undefined {
  try {
    if (!isError(error)) return undefined
    const own: unknown = error.name
    const made: unknown = (error.constructor as { name?: unknown } | undefined)?.name
    const name = own === 'Error' && typeof made === 'string' && made !== '' ? made : own
    return typeof name === 'string' && name !== '' ? name.slice(0, 100) : undefined
  } catch {
    // An error that refuses to be asked is an error of no known type.
    return undefined
  }
}
