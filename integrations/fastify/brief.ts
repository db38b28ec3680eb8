import type { Serializers } from '../../src/index.js'
import { safeUrl } from '../http/index.js'

/** What is used of a request or reply, be it Fastify's or Node's. */
interface Whole {
  readonly method?: string
  readonly url?: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly host?: string
  readonly ip?: string
  readonly socket?: { readonly remotePort?: number }
  readonly statusCode?: number
}

/**
 * What Fastify's own logger makes of requests and replies: whole they are hundreds of kilobytes, with what was sent in
 * secret. Errors need nothing, for every logger writes them in brief.
 *
 * @param query - The names of query parameters whose values are shown, as on the wide line.
 */
export function briefly(query: ReadonlySet<string> | undefined): Serializers {
  return {
    req: (value: unknown) => (isWhole(value) ? briefRequest(value, query) : value),
    res: (value: unknown) => (isWhole(value) ? { statusCode: value.statusCode } : value),
  }
}

function briefRequest(request: Whole, query: ReadonlySet<string> | undefined): object {
  const { method, url, headers, host, ip, socket } = request
  return {
    method,
    url: typeof url === 'string' ? safeUrl(url, query) : undefined,
    version: headers?.['accept-version'],
    host,
    remoteAddress: ip,
    remotePort: socket?.remotePort,
  }
}

function isWhole(value: unknown): value is Whole {
  return typeof value === 'object' && value !== null
}
