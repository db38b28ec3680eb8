import type { Application, Request } from 'express'
import { looks, pathOf } from '../http/index.js'
import { baseOf, baseOfMounted, knownMount, restBelow } from './known-mount.js'
import { matchedMount, type Matcher } from './matched-mount.js'

/** What is used of Express's routers: each of their layers is a route, a mounted router, or middleware. */
interface Layer {
  readonly route?: unknown
  readonly handle?: { readonly stack?: readonly Layer[] }
  /** The path as it was written: Express 5 keeps it, from `router` 2.3 on. */
  readonly rawPath?: unknown
  /** What Express 5 made of it, where it is not the root alone. */
  readonly matchers?: readonly Matcher[]
  readonly slash?: boolean
  /** What Express 4 made of it. */
  readonly regexp?: unknown
  readonly keys?: readonly { readonly name: string | number }[]
}

/** A place in an application: the templates above it, and what of the request's path lies below them. */
interface Place {
  readonly above: readonly string[]
  readonly rest: string
  /** Whether the templates are known without the request. */
  readonly isFixed: boolean
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
  const route = looks.route(request) as { path?: unknown } | null | undefined
  if (route === undefined || route === null) return ''
  const known = templates.get(route)
  if (known !== undefined) return known
  // A router of its own, on plain node:http, has none: what it is mounted on is not known.
  const app = request.app as Application | undefined
  const stack = stackOf(app) ?? []
  const prefix = mountsOf(app)
  const top = { above: prefix, rest: restBelow(joined(prefix), pathOf(request.originalUrl)), isFixed: true }
  const found = placesOf(route, stack, top)
  if (found.length === 1) {
    const template = joined([...found[0].above, pathText(route.path)])
    if (found[0].isFixed) templates.set(route, template)
    return template
  }
  const mounts = found.length > 1 ? found.map(({ above }) => joined(above)) : mountsIn(stack, top)
  return joined([knownMount(baseAbove(request, route.path), mounts), pathText(route.path)])
}

/** The templates that an application is mounted on: what `app.path()` tells of one path each. */
function mountsOf(app: Application | undefined): string[] {
  const { parent, mountpath } = (app ?? {}) as { readonly parent?: Application; readonly mountpath?: unknown }
  return parent === undefined ? [] : [...mountsOf(parent), pathText(mountpath)]
}

/** What of the request's path lies above its route; after an error it is not in `baseUrl` any more. */
function baseAbove(request: Request, path: unknown): ReturnType<typeof baseOf> {
  if (request.baseUrl) return baseOfMounted(request.baseUrl)
  return baseOf(pathOf(request.originalUrl), typeof path === 'string' ? path : undefined)
}

/** The templates of everything that is mounted. An application's own layers cannot be seen from its parent's. */
function mountsIn(stack: readonly Layer[], place: Place): string[] {
  const inner = stack.flatMap((layer) => {
    if (layer.route !== undefined) return []
    const { rawPath } = layer
    const layers = Array.isArray(rawPath) ? rawPath.map((each: unknown) => ({ ...layer, rawPath: each })) : [layer]
    return layers.flatMap((each) => mountsIn(layer.handle?.stack ?? [], mounted(each, place) ?? place))
  })
  return [joined(place.above), ...inner]
}

/** The places that a route is found at. */
function placesOf(route: object, stack: readonly Layer[], place: Place): Place[] {
  return stack.flatMap((layer) => {
    if (layer.route === route) return [place]
    const inner = layer.handle?.stack
    const below = inner === undefined ? undefined : mounted(layer, place)
    return below === undefined ? [] : placesOf(route, inner!, below)
  })
}

/** The place below a layer. */
function mounted(layer: Layer, { above, rest, isFixed }: Place): Place | undefined {
  const { rawPath, regexp, slash, matchers } = layer
  if (rawPath === undefined && regexp === undefined && matchers !== undefined) {
    const mount = slash === true ? { template: '', rest } : matchedMount(matchers, rest)
    return mount && { above: [...above, mount.template], rest: mount.rest, isFixed: isFixed && slash === true }
  }
  const template = rawPath === undefined ? templateOf(layer) : pathText(rawPath)
  return template === undefined ? undefined : { above: [...above, template], rest: restBelow(template, rest), isFixed }
}

function stackOf(app: unknown): readonly Layer[] | undefined {
  if (app === undefined) return undefined
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
