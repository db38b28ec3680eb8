import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { answeredLog } from './carried-log.js'
import { type Looks, looks } from './look.js'
import type { RequestLog } from './request-log.js'
import type { CloseListener, RequestRecord } from './request-record.js'

/** Ends the request that a response answers when that is closed. */
export function hearEnd(response: ServerResponse, record: RequestRecord, at: Looks): void {
  if (!tellsWhenSent(response, record)) response.once('finish', sent)
  // `close` comes once on every way a response can end; `finish` never comes for an aborted one.
  at.on(response).call(response, 'close', record.closed)
}

/** Hears that the response of a record's request is closed: one listener for all the requests that will have the record. */
export function whenClosed(record: RequestRecord): CloseListener {
  return function (this: ServerResponse): void {
    // Another request has it by now.
    if (record.response === this) closed(this, record, record.owner as RequestLog)
  }
}

/** Asked at once, for a moment later the connection may be gone for other reasons. */
function closed(response: ServerResponse, record: RequestRecord, log: RequestLog): void {
  // `writableFinished` is true, and 'finish' is emitted, also for a response that a broken connection has emptied.
  const { socket } = record
  if (socket !== undefined && (socket.errored || (socket.destroyed && hasHeldBack(socket)))) record.wasCut = true
  // The error of a body that was cut off comes a moment after the close, or before it: give it that moment.
  if (isFinished(response, record) || (response.writableEnded && isInjected(record))) record.wasSent = true
  // What its handler ends as it hears of the close goes nowhere, though Node says that it is sent.
  else if (socket !== undefined && !isInjected(record)) record.wasCut = true
  if (record.hasError || (record.wasSent && record.handling === undefined)) log.endEarly()
  else if (record.wasSent) endAfter(record.handling!, log)
  else endSoon(log)
}

/**
 * The close of a short response is heard before the error of a handler that throws right after it. A handler that goes on
 * for longer is not waited for.
 */
function endAfter(handling: PromiseLike<unknown>, log: RequestLog): void {
  const end = (): void => log.endEarly()
  handling.then(end, end)
  setImmediate(end)
}

/**
 * Whether a connection that is gone had taken more than went out: a slow reader's, ended by a timeout or a shutdown. Node
 * then says that all was sent; it is only this note that nobody has taken back.
 */
function hasHeldBack(socket: Socket): boolean {
  return (socket as { _writableState?: { needDrain?: boolean } })._writableState?.needDrain === true
}

/** Whether it was handed to the system whole. */
function isFinished(response: ServerResponse, { isWaiting }: RequestRecord): boolean {
  // Node takes the connection away from one that is: two looks in place of a getter, in which each takes thrice as long.
  if (looks.responseSocket(response) === null && !isWaiting) return looks.finished(response)
  return response.writableFinished
}

/** Whether no connection is behind it: such a response is closed when it is ended, before its parts have gone anywhere. */
function isInjected({ socket }: RequestRecord): boolean {
  return socket !== undefined && !('bytesWritten' in socket)
}

/** Those of HTTP/2 do not, nor some that are injected. */
function tellsWhenSent(response: object, record: RequestRecord): boolean {
  return (record.socket !== undefined && !isInjected(record)) || Reflect.has(response, 'writableFinished')
}

function sent(this: ServerResponse): void {
  const record = answeredLog(this)?.current
  if (record !== undefined) record.wasSent = true
}

/** A function of its own: one that holds a value takes room for it whenever the function around it is called. */
export function endSoon(log: RequestLog): void {
  setImmediate(() => log.endEarly())
}
