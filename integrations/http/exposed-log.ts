import { logOfRequest } from './carried-log.js'
import type { RequestLog } from './request-log.js'

/** What is used of an Express application. */
interface Application {
  readonly request: object
  readonly parent?: Application
}

/** The prototypes, `app.request`, of applications whose requests show their log. */
const exposing = new WeakSet<object>()

/**
 * Has `req.log` give a request's log. It is an accessor of the application's own `app.request`, which is there for such
 * additions: a property of each request would cost 1.3 KB on Node.js 20, for Express has changed its prototype.
 */
export function exposeLog(request: object, log: RequestLog): void {
  if (exposing.has(Object.getPrototypeOf(request) as object)) return
  const { app } = request as { app?: Application }
  if (app === undefined) {
    // No Express: Node's own request, or Fastify's.
    ;(request as { log?: RequestLog }).log = log
    return
  }
  exposeLogOf(app)
}

/** Has `req.log` give the log of each request of an application. */
export function exposeLogOf(app: Application): void {
  const asked = app.request
  if (exposing.has(asked)) return
  exposing.add(asked)
  // What a mounted application has is out of sight when the request leaves it.
  let root = app
  while (root.parent !== undefined) root = root.parent
  const shared = root.request
  if (shared !== asked && exposing.has(shared)) return
  exposing.add(shared)
  Object.defineProperty(shared, 'log', {
    configurable: true,
    enumerable: true,
    get(this: object) {
      return logOfRequest(this)
    },
    // Somebody has another log for this request.
    set(this: object, value: unknown) {
      Object.defineProperty(this, 'log', { value, configurable: true, enumerable: true, writable: true })
    },
  })
}
