import type { ServerResponse } from 'node:http'
import { answeredLog } from './carried-log.js'
import { look } from './look.js'
import type { RequestLog } from './request-log.js'
import type { RequestRecord } from './request-record.js'

/** Ends the request that a response answers when that is closed. */
export function hearEnd(response: ServerResponse): void {
  if (!tellsWhenSent(response)) response.once('finish', sent)
  // `close` comes once on every way a response can end; `finish` never comes for an aborted one.
  look(response, 'on').call(response, 'close', closed)
}

/** One listener for all responses. Asked at once, for a moment later the connection may be gone for other reasons. */
function closed(this: ServerResponse): void {
  const log = answeredLog(this)
  const record = log?.current
  if (log === undefined || record === undefined) return
  // `writableFinished` is true, and 'finish' is emitted, also for a response that a broken connection has emptied.
  if (record.socket?.errored) record.wasCut = true
  // The error of a body that was cut off comes a moment after the close, or before it: give it that moment.
  if (look(this, 'writableFinished') || (this.writableEnded && isInjected(record))) record.wasSent = true
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

/** Whether no connection is behind it: such a response is closed when it is ended, before its parts have gone anywhere. */
function isInjected({ socket }: RequestRecord): boolean {
  return socket !== undefined && !('bytesWritten' in socket)
}

/** Those of HTTP/2 do not. */
function tellsWhenSent(response: object): boolean {
  return Reflect.has(response, 'writableFinished')
}

function sent(this: ServerResponse): void {
  const record = answeredLog(this)?.current
  if (record !== undefined) record.wasSent = true
}

/** A function of its own: one that holds a value takes room for it whenever the function around it is called. */
export function endSoon(log: RequestLog): void {
  setImmediate(() => log.endEarly())
}
