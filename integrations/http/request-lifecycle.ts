import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from '../../src/index.js'
import { isRequestId, sortableIds } from './request-id.js'
import { RequestLog } from './request-log.js'
import type { CheckedRequestOptions } from './request-options.js'
import { RecordPool, type RecordPoolStats } from './request-record.js'
import { safeUrl } from './url.js'
import { hasFailed, writeWideLine } from './wide-line.js'

/** Tells the template of the route that served a request, such as `/orders/:id`; empty when none did. */
export type RouteOf<Request> = (request: Request) => string

/** Where a request carries its log: a property costs the collector less than an entry of a WeakMap. */
const LOG: unique symbol = Symbol('wideline.log')

interface LoggedRequest {
  [LOG]?: RequestLog
  raw?: unknown
}

/** The log of a request: Express's, Fastify's or Node's own object. */
export function logOfRequest(request: unknown): RequestLog | undefined {
  if (typeof request !== 'object' || request === null) return undefined
  const { [LOG]: log, raw } = request as LoggedRequest
  if (log !== undefined) return log
  return typeof raw === 'object' && raw !== null ? (raw as LoggedRequest)[LOG] : undefined
}

/**
 * Follows requests from their arrival to the close of their response: a record from the pool, a log for the application,
 * one wide line, the record back to the pool. Frameworks differ in {@link RouteOf} only.
 */
export class RequestLifecycle<Request extends IncomingMessage = IncomingMessage> {
  private readonly records: RecordPool
  private readonly spareId = sortableIds()

  constructor(
    readonly logger: Logger,
    readonly options: CheckedRequestOptions,
    private readonly routeOf: RouteOf<Request>,
  ) {
    this.records = new RecordPool(logger)
  }

  /** Begins a request, and takes care of its end. A request that has begun already keeps its log. */
  begin(request: Request, response: ServerResponse): RequestLog {
    const known = (request as LoggedRequest)[LOG]
    if (known !== undefined) return known
    // Asked first: it is the application's own function, and nothing is taken yet.
    const requestId = this.idOf(request)
    const record = this.records.take()
    const { socket } = request
    record.request = request
    record.response = response
    record.socket = socket
    record.bytesBefore = socket.bytesWritten
    record.requestId = requestId
    record.method = request.method ?? ''
    record.rawUrl = (request as { originalUrl?: string }).originalUrl ?? request.url ?? ''
    record.url = safeUrl(record.rawUrl)
    record.startedAt[0] = this.logger.ticks()
    const log = new RequestLog(this.logger, record, record.requestId)
    ;(request as LoggedRequest)[LOG] = log
    if (!response.headersSent) response.setHeader(this.options.idHeader, record.requestId)
    if (response.closed) {
      // It ended before it came here: nothing will be heard of it any more.
      record.wasCut = true
      setImmediate(() => this.end(request, log))
    } else this.awaitEnd(request, response, log)
    return log
  }

  /** Records taken and given back. */
  stats(): RecordPoolStats {
    return this.records.stats()
  }

  private awaitEnd(request: Request, response: ServerResponse, log: RequestLog): void {
    if (response.writableFinished === undefined) {
      // HTTP/2's compatibility API and injected requests do not tell: remember.
      response.once('finish', () => log.noteSent())
    }
    // `close` comes once on every way a response can end; `finish` never comes for an aborted one.
    response.once('close', () => {
      log.noteClosed()
      // The error of a body that was cut off comes a moment after the close, or before it: give it that moment.
      if (response.writableFinished || log.hasFailed) this.end(request, log)
      else setImmediate(() => this.end(request, log))
    })
    if (response.socket !== null) return
    // Pipelined behind another response: if the connection goes before its turn, this one never closes.
    const { socket } = request
    const gone = (): void => {
      setImmediate(() => this.end(request, log))
    }
    const waiting = waitingOn(socket)
    waiting.add(gone)
    response.once('socket', () => log.noteTurn())
    response.once('close', () => waiting.delete(gone))
  }

  private end(request: Request, log: RequestLog): void {
    const record = log.finish()
    if (record === undefined) return
    try {
      // A failure is heard even so: nothing else writes its error.
      if (hasFailed(record) || !(record.handledBy?.isQuiet === true || this.isIgnored(request)))
        writeWideLine(this.logger, record, record.handledBy?.route ?? this.routeOf(request))
    } catch (problem) {
      this.logger.reportProblem(problem as Error)
    } finally {
      this.records.give(record)
    }
  }

  private isIgnored(request: Request): boolean {
    try {
      return this.options.ignore !== undefined && this.options.ignore(request)
    } catch (problem) {
      this.logger.reportProblem(problem as Error)
      return false
    }
  }

  private idOf(request: Request): string {
    const given = request.headers[this.options.idHeader]
    if (isRequestId(given)) return given
    try {
      const made: unknown = this.options.generateId()
      if (isRequestId(made)) return made
      this.logger.reportProblem(
        new Error('generateId() made no id of 1 to 64 letters, digits, dots, underscores and hyphens'),
      )
    } catch (problem) {
      this.logger.reportProblem(problem as Error)
    }
    return this.spareId()
  }
}

/** Responses that wait for their turn on a connection: one listener serves them all. */
const waitingRooms = new WeakMap<Socket, Set<() => void>>()

function waitingOn(socket: Socket): Set<() => void> {
  let room = waitingRooms.get(socket)
  if (room === undefined) {
    const waiting = new Set<() => void>()
    room = waiting
    waitingRooms.set(socket, waiting)
    socket.once('close', () => {
      for (const gone of waiting) gone()
    })
  }
  return room
}
