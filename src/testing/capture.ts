import type { LoggerOptions } from '../logger-options.js'
import { createLogger } from '../create-logger.js'
import type { Logger } from '../logger.js'
import { memory, type MemoryOutput } from '../outputs/memory.js'
import { json } from '../encoders/json.js'

/** A logger whose lines are kept for a test to look at. */
export interface CapturedLogs {
  readonly logger: Logger
  /** The lines as they would stand in a file, without newlines. */
  readonly lines: readonly string[]
  /** The lines, parsed. */
  parsed(): Record<string, unknown>[]
  clear(): void
}

/**
 * A logger that writes JSON into memory, every level on.
 *
 * @param options - As for `createLogger`, which see; `outputs` is taken.
 * @example
 * const logs = captureLogs()
 * shop(logs.logger).pay(42)
 * expect(logs.parsed()).toMatchObject([{ msg: 'order paid', orderId: 42 }])
 */
export function captureLogs(options: Omit<LoggerOptions, 'outputs'> = {}): CapturedLogs {
  const output: MemoryOutput = memory()
  const logger = createLogger({ level: 'trace', ...options, outputs: [{ output, encoder: json() }] })
  return { logger, lines: output.lines, parsed: () => output.parsed(), clear: () => output.clear() }
}
