import { isObservable, Observable } from 'rxjs'
import { type HandlerInfo, type Logger, runWithLog, type UnitLog } from '../../../src/index.js'
import { noteFailure } from '../requests/claimed-errors.js'

/** One piece of work that Nest hands to a handler. */
export interface Work {
  /** The unit's name: a pattern, a message, a job. */
  readonly name: string
  /** How it came: `rpc`, `event`, `ws`, `graphql`, `cron`, `interval`, `timeout`, `queue`. */
  readonly kind: string
  readonly handler?: HandlerInfo | undefined
  /** What declared fields are read from. */
  readonly request?: unknown
  readonly fields?: Readonly<Record<string, unknown>>
}

/** Work whose result nobody looks at: of an observable that it returns, no end would ever be heard. */
const UNHEARD: ReadonlySet<string> = new Set(['cron', 'timeout', 'interval', 'queue'])

/**
 * Runs a handler as a unit that ends when its work does: when it returns, when its promise settles, when its observable
 * completes, fails or is left. Its result goes on as it is.
 */
export function runInUnit(logger: Logger, work: Work, run: (unit: UnitLog) => unknown): unknown {
  const { name, kind, handler, request, fields } = work
  let result: unknown
  // The unit writes the error; the result carries it on.
  void logger.unit(name, { fields: { kind, ...fields }, request }, (unit) => {
    if (handler !== undefined) unit.setHandler(handler, request)
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const value = failing(run, unit)
    result = followed(value, unit, end, !UNHEARD.has(kind))
    return result === value ? undefined : ended
  })
  return result
}

function failing(run: (unit: UnitLog) => unknown, unit: UnitLog): unknown {
  try {
    return run(unit)
  } catch (error) {
    noteFailure(unit, error)
    throw error
  }
}

/** A result with an ear on its end; a value that is there already is given back as it is. */
function followed(value: unknown, unit: UnitLog, end: () => void, isHeard: boolean): unknown {
  if (isHeard && isObservable(value)) return followedObservable(value, unit, end)
  if (!isThenable(value)) return value
  // A lazy query runs when it is awaited, once for each time: from here on there is one promise of it.
  return Promise.resolve(value).then(
    (settled: unknown) => {
      if (isHeard && isObservable(settled)) return followedObservable(settled, unit, end)
      end()
      return settled
    },
    (error: unknown) => {
      noteFailure(unit, error)
      end()
      throw error
    },
  )
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function followedObservable(source: Observable<unknown>, unit: UnitLog, end: () => void): Observable<unknown> {
  return new Observable((subscriber) => {
    // A cold one does its work only now.
    const subscription = runWithLog(unit, () =>
      source.subscribe({
        next: (value) => subscriber.next(value),
        error: (error: unknown) => {
          noteFailure(unit, error)
          subscriber.error(error)
        },
        complete: () => subscriber.complete(),
      }),
    )
    return () => {
      subscription.unsubscribe()
      end()
    }
  })
}
