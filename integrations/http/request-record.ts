import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { UnitRecord } from '../../src/index.js'
import type { BodyCapture } from './body-capture.js'
import type { CheckedRequestOptions } from './request-options.js'

/** The pooled state of one request. Its owner is the lifecycle, which releases it in the response's `close`. */
export class RequestRecord extends UnitRecord {
  response: ServerResponse | undefined = undefined
  socket: Socket | undefined = undefined
  http: CheckedRequestOptions | undefined = undefined
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
  /** Whether the response said that it was sent, where it cannot be asked. */
  wasSent = false
  /** Whether the connection broke while the response was on its way. */
  wasCut = false
  /** Whether the response waits for others on its connection. */
  isWaiting = false
  /** The logger's ticks when the response's head was written; 0 before. A place, so that it is not boxed. */
  readonly headAt: Float64Array = new Float64Array(1)
  /** The socket's `bytesWritten` when the response's own bytes begin. */
  bytesBefore = 0
  /** Bytes of the request's body so far; -1 where it has none. */
  requestBytes = -1
  /** Bytes of the response's body, where they must be counted; -1 where the connection tells. */
  responseBytes = -1
  body: BodyCapture | undefined = undefined
  /** The protocol that was asked for in a handshake. */
  upgrade = ''

  /** Lets go of everything of the request. */
  override clear(): void {
    super.clear()
    this.response = undefined
    this.socket = undefined
    this.http = undefined
    this.requestId = ''
    this.method = ''
    this.rawUrl = ''
    this.url = ''
    this.remoteAddress = ''
    this.route = ''
    this.hasStatus = false
    this.wasSent = false
    this.wasCut = false
    this.isWaiting = false
    this.headAt[0] = 0
    this.requestBytes = -1
    this.responseBytes = -1
    this.body = undefined
    this.upgrade = ''
    this.isTrusted = true
  }
}
