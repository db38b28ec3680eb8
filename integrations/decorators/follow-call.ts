import { followIterator, isIterator } from './follow-iterator.js'
import { followResult, isPromise } from './follow-result.js'
import type { CallFollower } from './follower.js'
import { followStream, isStream } from './follow-stream.js'

/**
 * Follows a call to its end, which may come long after it has returned: that of a promise, a generator, a stream, an
 * observable.
 *
 * @returns what the caller shall get.
 */
export function followCall(result: unknown, follower: CallFollower): unknown {
  if (typeof result !== 'object' || result === null) return followResult(result, follower)
  if (isStream(result)) return followStream(result, follower)
  if (isIterator(result)) return followIterator(result, follower)
  if (!isPromise(result)) return followResult(result, follower)
  // A stream that is promised can be followed on the side, once it is there. One of the web cannot: whoever follows it has to
  // read it, and the caller gets the very one that was promised.
  return followResult(result, {
    value: (value) => {
      if (isStream(value) && !(value instanceof ReadableStream)) followStream(value, follower)
      else {
        follower.value(value)
        follower.end()
      }
    },
    fail: (error) => follower.fail(error),
  })
}
