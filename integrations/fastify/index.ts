export { fastifyLogger } from './fastify-logger.js'
export { requestLog, requestLogger } from './request-logger.js'
export type { RequestLoggerOptions } from './request-logger.js'
export { currentLog, RequestLog } from '../http/index.js'
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
