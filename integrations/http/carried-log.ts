import { hasShapesOfItsOwn, type Looks, looks } from './look.js'
import type { RequestLog } from './request-log.js'

const LOG: unique symbol = Symbol('wideline.log')

interface Carrier {
  [LOG]?: RequestLog
}

/** Has a request of Node's own carry its log. */
export function carryLog(request: object, log: RequestLog, at: Looks): void {
  carrierOf(request, at)[LOG] = log
}

/** The log that a request of Node's own carries. */
export function carriedLog(request: object, at: Looks = looks): RequestLog | undefined {
  return carrierOf(request, at)[LOG]
}

/**
 * What has the log. Not the request itself on Node.js 20: a property would cost it 1.3 KB and some microseconds there, for
 * Express has changed its prototype. The state of its stream is of one shape with all others; an entry of a WeakMap takes
 * 1 to 2 µs more (measured).
 */
function carrierOf(request: object, at: Looks): Carrier {
  if (!hasShapesOfItsOwn) return request
  return at.readableState(request) ?? request
}

/** The log of the request that a response of Node's own answers. */
export function answeredLog(response: object): RequestLog | undefined {
  const req = looks.req(response)
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
