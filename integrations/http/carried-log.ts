import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { RequestLog } from './request-log.js'

const LOG: unique symbol = Symbol('wideline.log')
const ARRIVAL: unique symbol = Symbol('wideline.arrival')

interface Carrier {
  [LOG]?: RequestLog
  [ARRIVAL]?: Arrival
}

/**
 * On Node.js 20 an object whose prototype was changed, as Express changes that of each request, takes 180 ns for each look
 * at it, 1.2 µs and 1.3 KB for a new property, 0.7 µs for an entry of a WeakMap; from 22 on some 10 ns for any of them
 * (measured).
 */
const isSlowWhenChanged = Number(process.versions.node.split('.')[0]) < 22

/** The logs of requests without an {@link Arrival}, where a property would be slow. */
const logs = new WeakMap<object, RequestLog>()

/** What is looked at of a request, and the place for its log, from before Express has changed it. */
export class Arrival {
  log: RequestLog | undefined = undefined
  readonly headers: IncomingHttpHeaders
  readonly socket: Socket | undefined
  /** Whether `closed` hears of the response's end. */
  readonly hearsClose: boolean

  constructor(request: IncomingMessage, response: ServerResponse, closed: Closed) {
    this.headers = request.headers
    this.socket = socketOf(request)
    this.hearsClose = 'writableFinished' in response
    if (this.hearsClose) response.on('close', () => closed(response, this.log))
  }
}

/** Hears of the close of a response, and of the log that its request carries by then. */
export type Closed = (response: ServerResponse, log: RequestLog | undefined) => void

/** Express's applications, by what is used of them. */
interface Application {
  handle(request: IncomingMessage, response: ServerResponse, ...rest: unknown[]): unknown
}

/** Applications that note arrivals. */
const noting = new WeakSet<object>()

/** Has an application of Express's note the arrival of each of its requests, before it changes them, where that pays. */
export function noteArrivals(app: object, closed: Closed): void {
  if (!isSlowWhenChanged || noting.has(app)) return
  noting.add(app)
  const { handle } = app as Application
  if (typeof handle !== 'function') return
  ;(app as Application).handle = function (request, response, ...rest) {
    const carrier = request as Carrier
    if (carrier[ARRIVAL] === undefined) carrier[ARRIVAL] = new Arrival(request, response, closed)
    return handle.call(this, request, response, ...rest)
  }
}

/** The arrival of a request, where it was noted. */
export function arrivalOf(request: object): Arrival | undefined {
  return isSlowWhenChanged ? (request as Carrier)[ARRIVAL] : undefined
}

/** The connection of a request; the streams of HTTP/2 share one: its counts say nothing of one of them. */
export function socketOf(request: IncomingMessage): Socket | undefined {
  return request.httpVersionMajor === 1 ? request.socket : undefined
}

/** Has a request of Node's own carry its log. */
export function carryLog(request: object, arrival: Arrival | undefined, log: RequestLog): void {
  if (!isSlowWhenChanged) (request as Carrier)[LOG] = log
  else if (arrival !== undefined) arrival.log = log
  else logs.set(request, log)
}

/** The log that a request of Node's own carries. */
export function carriedLog(request: object): RequestLog | undefined {
  if (!isSlowWhenChanged) return (request as Carrier)[LOG]
  const arrival = (request as Carrier)[ARRIVAL]
  return arrival === undefined ? logs.get(request) : arrival.log
}

/** The log of the request that a response of Node's own answers. */
export function answeredLog(response: object): RequestLog | undefined {
  const { req } = response as { req?: object }
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
