import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '../../src/index.js'
import {
  checkLogger,
  checkRequestOptions,
  logOfRequest,
  RequestLifecycle,
  type RequestLog,
  type RequestOptions,
  runWithLog,
} from '../http/index.js'
import { followRoute, tellerOf } from './after-reply.js'
import { hearBodyError } from './body-errors.js'
import { briefly } from './brief.js'
import { hideUnknownUrls } from './not-found.js'
import { otherServersOf } from './other-servers.js'
import { RouteLogs } from './route-logs.js'

/** Options of {@link requestLogger}. */
export interface RequestLoggerOptions extends RequestOptions {
  /** Writes the wide lines; `request.log` is its child. */
  readonly logger: Logger
}

/**
 * A Fastify plugin. It gives each request a log, `request.log`, and writes one wide line when its response closes: for
 * routes, unknown paths, bodies that do not parse, URLs that cannot be read, and injected requests alike. Register it
 * first. It belongs to the whole instance, not only to the context it is registered in.
 *
 * What a handler or an `onResponse` hook fails with when the reply is out is on the wide line too, or on a line of its own
 * where that one is written.
 *
 * `request.log` has the `logLevel` and the `logSerializers` of the route, and writes `req` and `res` as Fastify's own logger
 * does, with the URL as on the wide line; the logger's own `serializers` win over that. The wide line has nothing of these.
 * `reply.log` stays what Fastify made it: that of `loggerInstance`, or none.
 *
 * @throws OptionError for an option that cannot be used.
 * @example
 * const app = fastify()
 * await app.register(requestLogger, { logger: log })
 * app.get('/orders/:id', (request) => {
 *   requestLog(request).set({ orderId: 42 })
 * })
 */
// Asynchronous, so that a wrong option rejects register() and does not end the process.
export const requestLogger: FastifyPluginAsync<RequestLoggerOptions> = async (app, options) => {
  const logger = checkLogger('requestLogger', options?.logger)
  // Fastify adds these names to the options of every plugin.
  const checked = checkRequestOptions('requestLogger', options, ['logger', 'prefix', 'logLevel', 'logSerializers'])
  const lifecycle = new RequestLifecycle(logger, checked, () => '')
  // Without those of secrets.
  const { query } = lifecycle.options
  const tell = tellerOf(query)
  const routes = new RouteLogs(logger, briefly(query), (route) => {
    hideUnknownUrls(route, query)
    followRoute(route, tell)
  })

  const begin = (request: FastifyRequest, reply: FastifyReply): RequestLog => {
    const log = lifecycle.begin(request.raw, reply.raw)
    // Not reply.log: through it Fastify writes whole requests and replies where its own logger is on.
    request.log = log
    log.noteForwarded(request)
    const route = routes.of(request)
    log.goBy(route.logger)
    log.setHandler(route.info, request)
    return log
  }
  // A URL that cannot be decoded is answered before any hook runs.
  const follow = (server: FastifyInstance['server']): void => {
    server.prependListener('request', (request, response) => {
      lifecycle.begin(request, response)
    })
  }
  follow(app.server)
  app.addHook('onListen', (done) => {
    otherServersOf(app).forEach(follow)
    done()
  })
  app.addHook('onRequest', (request, reply, next) => {
    const log = begin(request, reply)
    if (checked.context) runWithLog(log, next)
    else next()
  })
  app.addHook('onSend', (request, _reply, payload, next) => {
    hearBodyError(payload, (error) => logOfRequest(request)?.setError(error))
    next()
  })
  app.addHook('onError', (request, reply, error, next) => {
    tell(request, reply, error)
    next()
  })
}
// Fastify's way to say that hooks are for the whole instance, and what the plugin is called and made for.
Object.assign(requestLogger, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('plugin-meta')]: { name: 'wideline', fastify: '5.x' },
})

/**
 * The log of a request: `request.log` itself, with its type.
 *
 * @throws TypeError for a request that {@link requestLogger} has not seen.
 */
export function requestLog(request: FastifyRequest): RequestLog {
  const log = logOfRequest(request)
  if (log === undefined) throw new TypeError('requestLog(): register requestLogger before the routes')
  return log
}
