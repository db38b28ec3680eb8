import { isThenable } from './thenable.js'

/** What goes on after the call that gave it: a promise, or what can be waited for like one; a generator, of either kind. */
export type Ongoing = PromiseLike<unknown> | Generator | AsyncGenerator

type Step = IteratorResult<unknown>

/** Whether a value is something that is still going on. */
export function isOngoing(value: unknown): value is Ongoing {
  return isThenable(value) || isGenerator(value)
}

function isGenerator(value: unknown): value is Generator | AsyncGenerator {
  const tag = (value as { [Symbol.toStringTag]?: unknown } | null | undefined)?.[Symbol.toStringTag]
  return tag === 'Generator' || tag === 'AsyncGenerator'
}

/**
 * Calls a function when it has ended, and gives what is to be used in its place: a lazy query runs once for each `then()`,
 * and a generator step by step, as it is asked.
 *
 * @param within - Runs each step of a generator.
 */
export function follow<T extends Ongoing>(
  ongoing: T,
  end: () => void,
  fail: (error: unknown) => void,
  within: <S>(step: () => S) => S = (step) => step(),
): T {
  if (isThenable(ongoing)) return followPromise(ongoing, end, fail) as unknown as T
  let isOver = false
  // A generator that is over may still be asked, left or thrown at.
  const once = (call: () => void): void => {
    if (isOver) return
    isOver = true
    call()
  }
  const ended = (step: Step): void => {
    if (step.done === true) once(end)
  }
  const failed = (error: unknown): void => once(() => fail(error))
  const followed = (name: 'next' | 'return' | 'throw'): PropertyDescriptor => ({
    value: (given: unknown): unknown => {
      try {
        const step: PromiseLike<Step> | Step = within(() => ongoing[name](given))
        if (isThenable(step)) return followPromise(step, ended, failed)
        ended(step)
        return step
      } catch (error) {
        failed(error)
        throw error
      }
    },
  })
  // It has the other as its prototype: what else that can do, it can too.
  return Object.create(ongoing, { next: followed('next'), return: followed('return'), throw: followed('throw') }) as T
}

function followPromise<T>(
  promise: PromiseLike<T>,
  end: (value: T) => void,
  fail: (error: unknown) => void,
): PromiseLike<T> {
  return promise.then(
    (value) => {
      end(value)
      return value
    },
    (error: unknown) => {
      fail(error)
      throw error
    },
  )
}
