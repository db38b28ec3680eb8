import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { Logger } from 'wideline'
import { requestErrors, requestLogger, type RequestLoggerOptions } from 'wideline/express'
import { orders } from './orders.js'

export function createShop(log: Logger, options: Omit<RequestLoggerOptions, 'logger'> = {}): Express {
  const app = express()
  app.use(
    requestLogger({
      logger: log,
      // Nobody needs a line for each look of the load balancer.
      ignore: '/health',
      query: ['page'],
      headers: { request: ['x-client'] },
      // Debug lines are written only if the request fails, or takes a second.
      recorder: { level: 'debug', when: 'failed-or-slow' },
      slowMs: 1_000,
      ...options,
    }),
  )
  app.get('/health', (_request, response) => void response.json({ status: 'up' }))
  app.use(express.json())
  app.use('/orders', orders())
  app.use(requestErrors())
  app.use((error: { status?: number }, _request: Request, response: Response, _next: NextFunction) => {
    response.status(error.status ?? 500).json({ error: 'something went wrong' })
  })
  return app
}
