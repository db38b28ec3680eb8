import type { IncomingMessage } from 'node:http'
import { type Logger, TraceContext, UnitLog } from '../../src/index.js'
import { addressOf } from './address.js'
import { isOfClient, wasCutOff } from './outcome.js'
import type { RequestRecord } from './request-record.js'
import { safeError } from './safe-error.js'
import { bytesWritten } from './sizes.js'

/**
 * What the application holds of a request: a logger whose lines carry the request's id, and the way to its wide line.
 *
 * It is never pooled. When the response is closed it lets go of the record, so code that outlives its request cannot
 * touch another's: its lines are written on their own with `late: true`, and fields it sets are reported.
 */
export class RequestLog extends UnitLog {
  declare readonly requestId: string

  constructor(parent: Logger, record: RequestRecord) {
    super(parent, record, record.requestId, undefined)
  }

  /** @internal The request's own record, while it is under way; says nothing when it is not. */
  get current(): RequestRecord | undefined {
    return this.record as RequestRecord | undefined
  }

  /** @internal The head of the response goes out. */
  noteHead(status: unknown): void {
    const record = this.current
    if (record === undefined || record.hasStatus) return
    if (isGone(record)) {
      record.isHeadLost = true
      return
    }
    record.status = Number(status)
    record.hasStatus = true
    record.headAt[0] = this.pipeline.clock.ticks()
    if (!record.isWaiting) record.bytesBefore = bytesWritten(record.socket) ?? 0
  }

  /** @internal Its framework has it now, which knows the proxies to be trusted. */
  noteForwarded(request: unknown): void {
    const record = this.current
    if (record?.headers['x-forwarded-for'] === undefined) return
    record.remoteAddress = addressOf(request as IncomingMessage, record.headers, record.socket)
  }

  /** @internal The error it failed with; and whether the client had broken off its body by then. */
  override setError(error: unknown): void {
    const record = this.current
    if (record !== undefined && !record.hasError) record.isErrorAfterCut = wasCutOff(record)
    super.setError(error)
  }

  /** @internal Of errors that come by themselves, as of a batch's operations, the first that is not the client's counts. */
  makeWayFor(error: unknown): void {
    const record = this.current
    if (record === undefined || !record.hasError || !isOfClient(record)) return
    const before = record.error
    record.error = error
    if (isOfClient(record)) record.error = before
  }

  /** @internal A part of the response's body is written. */
  noteSent(chunk: unknown, encoding: unknown): void {
    const record = this.current
    if (record === undefined) return
    record.responseBytes = Math.max(0, record.responseBytes) + sizeOf(chunk, encoding)
    if (record.body?.options.response === true) record.body.response.add(chunk, encoding)
  }

  /** @internal A part of the request's body has come. */
  noteArrived(chunk: unknown, encoding: unknown): void {
    const record = this.current
    if (record === undefined) return
    record.requestBytes += sizeOf(chunk, encoding)
    if (record.body?.options.request === true) record.body.request.add(chunk, encoding)
  }

  /** @internal The responses before this one on its connection are sent. */
  noteTurn(): void {
    const record = this.current
    if (record === undefined) return
    record.isWaiting = false
    record.bytesBefore = bytesWritten(record.socket) ?? 0
  }

  /** @internal The response after this one on its connection has its turn. */
  noteNextTurn(): void {
    const record = this.current
    if (record !== undefined && record.bytesAfter < 0) record.bytesAfter = bytesWritten(record.socket) ?? -1
  }

  /** @internal What may fail when the answer is out, and undefined when it is done: the end waits a moment for it. */
  noteHandling(handling: PromiseLike<unknown> | undefined): void {
    const record = this.current
    if (record !== undefined) record.handling = handling
  }

  /** @internal Has its lines go the way of another's, which has what the route that was found asks for. */
  goBy(logger: Logger): void {
    // Where two of another family follow requests, the first of them gives the log.
    if (logger.pipeline === this.pipeline) this.follow(logger)
  }

  /** @internal Ends the request now. */
  endEarly(): void {
    this.current?.ender?.end(this)
  }

  /** @internal An error without what the request's line hides of it, while the request is under way. */
  override safe(error: unknown): unknown {
    const record = this.current
    return record === undefined ? error : safeError(error, record.rawUrl, record.url)
  }

  /** @internal */
  protected override lateMessage(): string {
    return 'fields were set after the response'
  }

  /** @internal */
  override bringsTrace(): boolean {
    const record = this.current
    return record !== undefined && record.isTrusted && record.headers['traceparent'] !== undefined
  }

  /** @internal Where it stands in a trace. */
  protected override findTrace(): TraceContext {
    const record = this.current
    if (record === undefined || !record.isTrusted) return TraceContext.root()
    return TraceContext.of(record.headers['traceparent'], record.headers['tracestate'])
  }
}

/** Whether there is nothing left that an answer could go over. */
function isGone({ socket, response }: RequestRecord): boolean {
  if (socket !== undefined) return socket.destroyed
  return (response as { stream?: { destroyed?: boolean } } | undefined)?.stream?.destroyed === true
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') {
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  }
  return chunk instanceof Uint8Array ? chunk.length : 0
}
