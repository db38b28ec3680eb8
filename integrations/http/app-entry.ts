import { runWithLog } from '../../src/index.js'
import type { RequestLog } from './request-log.js'

/** What is used of an Express application beyond its public types. */
export interface EnteredApplication {
  /** The prototype of its requests. */
  readonly request: object
  /** The prototype of its responses. */
  readonly response: object
  handle(...args: unknown[]): unknown
}

/** Shows every request to `begin` before an Express application has it, and has `currentLog()` give the log that it gives. */
export function enterBefore<Request, Response>(
  app: EnteredApplication,
  begin: (request: Request, response: Response) => RequestLog | undefined,
  hasContext: boolean,
): void {
  const { handle } = app
  app.handle = hasContext
    ? function (this: unknown, request, response, next) {
        const log = begin(request as Request, response as Response)
        const go = (): unknown => handle.call(this, request, response, next)
        return log === undefined ? go() : runWithLog(log, go)
      }
    : function (this: unknown, request, response, next) {
        begin(request as Request, response as Response)
        return handle.call(this, request, response, next)
      }
}
