import { AsyncLocalStorage } from 'node:async_hooks'
import { createLogger } from '../create-logger.js'
import { json } from '../encoders/json.js'
import { JsonEncoder } from '../encoders/json-encoder.js'
import type { Entry } from '../entry/entry.js'
import { Logger } from '../logger.js'
import type { LoggerOptions } from '../logger-options.js'
import { callback, checkOption } from '../options/check.js'
import { isRecord } from '../options/is-object.js'
import { OptionError } from '../options/option-error.js'
import { memory, type MemoryOutput } from '../outputs/memory.js'
import type { Output } from '../outputs/output.js'

/** Lines kept for a test to look at. */
export interface CapturedLogs {
  /** For the code under test; its lines are captured. */
  readonly logger: Logger
  /** The lines as they would stand in a file, without newlines. */
  readonly lines: readonly string[]
  /** The lines, parsed. */
  parsed(): Record<string, unknown>[]
  /** Forgets the lines. */
  clear(): void
  /** Ends the capture of a logger that was there before. */
  stop(): void
}

/** The capture whose function is under way. */
const scope = new AsyncLocalStorage<object>()

/**
 * Captures lines as JSON, in memory.
 *
 * - Without a logger: makes one, every level on, for the code under test. The environment's levels do not count.
 * - Of a logger: what it and its children write from now on, besides their outputs, until `stop()`.
 * - Of a logger and a function: what is written within the function and what it waits for, and nothing that others write
 *   to the same logger meanwhile. Gives a promise where the function does.
 *
 * @param options - As for `createLogger`, which see; `outputs` is taken.
 * @throws OptionError for what is no logger and no options, and for what is no function.
 * @example
 * const logs = captureLogs()
 * shop(logs.logger).pay(42)
 * expectLine(logs, { level: 'info', msg: 'order paid', fields: { orderId: 42 } })
 * @example
 * const logs = await captureLogs(log, () => shop.pay(42))
 */
export function captureLogs(options?: Omit<LoggerOptions, 'outputs'>): CapturedLogs
export function captureLogs(logger: Logger): CapturedLogs
export function captureLogs(logger: Logger, run: () => Promise<unknown>): Promise<CapturedLogs>
export function captureLogs(logger: Logger, run: () => unknown): CapturedLogs
export function captureLogs(
  of: Logger | Omit<LoggerOptions, 'outputs'> = {},
  run?: () => unknown,
): CapturedLogs | Promise<CapturedLogs> {
  if (run !== undefined) checkOption('captureLogs(run)', run, callback)
  const output = memory()
  if (!(of instanceof Logger)) {
    // Another's logger: its methods would be told to be options that nobody knows.
    if (!isRecord(of) || 'warn' in of || run !== undefined)
      throw new OptionError(
        'captureLogs',
        `a Logger made by createLogger()${run === undefined ? ', or options of one' : ''}`,
        of,
      )
    const logger = createLogger({ level: 'trace', levels: {}, ...of, outputs: [{ output, encoder: json() }] })
    return captured(logger, output, () => undefined)
  }
  if (run === undefined) return captured(of, output, of.addOutput({ output, encoder: json() }))
  const key = {}
  const logs = captured(of, output, of.addOutput(scoped(output, key)))
  let result: unknown
  try {
    result = scope.run(key, () => waitedFor(run()))
  } catch (error) {
    logs.stop()
    throw error
  }
  if (!(result instanceof Promise)) {
    logs.stop()
    return logs
  }
  return result.then(() => logs).finally(() => logs.stop())
}

/** A lazy request or query, as supertest and query builders give, begins only when it is waited for. */
function waitedFor(result: unknown): unknown {
  return isRecord(result) && typeof result['then'] === 'function' ? Promise.resolve(result) : result
}

function captured(logger: Logger, output: MemoryOutput, stop: () => void): CapturedLogs {
  return {
    logger,
    lines: output.lines,
    parsed: () => output.parsed(),
    clear: () => output.clear(),
    stop,
  }
}

/** Hands on what is logged within one capture's function. */
function scoped(output: MemoryOutput, key: object): Output {
  const encoder = new JsonEncoder()
  return {
    begin: () => output.begin(),
    commit: (level) => output.commit(level),
    receive: (entry: Entry) => {
      if (scope.getStore() !== key) return
      encoder.encode(entry, output.begin())
      output.commit(entry.level)
    },
    flush: () => output.flush(),
    flushSync: () => output.flushSync(),
    close: () => output.close(),
    stats: () => output.stats(),
  }
}
