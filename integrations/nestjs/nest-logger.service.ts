import { Inject, Injectable, type LoggerService, type LogLevel, Optional } from '@nestjs/common'
import { isError, Level, type Logger } from '../../src/index.js'
import { checkLogger, ContextLogger } from '../http/index.js'
import type { LoggerModuleOptions } from './interfaces/logger-module-options.interface.js'
import { LOGGER, NEST_ERROR_LINES } from './logger.constants.js'
import { MODULE_OPTIONS_TOKEN } from './logger.module-definition.js'
import { checkNestLevels, enabledBy, LEVELS, levelsOfEnvironment, lowestOf } from './nest-log-levels.js'
import { asOnWideLine, isOnWideLine, noteLogged } from './requests/claimed-errors.js'

const STACK = /\n[ \t]+at .+:\d+:\d+/
const FRAMES = /\n[ \t]+at /
const MAX_CONTEXTS = 1000
/** How often a message may be a function that gives a function. */
const MAX_LAZINESS = 5

/**
 * Nest's logger: what Nest, its packages and `new Logger('Context')` write goes to wideline, the context as the logger's
 * name.
 *
 * @example app.useLogger(app.get(NestLogger))
 * @publicApi
 */
@Injectable()
export class NestLogger implements LoggerService {
  private readonly contexts = new Map<string, Logger>()
  private readonly hasErrorLines: boolean
  /** Where levels of Nest's were set: those that are on, which need not be all above one. */
  private enabled: ReadonlySet<LogLevel> | undefined
  /** The threshold of Nest's lines, where the environment sets one beside that of the application's. */
  private ownLevel: number | undefined

  /** @throws OptionError where it is given options in place of a logger. */
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Optional() @Inject(MODULE_OPTIONS_TOKEN) options?: LoggerModuleOptions,
  ) {
    checkLogger('NestLogger', logger)
    this.hasErrorLines = options?.nestErrorLines === true
    const levels = options?.level === undefined ? levelsOfEnvironment() : undefined
    if (levels === undefined) return
    this.enabled = enabledBy(levels)
    this.ownLevel = Level[lowestOf(levels)]
  }

  log(message: unknown, ...optionalParams: unknown[]): void {
    this.write('log', message, optionalParams)
  }

  error(message: unknown, ...optionalParams: unknown[]): void {
    const isOwn = NEST_ERROR_LINES.has(optionalParams.at(-1))
    if (isOwn) noteLogged(message)
    if (isOwn && !this.hasErrorLines && isOnWideLine(message)) return
    this.write('error', isOwn ? asOnWideLine(message) : message, optionalParams)
  }

  warn(message: unknown, ...optionalParams: unknown[]): void {
    this.write('warn', message, optionalParams)
  }

  debug(message: unknown, ...optionalParams: unknown[]): void {
    this.write('debug', message, optionalParams)
  }

  verbose(message: unknown, ...optionalParams: unknown[]): void {
    this.write('verbose', message, optionalParams)
  }

  fatal(message: unknown, ...optionalParams: unknown[]): void {
    this.write('fatal', message, optionalParams)
  }

  /**
   * Switches levels on as Nest's own logger does. The lowest of them becomes the threshold of the application's loggers;
   * none at all silences them.
   *
   * @throws OptionError for what is none of Nest's levels.
   */
  setLogLevels(levels: LogLevel[]): void {
    checkNestLevels('setLogLevels(levels)', levels)
    this.enabled = enabledBy(levels)
    this.logger.level = levels.length === 0 ? 'silent' : lowestOf(levels)
    this.ownLevel = undefined
    this.contexts.clear()
  }

  private write(nestLevel: LogLevel, first: unknown, rest: readonly unknown[]): void {
    if (this.enabled?.has(nestLevel) === false) return
    const level = LEVELS[nestLevel]
    const messages = [first, ...rest]
    // What hands on a context or a stack that it has not got.
    const isTemplate = typeof first === 'string' && first.includes('%')
    if (!isTemplate) while (messages.length > 1 && messages.at(-1) === undefined) messages.pop()
    let stack: string | undefined
    const isFailure = nestLevel === 'error' || nestLevel === 'fatal'
    if (isFailure && messages.length > 1 && isStack(messages.at(-1))) stack = messages.pop() as string
    const context = messages.length > 1 && typeof messages.at(-1) === 'string' ? (messages.pop() as string) : ''
    const logger = this.named(context)
    if (!logger.isEnabled(level)) return
    const values: unknown[] = []
    for (const [i, message] of messages.entries()) {
      // Nest puts the stack between the message and the context, and undefined there when it has none.
      if (i > 0 && !isTemplate && (message === undefined || (isFailure && message === ''))) continue
      if (isFailure && i > 0 && stack === undefined && isStack(message)) stack = message
      else values.push(resolved(message))
    }
    if (stack !== undefined && !values.some(isError)) values.push(errorWith(stack))
    const write: (...values: unknown[]) => void = logger[level]
    write.apply(logger, values)
  }

  private named(context: string): Logger {
    let logger = this.contexts.get(context)
    if (logger === undefined) {
      logger = new ContextLogger(this.logger, context === '' ? this.logger.name : context, this.ownLevel)
      if (this.contexts.size < MAX_CONTEXTS) this.contexts.set(context, logger)
    }
    return logger
  }
}

function isStack(value: unknown): value is string {
  return typeof value === 'string' && STACK.test(value)
}

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith('class')
}

/** What a lazy message gives; of a class its name. A log call never throws, whatever its message does. */
function resolved(message: unknown): unknown {
  try {
    let value = message
    for (let left = MAX_LAZINESS; left > 0 && typeof value === 'function'; left--) {
      value = isClass(value) ? value.name : (value as () => unknown)()
      if (!(value instanceof Promise)) continue
      // That it fails must not end the process: nobody waits for it.
      value.catch(() => undefined)
      throw new TypeError('a promise, which no line waits for')
    }
    return value
  } catch (problem) {
    return `[Throws: ${problem instanceof Error ? problem.message : String(problem)}]`
  }
}

/** Nest hands stacks on as text: the error they came from, as far as it can be told. */
function errorWith(stack: string): Error {
  const header = stack.slice(0, stack.search(FRAMES))
  const [, name, message] = /^([A-Z]\w*)(?:: ?([^]*))?$/.exec(header) ?? [header, undefined, header]
  const error = new Error(message)
  error.stack = stack
  if (name !== undefined) error.name = name
  return error
}
