import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** Where a request came from. Only one that was forwarded needs the framework, which knows the proxies to be trusted. */
export function addressOf(request: IncomingMessage, headers: IncomingHttpHeaders, socket: Socket | undefined): string {
  try {
    if (headers['x-forwarded-for'] !== undefined) {
      const { ip } = request as { ip?: unknown }
      if (typeof ip === 'string') return ip
    }
    return (socket ?? request.socket).remoteAddress ?? ''
  } catch {
    // The connection of an HTTP/2 request is gone already.
    return ''
  }
}
