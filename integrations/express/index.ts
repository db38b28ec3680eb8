export { fromPinoHttp } from './from-pino-http.js'
export type { PinoHttpOptions } from './from-pino-http.js'
export { logRequests } from './log-requests.js'
export { logUpgrades } from './log-upgrades.js'
export { requestErrors } from './request-errors.js'
export { requestLogger } from './request-logger.js'
export type { RequestLoggerOptions } from './request-logger.js'
export { currentLog, RequestLog } from '../http/index.js'
export type {
  BodyOptions,
  Ignored,
  KeyOptions,
  KeyPreset,
  Outcome,
  RequestFunction,
  RequestIdGenerator,
  RequestOptions,
  WideKey,
} from '../http/index.js'
export { levelHandler } from './level-handler.js'
export type { LevelHandlerOptions } from './level-handler.js'
export { signDebugHeader } from '../http/index.js'
export type { DebugOptions, SignDebugOptions } from '../http/index.js'
export { WideLine } from '../http/index.js'
