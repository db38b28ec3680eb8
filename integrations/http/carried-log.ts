import { hasShapesOfItsOwn, type Look, look } from './look.js'
import type { RequestLog } from './request-log.js'

const LOG: unique symbol = Symbol('wideline.log')

interface Carrier {
  [LOG]?: RequestLog
}

/** Has a request of Node's own carry its log. */
export function carryLog(request: object, log: RequestLog, read: Look): void {
  carrierOf(request, read)[LOG] = log
}

/** The log that a request of Node's own carries. */
export function carriedLog(request: object, read: Look = look): RequestLog | undefined {
  return carrierOf(request, read)[LOG]
}

/**
 * What has the log. Not the request itself on Node.js 20: a property would cost it 1.3 KB and some microseconds there, for
 * Express has changed its prototype. The state of its stream is of one shape with all others; an entry of a WeakMap takes
 * 1 to 2 µs more (measured).
 */
function carrierOf(request: object, read: Look): Carrier {
  if (!hasShapesOfItsOwn) return request
  return read(request as { _readableState?: Carrier }, '_readableState') ?? request
}

/** The log of the request that a response of Node's own answers. */
export function answeredLog(response: object): RequestLog | undefined {
  const req = look(response as { req?: object }, 'req')
  return req === undefined || req === null ? undefined : carriedLog(req)
}

/** The log of a request: Express's, Fastify's or Node's own object. */
export function logOfRequest(request: unknown): RequestLog | undefined {
  if (typeof request !== 'object' || request === null) return undefined
  const log = carriedLog(request)
  if (log !== undefined) return log
  const { raw } = request as { raw?: unknown }
  return typeof raw === 'object' && raw !== null ? carriedLog(raw) : undefined
}
