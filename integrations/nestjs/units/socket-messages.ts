import type { Type } from '@nestjs/common'
import { currentLog, type Logger } from '../../../src/index.js'
import { noteFailure } from '../requests/claimed-errors.js'
import { byPattern, entryPointsOf } from './entry-points.js'
import { writeOnPrototype } from './prototype-fields.js'
import { runInUnit } from './run-in-unit.js'
import { addWitness, witness } from './witness.filter.js'
import { workOf } from './work-of.js'

/** What is used of a WebSocket adapter, of any library. It is replaced on the instance. */
export interface SocketAdapter {
  bindMessageHandlers(client: unknown, handlers: readonly MessageHandler[], transform: unknown): unknown
}

interface MessageHandler {
  readonly message: unknown
  readonly callback: (...args: unknown[]) => unknown
}

const FOLLOWED: unique symbol = Symbol('wideline.followed')

/** Runs every message of the application's sockets as a unit: its guards, pipes, interceptors and filters included. */
export function followMessages(
  adapter: SocketAdapter & { [FOLLOWED]?: boolean },
  gateways: readonly Type[],
  logger: Logger,
): void {
  if (adapter[FOLLOWED] === true) return
  Object.defineProperty(adapter, FOLLOWED, { value: true })
  const points = byPattern(gateways, ['ws'])
  const { bindMessageHandlers } = adapter
  adapter.bindMessageHandlers = (client, handlers, transform) => {
    const followed = handlers.map((handler) => {
      const point = points.get(String(handler.message))
      const { callback } = handler
      const run = (...args: unknown[]): unknown => {
        const work =
          point === undefined ? { kind: 'ws', name: String(handler.message) || 'message' } : workOf(point, args)
        return runInUnit(logger, work, () => callback(...args))
      }
      return { ...handler, callback: run }
    })
    return bindMessageHandlers.call(adapter, client, followed, transform)
  }
}

const witnessed = new WeakSet<object>()
const ofCurrentUnit = witness((error) => {
  const log = currentLog()
  if (log !== undefined && !log.isClosed) noteFailure(log, error)
})

/** Nest takes a gateway's handlers from its prototype, which other applications use too: once is enough. */
export function witnessMessages(gateway: Type): void {
  for (const point of entryPointsOf(gateway).values()) {
    if (point.kind !== 'ws') continue
    writeOnPrototype(gateway, point.method)
    const handler = (gateway.prototype as Record<string, object>)[point.method]
    if (witnessed.has(handler)) continue
    witnessed.add(handler)
    addWitness(handler, ofCurrentUnit)
  }
}
