import type { FastifyBaseLogger } from 'fastify'
import { type LevelName, Logger, OptionError, type Threshold } from '../../src/index.js'

type Serializers = Readonly<Record<string, (value: unknown) => unknown>>

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const satisfies readonly LevelName[]

/**
 * A logger for Fastify itself: `app.log`, and what Fastify writes on its own. The lines that Fastify writes for each
 * request say less than the wide line: `disableRequestLogging` leaves them out.
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
  return adapted(logger, {})
}

function adapted(logger: Logger, serializers: Serializers): FastifyBaseLogger {
  const methods = Object.fromEntries(
    LEVELS.map((level) => [
      level,
      (first: unknown, ...rest: unknown[]): void => {
        if (!logger.isEnabled(level)) return
        ;(logger[level] as (...values: unknown[]) => void)(serialized(first, serializers), ...rest)
      },
    ]),
  )
  return {
    ...methods,
    silent: () => undefined,
    get level(): string {
      return logger.level
    },
    set level(level: string) {
      logger.level = level as Threshold
    },
    child: (bindings: object, options: { level?: string; serializers?: Serializers } = {}): FastifyBaseLogger =>
      adapted(
        logger.child(
          serialized(bindings, serializers) as object,
          options.level === undefined ? {} : { level: options.level as Threshold },
        ),
        { ...serializers, ...options.serializers },
      ),
  } as unknown as FastifyBaseLogger
}

/** Fastify puts whole requests and replies into its fields, and hands over what to write of them. */
function serialized(fields: unknown, serializers: Serializers): unknown {
  if (typeof fields !== 'object' || fields === null || fields instanceof Error) return fields
  let made: Record<string, unknown> | undefined
  for (const [key, value] of Object.entries(fields)) {
    const serialize = serializers[key]
    // Errors are written in full, under any key.
    if (serialize === undefined || value instanceof Error) continue
    made ??= { ...fields }
    made[key] = serialize(value)
  }
  return made ?? fields
}
