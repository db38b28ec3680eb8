import { DEFAULT_ERROR_DETAIL, type ErrorDetail } from '../entry/error-detail.js'
import { isError } from '../entry/is-error.js'
import type { Key, KeyTable } from '../entry/key.js'
import type { PathState } from '../redaction/path-rules.js'
import { hiddenUnder } from './hidden-under.js'
import { boundedStack, fingerprintOf, framesOf, withHead } from './stack-frames.js'

/** Errors shown of an AggregateError. */
const MAX_ERRORS = 10
/** Errors shown of the whole tree: errors that hold each other would make millions of it. */
const MAX_PARTS = 32

/** What is passed down the tree of an error. */
interface Room {
  /** Errors that may still be shown. */
  left: number
  readonly detail: ErrorDetail
  /** Hides secrets by their names and forms. */
  readonly table: KeyTable | undefined
}

/** What is written of an error. */
export interface ErrorParts {
  /** The error's class. */
  readonly type: string
  /** The error's message. */
  readonly message: unknown
  /** Its stack, as the options have it. */
  readonly stack?: unknown
  /** One of the error's own properties. */
  readonly [property: string]: unknown
}

/**
 * Takes an error apart by allow-list: type, message, stack, a few well-known properties, causes and aggregated errors.
 * Anything else on it (a client's `config`, `request`, `response`) stays out of the log. A value that is not an error
 * is shown as a message, so that `throw 'text'` reads well too.
 *
 * @param table - Of the logger: how much is written of its errors, and what is hidden of them.
 * @param key - The field's that holds it: where the paths of redaction begin.
 */
export function errorParts(error: unknown, table?: KeyTable, key?: Key): ErrorParts {
  return errorPartsAt(key?.paths, error, table)
}

/** {@link errorParts} of an error anywhere in a value, where `place` is what paths know of it. */
export function errorPartsAt(place: PathState | undefined, error: unknown, table: KeyTable | undefined): ErrorParts {
  try {
    return partsOf(error, place, 0, [], {
      left: MAX_PARTS,
      detail: table?.errors ?? DEFAULT_ERROR_DETAIL,
      table,
    })
  } catch (reason) {
    // A proxy may refuse every question; its line must not be lost for that.
    return { type: 'Error', message: throwsText(reason) }
  }
}

/**
 * The message of an error for a line that has none of its own: what hides it in the error's field hides it there.
 *
 * @param key - The field's that holds the error.
 */
export function messageOfError(error: Error, table: KeyTable, key: Key): string | undefined {
  const rule = key.rule ?? key.paths?.rule
  const message = (
    rule === undefined
      ? shown('message', read(error, messageOf), key.paths, { table })
      : (rule.apply(error, key.name) ?? undefined)
  ) as string | undefined
  return message === undefined ? undefined : String(message)
}

function partsOf(error: unknown, place: PathState | undefined, depth: number, seen: unknown[], room: Room): ErrorParts {
  const { detail } = room
  // Who reads an error counts on its type: one that is removed is empty.
  const typed = shown('type', safe(typeName(error), room), place, room)
  const type = typeof typed === 'string' ? typed : ''
  if (!isError(error)) return { type, message: shown('message', safe(error, room), place, room) }
  const text = read(error, messageOf)
  const found = safe(text, room)
  const message = shown('message', found, place, room)
  const parts: Record<string, unknown> & { type: string; message: unknown } = { type, message }
  const stack = read(error, stackOf)
  if (typeof stack === 'string' && detail.stack !== 'none') {
    const whole = message === found ? stack : withHead(stack, String(text), headOf(type, message))
    const bounded = safe(boundedStack(whole, detail.frames), room) as string
    parts['stack'] = shown('stack', detail.stack === 'text' ? bounded : framesOf(bounded), place, room)
  }
  if (detail.fingerprint && typeof stack === 'string')
    parts['fingerprint'] = fingerprintOf(parts.type, String(parts.message), stack)
  // Most errors have no such property: going through what is there is cheaper than nine look-ups that find nothing.
  for (const name in error) {
    if (!detail.properties.has(name)) continue
    const value = read(error, (each) => (each as unknown as Record<string, unknown>)[name])
    if (isPlain(value)) parts[name] = shown(name, safe(value, room), place, room)
  }
  room.left--
  seen.push(error)
  const cause = read(error, causeOf)
  if (cause !== undefined) {
    const under = after(place, 'cause', room)
    parts['cause'] = shown('cause', nested(cause, under, depth, seen, room), place, room)
  }
  const errors = read(error, errorsOf)
  if (Array.isArray(errors)) {
    const list = after(place, 'errors', room)
    // Not mapped: that leaves holes where the list has some.
    const all = Array.from(errors.slice(0, MAX_ERRORS), (each: unknown, i) => {
      const index = String(i)
      return shown(index, nested(each, after(list, index, room), depth, seen, room), list, room) ?? null
    })
    parts['errors'] = shown('errors', all, place, room)
  }
  seen.pop()
  return parts
}

/** A part as it is written. Here and nowhere else, for not every encoder goes by the names of the parts. */
function shown(name: string, value: unknown, place: PathState | undefined, { table }: Pick<Room, 'table'>): unknown {
  if (table === undefined || (place === undefined && !table.hidesErrorParts)) return value
  return hiddenUnder(table, place, name, value)
}

function headOf(type: string, message: unknown): string {
  return typeof message === 'string' ? `${type}: ${message}` : type
}

function after(place: PathState | undefined, name: string, { table }: Room): PathState | undefined {
  return place?.next[table?.internNested(name).number ?? 0]
}

function nested(error: unknown, place: PathState | undefined, depth: number, seen: unknown[], room: Room): unknown {
  if (!isError(error)) return isPlain(error) ? safe(error, room) : { type: typeName(error) }
  if (seen.includes(error)) return '[Circular]'
  if (depth + 1 > room.detail.causes || room.left <= 0) return '[Cut]'
  return partsOf(error, place, depth + 1, seen, room)
}

function safe(value: unknown, { table }: Room): unknown {
  const scanner = table?.scanner
  return scanner !== undefined && typeof value === 'string' ? scanner.scan(value) : value
}

// A function for each name: a look-up by a variable is a dear one.
const messageOf = (error: Error): unknown => error.message
const stackOf = (error: Error): unknown => error.stack
const nameOf = (error: Error): unknown => error.name
const classOf = (error: Error): unknown => error.constructor
const causeOf = (error: Error): unknown => error.cause
const errorsOf = (error: Error & { errors?: unknown }): unknown => error.errors

function throwsText(reason: unknown): string {
  return `[Throws: ${reason instanceof Error ? reason.name : typeof reason}]`
}

function read(error: Error, part: (error: Error) => unknown): unknown {
  try {
    return part(error)
  } catch (reason) {
    return throwsText(reason)
  }
}

/** Whether a value among an error's parts is an error's parts too. */
export function isParts(value: unknown): value is ErrorParts {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One of an error's parts in a word, for lines that people read. */
export function partText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'object':
      return value === null ? 'null' : '[Object]'
    case 'function':
      return '[Function]'
    case 'undefined':
      return ''
    default:
      return String(value)
  }
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function typeName(error: unknown): string {
  if (!isError(error)) return error === null ? 'null' : typeof error
  const name = read(error, nameOf)
  if (typeof name === 'string' && name !== 'Error' && name !== '') return name
  const made = read(error, classOf)
  return typeof made === 'function' && made.name !== '' ? made.name : 'Error'
}
