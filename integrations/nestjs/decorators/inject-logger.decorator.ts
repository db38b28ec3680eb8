import { Inject } from '@nestjs/common'

/** Names that some class asks for. The decorators run before any application does, and each makes loggers of its own. */
const names = new Set<string>()

/**
 * The token of the logger with this name.
 *
 * @publicApi
 */
export function getLoggerToken(name: string): string {
  return `WIDELINE_LOGGER:${name}`
}

/** The names asked for so far. */
export function injectedLoggerNames(): readonly string[] {
  return [...names]
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
    names.add(given)
    const inject: PropertyDecorator & ParameterDecorator = Inject(getLoggerToken(given))
    if (index === undefined) (inject as PropertyDecorator)(target, key as string)
    else (inject as ParameterDecorator)(target, key, index)
  }
}
