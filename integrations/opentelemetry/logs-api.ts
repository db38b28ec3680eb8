import * as api from '@opentelemetry/api'
import type { PlainObject, PlainValue } from '../../src/index.js'

/** One record of the Logs API, as far as it is used here. */
export interface LogRecord {
  timestamp: api.HrTime
  severityNumber: number
  severityText: string
  body: PlainValue | undefined
  attributes: PlainObject
  context?: api.Context
}

/** What writes records of one scope. */
export interface LogEmitter {
  emit(record: LogRecord): void
  /** Missing in older versions. */
  enabled?(options: { context: api.Context | undefined; severityNumber: number }): boolean
}

/** What gives out emitters: the SDK's `LoggerProvider`, or what the API has while there is none. */
export interface LogProvider {
  getLogger(name: string, version?: string): LogEmitter
  /** The SDK's. */
  forceFlush?(): Promise<void>
}

/** Where `@opentelemetry/api-logs` keeps what is registered with it: the same place for every copy of it. */
const LOGS_BEFORE_1_10 = Symbol.for('io.opentelemetry.js.api.logs')
/** The form of that place. */
const LOGS_VERSION = 1

interface Registered {
  [LOGS_BEFORE_1_10]?: (version: number) => LogProvider | undefined
}

/** The Logs API of 1.10 and later. Looked up by its name: 1.9 has none. */
const logs = (api as { logs?: { getLoggerProvider(): LogProvider } }).logs

/**
 * The registered provider: of the API itself from 1.10 on, of `@opentelemetry/api-logs` before it and for SDKs that still
 * register there. Asked again for every line, because an SDK may start late; undefined where there is none.
 */
export function registeredProvider(): LogProvider | undefined {
  const before = (globalThis as Registered)[LOGS_BEFORE_1_10]?.(LOGS_VERSION)
  return before ?? logs?.getLoggerProvider()
}
