import { guarded } from './follow-result.js'
import type { CallFollower } from './follower.js'

/** What is used of generators, synchronous and asynchronous. */
interface Steps {
  next(value?: unknown): unknown
  return(value?: unknown): unknown
  throw(error?: unknown): unknown
}

/** Whether a value is a generator, of either kind. */
export const isIterator: (value: unknown) => value is Steps = guarded((value): value is Steps => {
  const steps = value as Partial<Steps>
  return (
    typeof steps.next === 'function' &&
    typeof steps.return === 'function' &&
    typeof steps.throw === 'function' &&
    (Symbol.iterator in steps || Symbol.asyncIterator in steps)
  )
})

/** A generator whose steps are seen. It has the other as its prototype: whatever else that can do, this one can too. */
export function followIterator(inner: Steps, follower: CallFollower): unknown {
  let isOver = false
  const settled = (step: unknown): void => {
    if (isOver) return
    const { done, value } = step as IteratorResult<unknown>
    if (done !== true) {
      follower.item()
      return
    }
    isOver = true
    follower.value(value)
    follower.end()
  }
  const failed = (error: unknown): void => {
    if (isOver) return
    isOver = true
    follower.fail(error)
  }
  const watch = async (step: PromiseLike<unknown>): Promise<void> => {
    try {
      settled(await step)
    } catch (error) {
      failed(error)
    }
  }
  const follow =
    (name: keyof Steps) =>
    (value?: unknown): unknown => {
      let step: unknown
      try {
        step = follower.within(() => inner[name](value))
      } catch (error) {
        failed(error)
        throw error
      }
      if (step instanceof Promise) void watch(step)
      else settled(step)
      return step
    }
  return Object.create(inner, {
    next: { value: follow('next') },
    return: { value: follow('return') },
    throw: { value: follow('throw') },
  })
}
