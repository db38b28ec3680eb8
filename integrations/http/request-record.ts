import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Fields, type UnitLog, UnitRecord } from '../../src/index.js'
import type { BodyCapture } from './body-capture.js'
import type { CheckedRequestOptions } from './request-options.js'

const NO_HEADERS: IncomingHttpHeaders = Object.freeze({})

/** Ends a request: writes its line and releases its record. */
export interface RequestEnder {
  end(log: UnitLog): void
}

/** Hears that a response is closed. */
export type CloseListener = (this: ServerResponse) => void

/** The pooled state of one request. Its owner is the lifecycle, which releases it in the response's `close`. */
export class RequestRecord extends UnitRecord {
  /** Node's own request, whatever `request` is to the framework. */
  incoming: IncomingMessage | undefined = undefined
  /**
   * Its headers. What is needed more than once is kept: Express changes a request's prototype, after which each look at it
   * takes Node.js 20 some 200 ns, and 400 ns where nothing is found (measured; 10 ns on 24).
   */
  headers: IncomingHttpHeaders = NO_HEADERS
  response: ServerResponse | undefined = undefined
  /** The response's prototype as the request came. */
  prototype: object | undefined = undefined
  socket: Socket | undefined = undefined
  http: CheckedRequestOptions | undefined = undefined
  ender: RequestEnder | undefined = undefined
  requestId = ''
  method = ''
  /** As it came. Not for the line: its query holds secrets. */
  rawUrl = ''
  url = ''
  remoteAddress = ''
  /** The template of the route that served it; set at its end. */
  route = ''
  /** Whether ids and traces that it brings are taken over. */
  isTrusted = true
  status = 0
  /** Whether the status went out. */
  hasStatus = false
  /** Whether the response's head was written when the connection was gone already. */
  isHeadLost = false
  /** Whether the error came after the client had broken off its body. */
  isErrorAfterCut = false
  /** Whether the response was seen to be sent. One of HTTP/2, or an injected one, may not tell when it is asked. */
  wasSent = false
  /** Whether the connection broke while the response was on its way. */
  wasCut = false
  /** Whether the response waits for others on its connection. */
  isWaiting = false
  /** Settles when what answers by itself is done, its errors handled; undefined where nothing does. */
  handling: PromiseLike<unknown> | undefined = undefined
  /** The logger's ticks when the response's head was seen to be written; -1 where it was not. A place, so that it is not boxed. */
  readonly headAt: Float64Array = Float64Array.of(-1)
  /** The socket's `bytesWritten` when the response's own bytes begin. */
  bytesBefore = 0
  /** And when those of the response that waited for it do; -1 where none did. */
  bytesAfter = -1
  /** Bytes of the request's body so far; -1 where it has none. */
  requestBytes = -1
  /** Bytes of the response's body, where they must be counted; -1 where the connection tells. */
  responseBytes = -1
  body: BodyCapture | undefined = undefined
  /** The protocol that was asked for in a handshake. */
  upgrade = ''
  /** Listens for the close of its response. */
  readonly closed: CloseListener

  /** @param whenClosed - Makes the listener, which serves all the requests that will have the record. */
  constructor(fields: Fields, whenClosed: (record: RequestRecord) => CloseListener) {
    super(fields)
    this.closed = whenClosed(this)
  }

  /** Lets go of everything of the request. */
  override clear(): void {
    super.clear()
    this.incoming = undefined
    this.headers = NO_HEADERS
    this.response = undefined
    this.prototype = undefined
    this.socket = undefined
    this.http = undefined
    this.ender = undefined
    this.requestId = ''
    this.method = ''
    this.rawUrl = ''
    this.url = ''
    this.remoteAddress = ''
    this.route = ''
    this.hasStatus = false
    this.isHeadLost = false
    this.isErrorAfterCut = false
    this.wasSent = false
    this.wasCut = false
    this.isWaiting = false
    this.handling = undefined
    this.headAt[0] = -1
    this.bytesAfter = -1
    this.requestBytes = -1
    this.responseBytes = -1
    this.body = undefined
    this.upgrade = ''
    this.isTrusted = true
  }
}
