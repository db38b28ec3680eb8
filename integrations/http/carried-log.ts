import type { RequestLog } from './request-log.js'

/** Where a request and its response carry their log: a property costs the collector less than an entry of a WeakMap. */
const LOG: unique symbol = Symbol('wideline.log')

interface Carrier {
  [LOG]?: RequestLog
  raw?: unknown
}

/** Has a request or a response carry its log. */
export function carryLog(carrier: object, log: RequestLog): void {
  ;(carrier as Carrier)[LOG] = log
}

/** The log that Node's own request or response carries. */
export function carriedLog(carrier: object): RequestLog | undefined {
  return (carrier as Carrier)[LOG]
}

/** The log of a request: Express's, Fastify's or Node's own object. */
export function logOfRequest(request: unknown): RequestLog | undefined {
  if (typeof request !== 'object' || request === null) return undefined
  const { [LOG]: log, raw } = request as Carrier
  if (log !== undefined) return log
  return typeof raw === 'object' && raw !== null ? (raw as Carrier)[LOG] : undefined
}
