import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { expect } from 'vitest'
import type { Logger } from 'wideline'
import { requestErrors, requestLogger, type RequestLoggerOptions } from 'wideline/express'
import type { WideLine } from '../http/support.js'

export interface AppOptions extends Omit<RequestLoggerOptions, 'logger'> {
  /** Who answers errors. Default: the application's own handler; `express` leaves them to Express. */
  readonly answers?: 'own' | 'express'
  /** Makes the application. Default: the newest Express. */
  readonly make?: () => Express
}

/** An Express application as a user would build it, with these routes. */
export function appWith(
  routes: (app: Express) => void,
  { answers = 'own', make = express, ...options }: AppOptions = {},
): (logger: Logger) => Express {
  return (logger) => {
    const app = make()
    app.use(requestLogger({ ...options, logger }))
    app.use(express.json())
    routes(app)
    app.use(requestErrors())
    if (answers === 'own') {
      app.use((error: { status?: number }, _request: Request, response: Response, next: NextFunction) => {
        if (response.headersSent) next(error)
        else response.status(error.status ?? 500).json({ error: 'went wrong' })
      })
    }
    return app
  }
}

const MESSAGES: Readonly<Record<string, string>> = {
  completed: 'request completed',
  aborted: 'request aborted',
  failed: 'request failed',
}

/** What every wide line has, whatever happened; and nothing that belongs to none. */
export function checkShape(line: WideLine): void {
  expect(Object.keys(line).slice(0, 6)).toEqual(['level', 'time', 'msg', 'requestId', 'method', 'url'])
  expect(line).toMatchObject({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    msg: MESSAGES[line.outcome],
    requestId: expect.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
    durationMs: expect.any(Number),
    bytes: expect.any(Number),
  })
  expect(line['durationMs']).toBeGreaterThanOrEqual(0)
  expect(Number.isInteger(line['bytes'])).toBe(true)
}

/** Compares a line with what it must be; a key that is wanted as undefined must not be there at all. */
export function checkLine(line: WideLine, want: Readonly<Record<string, unknown>>): void {
  checkShape(line)
  for (const [key, value] of Object.entries(want)) {
    if (value === undefined) expect(Object.keys(line)).not.toContain(key)
  }
  expect(line).toMatchObject(Object.fromEntries(Object.entries(want).filter(([, value]) => value !== undefined)))
}
