import type { Type } from '@nestjs/common'
import { MetadataScanner, type ModulesContainer } from '@nestjs/core'
import { fieldsOfHandler, type HandlerFields, originalHandler, writingFields } from '../../decorators/handler-fields.js'
import { type HandlerInfo, logOfRequest } from '../../http/index.js'
import type { AdapterInternals } from './adapter-hooks.js'

/** Nest copies what is noted on a handler to the function that it registers for the route. */
const HANDLER_METADATA = 'wideline:handler'

/** Nest's keys for a route's path, and for what its parameters are taken from. */
const PATH_METADATA = 'path'
const ROUTE_ARGS_METADATA = '__routeArguments__'
/** Nest's code for the request as a parameter. */
const REQUEST_PARAMETER = 0

const VERBS =
  'get post head delete put patch options search query propfind proppatch mkcol copy move lock unlock all'.split(' ')

/** One method of a controller that serves a route. */
export interface RouteHandler {
  readonly controller: Type
  readonly name: string
  readonly instance: object
  readonly isStatic: boolean
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
      for (const name of scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object)) {
        const handler = (instance as Record<string, unknown>)[name]
        if (typeof handler !== 'function' || Reflect.getMetadata(PATH_METADATA, handler) === undefined) continue
        addHandler(found, handler as Handler, { controller, name, instance, isStatic })
      }
    }
  }
  return found
}

function addHandler(found: Map<Handler, RouteHandler>, handler: Handler, owner: Omit<RouteHandler, 'fields'>): void {
  const fields = fieldsOfHandler(handler)
  if (fields.types.length === 0) {
    const types: unknown = Reflect.getMetadata('design:paramtypes', owner.controller.prototype as object, owner.name)
    fields.types = Array.isArray(types) ? types : []
  }
  // A handler that two controllers inherit becomes a function of its own in the second, to tell them apart.
  const own = found.has(handler) || (owner.isStatic && !fields.isEmpty) ? ownHandler(handler, owner, fields) : handler
  Reflect.defineMetadata(HANDLER_METADATA, own, own)
  found.set(own, { ...owner, fields })
}

/** Puts a function of its own in the handler's place, on the instance, which writes the declared fields. */
function ownHandler(handler: Handler, owner: Omit<RouteHandler, 'fields'>, fields: HandlerFields): Handler {
  const slot = fields.isEmpty ? -1 : requestSlot(handler, owner)
  const original = originalHandler(handler)
  const writing = writingFields(original, fields)
  const own: Handler =
    slot < 0
      ? function (this: unknown, ...args: unknown[]) {
          return handler.apply(this, args)
        }
      : function (this: unknown, ...args: unknown[]) {
          const log = logOfRequest(args[slot])
          args.length = slot
          return log === undefined ? writing.apply(this, args) : fields.run(log, original, this, args)
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
  const known = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<string, { index: number }>
  const slot = Math.max(handler.length, ...Object.values(known).map((parameter) => parameter.index + 1), 0)
  const parameter = { index: slot, data: undefined, pipes: [] }
  Reflect.defineMetadata(
    ROUTE_ARGS_METADATA,
    { ...known, [`${REQUEST_PARAMETER}:${slot}`]: parameter },
    controller,
    name,
  )
  return slot
}

/** Has every route say first which route it is. */
export function tagRoutes(adapter: AdapterInternals, handlers: ReadonlyMap<Handler, RouteHandler>): void {
  for (const verb of VERBS) {
    const register = adapter[verb]
    if (typeof register !== 'function') continue
    adapter[verb] = (...args: unknown[]): unknown => {
      const [path, handler] = args
      if (args.length === 2 && typeof path === 'string' && typeof handler === 'function') {
        args[1] = tagged(path, handler as Handler, handlers)
      }
      return (register as Handler).apply(adapter, args)
    }
  }
}

function tagged(route: string, handler: Handler, handlers: ReadonlyMap<Handler, RouteHandler>): Handler {
  const found = handlers.get(Reflect.getMetadata(HANDLER_METADATA, handler) as Handler)
  const info: HandlerInfo = {
    route,
    controller: found?.controller.name ?? '',
    handler: found?.name ?? '',
    fields: found?.fields.isEmpty === false ? found.fields : undefined,
  }
  const tagging = (request: unknown, response: unknown, next: unknown): unknown => {
    logOfRequest(request)?.setHandler(info, request)
    return handler(request, response, next)
  }
  // Fastify's adapter reads versions and constraints off the function.
  Object.assign(tagging, handler)
  for (const key of Reflect.getMetadataKeys(handler)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), tagging)
  }
  Object.defineProperty(tagging, 'name', { value: handler.name, configurable: true })
  return tagging
}
