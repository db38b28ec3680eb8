import type { AdapterInternals } from './adapter-hooks.js'

const VERBS =
  'get post head delete put patch options search query propfind proppatch mkcol copy move lock unlock all'.split(' ')

/** A route's function, as an adapter is given it. */
export type Route = (...args: unknown[]) => unknown

/** Has another function serve each route that is registered from now on; one that is given back itself stays. */
export function replaceRoutes(adapter: AdapterInternals, replacing: (path: string, handler: Route) => Route): void {
  for (const verb of VERBS) {
    const register = adapter[verb]
    if (typeof register !== 'function') continue
    adapter[verb] = (...args: unknown[]): unknown => {
      const [path, handler] = args
      if (args.length === 2 && typeof path === 'string' && typeof handler === 'function') {
        const own = replacing(path, handler as Route)
        if (own !== handler) copyNotes(handler, own)
        args[1] = own
      }
      return (register as Route).apply(adapter, args)
    }
  }
}

/** Fastify's adapter reads versions and constraints off the function. */
function copyNotes(handler: object, own: object): void {
  Object.assign(own, handler)
  for (const key of Reflect.getMetadataKeys(handler)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), own)
  }
  Object.defineProperty(own, 'name', { value: (handler as { name?: unknown }).name, configurable: true })
}
