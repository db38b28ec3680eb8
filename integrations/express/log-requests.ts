import type { ServerResponse } from 'node:http'
import type { Application, Request, Response } from 'express'
import { OptionError } from '../../src/index.js'
import {
  checkLogger,
  checkRequestOptions,
  exposeLogOf,
  RequestLifecycle,
  type RequestLog,
  runWithLog,
} from '../http/index.js'
import type { RequestLoggerOptions } from './request-logger.js'
import { routeOf } from './route.js'

/** What is used of an Express application beyond its public types. */
interface Entered {
  readonly request: object
  readonly response: object
  handle(...args: unknown[]): unknown
}

/**
 * Gives each request of an application a log, `req.log`, and writes one wide line when its response closes, as
 * {@link requestLogger} does, but from before Express's first layer: whatever is registered before it is on the line too, and
 * a request takes less, for it is no layer itself.
 *
 * @throws OptionError for an option that cannot be used.
 * @example logRequests(app, { logger: log })
 */
export function logRequests(app: Application, options: RequestLoggerOptions): void {
  const entered = checkApplication(app)
  const logger = checkLogger('logRequests', options?.logger)
  const checked = checkRequestOptions('logRequests', options, ['logger'])
  const lifecycle = new RequestLifecycle<Request>(logger, checked, routeOf)
  const { handle } = entered
  const begin = (request: Request, response: ServerResponse): RequestLog | undefined => {
    let log: RequestLog | undefined
    try {
      log = lifecycle.beginEarly(request, response, entered.response)
      if (log === undefined) {
        // HTTP/2's compatibility API has other prototypes.
        if (request.httpVersionMajor === 1) make(entered, request, response)
        log = lifecycle.begin(request, response)
      }
      exposeLogOf(entered)
    } catch (problem) {
      logger.reportProblem(problem as Error)
    }
    return log
  }
  entered.handle = checked.context
    ? function (this: unknown, request, response, next) {
        const log = begin(request as Request, response as ServerResponse)
        const go = (): unknown => handle.call(this, request, response, next)
        return log === undefined ? go() : runWithLog(log, go)
      }
    : function (this: unknown, request, response, next) {
        begin(request as Request, response as ServerResponse)
        return handle.call(this, request, response, next)
      }
}

function checkApplication(app: unknown): Entered {
  const { handle, request, response } = (app ?? {}) as Partial<Entered>
  // A router has a `handle`, too.
  if (typeof handle === 'function' && typeof request === 'object' && typeof response === 'object') return app as Entered
  throw new OptionError('logRequests.app', 'an Express application made by express()', app)
}

/** Makes them the application's, as it does next itself: there are functions to be asked that know its own only. */
function make({ request: asked, response: answered }: Entered, request: Request, response: ServerResponse): void {
  Object.setPrototypeOf(request, asked)
  Object.setPrototypeOf(response, answered)
  request.res = response as Response
  ;(response as Response).req = request
}
