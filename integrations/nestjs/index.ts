export { LoggerModule } from './logger.module.js'
export type { LoggerLevelsOptions } from './levels/levels.module.js'
export type { LoggerFeatureOptions } from './logger-feature.module.js'
export { LOGGER } from './logger.constants.js'
export { NestLogger } from './nest-logger.service.js'
export { getLoggerToken, InjectLogger } from './decorators/inject-logger.decorator.js'
export { LogLevel, QuietRoute } from './decorators/route-logging.decorators.js'
export { RequestLog } from './decorators/request-log.decorator.js'
export type {
  LoggerModuleExtras,
  LoggerModuleOptions,
  LoggerOptionsFactory,
} from './interfaces/logger-module-options.interface.js'
export { ContextLogger, currentLog } from '../http/index.js'
export { signDebugHeader } from '../http/index.js'
export type {
  BodyOptions,
  DebugOptions,
  Ignored,
  KeyOptions,
  KeyPreset,
  Outcome,
  RequestFunction,
  RequestIdGenerator,
  RequestOptions,
  SignDebugOptions,
  WideKey,
} from '../http/index.js'
export { WideLine } from '../http/index.js'
