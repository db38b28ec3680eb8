import { Inject, type Provider } from '@nestjs/common'
import type { FieldBag, Logger } from '../../../src/index.js'
import { logContextOf } from '../../decorators/index.js'
import { ContextLogger } from '../../http/index.js'
import { provideLater } from '../later-loggers.js'
import { LOGGER } from '../logger.constants.js'

/** Providers of the loggers that some class asks for, and their tokens: each application makes loggers of its own of them. */
export const namedLoggers: Provider[] = []
export const namedLoggerTokens: string[] = []

/** The classes that ask for a logger of their own, by their names. */
const classes = new Map<string, object>()

/** The classes that ask for a logger without giving it a name, by their names. */
export function namesOfClasses(): string[] {
  return [...classes.keys()]
}

/**
 * The token of the logger with this name.
 *
 * @publicApi
 */
export function getLoggerToken(name: string): string {
  return `WIDELINE_LOGGER:${name}`
}

/** What `@LogContext` declares on the class of this name. Asked when loggers are made: decorators of classes run last. */
export function contextOfClass(name: string): FieldBag {
  return logContextOf(classes.get(name)) ?? {}
}

/**
 * Has every application provide a logger of this name.
 *
 * @param owner - The class whose name it is.
 */
export function declareLogger(name: string, owner: object | undefined): void {
  if (owner !== undefined) classes.set(name, owner)
  const token = getLoggerToken(name)
  if (namedLoggerTokens.includes(token)) return
  namedLoggerTokens.push(token)
  const provider = {
    provide: token,
    useFactory: (root: Logger) => new ContextLogger(root, name).child(contextOfClass(name)),
    inject: [LOGGER],
  }
  namedLoggers.push(provider)
  provideLater(token, provider)
}

/**
 * Injects a logger.
 *
 * @param name - Written on its lines. Default: the name of the class, below that of the module's `forFeature()`.
 * @example constructor(@InjectLogger() private readonly log: ContextLogger) {}
 * @publicApi
 */
export function InjectLogger(name?: string): ParameterDecorator & PropertyDecorator {
  return (target: object, key: string | symbol | undefined, index?: number): void => {
    const owner = typeof target === 'function' ? target : target.constructor
    const given = name ?? owner.name
    declareLogger(given, name === undefined ? owner : undefined)
    const inject: PropertyDecorator & ParameterDecorator = Inject(getLoggerToken(given))
    if (index === undefined) (inject as PropertyDecorator)(target, key as string)
    else (inject as ParameterDecorator)(target, key, index)
  }
}
