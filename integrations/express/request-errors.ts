import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express'
import { OptionError } from '../../src/index.js'
import { isOfClosed, logOfRequest, type RequestLog, safeError, safeUrl } from '../http/index.js'

/**
 * Puts the error of a failed request on its wide line, or on one of its own where that is written already, and hands it on.
 * Register it after the routes, before the error handler that answers.
 *
 * @throws OptionError where it is given any options.
 * @example app.use(requestErrors())
 */
export function requestErrors(): ErrorRequestHandler {
  // Without its parentheses, `app.use(requestErrors)`, each request would wait for a `next` that nobody calls.
  if (arguments.length > 0) throw new OptionError('requestErrors', 'called without options', arguments[0])
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    // Not request.log, in whose place the application may have put another logger.
    const log = logOfRequest(request)
    if (log?.isClosed === true) tellLate(log, error, request, response)
    else log?.setError(error)
    next(error)
  }
}

function tellLate(log: RequestLog, error: unknown, request: Request, response: Response): void {
  // That its client left, or broke off its body, is on the line.
  if (!response.writableFinished && (isOfClosed(error) || (!request.complete && request.errored))) return
  const { originalUrl } = request
  log.error('request failed after its response', { error: safeError(error, originalUrl, safeUrl(originalUrl)) })
}
