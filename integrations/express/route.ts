import type { Request } from 'express'
import { look, pathOf } from '../http/index.js'
import { baseOf, baseOfMounted, knownMount } from './known-mount.js'

/** What is used of Express's routers: each of their layers is a route, a mounted router, or middleware. */
interface Layer {
  readonly route?: unknown
  readonly handle?: { readonly stack?: readonly Layer[] }
  /** The path as it was written: Express 5 keeps it. */
  readonly rawPath?: unknown
  /** What Express 4 made of it. */
  readonly regexp?: unknown
  readonly keys?: readonly { readonly name: string | number }[]
}

const MOUNT_START = '^'
const MOUNT_END = '\\/?(?=\\/|$)'
const MOUNT_PARAMETER = /\(\?:\\\/\(\[\^\\?\/\]\+\?\)\)/g

/** The full templates of routes, found once each. */
const templates = new WeakMap<object, string>()

/**
 * The template of the route that matched, with the templates its routers are mounted on.
 *
 * It is looked for among the application's layers: `req.baseUrl` holds values in place of a mount's parameters, and is
 * empty again when an error has left the router.
 */
export function routeOf(request: Request): string {
  const route = look(request, 'route') as { path?: unknown } | undefined
  if (route === undefined) return ''
  const known = templates.get(route)
  if (known !== undefined) return known
  const stack = stackOf(request.app)
  const prefix = request.app.mountpath === '/' ? [] : [request.app.path()]
  const found = stack === undefined ? [] : pathsTo(route, stack, prefix)
  if (found.length === 1) {
    const template = joined([...found[0], pathText(route.path)])
    templates.set(route, template)
    return template
  }
  const mounts = found.length > 1 ? found.map(joined) : mountsIn(stack ?? [], prefix)
  return joined([knownMount(baseAbove(request, route.path), mounts), pathText(route.path)])
}

/** What of the request's path lies above its route; after an error it is not in `baseUrl` any more. */
function baseAbove(request: Request, path: unknown): ReturnType<typeof baseOf> {
  if (request.baseUrl) return baseOfMounted(request.baseUrl)
  return baseOf(pathOf(request.originalUrl), typeof path === 'string' ? path : undefined)
}

/** The templates of everything that is mounted. An application's own layers cannot be seen from its parent's. */
function mountsIn(stack: readonly Layer[], above: readonly string[]): string[] {
  const inner = stack.flatMap((layer) => {
    if (layer.route !== undefined) return []
    const { rawPath } = layer
    const paths = Array.isArray(rawPath) ? rawPath.map(pathText) : [mountOf(layer) ?? '']
    return paths.flatMap((path) => mountsIn(layer.handle?.stack ?? [], [...above, path]))
  })
  return [joined(above), ...inner]
}

/** What the routers above a route are mounted on, for each place that it is found at. */
function pathsTo(route: object, stack: readonly Layer[], above: readonly string[]): (readonly string[])[] {
  return stack.flatMap((layer) => {
    if (layer.route === route) return [above]
    const inner = layer.handle?.stack
    if (inner === undefined) return []
    const mount = mountOf(layer)
    return mount === undefined ? [] : pathsTo(route, inner, [...above, mount])
  })
}

function mountOf(layer: Layer): string | undefined {
  return layer.rawPath === undefined ? templateOf(layer) : pathText(layer.rawPath)
}

function stackOf(app: unknown): readonly Layer[] | undefined {
  const { _router: of4 } = app as { _router?: { stack?: readonly Layer[] } }
  // Express 4 throws where 5 has its router.
  return of4 === undefined ? (app as { router?: { stack?: readonly Layer[] } }).router?.stack : of4.stack
}

/** Express 4 keeps the expression that it made of a mount's path: `/^\/shops(?:\/([^/]+?))\/?(?=\/|$)/i`. */
function templateOf({ regexp, keys = [] }: Layer): string | undefined {
  if (!(regexp instanceof RegExp)) return undefined
  if ((regexp as { fast_slash?: boolean }).fast_slash === true) return ''
  // Several paths, or an expression that somebody wrote: it stands for itself.
  if (!regexp.source.startsWith(MOUNT_START) || !regexp.source.endsWith(MOUNT_END)) return regexp.source
  let parameter = 0
  return regexp.source
    .slice(MOUNT_START.length, -MOUNT_END.length)
    .replace(MOUNT_PARAMETER, () => `/:${keys[parameter++]?.name ?? ''}`)
    .replaceAll('\\', '')
}

function joined(parts: readonly string[]): string {
  const path = parts.map((part) => (part === '/' ? '' : part)).join('')
  return path === '' ? '/' : path
}

/** A route's path may be a regular expression, or several paths. */
function pathText(template: unknown): string {
  if (Array.isArray(template)) return `(${template.map(pathText).join('|')})`
  return template instanceof RegExp ? template.source : typeof template === 'string' ? template : ''
}
