/** Whether a value is a promise, or can be waited for like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}

/**
 * Calls a function when what can be waited for has ended, and gives what is to be waited for in its place: a lazy query runs
 * once for each `then()`.
 */
export function follow<T extends PromiseLike<unknown>>(result: T, end: () => void, fail: (error: unknown) => void): T {
  return result.then(
    (value) => {
      end()
      return value
    },
    (error: unknown) => {
      fail(error)
      throw error
    },
  ) as unknown as T
}
