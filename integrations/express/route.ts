import type { Request } from 'express'
import { looks, pathOf } from '../http/index.js'
import { baseOf, baseOfMounted, explains, isBelow, knownMount, restBelow } from './known-mount.js'
import { matchedMount, type Matcher } from './matched-mount.js'

/** What is used of Express's routers: each of their layers is a route, a mounted router, or middleware. */
interface Layer {
  readonly route?: unknown
  readonly handle?: { readonly stack?: readonly Layer[]; readonly set?: unknown }
  readonly name?: string
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
  readonly holds: number
}

/** For which requests the templates of a place hold: the greater, the fewer. */
const Holds = {
  /** All that find it. */
  Always: 0,
  /** Those whose paths begin as the templates do. */
  Below: 1,
  /** This one. */
  Once: 2,
} as const

const MOUNT_START = '^'
const MOUNT_END = '\\/?(?=\\/|$)'
const MOUNT_PARAMETER = /\(\?:\\\/\(\[\^\\?\/\]\+\?\)\)/g

/** How Express calls the function by which one application has a request from another. */
const MOUNTED_APP = 'mounted_app'

/** The full template of a route, and the application that it was found from: routers may be shared. */
interface Template {
  readonly from: object | undefined
  readonly text: string
  /** What a request's path must begin with; undefined for anything. */
  readonly below: string | undefined
}

/** Those of routes whose place is the same for many requests. */
const templates = new WeakMap<object, Template>()

/**
 * The template of the route that matched, with the templates its routers and applications are mounted on.
 *
 * It is looked for among the application's layers: `req.baseUrl` holds values in place of a mount's parameters, and is
 * empty again when an error has left the router.
 *
 * @param prototype - Of the response when it came: an application's own, which tells that application.
 */
export function routeOf(request: Request, prototype?: object): string {
  const route = looks.route(request) as { path?: unknown } | null | undefined
  if (route === undefined || route === null) return ''
  const known = templates.get(route)
  if (known !== undefined && known.from === prototype && holdsFor(known, request)) return known.text
  return findRoute(route, request, prototype)
}

/** Apart from `routeOf`, which would make a place for what the function below needs for every request. */
function findRoute(route: { path?: unknown }, request: Request, prototype: object | undefined): string {
  // A router of its own, on plain node:http, has none: what it is mounted on is not known.
  const app = request.app as Mounted | undefined
  const { app: first }: { readonly app?: Mounted } = prototype ?? {}
  const tops = topsOf(app, first, pathOf(request.originalUrl))
  const found = tops.flatMap((top) => placesOf(route, stackOf(app), top))
  if (found.length === 1) {
    const { above, holds } = found[0]
    const text = joined([...above, pathText(route.path)])
    const below = holds === Holds.Below ? joined(above) : undefined
    if (holds !== Holds.Once) templates.set(route, { from: prototype, text, below })
    return text
  }
  const mounts = found.length > 1 ? found.map(({ above }) => joined(above)) : mountsFrom(app, first, tops, request)
  return joined([knownMount(baseAbove(request, route.path), mounts), pathText(route.path)])
}

function holdsFor({ below }: Template, request: Request): boolean {
  return below === undefined || isBelow(below, pathOf(looks.originalUrl(request) ?? ''))
}

/** An application, with what it knows of where it is mounted: the last place, and only what `app.use()` told it. */
interface Mounted {
  readonly parent?: Mounted
  readonly mountpath?: unknown
}

/** The places of an application: below its parents, or among the routers of the one that the request came to first. */
function topsOf(app: Mounted | undefined, first: Mounted | undefined, path: string): Place[] {
  const parent = app?.parent
  if (parent !== undefined) return topsOf(parent, first, path).map((place) => placeBelow(app!, parent, place))
  if (app !== undefined && first !== undefined && app !== first) {
    // A router tells an application nothing of itself.
    for (let from: Mounted | undefined = first; from !== undefined; from = from.parent) {
      const found = topsOf(from, undefined, path).flatMap((top) => placesOf(app, stackOf(from), top))
      if (found.length > 0 || from.parent === undefined) return found
    }
  }
  return [{ above: [], rest: path, holds: Holds.Always }]
}

/** The place of an application below its parent, where it may have been mounted before. */
function placeBelow({ mountpath }: Mounted, parent: Mounted, place: Place): Place {
  const { above, rest } = place
  const layers = stackOf(parent).filter(({ name }) => name === MOUNTED_APP)
  const isOnly = layers.length <= 1
  const other =
    isOnly || rest === '' || explains(mountpath, rest) ? undefined : layers.find((each) => takes(each, rest))
  const found = other && mounted(other, place)
  if (found !== undefined) return { ...found, holds: Holds.Once }
  const template = pathText(mountpath)
  const holds = isOnly ? place.holds : Math.max(place.holds, Holds.Below)
  return { above: [...above, template], rest: restBelow(template, rest), holds }
}

/** Whether Express takes a path to be below a layer. */
function takes({ matchers, regexp, slash }: Layer, path: string): boolean {
  if (matchers === undefined) return regexp instanceof RegExp && regexp.test(path)
  return slash === true || matchedMount(matchers, path) !== undefined
}

/** What a route may be mounted on that is not found: below its application, or the one that the request came to first. */
function mountsFrom(
  app: Mounted | undefined,
  first: Mounted | undefined,
  tops: readonly Place[],
  request: Request,
): string[] {
  if (tops.length > 0) return tops.flatMap((top) => mountsIn(stackOf(app), top))
  return topsOf(first, undefined, pathOf(request.originalUrl)).flatMap((top) => mountsIn(stackOf(first), top))
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
    return layers.flatMap((each) => mountsIn(layersBelow(layer) ?? [], mounted(each, place) ?? place))
  })
  return [joined(place.above), ...inner]
}

/** The places that a route, or an application, is found at. */
function placesOf(wanted: object, stack: readonly Layer[], place: Place): Place[] {
  return stack.flatMap((layer) => {
    if (layer.route === wanted) return [place]
    const isWanted = layer.handle === wanted
    const inner = isWanted ? undefined : layersBelow(layer)
    const below = isWanted || inner !== undefined ? mounted(layer, place) : undefined
    if (below === undefined) return []
    return isWanted ? [below] : placesOf(wanted, inner!, below)
  })
}

/** The layers of a router, or of an application that a router has. */
function layersBelow({ handle }: Layer): readonly Layer[] | undefined {
  return handle?.stack ?? (typeof handle?.set === 'function' ? stackOf(handle) : undefined)
}

/** The place below a layer. */
function mounted(layer: Layer, { above, rest, holds }: Place): Place | undefined {
  const { rawPath, regexp, slash, matchers } = layer
  if (rawPath === undefined && regexp === undefined && matchers !== undefined) {
    const mount = slash === true ? { template: '', rest } : matchedMount(matchers, rest)
    return mount && { above: [...above, mount.template], rest: mount.rest, holds: slash === true ? holds : Holds.Once }
  }
  const template = rawPath === undefined ? templateOf(layer) : pathText(rawPath)
  return template === undefined ? undefined : { above: [...above, template], rest: restBelow(template, rest), holds }
}

function stackOf(app: unknown): readonly Layer[] {
  if (app === undefined) return []
  const { _router: of4 } = app as { _router?: { stack?: readonly Layer[] } }
  // Express 4 throws where 5 has its router.
  if (of4 === undefined && 'lazyrouter' in (app as object)) return []
  return (of4 ?? (app as { router?: { stack?: readonly Layer[] } }).router)?.stack ?? []
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
