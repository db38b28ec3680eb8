import { isError } from '../entry/is-error.js'
import type { LevelName } from '../entry/level.js'
import { errorParts } from '../encoders/error-parts.js'
import { isRecord } from '../options/is-object.js'
import { OptionError } from '../options/option-error.js'
import type { CapturedLogs } from './capture.js'

/** What a line is expected to be. What is not said may be anything. */
export interface ExpectedLine {
  /** The level it has. */
  readonly level?: LevelName
  /** Its message, or a pattern for it. */
  readonly msg?: string | RegExp
  /** The logger's name. */
  readonly logger?: string
  /**
   * Fields that must be there: nested objects may have more, arrays may not; patterns and a runner's matchers count. A date,
   * an error, a map or another object that a line has in its own form is compared by that.
   */
  readonly fields?: Readonly<Record<string, unknown>>
}

/** Lines: captured ones, or any list of them, parsed or not. */
export type Lines = CapturedLogs | readonly (string | Readonly<Record<string, unknown>>)[]

/** One thing that is not as expected. */
export interface Difference {
  readonly key: string
  readonly expected: unknown
  readonly got: unknown
}

export function parsedLines(lines: Lines): Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(lines) && !isCaptured(lines))
    throw new OptionError('lines', 'what captureLogs() gave, or an array of lines', lines)
  const list = isCaptured(lines) ? lines.parsed() : lines
  return list.map((line) => (typeof line === 'string' ? (JSON.parse(line) as Record<string, unknown>) : line))
}

function isCaptured(lines: Lines): lines is CapturedLogs {
  return isRecord(lines) && typeof lines['parsed'] === 'function'
}

/** Where a line is not as expected; nowhere when it matches. */
export function differences(line: Readonly<Record<string, unknown>>, expected: ExpectedLine): Difference[] {
  checkFields('expected', expected)
  const { fields = {}, ...head } = expected
  checkFields('expected.fields', fields)
  const found: Difference[] = []
  for (const [key, want] of [...Object.entries(head), ...Object.entries(fields)]) {
    if (want !== undefined || Object.hasOwn(fields, key)) compare(found, key, line[key], want)
  }
  return found
}

/** What has no fields of its own would match every line. */
function checkFields(option: string, given: unknown): void {
  if (!isRecord(given) || given instanceof RegExp)
    throw new OptionError(option, `an object such as { msg: 'order paid' }`, given)
}

function compare(found: Difference[], key: string, given: unknown, wanted: unknown): void {
  const got = asWritten(given)
  const expected = isMatcher(wanted) ? wanted : asWritten(wanted)
  if (isMatcher(expected)) {
    if (!expected.asymmetricMatch(got)) found.push({ key, expected, got })
  } else if (expected instanceof RegExp) {
    if (typeof got !== 'string' || got.search(expected) < 0) found.push({ key, expected, got })
  } else if (Array.isArray(expected)) {
    if (!Array.isArray(got) || got.length !== expected.length) found.push({ key, expected, got })
    else expected.forEach((each, i) => compare(found, `${key}[${i}]`, got[i], each))
  } else if (isObject(expected)) {
    if (!isObject(got) || Array.isArray(got)) found.push({ key, expected, got })
    else for (const [name, each] of Object.entries(expected)) compare(found, `${key}.${name}`, got[name], each)
  } else if (!Object.is(got, expected)) found.push({ key, expected, got })
}

/** What a line has of a value that JSON has no word for; of an error, what tells it from others. */
function asWritten(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null // of -0 it has 0
  if (!isObject(value)) return value
  if (isError(value)) return { type: errorParts(value).type, message: value.message }
  if (value instanceof Map) return Object.fromEntries(value as ReadonlyMap<string, unknown>)
  if (value instanceof Set) return [...(value as ReadonlySet<unknown>)]
  return typeof value['toJSON'] === 'function' ? (value['toJSON'] as () => unknown)() : value
}

/** What vitest and Jest have in the place of a value: `expect.any(Number)`, `expect.stringContaining('x')`. */
function isMatcher(value: unknown): value is { asymmetricMatch(other: unknown): boolean } {
  return isObject(value) && typeof value['asymmetricMatch'] === 'function'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
