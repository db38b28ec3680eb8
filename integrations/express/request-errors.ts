import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express'

/**
 * Puts the error of a failed request on its wide line, and hands it on. Register it after the routes, before the error
 * handler that answers.
 *
 * @example app.use(requestErrors())
 */
export function requestErrors(): ErrorRequestHandler {
  return (error: unknown, request: Request, _response: Response, next: NextFunction): void => {
    request.log?.setError(error)
    next(error)
  }
}
