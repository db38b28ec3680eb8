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
