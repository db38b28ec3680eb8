import type { Application, Request } from 'express'
import { logOfRequest, type RequestLog } from '../http/index.js'

/** The prototypes, `app.request`, of applications whose requests show their log. */
const exposing = new WeakSet<object>()

/**
 * Has `req.log` give a request's log. It is an accessor of the application's own `app.request`, which is there for such
 * additions: a property of each request would cost 1.3 KB on Node.js 20, for Express has changed its prototype.
 */
export function exposeLog(request: Request, log: RequestLog): void {
  if (exposing.has(Object.getPrototypeOf(request) as object)) return
  const { app } = request as { app?: Application }
  if (app === undefined) {
    // No Express: Node's own request.
    request.log = log
    return
  }
  const asked = prototypeOf(app)
  if (exposing.has(asked)) return
  exposing.add(asked)
  // What a mounted application has is out of sight when the request leaves it.
  let root = app
  while (parentOf(root) !== undefined) root = parentOf(root)!
  const shared = prototypeOf(root)
  if (shared !== asked && exposing.has(shared)) return
  exposing.add(shared)
  Object.defineProperty(shared, 'log', {
    configurable: true,
    enumerable: true,
    get(this: Request) {
      return logOfRequest(this)
    },
    // Somebody has another log for this request.
    set(this: Request, value: unknown) {
      Object.defineProperty(this, 'log', { value, configurable: true, enumerable: true, writable: true })
    },
  })
}

function prototypeOf(app: Application): object {
  return (app as unknown as { request: object }).request
}

function parentOf(app: Application): Application | undefined {
  return (app as { parent?: Application }).parent
}
