import type { FastifyBaseLogger } from 'fastify'
import { Logger, OptionError } from '../../src/index.js'

/**
 * A logger for Fastify itself: `app.log`, and what Fastify writes on its own. Any logger is one as it is; this checks it. The
 * lines that Fastify writes for each request say less than the wide line: `disableRequestLogging` leaves them out.
 *
 * @throws OptionError for what is no logger.
 * @example
 * const app = fastify({
 *   loggerInstance: fastifyLogger(log),
 *   logController: new LogController({ disableRequestLogging: true }),
 * })
 */
export function fastifyLogger(logger: Logger): FastifyBaseLogger {
  if (!(logger instanceof Logger)) throw new OptionError('logger', 'a Logger made by createLogger()', logger)
  return logger
}
