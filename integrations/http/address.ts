import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { cut } from './cut.js'

/** An address is shorter, also one with a zone or a port; a longer one is somebody's play. */
const MAX_ADDRESS = 128

/** Where a request came from. Only one that was forwarded needs the framework, which knows the proxies to be trusted. */
export function addressOf(request: IncomingMessage, headers: IncomingHttpHeaders, socket: Socket | undefined): string {
  try {
    const ip = headers['x-forwarded-for'] === undefined ? undefined : forwardedOf(request)
    return ip ?? (socket ?? request.socket).remoteAddress ?? ''
  } catch {
    // The connection of an HTTP/2 request is gone already.
    return ''
  }
}

function forwardedOf(request: object): string | undefined {
  try {
    const { ip } = request as { ip?: unknown }
    if (typeof ip !== 'string') return undefined
    return cut(ip, MAX_ADDRESS)
  } catch {
    // The application's own function, which says whom it trusts, threw.
    return undefined
  }
}
