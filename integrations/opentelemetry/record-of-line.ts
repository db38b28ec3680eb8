import {
  type ErrorParts,
  fullStack,
  levelName,
  type PlainObject,
  type PlainValue,
  type TraceNames,
} from '../../src/index.js'
import type { LogRecord } from './logs-api.js'
import { ERROR_NAMES, noAttributes, safeName, SAID_OF_ERRORS, severityOf, timeOf } from './record-parts.js'
import { TraceOfLine } from './trace-of-line.js'

/** A text, or a number that a double may not hold. */
const TEXT_OR_LONG = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.])-?\d{16,}(?![\d.eE])/g

const HEAD: ReadonlySet<string> = new Set(['level', 'time', 'logger', 'msg'])

/** A line of `json()`, read back. */
export interface ReadLine {
  readonly logger: string
  readonly record: LogRecord
}

/**
 * The record of a line that is bytes already: one that a flight recorder held back, or that came through an output in front
 * of this one. A line that is no JSON object, because the sink was given another encoder, becomes a body.
 *
 * @param names - Of its trace fields.
 */
export function recordOfLine(line: string, level: number, names: TraceNames): ReadLine {
  const fields = parsed(line) ?? { msg: line }
  const { time, logger, msg } = fields
  const errorName = ERROR_NAMES.find((name) => isError(name, fields[name]))
  const attributes = noAttributes()
  const trace = new TraceOfLine(names)
  for (const [name, value] of Object.entries(fields)) {
    if (name !== errorName && !HEAD.has(name) && !trace.take(name, value))
      attributes[safeName(name)] = withSafeNames(value)
  }
  if (errorName !== undefined) addError(attributes, errorName, fields[errorName] as PlainObject)
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

/** Whether it is what was made of an error. Under names that are of other things as often, a stack tells. */
function isError(name: string, value: PlainValue | undefined): boolean {
  const { type, stack } = (value ?? {}) as PlainObject
  return typeof type === 'string' && (name === 'error' || typeof stack === 'string')
}

function addError(attributes: PlainObject, name: string, error: PlainObject): void {
  const parts = error as unknown as ErrorParts
  const { message } = error
  attributes['exception.type'] = parts.type
  if (message !== undefined) {
    attributes['exception.message'] = typeof message === 'string' ? message : JSON.stringify(message)
  }
  const stack = fullStack(parts)
  if (stack !== undefined) attributes['exception.stacktrace'] = stack
  const rest = Object.entries(error).filter(([part]) => !SAID_OF_ERRORS.has(part))
  if (rest.length > 0) attributes[name] = withSafeNames(Object.fromEntries(rest))
}

function withSafeNames(value: PlainValue): PlainValue {
  if (Array.isArray(value)) return value.map(withSafeNames)
  if (typeof value !== 'object' || value === null) return value
  const made = noAttributes()
  for (const [name, each] of Object.entries(value as PlainObject)) made[safeName(name)] = withSafeNames(each)
  return made
}

function parsed(line: string): PlainObject | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    // Looked for in JSON only, where the pattern takes each text once.
    const exact = line.replace(TEXT_OR_LONG, (found) => (isInexact(found) ? `"${found}"` : found))
    return (exact === line ? value : JSON.parse(exact)) as PlainObject
  } catch {
    // Not JSON: the whole line is the message.
    return undefined
  }
}

/** Whether a number would be read as another: an integer of that kind is a text, as those that come as values are. */
function isInexact(found: string): boolean {
  return !found.startsWith('"') && String(Number(found)) !== found
}
