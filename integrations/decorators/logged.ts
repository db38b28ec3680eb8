import {
  any,
  type DeclaredField,
  isDeclaredField,
  Level,
  type LevelName,
  Logger,
  OptionError,
  type SourcedField,
} from '../../src/index.js'
import { declaringClass } from './declaring-class.js'
import { fieldsOfHandler, type HandlerFields, shareFields } from './handler-fields.js'
import { checkSourced } from './log-fields.js'
import { higherLevel, LoggedMethod, type LoggedPlan } from './logged-method.js'
import type { AnyMethod, EndOf, FieldsOf, MethodDecoratorFor, Whatever } from './method-types.js'
import { copyMetadata } from './reflect.js'
import type { Reader } from './sourced-group.js'

/** What `@Logged` writes of a method's calls. */
export interface LoggedOptions<Result = Whatever> {
  /** The level of the lines. Default `debug`. */
  readonly level?: LevelName
  /** The level of the line of a call that failed. Default: that of the others. */
  readonly errorLevel?: LevelName
  /**
   * What is written of the arguments: nothing by default; all of them, under `args`; those whose names are given, in the order
   * of the parameters; or declared fields, by name, in that order too, unless they say `.arg(…)`.
   */
  readonly args?: boolean | readonly string[] | Readonly<Record<string, DeclaredField>>
  /** What is written of the result: nothing by default; all of it, under `result`; or fields, such as `string.result('id')`. */
  readonly result?: boolean | FieldsOf<Result>
  /** Calls that take so long or longer are written at `warn` at least, and marked as `slow`. In milliseconds. */
  readonly slowMs?: number
  /** Writes the lines where no request or unit is under way. Default: a logger that the object has as `log` or `logger`. */
  readonly logger?: Logger | ((self: Whatever) => Logger | undefined)
}

const NAMES = ['level', 'errorLevel', 'args', 'result', 'slowMs', 'logger']

/**
 * Writes a line when a method is entered and one when it exits, with its duration, its error, and fields of its arguments and
 * its result. A call ends where its promise, generator, stream or observable does. The lines belong to the request or unit
 * that is under way; a call within a call says its depth and its caller.
 *
 * While the level is off a call costs a look at it.
 *
 * @throws OptionError for an option that is unknown or wrong.
 * @example
 * @Logged({ level: 'debug', args: { card: string({ redact: 'last4' }), amount: float() }, result: { id: string.result('id') } })
 * charge(card: string, amount: number): Promise<Payment> { … }
 */
export function Logged<Method = Whatever>(
  options: LoggedOptions<EndOf<NoInfer<Method>>> = {},
): MethodDecoratorFor<Method> {
  const plan = planOf(options as LoggedOptions)
  const decorate = (
    target: unknown,
    keyOrContext: string | symbol | ClassMethodDecoratorContext,
    descriptor?: PropertyDescriptor,
  ): unknown => {
    if (descriptor === undefined) {
      const { name } = keyOrContext as ClassMethodDecoratorContext
      return logged(target as AnyMethod, name, '', plan)
    }
    const owner = typeof target === 'function' ? target : (target as object).constructor
    descriptor.value = logged(descriptor.value as AnyMethod, keyOrContext as string | symbol, owner.name, plan)
    return undefined
  }
  return decorate
}

function logged(method: AnyMethod, key: string | symbol, owner: string, plan: LoggedPlan): AnyMethod {
  const name = String(key)
  if (typeof method !== 'function') throw new OptionError(`@Logged on ${name}`, 'on a method', method)
  const fields: HandlerFields = fieldsOfHandler(method)
  const ownerOf = (self: unknown): string => (owner === '' ? declaringClass(self, key, through) : owner)
  const calls = new LoggedMethod(name, ownerOf, plan, fields)
  const running = function (this: unknown, ...args: unknown[]): unknown {
    const log = calls.loggerFor(this)
    return log === undefined ? method.apply(this, args) : calls.run(log, method, this, args)
  }
  // Where `arguments` is only handed on, nothing is allocated for it: whatever keeps the values is another function.
  const through = function (this: unknown): unknown {
    // oxlint-disable-next-line prefer-rest-params
    return (calls.loggerFor(this) === undefined ? method : running).apply(this, arguments as never)
  }
  Object.defineProperty(through, 'name', { value: method.name, configurable: true })
  Object.defineProperty(through, 'length', { value: method.length, configurable: true })
  shareFields(method, through)
  copyMetadata(method, through)
  return through
}

/** @throws OptionError */
function planOf(options: LoggedOptions): LoggedPlan {
  OptionError.refuseUnknown('Logged', options, NAMES)
  const { level = 'debug', slowMs = Infinity, logger, args = false, result = false } = options
  const { errorLevel = level } = options
  checkLevel('level', level)
  checkLevel('errorLevel', errorLevel)
  if (typeof slowMs !== 'number' || !(slowMs >= 0)) {
    throw new OptionError('Logged.slowMs', 'a number of milliseconds, from 0', slowMs)
  }
  if (logger !== undefined && typeof logger !== 'function' && !(logger instanceof Logger)) {
    throw new OptionError('Logged.logger', 'a Logger, or a function that gives one', logger)
  }
  if (typeof result !== 'boolean') checkSourced('Logged.result', result)
  const watched = slowMs === Infinity ? level : higherLevel(level, 'warn')
  return Object.freeze({
    level,
    errorLevel,
    watchLevel: higherLevel(watched, errorLevel),
    slowMs,
    logger,
    args: argReaders(args),
    hasAllArgs: args === true,
    result: typeof result === 'boolean' ? {} : result,
    hasResult: result === true,
  })
}

function checkLevel(name: string, level: unknown): void {
  if (typeof level !== 'string' || !Object.hasOwn(Level, level)) {
    throw new OptionError(`Logged.${name}`, `one of ${Object.keys(Level).join(', ')}`, level)
  }
}

function argReaders(args: NonNullable<LoggedOptions['args']>): Reader[] {
  if (typeof args === 'boolean') return []
  if (Array.isArray(args)) {
    return (args as readonly unknown[]).map((key, index) => {
      if (typeof key !== 'string' || key === '') throw new OptionError(`Logged.args[${index}]`, 'a name', key)
      return { key, field: any.arg(index) }
    })
  }
  OptionError.requireObject('Logged.args', args, 'true, false, a list of names or an object of fields')
  return Object.entries<unknown>(args).map(([key, field], index) => {
    if (!isDeclaredField(field)) throw new OptionError(`Logged.args.${key}`, 'a declared field, such as int()', field)
    return { key, field: 'source' in field ? (field as SourcedField) : ofArgument(field, index) }
  })
}

function ofArgument({ kind, options }: DeclaredField, index: number): SourcedField {
  return { kind, options, source: any.arg(index).source }
}
