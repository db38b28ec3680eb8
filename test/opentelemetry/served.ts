import { once } from 'node:events'
import http from 'node:http'
import { connect } from 'node:http2'
import type { AddressInfo } from 'node:net'
import express, { type Express, type RequestHandler } from 'express'
import { fastify } from 'fastify'
import { createLogger, json, type Logger, type LoggerOptions, memory, type MemoryOutput } from 'wideline'
import { requestErrors, requestLogger, type RequestLoggerOptions } from 'wideline/express'
import { requestLogger as fastifyLogger } from 'wideline/fastify'

/** An Express application with a log, on a port of its own. */
export interface Served {
  readonly log: Logger
  readonly lines: MemoryOutput
  readonly port: number
  /** A request to its end. Returns the status. */
  get(path: string, options?: http.RequestOptions): Promise<number>
  /** Settles when so many wide lines are written. */
  untilWide(count: number): Promise<void>
  stop(): Promise<void>
}

export async function serve(
  routes: (app: Express, log: Logger) => void,
  setUp: (log: Logger) => void,
  before: RequestHandler = (_request, _response, next) => next(),
  hidden: Pick<LoggerOptions, 'redact'> = {},
  requests: Omit<RequestLoggerOptions, 'logger'> = {},
): Promise<Served> {
  const lines = memory()
  const log = createLogger({ level: 'debug', outputs: [{ output: lines, encoder: json() }], ...hidden })
  setUp(log)
  const app = express()
  app.use(before)
  app.use(requestLogger({ ...requests, logger: log }))
  routes(app, log)
  app.use(requestErrors())
  app.use((_error: unknown, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
    response.status(500).end()
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return {
    log,
    lines,
    port,
    get: (path, options = {}) =>
      new Promise((resolve, reject) => {
        http
          .request({ port, path, agent: false, ...options }, (response) => {
            response.resume().on('close', () => resolve(response.statusCode ?? 0))
          })
          .on('error', reject)
          .end()
      }),
    untilWide: async (count) => {
      while (lines.lines.filter((line) => line.includes('"outcome":')).length < count) {
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A request over HTTP/2 to its end, by a connection that says of itself that it is one of TLS. */
export async function getByHttp2(log: Logger): Promise<void> {
  const app = fastify({ http2: true })
  app.server.prependListener('connection', (socket: object) => void Object.assign(socket, { encrypted: true }))
  await app.register(fastifyLogger, { logger: log })
  app.get('/', () => ({}))
  const session = connect(await app.listen({ port: 0, host: '127.0.0.1' }))
  await once(session.request({ ':path': '/' }).resume(), 'close')
  session.close()
  await app.close()
}
