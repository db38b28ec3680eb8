import type { HrTime } from '@opentelemetry/api'
import type { KeyTable, PlainObject, PlainValues } from '../../src/index.js'

/** `SeverityNumber` by level / 10 - 1: `panic` is FATAL2. */
const SEVERITIES = [1, 5, 9, 13, 17, 21, 22]

export function severityOf(level: number): number {
  return SEVERITIES[level / 10 - 1]
}

/**
 * Names that the SDK cannot hold: it keeps attributes in a plain object, and takes a value with a `constructor` of its own
 * for an instance of some class, and drops it.
 */
const UNSAFE_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', ''])

/** A name that the SDK can hold. */
export function safeName(name: string): string {
  return UNSAFE_NAMES.has(name) ? `_${name}` : name
}

/**
 * Milliseconds since the epoch, in seconds and nanoseconds. Not a plain number: the SDK takes one from before the start of
 * the process for a monotonic time.
 */
export function timeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)]
}

/** Names under which the line's error may come, the foremost first. */
export const ERROR_NAMES: readonly string[] = ['error', 'err', 'exception']

/** What an error's attributes say already. */
export const SAID_OF_ERRORS: ReadonlySet<string> = new Set(['type', 'message', 'stack', 'cause', 'errors'])

/** Has no prototype, so that any name is just a name. */
export function noAttributes(): PlainObject {
  return Object.create(null) as PlainObject
}

/** What stands for an error's message, as a text: it may be any value. Undefined where there is none. */
export function messageText(message: unknown, values: PlainValues, table: KeyTable): string | undefined {
  const value = values.of(message, table)
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value)
}
