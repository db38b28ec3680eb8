// The applications that are measured: one Express application, bare and under each logger, with the same fields on the
// line of each request. `open` returns the application and what tells the lines it wrote.
import { randomFillSync } from 'node:crypto'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { requirePeer } from '../peers.mjs'

const require = createRequire(import.meta.url)
const express = require('express')

/** Lines that each request of `recorder` logs at debug. */
export const RECORDED_LINES = 10

const ROUTE = '/orders/:id'

/** An application as Express makes it; `follow` is done to it first. */
function applicationWith(follow, errors, work = () => undefined) {
  const app = express()
  follow?.(app)
  app.get(ROUTE, (request, response) => {
    work(request)
    response.status(200).json({ id: request.params.id, status: 'paid' })
  })
  if (errors !== undefined) app.use(errors)
  return app
}

async function widelineWith(dist, target, { isLayer = true, ...options }, work) {
  const core = await import(pathToFileURL(`${dist}/src/index.js`))
  const { logRequests, requestErrors, requestLogger } = await import(
    pathToFileURL(`${dist}/integrations/express/index.js`)
  )
  const output = core.file(target, { buffer: 'block' })
  const logger = core.createLogger({ outputs: [{ output, encoder: core.json() }] })
  const follow = isLayer
    ? (app) => app.use(requestLogger({ logger, ...options }))
    : (app) => logRequests(app, { logger, ...options })
  const app = applicationWith(follow, requestErrors(), work)
  return { app, flush: () => logger.flushSync() }
}

/** Random ids as cheaply as they can be had: 24 bytes of a block that is filled now and then. */
const random = Buffer.alloc(4_096)
let used = random.length
function traceIds() {
  if (used + 24 > random.length) {
    randomFillSync(random)
    used = 0
  }
  const at = used
  used += 24
  return { traceId: random.toString('hex', at, at + 16), spanId: random.toString('hex', at + 16, at + 24) }
}

const VALID_ID = /^[A-Za-z0-9._-]{1,64}$/
let counter = 0

function pinoHttpWith(target, _options, work) {
  const pino = requirePeer('pino')
  const pinoHttp = requirePeer('pino-http')
  const destination = pino.destination({ dest: target, sync: true, minLength: 4_096 })
  const middleware = pinoHttp({
    logger: pino({ timestamp: pino.stdTimeFunctions.isoTime, base: undefined }, destination),
    genReqId(request, response) {
      const given = request.headers['x-request-id']
      const id =
        given !== undefined && VALID_ID.test(given) ? given : `${Date.now().toString(36)}-${(counter++).toString(36)}`
      response.setHeader('x-request-id', id)
      return id
    },
    // The fields of wideline's line, in place of pino-http's own.
    serializers: { req: () => undefined, res: () => undefined },
    customAttributeKeys: { responseTime: 'durationMs' },
    customLogLevel: (_request, response, error) =>
      error || response.statusCode >= 500 ? 'error' : response.statusCode >= 400 ? 'warn' : 'info',
    customProps(request, response) {
      if (!response.headersSent) return {}
      const { traceId, spanId } = traceIds()
      return {
        requestId: request.id,
        method: request.method,
        url: request.originalUrl.replace(/=[^&]*/g, '=*'),
        route: `${request.baseUrl}${request.route?.path ?? ''}`,
        status: response.statusCode,
        outcome: response.writableFinished ? 'completed' : 'aborted',
        bytes: Number(response.getHeader('content-length')),
        remoteAddress: request.socket.remoteAddress,
        userAgent: request.headers['user-agent'],
        traceId,
        spanId,
      }
    },
  })
  return { app: applicationWith((app) => app.use(middleware), undefined, work), flush: () => destination.flushSync() }
}

/** How long handlers were at their debug lines, in milliseconds, by a clock that is read before and behind them. */
export const recording = { ms: 0 }

const debugLines = ({ log }) => {
  const begun = performance.now()
  for (let i = 0; i < RECORDED_LINES; i++) log.debug('step of the work')
  recording.ms += performance.now() - begun
}

/** Each by name: what it is, whether it writes no lines, and how it is opened. The first is what the others are compared with. */
export const apps = {
  bare: {
    about: 'Express alone',
    isSilent: true,
    open: () => ({ app: applicationWith(), flush: () => undefined }),
  },
  middleware: {
    about: 'a middleware and an error handler that do nothing: what Express itself takes for them',
    isSilent: true,
    open: () => ({
      app: applicationWith(
        (app) => app.use((_request, _response, next) => next()),
        (error, _request, _response, next) => next(error),
      ),
      flush: () => undefined,
    }),
  },
  'pino-http': {
    about: 'pino-http 11, the same fields',
    open: (dist, target) => pinoHttpWith(target),
  },
  wideline: {
    about: 'requestLogger(), AsyncLocalStorage off',
    open: (dist, target) => widelineWith(dist, target, { context: false }),
  },
  'wideline-application': {
    about: 'logRequests(), AsyncLocalStorage off',
    open: (dist, target) => widelineWith(dist, target, { isLayer: false, context: false }),
  },
  'wideline-no-echo': {
    about: 'requestLogger(), AsyncLocalStorage off, no id in the response',
    open: (dist, target) => widelineWith(dist, target, { context: false, echoId: false }),
  },
  'wideline-context': {
    about: 'requestLogger(), AsyncLocalStorage on (default)',
    open: (dist, target) => widelineWith(dist, target, {}),
  },
  'wideline-recorder': {
    about: `requestLogger(), ${RECORDED_LINES} debug lines a request recorded and thrown away`,
    open: (dist, target) => widelineWith(dist, target, { context: false, recorder: true }, debugLines),
  },
}

/** What a line must hold, whoever wrote it. */
export const FIELDS =
  'level time msg requestId method url route status outcome durationMs bytes remoteAddress userAgent traceId spanId'.split(
    ' ',
  )
