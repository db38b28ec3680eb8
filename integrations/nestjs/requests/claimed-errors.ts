import type { UnitLog } from '../../../src/index.js'
import { logOfRequest } from '../../http/index.js'
import { invalidFieldsOf } from './validation-observer.js'

/** Errors that some wide line carries, with its unit: what Nest prints about them by itself says the same again. */
const claimed = new WeakMap<object, UnitLog>()

/** Errors that count as their unit's only when Nest logs them: until then somebody may deal with them. */
const expected = new WeakMap<object, UnitLog>()

/** What a filter is just handling, for thrown values that are no objects. */
let handling: { readonly error: unknown } | undefined

/** Puts an error on the wide line of its request. */
export function noteError(request: unknown, error: unknown): void {
  const log = logOfRequest(request)
  if (log !== undefined) noteFailure(log, error)
}

/** Puts an error on the wide line of its unit. A unit that is over leaves it to Nest's own line. */
export function noteFailure(log: UnitLog, error: unknown): void {
  if (log.isClosed) return
  const isFirst = !log.hasFailed
  log.setError(error)
  const invalid = isFirst ? invalidFieldsOf(error) : undefined
  if (invalid !== undefined) log.fields.any('invalid', invalid)
  // Another error than the line's, such as that of a filter that broke, is no repetition.
  if (log.hasError(error) && typeof error === 'object' && error !== null) claimed.set(error, log)
}

/** Has an error put on the wide line of its unit when {@link noteLogged} says that Nest logs it. */
export function expectError(error: unknown, log: UnitLog): void {
  if (typeof error === 'object' && error !== null) expected.set(error, log)
}

/** Nest logs an error by itself. */
export function noteLogged(error: unknown): void {
  const log = typeof error === 'object' && error !== null ? expected.get(error) : undefined
  if (log !== undefined) noteFailure(log, error)
}

/** Runs a filter, whose error goes on the wide line. */
export function whileHandling<T>(request: unknown, error: unknown, run: () => T): T {
  noteError(request, error)
  const before = handling
  handling = logOfRequest(request)?.hasError(error) === true ? { error } : undefined
  try {
    return run()
  } finally {
    handling = before
  }
}

/** Whether some wide line carries this error. */
export function isClaimed(error: object): boolean {
  return claimed.has(error)
}

/** Whether the wide line says this already. */
export function isOnWideLine(error: unknown): boolean {
  if (typeof error === 'object' && error !== null) return isClaimed(error)
  return handling !== undefined && handling.error === error
}

/** An error as it may be written: as on its wide line. */
export function asOnWideLine(error: unknown): unknown {
  const log = typeof error === 'object' && error !== null ? claimed.get(error) : undefined
  return log === undefined ? error : log.safe(error)
}
