import type { Logger, LoggerOptions } from '../../../src/index.js'
import type { RequestOptions } from '../../http/index.js'

/**
 * Options of the `LoggerModule`: those of `createLogger()`, and the module's own.
 *
 * @publicApi
 */
export interface LoggerModuleOptions extends LoggerOptions {
  /** A logger that exists already. Those of `createLogger()` are refused beside it: it has its own. */
  readonly logger?: Logger
  /** How requests are followed, or `false` to write no wide lines. */
  readonly requests?: RequestOptions | false
  /** Whether Nest's own line about an error is written too when the error is on a wide line. Default false. */
  readonly nestErrorLines?: boolean
}

/**
 * What is said of the module itself.
 *
 * @publicApi
 */
export interface LoggerModuleExtras {
  /** Whether every module can inject loggers without importing this one. Default true. */
  readonly isGlobal?: boolean
}

/**
 * Makes the options, for `forRootAsync({ useClass })` and `forRootAsync({ useExisting })`.
 *
 * @publicApi
 */
export interface LoggerOptionsFactory {
  /** Called once, when the module is made. */
  createLoggerOptions(): LoggerModuleOptions | Promise<LoggerModuleOptions>
}
