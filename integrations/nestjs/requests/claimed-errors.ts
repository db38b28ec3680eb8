import { currentLog, type UnitLog } from '../../../src/index.js'
import { logOfRequest } from '../../http/index.js'
import { invalidFieldsOf } from './validation-observer.js'

/** Errors that some wide line carries, with its unit: what Nest prints about them by itself says the same again. */
const claimed = new WeakMap<object, UnitLog>()

/** Errors that count as their unit's only when Nest logs them: until then somebody may deal with them. */
const expected = new WeakMap<object, UnitLog>()

/** What a filter is just handling, for thrown values that are no objects. */
let handling: { readonly error: unknown } | undefined

/** The last of such values that a request's events ended with. */
const expectedValues = new WeakMap<UnitLog, { readonly error: unknown }>()

/** Such values that units have just failed with. What Nest logs of them it logs at once, though outside of a job's unit. */
const thrownValues: unknown[] = []

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
  if (!log.hasError(error)) return
  if (isObject(error)) claimed.set(error, log)
  else if (isFirst && log.unitId !== undefined) expectLineOf(error)
}

function expectLineOf(value: unknown): void {
  if (thrownValues.push(value) > 1) return
  setImmediate(() => {
    thrownValues.length = 0
  })
}

/** Has an error put on the wide line of its unit when {@link noteLogged} says that Nest logs it. */
export function expectError(error: unknown, log: UnitLog): void {
  if (isObject(error)) expected.set(error, log)
  else expectedValues.set(log, { error })
}

/** Nest logs an error by itself. */
export function noteLogged(error: unknown): void {
  const log = isObject(error) ? expected.get(error) : logExpecting(error)
  if (log !== undefined) noteFailure(log, error)
}

/** The log under way, where its events ended with this value. */
function logExpecting(value: unknown): UnitLog | undefined {
  const log = currentLog()
  const expectation = log === undefined ? undefined : expectedValues.get(log)
  return expectation !== undefined && expectation.error === value ? log : undefined
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

/** Whether the wide line says this already, when Nest logs it. */
export function isOnWideLine(error: unknown): boolean {
  if (isObject(error)) return isClaimed(error)
  if (handling !== undefined && handling.error === error) return true
  const at = thrownValues.indexOf(error)
  if (at >= 0) thrownValues.splice(at, 1)
  return at >= 0 || currentLog()?.hasError(error) === true
}

/** An error as it may be written: as on its wide line. */
export function asOnWideLine(error: unknown): unknown {
  const log = isObject(error) ? claimed.get(error) : undefined
  return log === undefined ? error : log.safe(error)
}

function isObject(error: unknown): error is object {
  return typeof error === 'object' && error !== null
}
