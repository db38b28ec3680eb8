import { isObservable, Observable } from 'rxjs'
import type { UnitLog } from '../../../src/index.js'
import { expectError } from './claimed-errors.js'

/** Nest's key for handlers of `@Sse()`. */
const SSE_METADATA = '__sse__'

/** Whether a handler answers with a stream of events. */
export function sendsEvents(handler: object): boolean {
  return Reflect.getMetadata(SSE_METADATA, handler) === true
}

/**
 * Listens for the error of a handler's stream of events. Once an event is sent no filter hears of it: Nest logs it, where
 * no interceptor has dealt with it before.
 */
export function followEvents(result: unknown, log: UnitLog): unknown {
  if (isObservable(result)) return followObservable(result, log)
  return result instanceof Promise ? result.then((events: unknown) => followEvents(events, log)) : result
}

function followObservable(source: Observable<unknown>, log: UnitLog): Observable<unknown> {
  return new Observable((subscriber) =>
    source.subscribe({
      next: (value) => subscriber.next(value),
      error: (error: unknown) => {
        expectError(error, log)
        subscriber.error(error)
      },
      complete: () => subscriber.complete(),
    }),
  )
}
