import type { Application, Request } from 'express'
import { logOfRequest, type RequestLog } from '../http/index.js'

/** Applications whose requests show their log. */
const exposing = new WeakSet<object>()

/**
 * Has `req.log` give a request's log. It is an accessor of the application's own `app.request`, which is there for such
 * additions: a property of each request would cost 1.3 KB on Node.js 20, for Express has changed its prototype.
 */
export function exposeLog(request: Request, log: RequestLog): void {
  let { app } = request as { app?: Application }
  if (app === undefined) {
    // No Express: Node's own request.
    request.log = log
    return
  }
  if (exposing.has(app)) return
  const asked = app
  // What a mounted application has is out of sight when the request leaves it.
  while (parentOf(app) !== undefined) app = parentOf(app)!
  exposing.add(asked)
  if (exposing.has(app) && app !== asked) return
  exposing.add(app)
  Object.defineProperty((app as unknown as { request: Request }).request, 'log', {
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

function parentOf(app: Application): Application | undefined {
  return (app as { parent?: Application }).parent
}
