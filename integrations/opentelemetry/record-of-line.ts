import { levelName, type PlainObject } from '../../src/index.js'
import type { LogRecord } from './logs-api.js'
import { noAttributes, safeName, severityOf, timeOf } from './record-parts.js'
import { TraceIds } from './trace-ids.js'

const HEAD: ReadonlySet<string> = new Set(['level', 'time', 'logger', 'msg', 'error'])

/** A line of `json()`, read back. */
export interface ReadLine {
  readonly logger: string
  readonly record: LogRecord
}

/**
 * The record of a line that is bytes already: one that a flight recorder held back, or that came through an output in front
 * of this one. A line that is no JSON object, because the sink was given another encoder, becomes a body.
 */
export function recordOfLine(line: string, level: number): ReadLine {
  const fields = parsed(line) ?? { msg: line }
  const { time, logger, msg, error } = fields
  const attributes = noAttributes()
  const trace = new TraceIds()
  for (const [name, value] of Object.entries(fields)) {
    if (!HEAD.has(name) && !trace.take(name, value)) attributes[safeName(name)] = value
  }
  addError(attributes, error)
  const at = typeof time === 'string' ? Date.parse(time) : NaN
  const context = trace.context(attributes)
  return {
    logger: typeof logger === 'string' ? logger : '',
    record: {
      timestamp: timeOf(Number.isNaN(at) ? Date.now() : at),
      severityNumber: severityOf(level),
      severityText: levelName(level),
      body: msg,
      attributes,
      ...(context === undefined ? {} : { context }),
    },
  }
}

function addError(attributes: PlainObject, error: unknown): void {
  if (error === undefined) return
  const { type, message, stack, ...rest } = error as PlainObject
  if (typeof type !== 'string') {
    attributes['error'] = error as PlainObject
    return
  }
  attributes['exception.type'] = type
  if (message !== undefined) attributes['exception.message'] = message
  if (stack !== undefined) attributes['exception.stacktrace'] = stack
  if (Object.keys(rest).length > 0) attributes['error'] = rest
}

function parsed(line: string): PlainObject | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PlainObject) : undefined
  } catch {
    // Not JSON: the whole line is the message.
    return undefined
  }
}
