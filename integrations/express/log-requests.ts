import type { ServerResponse } from 'node:http'
import type { Application, Request, Response } from 'express'
import { OptionError } from '../../src/index.js'
import {
  checkLogger,
  checkRequestOptions,
  type EnteredApplication,
  enterBefore,
  exposeLogOf,
  RequestLifecycle,
  type RequestLog,
} from '../http/index.js'
import type { RequestLoggerOptions } from './request-logger.js'
import { routeOf } from './route.js'

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
  enterBefore(entered, begin, checked.context)
}

function checkApplication(app: unknown): EnteredApplication {
  const { handle, request, response } = (app ?? {}) as Partial<EnteredApplication>
  // A router has a `handle`, too.
  if (typeof handle === 'function' && typeof request === 'object' && typeof response === 'object')
    return app as EnteredApplication
  throw new OptionError('logRequests.app', 'an Express application made by express()', app)
}

/** Makes them the application's, as it does next itself: there are functions to be asked that know its own only. */
function make(
  { request: asked, response: answered }: EnteredApplication,
  request: Request,
  response: ServerResponse,
): void {
  Object.setPrototypeOf(request, asked)
  Object.setPrototypeOf(response, answered)
  request.res = response as Response
  ;(response as Response).req = request
}
