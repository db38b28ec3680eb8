import { OptionError } from '../../src/index.js'
import type { LoggerModuleOptions } from './interfaces/logger-module-options.interface.js'

/** What is looked at of the options of `forRootAsync()`. */
interface AsyncOptions {
  readonly useFactory?: (...injected: never[]) => LoggerModuleOptions | Promise<LoggerModuleOptions>
}

type Check = (value: unknown) => boolean

const isFunction: Check = (value) => typeof value === 'function'
const isList: Check = (value) => Array.isArray(value)

const RULES: Readonly<Record<string, readonly [string, Check]>> = {
  useFactory: ['a function', isFunction],
  useClass: ['a class', isFunction],
  useExisting: ['a class or a token', (value) => ['function', 'string', 'symbol'].includes(typeof value)],
  inject: ['an array of tokens', isList],
  imports: ['an array of modules', isList],
  provideInjectionTokensFrom: ['an array of providers', isList],
  isGlobal: ['true or false', (value) => typeof value === 'boolean'],
}

/**
 * The options of `forRootAsync()`, whose factory has to give some.
 *
 * @throws OptionError for one that cannot be used, or that nobody would read: a `level` belongs into what the factory gives.
 */
export function checkAsyncOptions<Given extends AsyncOptions & object>(given: Given): Given {
  const options = given as Given & Readonly<Record<string, unknown>>
  if (typeof options !== 'object' || options === null) throw new OptionError('forRootAsync', 'an object', options)
  if ((options.useFactory ?? options['useClass'] ?? options['useExisting']) === undefined)
    throw new OptionError('forRootAsync', 'an object with useFactory, useClass or useExisting', options)
  OptionError.refuseUnknown('forRootAsync', options, Object.keys(RULES))
  for (const [name, [expected, accepts]] of Object.entries(RULES)) {
    const value: unknown = options[name]
    if (value !== undefined && !accepts(value)) throw new OptionError(`forRootAsync.${name}`, expected, value)
  }
  const { useFactory } = options
  return useFactory === undefined ? options : { ...options, useFactory: givingOptions(useFactory) }
}

/** Nothing is what a module without options has: a setting that is not there would be taken for that. */
function givingOptions(useFactory: NonNullable<AsyncOptions['useFactory']>): AsyncOptions['useFactory'] {
  return async (...injected) => {
    const made: LoggerModuleOptions | undefined = await useFactory(...injected)
    if (made === undefined) throw new OptionError('forRootAsync.useFactory', 'a function that gives options', made)
    return made
  }
}
