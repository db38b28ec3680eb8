import { isError } from '../../src/index.js'
import { pathAndValues } from './url.js'

/** What V8 quotes of a text that is no JSON: `Unexpected token 'h', "hunter2" is not valid JSON`. */
const QUOTED_JSON = /(?:\.{3})?"[^]*"(?:\.{3})? is not valid JSON/
/** Errors looked at of one tree, and of one list: errors that hold each other would make millions of it. */
const MAX_ERRORS = 64
const PARTS = ['message', 'stack', 'path', 'cause', 'errors'] as const

/**
 * An error whose texts may repeat the request's URL ("Cannot GET /orders?token=…"), with its user and its values hidden there
 * as they are in the line's `url`, in its causes and its errors too; and without what a parser quotes of the body. The error
 * itself is not changed.
 */
export function safeError(error: unknown, url: string, safeUrl: string): unknown {
  // Each apart: a mounted router knows the URL without the path it is mounted on.
  const [path, values] = pathAndValues(url)
  const [safePath, safeValues] = pathAndValues(safeUrl)
  const hide = (text: string): string => replaced(replaced(text, values, safeValues), path, safePath)
  return safe(error, url === safeUrl ? (text) => text : hide, { left: MAX_ERRORS })
}

function safe(value: unknown, hide: (text: string) => string, room: { left: number }): unknown {
  if (typeof value === 'string') return hide(value)
  if (!isError(value)) return value
  // It may be one that is shown all the same.
  if (room.left-- <= 0) return '[Cut]'
  const isParser = read(value, 'type') === 'entity.parse.failed'
  const hideHere = isParser ? (text: string) => hide(text).replace(QUOTED_JSON, '… is not valid JSON') : hide
  const changes: PropertyDescriptorMap = {}
  for (const name of PARTS) {
    const part = read(value, name)
    const made = isList(part) ? safeList(part, hide, room) : safe(part, hideHere, room)
    if (made !== part) changes[name] = { value: made }
  }
  return Object.keys(changes).length === 0 ? value : (Object.create(value, changes) as unknown)
}

/** A list by its first items, which are more than a line shows. One that cannot be read holds nobody knows what. */
function safeList(list: readonly unknown[], hide: (text: string) => string, room: { left: number }): unknown {
  try {
    return Array.from({ length: Math.min(list.length, MAX_ERRORS) }, (_, i) => safe(list[i], hide, room))
  } catch {
    return undefined
  }
}

function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value)
  } catch {
    // A revoked proxy of one, which is read no better.
    return true
  }
}

/** A property of an error, or undefined where it cannot be read. */
export function read(error: object, name: string): unknown {
  try {
    return (error as Record<string, unknown>)[name]
  } catch {
    // The encoder marks what cannot be read.
    return undefined
  }
}

function replaced(text: string, part: string, by: string): string {
  return part === by ? text : text.split(part).join(by)
}
