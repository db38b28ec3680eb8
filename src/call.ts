import { ByteBuffer } from './bytes/byte-buffer.js'
import { messageOfError } from './encoders/error-parts.js'
import { JsonEncoder } from './encoders/json-encoder.js'
import { JsonValueWriter } from './encoders/json-value.js'
import { DEFAULT_LIMITS } from './encoders/limits.js'
import { reasonText } from './entry/reason-text.js'
import type { Entry } from './entry/entry.js'
import { FieldKind, isDeclaredSet } from './entry/field.js'
import { ERROR_KEY, isError } from './entry/is-error.js'
import { isPlainObject } from './entry/is-plain-object.js'
import { loggable } from './entry/loggable.js'
import { FieldError } from './entry/field-error.js'
import { type Fields, valueAt } from './entry/fields.js'
import type { Key } from './entry/key.js'
import { isObject } from './options/is-object.js'
import { format } from './message.js'
import { MessageTemplate } from './message-template.js'
import type { PlainText } from './pipeline/plain-text.js'

/**
 * Puts what a log call was given onto its entry: a message, fields, errors, in any accepted order.
 *
 * @throws FieldError where the declaration of a field asks for it in development; nothing else.
 */
export function readCall(
  entry: Entry,
  plain: PlainText,
  count: number,
  first: unknown,
  second: unknown,
  third: unknown,
  all: unknown[] | undefined,
): void {
  try {
    if (count === 2 && typeof first === 'string' && isPlainObject(second) && plain.has(first)) {
      entry.message = first
      entry.all(second)
    } else if (count === 1 && isPlainObject(first)) {
      entry.all(first)
      entry.message = messageOfFields(entry)
    } else if (count === 2 && isPlainObject(first) && typeof second === 'string' && plain.has(second)) {
      entry.message = second
      entry.all(first)
    } else if (count === 1 && isError(first)) {
      entry.error(ERROR_KEY, first)
      entry.message = ownMessage(entry, ERROR_KEY, first)
    } else if (count === 2 && typeof first === 'string' && isError(second) && plain.has(first)) {
      entry.message = first
      entry.error(ERROR_KEY, second)
    } else if (count === 3 && isDeclaredSet(second) && typeof first === 'string' && isObject(third)) {
      entry.message = first
      entry.all(second, third)
    } else if (count > 0) fill(entry, bound(valuesOf(count, first, second, third, all)))
  } catch (problem) {
    if (problem instanceof FieldError) throw problem
    // Only a value that answers no question at all gets here. The message is worth more than it.
    if (typeof first === 'string' && entry.message === undefined) entry.message = first
    entry.any('fields', `[Throws: ${reasonText(problem)}]`)
  }
}

/** @param all - Those of a call with more than three. */
function valuesOf(
  count: number,
  first: unknown,
  second: unknown,
  third: unknown,
  all: unknown[] | undefined,
): unknown[] {
  if (all !== undefined) return all
  return count === 1 ? [first] : count === 2 ? [first, second] : [first, second, third]
}

/** Binds declared sets to the values that stand behind them, which are nowhere to be taken for loose fields. */
function bound(values: unknown[]): unknown[] {
  for (let at = 0; at < values.length - 1; at++) {
    const set = values[at]
    if (!isObject(set)) continue
    const given = values[at + 1]
    if (!isObject(given) || !isDeclaredSet(set)) continue
    values.splice(at, 2, { [loggable]: (line: Fields) => line.all(set, given) })
  }
  return values
}

/** Takes the values of a call apart: errors, fields, a message with its placeholders. */
function fill(entry: Entry, values: unknown[]): void {
  let at = 0
  let leading: object | undefined
  if (isTemplate(values[0])) {
    fillTemplate(entry, values[0], values.slice(1))
    return
  }
  if (typeof values[0] === 'object' && values[0] !== null && addValue(entry, values[0])) {
    leading = values[0]
    at = 1
  }
  if (at < values.length && typeof values[at] === 'string') {
    const { text: filled, used } = format(values[at] as string, values, at + 1, (value) => show(entry, value))
    entry.message = filled
    at += 1 + used
  } else if (leading !== undefined) {
    entry.message = ownMessage(entry, ERROR_KEY, leading) ?? messageOfFields(entry)
    // A message is optional behind these: one that is handed on undefined is none.
    if (values[at] === undefined) at++
  }
  for (; at < values.length; at++) {
    const value = values[at]
    if (typeof value === 'object' && value !== null && addValue(entry, value)) continue
    const part = typeof value === 'string' ? value : show(entry, value)
    entry.message = entry.message === undefined ? part : `${entry.message} ${part}`
  }
}

function isTemplate(value: unknown): value is MessageTemplate {
  try {
    return value instanceof MessageTemplate
  } catch {
    // A proxy that does not tell what it is.
    return false
  }
}

/** The fields first: the message then shows of them what the line does, and no secret. */
function fillTemplate(entry: Entry, message: MessageTemplate, values: readonly unknown[]): void {
  for (const value of values) if (typeof value === 'object' && value !== null) addValue(entry, value)
  entry.message = message.fill((name) => {
    const key = entry.table.known(name)
    const row = key === undefined ? -1 : entry.find(key)
    if (row < 0) return undefined
    const kind = entry.kinds[row]
    const value = valueAt(entry, row)
    if (typeof value === 'string') return value
    if (kind === FieldKind.timestamp) return show(entry, new Date(value as number))
    return show(entry, value, key)
  })
}

/** Adds an object of fields or an error to the line. Anything that reads better as text is left to the message. */
function addValue(entry: Entry, value: object): boolean {
  try {
    if (isError(value)) {
      entry.error(ERROR_KEY, value)
      return true
    }
    if (Array.isArray(value) || value instanceof Date || value instanceof Map || value instanceof Set) return false
    if (ArrayBuffer.isView(value) || value instanceof RegExp) return false
  } catch {
    // A proxy that does not tell what it is: all() notes why on the line.
  }
  entry.all(value)
  return true
}

/** The message of the error among the fields, for a line that has none of its own. */
function messageOfFields(entry: Entry): string | undefined {
  const { kinds, keys, values, count } = entry
  for (let row = 0; row < count; row++) {
    if (kinds[row] !== FieldKind.any) continue
    const { name } = keys[row]
    if ((name === 'err' || name === ERROR_KEY) && isError(values[row]))
      return ownMessage(entry, name, values[row] as Error)
  }
  return undefined
}

/** The message of an error, as its line shows it under that name. */
function ownMessage({ table }: Entry, name: string, value: object): string | undefined {
  try {
    return isError(value) ? messageOfError(value, table, table.intern(name)) : undefined
  } catch (reason) {
    return `[Throws: ${reasonText(reason)}]`
  }
}

/** The message of an error. Never throws. */
export function messageOf(value: object): string | undefined {
  try {
    return isError(value) ? String(value.message) : undefined
  } catch (reason) {
    return `[Throws: ${reasonText(reason)}]`
  }
}

/** Made for the first value that is shown: an encoder prepares more than importing this should cost. */
let shownValues: JsonValueWriter | undefined

function makeShownValues(): JsonValueWriter {
  const encoder = new JsonEncoder()
  return new JsonValueWriter(DEFAULT_LIMITS, (fields, out) => {
    for (let row = 0; row < fields.count; row++) {
      encoder.encodeField(fields, row, out, out.length + DEFAULT_LIMITS.maxLineBytes)
    }
  })
}

/** Where the last value was written: a buffer for each would cost more than the value. */
let spare: ByteBuffer | undefined
const START_BYTES = 256
const MAX_SPARE_BYTES = 65_536

/** A value as text, for messages: what the line's JSON would hold, without secrets. Never throws. */
function show(entry: Entry, value: unknown, key: Key = entry.table.start): string {
  try {
    return shown(entry, value, key)
  } catch (reason) {
    return `[Throws: ${reasonText(reason)}]`
  }
}

function shown(entry: Entry, value: unknown, key: Key): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'symbol') return String(value)
  if (typeof value === 'bigint') {
    const text = String(value)
    // With its letter it would not be found any more.
    const safe = entry.table.scanner?.scan(text) ?? text
    return safe === text ? `${text}n` : safe
  }
  if (typeof value === 'function') return `[Function ${value.name}]`
  if (isError(value)) {
    const message = messageOfError(value, entry.table, key)
    return `${String(value.name)}${message === undefined ? '' : `: ${message}`}`
  }
  // A value that logs while it is read shows others in between: those get a buffer of their own.
  const out = spare ?? new ByteBuffer(START_BYTES)
  spare = undefined
  out.length = 0
  shownValues ??= makeShownValues()
  shownValues.write(out, value, key, entry.table, DEFAULT_LIMITS.maxLineBytes)
  const text = out.toString()
  if (out.bytes.length <= MAX_SPARE_BYTES) spare = out
  return text
}
