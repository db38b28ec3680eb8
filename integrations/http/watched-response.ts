import type { ServerResponse } from 'node:http'
import { carriedLog } from './carried-log.js'

/** The methods of a response that are looked through. They take whatever Node's do. */
interface Watched {
  writeHead(status: unknown, reason?: unknown, headers?: unknown): unknown
  write(chunk: unknown, encoding?: unknown, done?: unknown): unknown
  end(chunk?: unknown, encoding?: unknown, done?: unknown): unknown
}

/** Notes when the response's head goes out, and with which status: nothing tells of that afterwards. */
export function watchHead(response: ServerResponse): void {
  const watched = response as unknown as Watched
  // One function for all responses, unless something else has put itself in this place already.
  if (Object.hasOwn(response, 'writeHead')) {
    const before = watched.writeHead
    watched.writeHead = function (this: Watched, status, reason, headers) {
      const result = before.call(this, status, reason, headers)
      noteHead(this, status)
      return result
    }
  } else watched.writeHead = writeHead
}

function writeHead(this: Watched, status: unknown, reason?: unknown, headers?: unknown): unknown {
  // Asked only now: a framework puts its own prototype in between.
  const result = (Object.getPrototypeOf(this) as Watched).writeHead.call(this, status, reason, headers)
  noteHead(this, status)
  return result
}

function noteHead(response: object, status: unknown): void {
  carriedLog(response)?.noteHead(status)
}

/** Has the parts of the response's body counted, and captured where that is asked for, as the application writes them. */
export function watchBody(response: ServerResponse): void {
  const watched = response as unknown as Watched
  const { write, end } = watched
  // Node's own end() may write its last part by write().
  let isEnding = false
  watched.write = function (this: Watched, chunk, encoding, done) {
    if (!isEnding) carriedLog(this)?.noteSent(chunk, encoding)
    return write.call(this, chunk, encoding, done)
  }
  watched.end = function (this: Watched, chunk, encoding, done) {
    if (!isEnding && chunk !== undefined && chunk !== null && typeof chunk !== 'function') {
      carriedLog(this)?.noteSent(chunk, encoding)
    }
    const wasEnding = isEnding
    isEnding = true
    try {
      return end.call(this, chunk, encoding, done)
    } finally {
      isEnding = wasEnding
    }
  }
}
