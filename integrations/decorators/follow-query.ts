import type { ResultFollower } from './follower.js'

type Settle = (value: unknown) => unknown

/** The calls that end where a lazy query next runs. One that is given away often has one `then` of ours all the same. */
const queries = new WeakMap<object, ResultFollower[]>()
/** A call beyond these ends at once: a query that nobody runs must not gather them. */
const MAX_FOLLOWERS = 100

/**
 * A lazy query runs once for each then(), and is built by its other methods until then: it is left as it is and where it is,
 * and followed when it runs.
 */
export function followQuery(query: PromiseLike<unknown>, follower: ResultFollower): unknown {
  const known = queries.get(query)
  if (known !== undefined && known.length < MAX_FOLLOWERS) known.push(follower)
  else if (known !== undefined || !watchThen(query, [follower])) follower.end?.()
  return query
}

/** @returns whether its `then` could be replaced. */
function watchThen(query: PromiseLike<unknown>, waiting: ResultFollower[]): boolean {
  try {
    const { then } = query
    const watched = function (this: unknown, resolve?: Settle | null, reject?: Settle | null): unknown {
      const run = waiting.splice(0)
      const failed = (error: unknown): void => {
        for (const each of run) each.fail?.(error)
      }
      const given = (value: unknown): unknown => {
        for (const each of run) {
          each.value(value)
          each.end?.()
        }
        return resolve ? resolve(value) : value
      }
      const refused = (error: unknown): unknown => {
        failed(error)
        if (reject) return reject(error)
        throw error
      }
      try {
        return then.call(this as PromiseLike<unknown>, given, refused)
      } catch (error) {
        failed(error)
        throw error
      }
    }
    // oxlint-disable-next-line unicorn/no-thenable -- it is one already
    if (!Reflect.defineProperty(query, 'then', { value: watched, configurable: true, writable: true })) return false
    queries.set(query, waiting)
    return true
  } catch {
    // What answers no question has nothing to follow.
    return false
  }
}
