import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import {
  atOnce,
  finishUnit,
  isSafeId,
  type Logger,
  RecordPool,
  type RecordPoolStats,
  sortableIds,
  type TypedLine,
  type UnitKind,
  type UnitLog,
  UnitRegistry,
} from '../../src/index.js'
import { addressOf } from './address.js'
import { BodyCapture } from './body-capture.js'
import { carriedLog, carryLog } from './carried-log.js'
import { debugLevelOf } from './debug-header.js'
import { type Looks, looks, plainLooks } from './look.js'
import { hasFailed, levelOf, outcomeOf, statusOf, takeResponseError, wasSent, wentOut } from './outcome.js'
import { endSoon, hearEnd, whenClosed } from './response-end.js'
import { RequestLog } from './request-log.js'
import { type CheckedRequestOptions, withoutSecrets } from './request-options.js'
import { type RequestEnder, RequestRecord } from './request-record.js'
import { pathOf, safeUrl } from './url.js'
import { waitForTurn } from './waiting-room.js'
import { bytesBefore, hasBody, watchArrival } from './watched-request.js'
import { watchBody, watchHead } from './watched-response.js'
import { MESSAGES, viewOf, writeWideLine } from './wide-line.js'

/** Of a request that was forwarded, until its framework has it, which knows the proxies to be trusted. */
const ASKED_LATER = ''

/**
 * Tells the template of the route that served a request, such as `/orders/:id`; empty when none did. Its second argument is the
 * prototype of the response as the request came.
 */
export type RouteOf<Request> = (request: Request, prototype: object | undefined) => string

/**
 * Follows requests from their arrival to the close of their response: a record from the pool, a log for the application,
 * one wide line, the record back to the pool. Frameworks differ in {@link RouteOf} only.
 */
export class RequestLifecycle<Request extends IncomingMessage = IncomingMessage>
  implements RequestEnder, UnitKind<RequestRecord>
{
  private readonly records: RecordPool<RequestRecord>
  private readonly registry: UnitRegistry
  private readonly makeId = sortableIds()

  readonly options: CheckedRequestOptions
  /** Whether an option is a function, which may ask a request for what the framework gives it. */
  private readonly asksFramework: boolean

  constructor(
    readonly logger: Logger,
    options: CheckedRequestOptions,
    private readonly routeOf: RouteOf<Request>,
  ) {
    this.options = withoutSecrets(options, logger)
    this.asksFramework = typeof options.trust === 'function' || options.generateId !== undefined
    this.records = new RecordPool(() => new RequestRecord(logger.createFields(), whenClosed))
    this.registry = UnitRegistry.of(logger)
    logger.expectRecorder(options.unit.recorderLevel)
  }

  /**
   * Begins a request before its framework has it, unless something of it is to be asked of the framework. Never throws. On
   * Node.js 20 this takes a third less: requests and responses still have the shapes of all others.
   *
   * @param prototype - Which the framework will give the response.
   * @returns its log; undefined where it is to begin, or to be completed, when its framework has it.
   */
  beginEarly(request: Request, response: ServerResponse, prototype: object): RequestLog | undefined {
    try {
      if (this.asksFramework || request.httpVersionMajor !== 1) return undefined
      const log = this.begin(request, response, prototype, plainLooks)
      const record = log.current
      if (record?.headers['x-forwarded-for'] === undefined) return log
      record.remoteAddress = ASKED_LATER
    } catch (problem) {
      this.logger.reportProblem(problem as Error)
    }
    return undefined
  }

  /**
   * Begins a request, and takes care of its end. A request that has begun already keeps its log.
   *
   * @param prototype - Of the response, or which it is going to have.
   */
  begin(
    request: Request,
    response: ServerResponse,
    prototype: object = Object.getPrototypeOf(response) as object,
    at: Looks = looks,
  ): RequestLog {
    const known = carriedLog(request, at)
    if (known !== undefined) {
      if (known.current?.remoteAddress === ASKED_LATER) known.noteForwarded(request)
      return known
    }
    const { options } = this
    const log = this.open(request, response, at)
    if (options.echoId) echoId(response, options.idHeader, log.requestId, at)
    const record = log.current!
    record.prototype = prototype
    const connection: Socket | null | undefined = at.responseSocket(response)
    // One look at a connection, all of which are of one shape, in place of one at the response.
    if ((!connection || connection.destroyed) && response.destroyed && response.closed) {
      // It ended before it came here: nothing will be heard of it any more.
      record.wasCut = true
      endSoon(log)
      return log
    }
    watchHead(response, prototype)
    this.watchBodies(request, response, prototype, record)
    hearEnd(response, record, at)
    if (connection === null && record.socket !== undefined) {
      // Pipelined behind another response: if the connection goes before its turn, this one never closes.
      record.isWaiting = true
      waitForTurn(request.socket, response, log)
    }
    return log
  }

  /** Begins the handshake of an upgrade, which has no response. The caller takes care of its end. */
  beginUpgrade(request: Request): RequestLog {
    const log = carriedLog(request) ?? this.open(request, undefined, looks)
    const record = log.current
    if (record !== undefined) record.upgrade = String(request.headers.upgrade ?? request.method ?? '')
    return log
  }

  /** Records taken and given back. */
  stats(): RecordPoolStats {
    return this.records.stats()
  }

  /** A log and a record for a request, whatever will answer it. The caller takes care of its end. */
  private open(request: Request, response: ServerResponse | undefined, at: Looks): RequestLog {
    // Asked first: they are the application's own functions, and nothing is taken yet.
    const isTrusted = this.trusts(request)
    const headers = at.headers(request)
    const requestId = this.idOf(request, response, headers, isTrusted)
    const { options } = this
    // The streams of HTTP/2 share a connection: its counts say nothing of one of them.
    const socket = at.httpVersionMajor(request) === 1 ? at.socket(request) : undefined
    const record = this.records.take()
    record.options = options.unit
    record.recorderLevel = options.unit.recorderLevel
    record.http = options
    record.request = request
    record.incoming = request
    record.headers = headers
    record.response = response
    record.socket = socket
    record.requestId = requestId
    record.isTrusted = isTrusted
    record.method = at.method(request) ?? ''
    record.rawUrl = at.originalUrl(request as { originalUrl?: string }) ?? request.url ?? ''
    record.url = safeUrl(record.rawUrl, options.query)
    record.remoteAddress = addressOf(request, headers, socket)
    // Of the clock itself, as all times of a request: a call more between would box the number.
    record.startedAt[0] = this.logger.pipeline.clock.ticks()
    record.ender = this
    const log = new RequestLog(this.logger, record)
    record.owner = log
    const debugLevel = options.debug === undefined ? undefined : debugLevelOf(options.debug, request)
    if (debugLevel !== undefined) log.writeFrom(debugLevel)
    carryLog(request, log, at)
    this.registry.enter(record, log)
    return log
  }

  /** Writes the line of a request and releases its record. Never throws; a second call does nothing. */
  end(log: RequestLog): void {
    const record = log.finish() as RequestRecord | undefined
    if (record === undefined) return
    this.registry.leave(record)
    try {
      const request = record.request as Request
      const isSent = wasSent(record) && !record.isCutShort
      if (!isSent) takeResponseError(record)
      const status = statusOf(record)
      record.status = status
      record.hasStatus = wentOut(record, isSent)
      record.outcome = outcomeOf(record, status, isSent)
      const level = levelOf(record, record.outcome, status)
      record.level = level === 'info' ? (record.handledBy?.level ?? level) : level
      record.durationMs[0] = Math.round((this.logger.pipeline.clock.ticks() - record.startedAt[0]) * 1000) / 1000
      record.route = record.handledBy?.route ?? this.templateOf(request, record.prototype)
      this.addFields(record)
      // A failure is heard even of an ignored request: nothing else writes its error.
      const isQuiet = record.handledBy?.isQuiet === true || this.isIgnored(request, record)
      finishUnit(this.logger, this.registry, this, record, log, !isQuiet || hasFailed(record))
    } catch (problem) {
      this.logger.reportProblem(problem as Error)
    } finally {
      this.records.give(record)
    }
  }

  /** See {@link UnitKind}. */
  view(record: RequestRecord, log: UnitLog): ReturnType<typeof viewOf> {
    return viewOf(record, log)
  }

  /** See {@link UnitKind}. */
  sampledBy(record: RequestRecord): string {
    return record.route
  }

  /** See {@link UnitKind}. */
  write(line: TypedLine, record: RequestRecord, log: UnitLog): void {
    writeWideLine(line, record, log, this.options.keys)
  }

  /** See {@link UnitKind}. */
  message(record: RequestRecord): string {
    return MESSAGES[record.outcome]
  }

  private watchBodies(request: Request, response: ServerResponse, prototype: object, record: RequestRecord): void {
    const { body } = this.options
    if (body !== undefined) record.body = new BodyCapture(body)
    if (hasBody(record.headers) || record.socket === undefined) {
      record.requestBytes = bytesBefore(request, record.headers)
      watchArrival(request)
    }
    if (record.socket === undefined) record.responseBytes = 0
    if (record.socket === undefined || body?.response === true) watchBody(response, prototype)
  }

  /** A route that cannot be told, of what an application has made of its request, costs the line that key only. */
  private templateOf(request: Request, prototype: object | undefined): string {
    try {
      return this.routeOf(request, prototype)
    } catch (problem) {
      this.logger.reportProblem(problem as Error)
      return ''
    }
  }

  private addFields(record: RequestRecord): void {
    const { fields } = this.options
    if (fields === undefined) return
    try {
      const more = atOnce(fields(record.request as IncomingMessage, record.response as ServerResponse), 'fields')
      if (more !== undefined && more !== null) record.fields.all(more)
    } catch (problem) {
      this.logger.reportProblem(problem as Error, 'fields')
    }
  }

  private isIgnored(request: Request, record: RequestRecord): boolean {
    const { ignores } = this.options
    if (ignores === undefined) return false
    try {
      return ignores(request, pathOf(record.rawUrl), record.response, record.hasError ? record.error : undefined)
    } catch (problem) {
      this.logger.reportProblem(problem as Error, 'ignore')
      return false
    }
  }

  private trusts(request: Request): boolean {
    const { trust } = this.options
    if (typeof trust === 'boolean') return trust
    try {
      return atOnce(trust(request), 'trust')
    } catch (problem) {
      this.logger.reportProblem(problem as Error, 'trust')
      return false
    }
  }

  private idOf(
    request: Request,
    response: ServerResponse | undefined,
    headers: IncomingHttpHeaders,
    isTrusted: boolean,
  ): string {
    const { idSources, generateId } = this.options
    if (isTrusted) {
      for (let i = 0; i < idSources.length; i++) {
        const given = headers[idSources[i]]
        if (isSafeId(given)) return given
      }
    }
    // Those of our own need no look.
    if (generateId === undefined) return this.makeId()
    try {
      const made: unknown = generateId(request, response)
      if (isSafeId(made)) return made
      this.logger.reportProblem(
        new Error('generateId() made no id of 1 to 64 letters, digits, dots, underscores and hyphens'),
      )
    } catch (problem) {
      this.logger.reportProblem(problem as Error, 'generateId')
    }
    return this.makeId()
  }
}

function echoId(response: ServerResponse, header: string, id: string, at: Looks): void {
  try {
    at.setHeader(response).call(response, header, id)
  } catch {
    // Its head is out. To ask first would take two looks at the response.
  }
}
