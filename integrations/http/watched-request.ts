import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { carriedLog } from './carried-log.js'

interface Pushed {
  push(chunk: unknown, encoding?: unknown): unknown
}

/** Whether a request says that it has a body. */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  const length = headers['content-length']
  return (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined
}

/** Bytes of a body that came before anybody counted; -1 where all have been read, and nothing tells their number. */
export function bytesBefore(request: IncomingMessage, headers: IncomingHttpHeaders): number {
  // That tells it in the end.
  if (headers['content-length'] !== undefined) return 0
  if (request.readableDidRead) return request.complete ? -1 : 0
  return (request as { readableLength?: number }).readableLength ?? 0
}

/**
 * Has the parts of a request's body counted as they arrive, whoever reads them: what a chunked body, or one that broke off,
 * came to is told nowhere else. Listening for them would set them flowing.
 */
export function watchArrival(request: IncomingMessage): void {
  ;(request as unknown as Pushed).push = push
}

function push(this: Pushed, chunk: unknown, encoding?: unknown): unknown {
  if (chunk !== null && chunk !== undefined) carriedLog(this)?.noteArrived(chunk, encoding)
  return (Object.getPrototypeOf(this) as Pushed).push.call(this, chunk, encoding)
}
