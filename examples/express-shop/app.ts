import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { Logger } from 'wideline'
import { requestErrors, requestLogger, type RequestLoggerOptions } from 'wideline/express'
import { orders } from './orders.js'

export function createShop(log: Logger, options: Omit<RequestLoggerOptions, 'logger'> = {}): Express {
  const app = express()
  app.use(requestLogger({ ...options, logger: log }))
  app.use(express.json())
  app.use('/orders', orders())
  app.use(requestErrors())
  app.use((error: { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
    response.status(error.status ?? 500).json({ error: 'something went wrong' })
  })
  return app
}
