import { currentLog, type Logger, type UnitLog } from '../../../src/index.js'
import { type EntryPoint, patternText } from './entry-points.js'
import { runInUnit } from './run-in-unit.js'
import { workOf } from './work-of.js'

/** A handler of messages, as Nest hands it to the server of a microservice. Those of one event hang together. */
interface Handler {
  (...args: unknown[]): unknown
  next?: Handler | undefined
}

/** What is used of the server of a microservice, of any transport. It is replaced on the instance. */
export interface RpcServer {
  addHandler(pattern: unknown, handler: Handler, isEvent?: boolean, ...rest: unknown[]): unknown
}

/** The units of messages that began with their handler's guards, or before. */
const begun = new WeakSet<UnitLog>()

/** The unit of the message under way, where it has begun. */
export function messageUnit(): UnitLog | undefined {
  const log = currentLog()
  return log !== undefined && begun.has(log) && !log.isClosed ? log : undefined
}

/** Runs every message that comes to a microservice as a unit: its guards, pipes, interceptors and filters included. */
export function followServer(
  server: RpcServer,
  points: ReadonlyMap<string, EntryPoint | undefined>,
  logger: Logger,
): void {
  const { addHandler } = server
  if (typeof addHandler !== 'function') return
  const chained = new WeakSet<Handler>()
  server.addHandler = (pattern, handler, isEvent = false, ...rest) => {
    const name = patternText(pattern) || 'message'
    const kind = isEvent ? 'event' : 'rpc'
    const point = points.get(name)
    const own: Handler = (...args) => {
      // Of several handlers of one event each has a unit of its own, which begins further in.
      if (own.next !== undefined || chained.has(own)) return handler(...args)
      const work = point?.kind === kind ? { ...workOf(point, args), name } : { kind, name, request: { body: args[0] } }
      return runInUnit(logger, work, (unit) => {
        begun.add(unit)
        return handler(...args)
      })
    }
    // Nest hangs the next handler of an event on ours, and looks for it on its own.
    Object.defineProperty(own, 'next', {
      get: () => handler.next,
      set: (next: Handler | undefined) => {
        handler.next = next
        if (next !== undefined) chained.add(next)
      },
    })
    return addHandler.call(server, pattern, own, isEvent, ...rest)
  }
}
