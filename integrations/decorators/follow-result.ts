import { followQuery } from './follow-query.js'
import type { ResultFollower } from './follower.js'

/** What is used of an RxJS subscriber. */
interface Subscriber {
  next(value: unknown): void
  error(error: unknown): void
  complete(): void
  add(teardown: () => void): void
}

/** What is used of an RxJS observable. */
interface Observable {
  subscribe(subscriber: unknown): unknown
  lift(operator: { call(subscriber: Subscriber, source: Observable): unknown }): Observable
}

/**
 * Follows what a method returned, and gives what its caller shall get: the same, wherever it can be followed on the side. A
 * follower must not throw.
 */
export function followResult(result: unknown, follower: ResultFollower): unknown {
  if (isPromise(result)) {
    void followPromise(result, follower)
    return result
  }
  if (isThenable(result)) return followQuery(result, follower)
  if (isObservable(result)) return followObservable(result, follower)
  follower.value(result)
  follower.end?.()
  return result
}

async function followPromise(result: Promise<unknown>, follower: ResultFollower): Promise<void> {
  let value: unknown
  try {
    value = await result
  } catch (error) {
    follower.fail?.(error)
    return
  }
  follower.value(value)
  follower.end?.()
}

/**
 * An observable whose values are seen on their way to each subscriber. The subscriber stays its own, with its methods
 * wrapped: a source that asks it whether it is closed must get its answer.
 */
function followObservable(source: Observable, follower: ResultFollower): unknown {
  const followed = source.lift({
    call(subscriber, inner) {
      const { next, error, complete } = subscriber
      const own = follower.each?.() ?? follower
      let isOver = false
      subscriber.next = (value) => {
        own.item?.()
        own.value(value)
        next.call(subscriber, value)
      }
      subscriber.error = (problem) => {
        isOver = true
        own.fail?.(problem)
        error.call(subscriber, problem)
      }
      subscriber.complete = () => {
        isOver = true
        own.end?.()
        complete.call(subscriber)
      }
      // One that has enough, as with firstValueFrom(), leaves without a word.
      subscriber.add(() => {
        if (!isOver) own.end?.()
      })
      return inner.subscribe(subscriber)
    },
  })
  const subscribe = followed.subscribe.bind(followed)
  // What was lifted is a plain one: what a subject, or a class of the application's, can do besides must stay.
  return new Proxy(source, {
    get: (target, name, receiver) =>
      name === 'subscribe' ? subscribe : (Reflect.get(target, name, receiver) as unknown),
  })
}

/** Of a value that throws when it is looked at, such as a strict proxy, there is nothing to follow. */
export function guarded<T>(is: (value: unknown) => value is T): (value: unknown) => value is T {
  return (value): value is T => {
    try {
      return is(value)
    } catch {
      // It is a value like any other.
      return false
    }
  }
}

/** Whether a value is a promise of the language. */
export const isPromise: (value: unknown) => value is Promise<unknown> = guarded(
  (value): value is Promise<unknown> => value instanceof Promise,
)

const isThenable = guarded(
  (value): value is PromiseLike<unknown> =>
    typeof (value as { then?: unknown } | null | undefined)?.then === 'function',
)

const isObservable = guarded((value): value is Observable => {
  const observable = value as Partial<Observable> | null | undefined
  return typeof observable?.subscribe === 'function' && typeof observable.lift === 'function'
})
