import {
  type DynamicModule,
  Inject,
  Module,
  type NestModule,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common'
import { createLogger, Logger } from '../../src/index.js'
import { ContextLogger } from '../http/index.js'
import { getLoggerToken, injectedLoggerNames } from './decorators/inject-logger.decorator.js'
import type { LoggerModuleExtras, LoggerModuleOptions } from './interfaces/logger-module-options.interface.js'
import { LOGGER } from './logger.constants.js'
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './logger.module-definition.js'
import { NestLogger } from './nest-logger.service.js'
import { RequestWiring } from './requests/request-wiring.service.js'

const rootLogger: Provider = {
  provide: LOGGER,
  useFactory: ({ logger, requests: _requests, nestErrorLines: _lines, ...options }: LoggerModuleOptions = {}): Logger =>
    logger ?? createLogger(options),
  inject: [{ token: MODULE_OPTIONS_TOKEN, optional: true }],
}

const PROVIDERS: Provider[] = [rootLogger, { provide: Logger, useExisting: LOGGER }, NestLogger, RequestWiring]
const EXPORTS = [LOGGER, Logger, NestLogger]

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
export class LoggerModule extends ConfigurableModuleClass implements NestModule, OnApplicationShutdown {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(RequestWiring) private readonly wiring: RequestWiring,
  ) {
    super()
  }

  /**
   * @param options - Those of `createLogger()`, and the module's own. Works with none.
   * @publicApi
   */
  static override forRoot(options: LoggerModuleOptions & LoggerModuleExtras = {}): DynamicModule {
    return withLoggers(super.forRoot(options))
  }

  /** @publicApi */
  static override forRootAsync(options: Parameters<typeof ConfigurableModuleClass.forRootAsync>[0]): DynamicModule {
    return withLoggers(super.forRootAsync(options))
  }

  /** Nest asks for middleware when everything is made and before the routes are: the moment to connect. */
  configure(): void {
    this.wiring.connect()
  }

  /** Nest ends the process right after this, and may still write until then: all of it is written before we return. */
  onApplicationShutdown(): void {
    this.logger.flushSync()
  }
}

/**
 * Adds the providers of every logger that is injected by name. They are listed when Nest reads the module, not when it is
 * declared: by then every class with an `@InjectLogger()` is loaded.
 */
function withLoggers(module: DynamicModule): DynamicModule {
  return {
    ...module,
    get providers() {
      return [...(module.providers ?? []), ...injectedLoggerNames().map(namedLogger)]
    },
    get exports() {
      return injectedLoggerNames().map(getLoggerToken)
    },
  }
}

function namedLogger(name: string): Provider {
  return {
    provide: getLoggerToken(name),
    useFactory: (root: Logger) => new ContextLogger(root, name),
    inject: [LOGGER],
  }
}
