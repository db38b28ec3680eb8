import type { ReadableStreamDefaultController, ReadableStreamReadResult } from 'node:stream/web'
import { type CallFollower, guarded } from './follow-result.js'

/** What is used of Node's streams. */
interface NodeStream {
  pipe(...args: never[]): unknown
  once(event: string, listener: () => void): unknown
  readonly errored?: unknown
  readonly closed?: boolean
}

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

function listenedTo(stream: NodeStream, follower: CallFollower): NodeStream {
  let isOver = false
  const over = (): void => {
    if (isOver) return
    isOver = true
    // Asked instead of listened for: a listener for errors would keep an error that nobody handles from being thrown.
    const { errored } = stream
    if (errored === undefined || errored === null) follower.end()
    else follower.fail(errored)
  }
  if (stream.closed === true) over()
  else {
    // Those that do not close by themselves end.
    stream.once('end', over)
    stream.once('close', over)
  }
  return stream
}

function passedOn(stream: ReadableStream<unknown>, follower: CallFollower): ReadableStream<unknown> {
  if (stream.locked) {
    follower.end()
    return stream
  }
  const reader = stream.getReader()
  const source = {
    async pull(controller: ReadableStreamDefaultController<unknown>): Promise<void> {
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
  return new ReadableStream(source, { highWaterMark: 0 })
}
