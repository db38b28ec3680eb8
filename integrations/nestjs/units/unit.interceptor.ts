import type { CallHandler, ExecutionContext, NestInterceptor, Type } from '@nestjs/common'
import type { Observable } from 'rxjs'
import { currentLog, type Logger } from '../../../src/index.js'
import type { EntryPoint } from './entry-points.js'
import { messageUnit } from './rpc-messages.js'
import { runInUnit } from './run-in-unit.js'
import { workOf } from './work-of.js'

/** Nest's key for the interceptors of `@UseInterceptors`. */
const INTERCEPTORS_METADATA = '__interceptors__'

/** The handlers of messages, with the application that each belongs to. */
const handlers = new WeakMap<object, { readonly point: EntryPoint; readonly logger: Logger }>()

/** Says which application's log the messages of a handler go to. */
export function registerHandler(handler: object, point: EntryPoint, logger: Logger): void {
  handlers.set(handler, { point, logger })
}

/**
 * Makes a unit of a message that has none yet: of an event with several handlers, and before Nest 11.1.5. Guards come before
 * it; their errors have a line to themselves.
 */
const unitInterceptor: NestInterceptor = {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const known = handlers.get(context.getHandler())
    // A method may serve a route too: its request has a line of its own, or is to have none.
    if (known === undefined || context.getType() === 'http') return next.handle()
    const work = workOf(known.point, context.getArgs())
    messageUnit()?.setHandler(work.handler, work.request)
    if (currentLog()?.isClosed === false) return next.handle()
    return runInUnit(known.logger, work, () => next.handle()) as Observable<unknown>
  },
}

/** Puts the interceptor before all others of a class. It is noted there for every application: it tells them apart. */
export function interceptMessages(owner: Type): void {
  const interceptors = (Reflect.getMetadata(INTERCEPTORS_METADATA, owner) ?? []) as unknown[]
  if (interceptors.includes(unitInterceptor)) return
  Reflect.defineMetadata(INTERCEPTORS_METADATA, [unitInterceptor, ...interceptors], owner)
}
