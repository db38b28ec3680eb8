import { Inject, type Provider } from '@nestjs/common'
import { type FieldBag, type Logger, OptionError } from '../../../src/index.js'
import { logContextOf } from '../../decorators/index.js'
import { checkLogger, ContextLogger } from '../../http/index.js'
import { provideLater } from '../later-loggers.js'
import { LOGGER } from '../logger.constants.js'

/** Providers of the loggers that some class asks for, and their tokens: each application makes loggers of its own of them. */
export const namedLoggers: Provider[] = []
export const namedLoggerTokens: string[] = []

/** A class that asks for a logger without giving it a name. */
interface AskingClass {
  readonly owner: object
  readonly name: string
  /** Of its own: classes of the same name may have other fields. */
  readonly token: string
}

const classes: AskingClass[] = []

/** The classes that ask for a logger of their own. */
export function askingClasses(): readonly AskingClass[] {
  return classes
}

/**
 * The token of the logger with this name.
 *
 * @publicApi
 */
export function getLoggerToken(name: string): string {
  return `WIDELINE_LOGGER:${name}`
}

/**
 * What `@LogContext` declares on the class whose logger has this token. Asked when loggers are made: decorators of classes
 * run last.
 */
export function contextOfToken(token: string): FieldBag {
  return logContextOf(classes.find((each) => each.token === token)?.owner) ?? {}
}

/**
 * Has every application provide a logger of this name.
 *
 * @param owner - The class whose name it is.
 * @returns its token.
 */
export function declareLogger(name: string, owner: object | undefined): string {
  const token = owner === undefined ? getLoggerToken(name) : tokenOfClass(name, owner)
  if (namedLoggerTokens.includes(token)) return token
  namedLoggerTokens.push(token)
  const provider = {
    provide: token,
    useFactory: (root: Logger) => new ContextLogger(checkLogger('', root), name).child(contextOfToken(token)),
    inject: [LOGGER],
  }
  namedLoggers.push(provider)
  provideLater(token, provider)
  return token
}

/** The first class of a name has the name's own token, by which tests replace its logger. */
function tokenOfClass(name: string, owner: object): string {
  const known = classes.find((each) => each.owner === owner)
  if (known !== undefined) return known.token
  const namesakes = classes.filter((each) => each.name === name).length
  const token = namesakes === 0 ? getLoggerToken(name) : `${getLoggerToken(name)}#${namesakes + 1}`
  classes.push({ owner, name, token })
  return token
}

/**
 * Injects a logger.
 *
 * @param name - Written on its lines. Default: the name of the class, below that of the module's `forFeature()`.
 * @throws OptionError for what is no text.
 * @example constructor(@InjectLogger() private readonly log: ContextLogger) {}
 * @publicApi
 */
export function InjectLogger(name?: string): ParameterDecorator & PropertyDecorator {
  if (name !== undefined && typeof name !== 'string') throw new OptionError('@InjectLogger', 'a name', name)
  return (target: object, key: string | symbol | undefined, index?: number): void => {
    const owner = typeof target === 'function' ? target : target.constructor
    const token = name === undefined ? declareLogger(owner.name, owner) : declareLogger(name, undefined)
    const inject: PropertyDecorator & ParameterDecorator = Inject(token)
    if (index === undefined) (inject as PropertyDecorator)(target, key as string)
    else (inject as ParameterDecorator)(target, key, index)
  }
}
