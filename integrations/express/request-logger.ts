import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { Logger } from '../../src/index.js'
import {
  checkLogger,
  checkRequestOptions,
  exposeLog,
  RequestLifecycle,
  type RequestLog,
  type RequestOptions,
  runWithLog,
} from '../http/index.js'
import { routeOf } from './route.js'

declare global {
  // Express declares this namespace for just such additions.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace Express {
    interface Request {
      /** The log of this request. Set by wideline's `requestLogger()`. */
      log: RequestLog
    }
  }
}

/** Options of {@link requestLogger}. */
export interface RequestLoggerOptions extends RequestOptions {
  /** Writes the wide lines; `req.log` is its child. */
  readonly logger: Logger
}

/**
 * Gives each request a log, `req.log`, and writes one wide line when its response closes. Register it first, so that
 * what later middleware does is on the line too.
 *
 * @throws OptionError for an option that cannot be used.
 * @example app.use(requestLogger({ logger: log }))
 */
export function requestLogger(options: RequestLoggerOptions): RequestHandler {
  const logger = checkLogger('requestLogger', options?.logger)
  const checked = checkRequestOptions('requestLogger', options, ['logger'])
  const lifecycle = new RequestLifecycle<Request>(logger, checked, routeOf)
  return (request: Request, response: Response, next: NextFunction): void => {
    const log = lifecycle.begin(request, response)
    exposeLog(request, log)
    if (checked.context) runWithLog(log, next)
    else next()
  }
}
