import type { ServerResponse } from 'node:http'
import { answeredLog } from './carried-log.js'

/** The methods of a response that are looked through. They take whatever Node's do. */
interface Watched {
  writeHead(status: unknown, reason?: unknown, headers?: unknown): unknown
  write(chunk: unknown, encoding?: unknown, done?: unknown): unknown
  end(chunk?: unknown, encoding?: unknown, done?: unknown): unknown
}

/** Prototypes whose `writeHead` tells already. */
const watchedPrototypes = new WeakSet<object>()

/**
 * Notes when the response's head goes out, and with which status: nothing tells of that afterwards.
 *
 * @param of - The response's prototype, or which it is going to have.
 */
export function watchHead(response: ServerResponse, of: object): void {
  const prototype = of as Watched
  if (watchedPrototypes.has(prototype)) return
  // One that has the method itself is Node's, or somebody's who wants to be asked.
  if (hasWriteHead(prototype) || hasWriteHead(response) || !Object.isExtensible(prototype)) {
    watchWriteHead(response, methodOf(response, of, 'writeHead'))
    return
  }
  // An application's own prototype, such as Express's `app.response`: once for all its responses. To add a property to each
  // of them would cost 1.3 KB on Node.js 20.
  watchedPrototypes.add(prototype)
  watchWriteHead(prototype, prototype.writeHead)
}

/** A method as the response is going to have it: its own, or that of its prototype, which it may not have yet. */
function methodOf<Name extends keyof Watched>(response: object, prototype: object, name: Name): Watched[Name] {
  return ((Object.hasOwn(response, name) ? response : prototype) as Watched)[name]
}

function hasWriteHead(target: object): boolean {
  return Object.hasOwn(target, 'writeHead')
}

function watchWriteHead(target: Watched, before: Watched['writeHead']): void {
  target.writeHead = function (this: Watched, status, reason, headers) {
    const result = before.call(this, status, reason, headers)
    answeredLog(this)?.noteHead(status)
    return result
  }
}

/**
 * Has the parts of the response's body counted, and captured where that is asked for, as the application writes them.
 *
 * @param of - The response's prototype, or which it is going to have.
 */
export function watchBody(response: ServerResponse, of: object): void {
  const watched = response as unknown as Watched
  const write = methodOf(response, of, 'write')
  const end = methodOf(response, of, 'end')
  // Node's own end() may write its last part by write().
  let isEnding = false
  watched.write = function (this: Watched, chunk, encoding, done) {
    if (!isEnding) answeredLog(this)?.noteSent(chunk, encoding)
    return write.call(this, chunk, encoding, done)
  }
  watched.end = function (this: Watched, chunk, encoding, done) {
    if (!isEnding && chunk !== undefined && chunk !== null && typeof chunk !== 'function') {
      answeredLog(this)?.noteSent(chunk, encoding)
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
