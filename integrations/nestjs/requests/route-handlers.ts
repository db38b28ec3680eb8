import type { Type } from '@nestjs/common'
import { MetadataScanner, type ModulesContainer } from '@nestjs/core'
import { fieldsOfHandler, type HandlerFields, originalHandler, writingFields } from '../../decorators/handler-fields.js'
import { routeLoggingOf } from '../decorators/route-logging.decorators.js'
import { type HandlerInfo, logOfRequest } from '../../http/index.js'
import { isRoute } from '../is-route.js'
import type { AdapterInternals } from './adapter-hooks.js'
import { replaceRoutes, type Route } from './replace-routes.js'
import { followEvents, sendsEvents } from './sse-errors.js'

/** Nest copies what is noted on a handler to the function that it registers for the route. */
const HANDLER_METADATA = 'wideline:handler'

/** Nest's key for what a route's parameters are taken from. */
const ROUTE_ARGS_METADATA = '__routeArguments__'
/** Nest's codes for the request, the response and the next function as a parameter. */
const REQUEST_PARAMETER = 0
const RESPONSE_PARAMETER = 1
const NEXT_PARAMETER = 2

/** Marks the parameter that {@link requestSlot} adds. Nest does not look at it where the request is asked for. */
const HIDDEN = 'wideline'

interface Parameter {
  readonly index: number
  readonly data?: unknown
}

/** One method of a controller that serves a route. */
export interface RouteHandler {
  readonly controller: Type
  readonly name: string
  readonly instance: object
  readonly fields: HandlerFields
}

// A handler's parameters and its result are its own affair.
type Handler = (this: unknown, ...args: unknown[]) => unknown

/** Every handler of the application's controllers, by its function. */
export function collectHandlers(modules: ModulesContainer): Map<Handler, RouteHandler> {
  const scanner = new MetadataScanner()
  const found = new Map<Handler, RouteHandler>()
  for (const module of modules.values()) {
    for (const wrapper of module.controllers.values()) {
      const controller = wrapper.metatype as Type | null
      const instance = wrapper.instance as object | null
      if (!controller?.prototype || !instance) continue
      const isStatic = wrapper.isDependencyTreeStatic()
      const perInstance = new Map<string, Handler>()
      for (const name of scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object)) {
        const handler = (instance as Record<string, unknown>)[name]
        if (typeof handler !== 'function' || !isRoute(handler)) continue
        const own = addHandler(found, handler as Handler, { controller, name, instance })
        if (own !== handler) perInstance.set(name, own)
      }
      if (!isStatic && perInstance.size > 0) placeInEachInstance(wrapper, perInstance)
    }
  }
  return found
}

/** Controllers of a request's own scope are made anew for each: put the handlers in their places as they come. */
function placeInEachInstance(
  wrapper: { getInstanceByContextId(...args: never[]): { instance: object | undefined } },
  handlers: ReadonlyMap<string, Handler>,
): void {
  const original = wrapper.getInstanceByContextId
  wrapper.getInstanceByContextId = function (...args) {
    const host = original.apply(this, args)
    if (host.instance !== undefined && Object.isExtensible(host.instance)) {
      for (const [name, value] of handlers) {
        Object.defineProperty(host.instance, name, { value, configurable: true, writable: true })
      }
    }
    return host
  }
}

function addHandler(found: Map<Handler, RouteHandler>, handler: Handler, owner: Omit<RouteHandler, 'fields'>): Handler {
  const fields = fieldsOfHandler(handler)
  if (fields.types.length === 0) {
    const types: unknown = Reflect.getMetadata('design:paramtypes', owner.controller.prototype as object, owner.name)
    fields.types = Array.isArray(types) ? types : []
  }
  // A handler that two controllers inherit becomes a function of its own in the second, to tell them apart.
  const wantsOwn = found.has(handler) || !fields.isEmpty || sendsEvents(handler)
  // In a frozen controller the handler stays: it serves, and `@LogFields` finds the log of the request by itself.
  const needsOwn = wantsOwn && Object.isExtensible(owner.instance)
  const own = needsOwn ? ownHandler(handler, owner, fields) : handler
  Reflect.defineMetadata(HANDLER_METADATA, own, own)
  found.set(own, { ...owner, fields })
  return own
}

/**
 * Puts a function of its own in the handler's place, on the instance, which writes the declared fields and listens to a
 * stream of events.
 */
function ownHandler(handler: Handler, owner: Omit<RouteHandler, 'fields'>, fields: HandlerFields): Handler {
  const hasEvents = sendsEvents(handler)
  const slot = fields.isEmpty && !hasEvents ? -1 : requestSlot(handler, owner)
  const original = originalHandler(handler)
  const writing = fields.isEmpty ? handler : writingFields(original, fields)
  const own: Handler =
    slot < 0
      ? function (this: unknown, ...args: unknown[]) {
          return handler.apply(this, args)
        }
      : function (this: unknown, ...args: unknown[]) {
          // Called by Nest, or by the application itself with arguments of its own.
          if (args.length !== slot + 1 || !isRequest(args[slot])) return writing.apply(this, args)
          const log = logOfRequest(args[slot])
          args.length = slot
          if (log === undefined) return writing.apply(this, args)
          const result = fields.isEmpty ? handler.apply(this, args) : fields.run(log, original, this, args)
          return hasEvents ? followEvents(result, log) : result
        }
  // With the original as its prototype everything that is noted on it is found, now and later.
  Object.setPrototypeOf(own, handler)
  Object.defineProperty(own, 'name', { value: handler.name, configurable: true })
  Object.defineProperty(own, 'length', { value: handler.length, configurable: true })
  Object.defineProperty(owner.instance, owner.name, { value: own, configurable: true, writable: true })
  return own
}

/** Has Nest hand the request over as one more argument, so that fields need no AsyncLocalStorage. */
function requestSlot(handler: Handler, { controller, name }: Omit<RouteHandler, 'fields'>): number {
  const known = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<string, Parameter>
  // Noted on the class, which other applications use too: once is enough.
  const before = Object.values(known).find((parameter) => parameter.data === HIDDEN)
  if (before !== undefined) return before.index
  const slot = Math.max(handler.length, ...Object.values(known).map((parameter) => parameter.index + 1), 0)
  const parameter = { index: slot, data: HIDDEN, pipes: [] }
  Reflect.defineMetadata(
    ROUTE_ARGS_METADATA,
    { ...known, [`${REQUEST_PARAMETER}:${slot}`]: parameter },
    controller,
    name,
  )
  return slot
}

function isRequest(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'headers' in value && 'method' in value
}

/** Whether a handler can answer before it is done. Of another one Nest sends the answer when nothing can fail any more. */
function answersItself({ controller, name }: RouteHandler): boolean {
  const known = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as object
  const codes = Object.keys(known).map((key) => parseInt(key, 10))
  return codes.includes(RESPONSE_PARAMETER) || codes.includes(NEXT_PARAMETER)
}

/** Has every route say first which route it is. */
export function tagRoutes(adapter: AdapterInternals, handlers: ReadonlyMap<Handler, RouteHandler>): void {
  replaceRoutes(adapter, (path, handler) => tagged(path, handler, handlers))
}

function tagged(route: string, handler: Route, handlers: ReadonlyMap<Handler, RouteHandler>): Route {
  const found = handlers.get(Reflect.getMetadata(HANDLER_METADATA, handler) as Handler)
  const info: HandlerInfo = {
    route,
    controller: found?.controller.name ?? '',
    handler: found?.name ?? '',
    fields: found?.fields.isEmpty === false ? found.fields : undefined,
    ...(found === undefined ? {} : routeLoggingOf(handler, found.controller)),
  }
  const mayFailLater = found !== undefined && answersItself(found)
  return (request: unknown, response: unknown, next: unknown): unknown => {
    const log = logOfRequest(request)
    log?.setHandler(info, request)
    try {
      const handling = handler(request, response, next)
      if (mayFailLater && handling instanceof Promise) log?.noteHandling(handling)
      return handling
    } catch (error) {
      // What Nest has around a controller's method gives a promise. A host filter throws where it cannot pass the request
      // on, as on Fastify: this route did not serve it.
      if (found !== undefined) log?.setHandler(undefined, request)
      throw error
    }
  }
}
