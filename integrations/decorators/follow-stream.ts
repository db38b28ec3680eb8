import type {
  ReadableByteStreamController,
  ReadableStreamDefaultController,
  ReadableStreamReadResult,
} from 'node:stream/web'
import { guarded } from './follow-result.js'
import type { CallFollower } from './follower.js'

/** What is used of Node's streams. */
interface NodeStream {
  pipe(...args: never[]): unknown
  once(event: string, listener: () => void): unknown
  readonly errored?: unknown
  readonly closed?: boolean
}

/** What a stream of the web is fed by: one of bytes knows requests for them besides. */
type Controller = ReadableStreamDefaultController<unknown> & Pick<Partial<ReadableByteStreamController>, 'byobRequest'>

/** Whether a value is a stream, of Node or of the web. */
export const isStream: (value: unknown) => value is NodeStream | ReadableStream<unknown> = guarded(
  (value): value is NodeStream | ReadableStream<unknown> => {
    if (typeof value !== 'object' || value === null) return false
    if (value instanceof ReadableStream) return true
    const stream = value as Partial<NodeStream>
    return typeof stream.pipe === 'function' && typeof stream.once === 'function'
  },
)

/** Follows a stream to its end. One of Node is listened to; one of the web gives its chunks to another. */
export function followStream(stream: NodeStream | ReadableStream<unknown>, follower: CallFollower): unknown {
  return stream instanceof ReadableStream ? passedOn(stream, follower) : listenedTo(stream, follower)
}

/** The calls that end with a stream. One that is given away often, such as a socket, has one pair of listeners all the same. */
const followers = new WeakMap<NodeStream, CallFollower[]>()
/** A call beyond these ends at once: a stream that lives long must not gather them. */
const MAX_FOLLOWERS = 100

function listenedTo(stream: NodeStream, follower: CallFollower): NodeStream {
  const known = followers.get(stream)
  if (stream.closed === true) tellEnd(stream, follower)
  else if (known === undefined) listen(stream, [follower])
  else if (known.length < MAX_FOLLOWERS) known.push(follower)
  else follower.end()
  return stream
}

function listen(stream: NodeStream, all: CallFollower[]): void {
  followers.set(stream, all)
  const over = (): void => {
    if (followers.get(stream) === all) followers.delete(stream)
    for (const each of all.splice(0)) tellEnd(stream, each)
  }
  // Those that do not close by themselves end.
  stream.once('end', over)
  stream.once('close', over)
}

function tellEnd({ errored }: NodeStream, follower: CallFollower): void {
  // Asked instead of listened for: a listener for errors would keep an error that nobody handles from being thrown.
  if (errored === undefined || errored === null) follower.end()
  else follower.fail(errored)
}

function passedOn(stream: ReadableStream<unknown>, follower: CallFollower): ReadableStream<unknown> {
  if (stream.locked) {
    follower.end()
    return stream
  }
  const isOfBytes = givesBytes(stream)
  const reader = stream.getReader()
  const source = {
    async pull(controller: Controller): Promise<void> {
      let step: ReadableStreamReadResult<unknown>
      try {
        step = await reader.read()
      } catch (error) {
        follower.fail(error)
        throw error
      }
      if (step.done) {
        follower.end()
        controller.close()
        // A read into a buffer of the reader's own that is under way ends with nothing in it.
        controller.byobRequest?.respond(0)
      } else {
        follower.item()
        controller.enqueue(step.value)
      }
    },
    cancel(reason: unknown): Promise<void> {
      follower.end()
      return reader.cancel(reason)
    },
  }
  // Nothing is read ahead of whoever reads it.
  return isOfBytes ? new ReadableStream({ ...source, type: 'bytes' }) : new ReadableStream(source, { highWaterMark: 0 })
}

/** Whether a stream is one of bytes, whose readers may bring buffers of their own. */
function givesBytes(stream: ReadableStream<unknown>): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock()
    return true
  } catch {
    // Another one refuses such a reader.
    return false
  }
}
