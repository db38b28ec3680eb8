import {
  ConsoleLogger,
  type DynamicModule,
  Inject,
  Logger as NestCommonLogger,
  type LoggerService,
  Module,
  type ModuleMetadata,
  type NestModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common'
import { ModulesContainer } from '@nestjs/core'
import { createLogger, Logger, type LoggerOptions, OptionError } from '../../src/index.js'
import { checkLogger, checkRequestOptions } from '../http/index.js'
import { checkAsyncOptions } from './async-options.js'
import { namedLoggers, namedLoggerTokens } from './decorators/inject-logger.decorator.js'
import type { LoggerModuleExtras, LoggerModuleOptions } from './interfaces/logger-module-options.interface.js'
import { hostLaterLoggers } from './later-loggers.js'
import { LOGGER } from './logger.constants.js'
import { loggerFeature, type LoggerFeatureOptions } from './logger-feature.module.js'
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './logger.module-definition.js'
import { loggerLevels, type LoggerLevelsOptions } from './levels/levels.module.js'
import { ModuleImports } from './module-imports.js'
import { NestLogger } from './nest-logger.service.js'
import { RequestWiring } from './requests/request-wiring.service.js'
import { ApolloOperations } from './units/apollo-operations.plugin.js'
import { UnitWiring } from './units/unit-wiring.service.js'

const rootLogger: Provider = {
  provide: LOGGER,
  useFactory: (options: LoggerModuleOptions = {}): Logger => {
    const root = rootOf(options)
    takeBufferedLines(root, options)
    return root
  },
  inject: [{ token: MODULE_OPTIONS_TOKEN, optional: true }],
}

// Nest reads these lists when it scans the module. By then every class with an `@InjectLogger()` is loaded, and has put its
// logger into them.
const PROVIDERS = namedLoggers
const EXPORTS: NonNullable<ModuleMetadata['exports']> = namedLoggerTokens
PROVIDERS.push(
  rootLogger,
  { provide: Logger, useExisting: LOGGER },
  NestLogger,
  RequestWiring,
  UnitWiring,
  ApolloOperations,
)
EXPORTS.push(LOGGER, Logger, NestLogger)

/**
 * Gives an application its loggers, and writes one wide line for each request.
 *
 * @example
 * @Module({ imports: [LoggerModule.forRoot({ level: 'info' })] })
 * export class AppModule {}
 * @see [Configurable modules](https://docs.nestjs.com/fundamentals/dynamic-modules)
 * @publicApi
 */
@Module({ providers: PROVIDERS, exports: EXPORTS })
export class LoggerModule extends ConfigurableModuleClass implements NestModule, OnModuleInit, OnApplicationShutdown {
  private readonly imports: ModuleImports

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(RequestWiring) private readonly wiring: RequestWiring,
    @Inject(UnitWiring) private readonly units: UnitWiring,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    super()
    this.imports = new ModuleImports(modules, LoggerModule, MODULE_OPTIONS_TOKEN)
    const { primary } = this.imports
    if (primary?.providers.get(UnitWiring)?.instance !== units) return
    hostLaterLoggers(primary, modules)
    units.prepare()
  }

  /**
   * @param options - Those of `createLogger()`, and the module's own. Works with none.
   * @throws OptionError for what is no object; an option that cannot be used fails the boot.
   * @publicApi
   */
  static override forRoot(options: LoggerModuleOptions & LoggerModuleExtras = {}): DynamicModule {
    OptionError.requireObject('forRoot', options)
    if (options.isGlobal !== undefined && typeof options.isGlobal !== 'boolean')
      throw new OptionError('forRoot.isGlobal', 'true or false', options.isGlobal)
    return super.forRoot(options)
  }

  /**
   * @throws OptionError for what makes no options; an option that cannot be used fails the boot.
   * @publicApi
   */
  static override forRootAsync(options: Parameters<typeof ConfigurableModuleClass.forRootAsync>[0]): DynamicModule {
    return super.forRootAsync(checkAsyncOptions(options))
  }

  /**
   * Gives the module that imports it loggers of its own: one with this name, for `@InjectLogger(name)`, and one named
   * `name.Class` for each class in it that asks for `@InjectLogger()`. They have the level and the fields given here.
   *
   * @throws OptionError for a name or an option that cannot be used.
   * @example @Module({ imports: [LoggerModule.forFeature('billing', { level: 'debug', fields: { team: 'pay' } })] })
   * @publicApi
   */
  static forFeature(name: string, options: LoggerFeatureOptions = {}): DynamicModule {
    return loggerFeature(name, options)
  }

  /**
   * A controller by which operators read and set levels by name, behind guards of the application's:
   * `GET /log-levels`, `PUT /log-levels/app.db {"level":"debug","forMs":600000}`, `DELETE /log-levels/app.db`.
   *
   * @throws OptionError for an option that cannot be used, and where no guard is given.
   * @example @Module({ imports: [LoggerModule.forRoot(), LoggerModule.levels({ guards: [AdminGuard] })] })
   * @publicApi
   */
  static levels(options: LoggerLevelsOptions): DynamicModule {
    return loggerLevels(options)
  }

  /** Nest asks for middleware when everything is made and before the routes are: the moment to connect. */
  configure(): void {
    if (this.imports.primary?.instance !== this) return
    this.wiring.connect()
    this.units.followGraphql()
  }

  /** Says at boot what is wrong with how the module is imported, once for each import. */
  onModuleInit(): void {
    const problem = this.imports.problemOf(this)
    if (problem !== undefined) this.logger.warn(problem)
    if (this.imports.primary?.instance === this) this.units.connect()
  }

  /** Nest ends the process right after this, and may still write until then: all of it is written before we return. */
  onApplicationShutdown(): void {
    this.logger.flushSync()
  }
}

/** What is used of Nest's `Logger` class itself. */
interface NestLoggerState {
  readonly isBufferAttached?: boolean
  readonly staticInstanceRef?: LoggerService
}

/**
 * A boot that fails never comes to `app.useLogger()`: Nest then writes the lines that `bufferLogs` held back with the logger
 * it has. Let that be ours unless the application chose another.
 */
function takeBufferedLines(root: Logger, options: LoggerModuleOptions): void {
  const { isBufferAttached, staticInstanceRef } = NestCommonLogger as unknown as NestLoggerState
  if (isBufferAttached !== true || !(staticInstanceRef instanceof ConsoleLogger)) return
  NestCommonLogger.overrideLogger(new NestLogger(root, options))
}

function rootOf(given: LoggerModuleOptions): Logger {
  // A factory's own, which need not be what its type says.
  if (typeof given !== 'object' || given === null) throw new OptionError('options', 'an object', given)
  const { logger, requests, nestErrorLines, ...options } = given
  if (nestErrorLines !== undefined && typeof nestErrorLines !== 'boolean') {
    throw new OptionError('nestErrorLines', 'true or false', nestErrorLines)
  }
  if (requests !== undefined && requests !== false) checkRequestOptions('requests', requests)
  if (logger === undefined) return loggerOf(options)
  // A rule for secrets that changes nothing must not look as if it did.
  const idle = Object.entries(options).find(([, value]) => value !== undefined)?.[0]
  if (idle !== undefined)
    throw new OptionError(idle, 'one of requests, nestErrorLines beside a logger, which has its own', idle)
  return checkLogger('', logger)
}

function loggerOf(options: LoggerOptions): Logger {
  try {
    return createLogger(options)
  } catch (error) {
    // Where it does not know a name it lists its own, and not those of the module.
    if (!(error instanceof OptionError && error.expected.startsWith('one of ') && error.given === error.option))
      throw error
    throw new OptionError(error.option, `${error.expected}, logger, requests, nestErrorLines`, error.given)
  }
}
