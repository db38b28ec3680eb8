import { Inject, type Provider } from '@nestjs/common'
import type { Logger } from '../../../src/index.js'
import { ContextLogger } from '../../http/index.js'
import { LOGGER } from '../logger.constants.js'

/** Providers of the loggers that some class asks for, and their tokens: each application makes loggers of its own of them. */
export const namedLoggers: Provider[] = []
export const namedLoggerTokens: string[] = []

/**
 * The token of the logger with this name.
 *
 * @publicApi
 */
export function getLoggerToken(name: string): string {
  return `WIDELINE_LOGGER:${name}`
}

function declareLogger(name: string): void {
  const token = getLoggerToken(name)
  if (namedLoggerTokens.includes(token)) return
  namedLoggerTokens.push(token)
  namedLoggers.push({
    provide: token,
    useFactory: (root: Logger) => new ContextLogger(root, name),
    inject: [LOGGER],
  })
}

/**
 * Injects a logger.
 *
 * @param name - Written on its lines. Default: the name of the class.
 * @example constructor(@InjectLogger() private readonly log: ContextLogger) {}
 * @publicApi
 */
export function InjectLogger(name?: string): ParameterDecorator & PropertyDecorator {
  return (target: object, key: string | symbol | undefined, index?: number): void => {
    const owner = typeof target === 'function' ? target : target.constructor
    const given = name ?? owner.name
    declareLogger(given)
    const inject: PropertyDecorator & ParameterDecorator = Inject(getLoggerToken(given))
    if (index === undefined) (inject as PropertyDecorator)(target, key as string)
    else (inject as ParameterDecorator)(target, key, index)
  }
}
