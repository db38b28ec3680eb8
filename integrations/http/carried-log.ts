import { hasShapesOfItsOwn, look } from './look.js'
import type { RequestLog } from './request-log.js'

const LOG: unique symbol = Symbol('wideline.log')

interface Carrier {
  [LOG]?: RequestLog
}

/**
 * The logs of requests, on Node.js 20. A property would cost it 1.3 KB and some microseconds there, for Express has changed
 * the prototype of each request; from 22 on it costs next to nothing, and an entry of a WeakMap 2 µs (measured).
 */
const logs = new WeakMap<object, RequestLog>()

/** Has a request of Node's own carry its log. */
export function carryLog(request: object, log: RequestLog): void {
  if (hasShapesOfItsOwn) logs.set(request, log)
  else (request as Carrier)[LOG] = log
}

/** The log that a request of Node's own carries. */
export function carriedLog(request: object): RequestLog | undefined {
  return hasShapesOfItsOwn ? logs.get(request) : (request as Carrier)[LOG]
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
