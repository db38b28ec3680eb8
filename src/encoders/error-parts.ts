/** An error's own properties that are worth a log line and do not carry requests, configurations or secrets. */
const ALLOWED: ReadonlySet<string> = new Set('code errno syscall status statusCode signal address port path'.split(' '))

/** Causes followed from one error. */
const MAX_CAUSES = 10
/** Errors shown of an AggregateError. */
const MAX_ERRORS = 10
/** Errors shown of the whole tree: errors that hold each other would make millions of it. */
const MAX_PARTS = 32

/** What is written of an error. */
export interface ErrorParts {
  readonly type: string
  readonly message: unknown
  readonly stack?: unknown
  readonly [property: string]: unknown
}

/**
 * Takes an error apart by allow-list: type, message, stack, a few well-known properties, causes and aggregated errors.
 * Anything else on it (a client's `config`, `request`, `response`) stays out of the log. A value that is not an error
 * is shown as a message, so that `throw 'text'` reads well too.
 */
export function errorParts(error: unknown): ErrorParts {
  try {
    return partsOf(error, 0, [], { left: MAX_PARTS })
  } catch (reason) {
    // A proxy may refuse every question; its line must not be lost for that.
    return { type: 'Error', message: throwsText(reason) }
  }
}

function partsOf(error: unknown, depth: number, seen: unknown[], room: { left: number }): ErrorParts {
  if (!(error instanceof Error)) return { type: typeName(error), message: error }
  const parts: Record<string, unknown> & { type: string; message: unknown } = {
    type: typeName(error),
    message: messageOf(error),
  }
  const stack = stackOf(error)
  if (typeof stack === 'string') parts['stack'] = stack
  // Most errors have no such property: going through what is there is cheaper than nine look-ups that find nothing.
  for (const name in error) {
    if (!ALLOWED.has(name)) continue
    const value = read(error, name)
    if (isPlain(value)) parts[name] = value
  }
  room.left--
  seen.push(error)
  const cause = read(error, 'cause')
  if (cause !== undefined) parts['cause'] = nested(cause, depth, seen, room)
  const errors = read(error, 'errors')
  if (Array.isArray(errors)) {
    parts['errors'] = errors.slice(0, MAX_ERRORS).map((each: unknown) => nested(each, depth, seen, room))
  }
  seen.pop()
  return parts
}

function nested(error: unknown, depth: number, seen: unknown[], room: { left: number }): unknown {
  if (!(error instanceof Error)) return isPlain(error) ? error : { type: typeName(error) }
  if (seen.includes(error)) return '[Circular]'
  if (depth + 1 > MAX_CAUSES || room.left <= 0) return '[Cut]'
  return partsOf(error, depth + 1, seen, room)
}

// Read by name where the name is known: a look-up by a variable is a dear one.
function messageOf(error: Error): unknown {
  try {
    return error.message
  } catch (reason) {
    return throwsText(reason)
  }
}

function stackOf(error: Error): unknown {
  try {
    return error.stack
  } catch (reason) {
    return throwsText(reason)
  }
}

function throwsText(reason: unknown): string {
  return `[Throws: ${reason instanceof Error ? reason.name : typeof reason}]`
}

function read(error: Error, name: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[name]
  } catch (reason) {
    return throwsText(reason)
  }
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function typeName(error: unknown): string {
  if (!(error instanceof Error)) return error === null ? 'null' : typeof error
  const name = read(error, 'name')
  if (typeof name === 'string' && name !== 'Error' && name !== '') return name
  const made = read(error, 'constructor')
  return typeof made === 'function' && made.name !== '' ? made.name : 'Error'
}

/** Whether a value is an error; a proxy that does not tell what it is, is none. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error
  } catch {
    // A revoked proxy, or one whose trap throws.
    return false
  }
}
