import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../../src/index.js'
import { isRequestId } from './request-id.js'
import { RequestLog } from './request-log.js'
import type { CheckedRequestOptions } from './request-options.js'
import { RecordPool, type RecordPoolStats, type RequestRecord } from './request-record.js'
import { safeUrl } from './url.js'
import { writeWideLine } from './wide-line.js'

/** Tells the template of the route that serves a request, such as `/orders/:id`; empty when none does. */
export type RouteOf<Request> = (request: Request) => string

/**
 * Follows requests from their arrival to the close of their response: a record from the pool, a log for the application,
 * one wide line, the record back to the pool. Frameworks differ in {@link RouteOf} only.
 */
export class RequestLifecycle<Request extends IncomingMessage> {
  private readonly records: RecordPool

  constructor(
    readonly logger: Logger,
    private readonly options: CheckedRequestOptions,
    private readonly routeOf: RouteOf<Request>,
  ) {
    this.records = new RecordPool(logger)
  }

  /** Begins a request. Its end is taken care of. */
  begin(request: Request, response: ServerResponse): RequestLog {
    const record = this.records.take()
    const url = (request as { originalUrl?: string }).originalUrl ?? request.url ?? ''
    const id = this.idOf(request)
    record.request = request
    record.response = response
    record.socket = request.socket
    record.bytesBefore = request.socket.bytesWritten
    record.requestId = id
    record.method = request.method ?? ''
    record.url = safeUrl(url)
    record.startedAt[0] = performance.now()
    const log = new RequestLog(this.logger, record, id)
    if (!response.headersSent) response.setHeader(this.options.idHeader, id)
    // `close` comes once on every way a response can end; `finish` never comes for an aborted one.
    response.once('close', () => this.end(request, log))
    return log
  }

  /** Records taken and given back. */
  stats(): RecordPoolStats {
    return this.records.stats()
  }

  private end(request: Request, log: RequestLog): void {
    const record = log.release()
    if (record === undefined) return
    try {
      if (!this.isIgnored(request)) writeWideLine(this.logger, record, this.route(record, request))
    } catch (problem) {
      this.logger.reportProblem(problem as Error)
    } finally {
      this.records.give(record)
    }
  }

  private route(record: RequestRecord, request: Request): string {
    return record.route !== '' ? record.route : this.routeOf(request)
  }

  private isIgnored(request: Request): boolean {
    return this.options.ignore !== undefined && this.options.ignore(request)
  }

  private idOf(request: Request): string {
    const given = request.headers[this.options.idHeader]
    return isRequestId(given) ? given : this.options.generateId()
  }
}
