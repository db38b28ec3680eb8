import type { Type } from '@nestjs/common'
import { currentLog, type Logger } from '../../../src/index.js'
import { originalHandler, writingFields } from '../../decorators/handler-fields.js'
import { isClaimed, noteFailure } from '../requests/claimed-errors.js'
import { isInRoute } from '../requests/route-scope.js'
import { type EntryKind, type EntryPoint, entryPointsOf } from './entry-points.js'
import { messageUnit } from './rpc-messages.js'
import { typedFields } from './prototype-fields.js'
import { runInUnit } from './run-in-unit.js'
import { registerHandler } from './unit.interceptor.js'
import { addWitness, witness } from './witness.filter.js'
import { workOf } from './work-of.js'

// A handler's parameters and its result are its own affair.
type Handler = (this: unknown, ...args: unknown[]) => unknown

/** Handlers that Nest takes from the instance. Those of gateways and resolvers it takes from the prototype. */
const OF_INSTANCES: ReadonlySet<EntryKind> = new Set(['rpc', 'event', 'cron', 'timeout', 'interval', 'queue'])

/** The handlers in whose places functions of ours are: a value may be a provider of several applications. */
const originals = new WeakMap<Handler, Handler>()

/** Puts a function in the place of each entry point of an instance that runs it as a unit. */
export function wrapEntryPoints(instance: object, owner: Type, logger: Logger): void {
  for (const point of entryPointsOf(owner).values()) {
    if (OF_INSTANCES.has(point.kind)) wrap(instance, owner, point, logger)
  }
}

function wrap(instance: object, owner: Type, point: EntryPoint, logger: Logger): void {
  const found = (instance as Record<string, unknown>)[point.method] as Handler
  const handler = originals.get(found) ?? found
  const writing = withFields(handler, owner, point.method)
  const isMessage = point.kind === 'rpc' || point.kind === 'event'
  const own: Handler = isMessage
    ? function (this: unknown, ...args: unknown[]) {
        return writing.apply(this, args)
      }
    : function (this: unknown, ...args: unknown[]) {
        return runInUnit(logger, workOf(point, args), () => writing.apply(this, args))
      }
  originals.set(own, handler)
  // With the original as its prototype everything that is noted on it is found, now and later.
  Object.setPrototypeOf(own, handler)
  Object.defineProperty(own, 'name', { value: handler.name, configurable: true })
  Object.defineProperty(own, 'length', { value: handler.length, configurable: true })
  if (isMessage) {
    // Their unit begins further out, so that pipes and interceptors are in it.
    registerHandler(own, point, logger)
    addWitness(
      own,
      witness((error) => noteOrTell(error, point, logger)),
    )
  }
  Object.defineProperty(instance, point.method, { value: own, configurable: true, writable: true })
}

/** Declared fields that `@LogFields` does not see to: those of parameters, and of classes with declared fields. */
function withFields(handler: Handler, owner: Type, method: string): Handler {
  const fields = typedFields(handler, owner, method)
  return fields.isEmpty ? handler : writingFields(originalHandler(handler), fields)
}

/** An error of a guard, a pipe or an interceptor before any unit began has a line to itself. */
function noteOrTell(error: unknown, point: EntryPoint, logger: Logger): void {
  const log = currentLog()
  messageUnit()?.setHandler(point.info, log?.request)
  if (log !== undefined && !log.isClosed) noteFailure(log, error)
  // A request has its error on a line of its own, or is to have none.
  else if (isInRoute() || typeof error !== 'object' || error === null || isClaimed(error)) return
  else runInUnit(logger, workOf(point, []), (unit) => noteFailure(unit, error))
}
