import { Inject, Injectable, type LoggerService, type LogLevel, Optional } from '@nestjs/common'
import { Level, type LevelName, type Logger } from '../../src/index.js'
import { ContextLogger } from '../http/index.js'
import type { LoggerModuleOptions } from './interfaces/logger-module-options.interface.js'
import { LOGGER, NEST_ERROR_LINES } from './logger.constants.js'
import { MODULE_OPTIONS_TOKEN } from './logger.module-definition.js'
import { asOnWideLine, isOnWideLine } from './requests/claimed-errors.js'

/** Nest's levels by ours. */
const LEVELS: Readonly<Record<LogLevel, LevelName>> = {
  verbose: 'trace',
  debug: 'debug',
  log: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
}

const STACK = /\n[ \t]+at .+:\d+:\d+/
const FRAMES = /\n[ \t]+at /
const MAX_CONTEXTS = 1000

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

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Optional() @Inject(MODULE_OPTIONS_TOKEN) options?: LoggerModuleOptions,
  ) {
    this.hasErrorLines = options?.nestErrorLines === true
  }

  log(message: unknown, ...optionalParams: unknown[]): void {
    this.write('log', message, optionalParams)
  }

  error(message: unknown, ...optionalParams: unknown[]): void {
    const isOwn = NEST_ERROR_LINES.has(optionalParams.at(-1))
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

  /** The lowest of the levels becomes the threshold; none at all silences the logger. */
  setLogLevels(levels: LogLevel[]): void {
    const ours = levels.map((level) => LEVELS[level])
    const lowest = Math.min(...ours.map((level) => Level[level]))
    this.logger.level = ours.find((level) => Level[level] === lowest) ?? 'silent'
  }

  private write(nestLevel: LogLevel, first: unknown, rest: readonly unknown[]): void {
    const level = LEVELS[nestLevel]
    const messages = [first, ...rest]
    // What hands on a context or a stack that it has not got.
    const isTemplate = typeof first === 'string' && first.includes('%')
    if (!isTemplate) while (messages.length > 1 && messages.at(-1) === undefined) messages.pop()
    let stack: string | undefined
    const isError = nestLevel === 'error' || nestLevel === 'fatal'
    if (isError && messages.length > 1 && isStack(messages.at(-1))) stack = messages.pop() as string
    const context = messages.length > 1 && typeof messages.at(-1) === 'string' ? (messages.pop() as string) : ''
    const logger = this.named(context)
    if (!logger.isEnabled(level)) return
    const values: unknown[] = []
    for (const [i, message] of messages.entries()) {
      // Nest puts the stack between the message and the context, and undefined there when it has none.
      if (i > 0 && !isTemplate && (message === undefined || (isError && message === ''))) continue
      if (isError && i > 0 && stack === undefined && isStack(message)) stack = message
      else values.push(isLazy(message) ? called(message) : message)
    }
    if (stack !== undefined && !values.some((value) => value instanceof Error)) values.push(errorWith(stack))
    ;(logger[level] as (...values: unknown[]) => void)(...values)
  }

  private named(context: string): Logger {
    let logger = this.contexts.get(context)
    if (logger === undefined) {
      logger = new ContextLogger(this.logger, context === '' ? this.logger.name : context)
      if (this.contexts.size < MAX_CONTEXTS) this.contexts.set(context, logger)
    }
    return logger
  }
}

function isStack(value: unknown): value is string {
  return typeof value === 'string' && STACK.test(value)
}

/** A function as message is called when its level is on; a class is a value. */
function isLazy(value: unknown): value is () => unknown {
  return typeof value === 'function' && !Function.prototype.toString.call(value).startsWith('class')
}

/** A log call never throws, whatever its message does. */
function called(message: () => unknown): unknown {
  try {
    return message()
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
