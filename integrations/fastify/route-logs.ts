import type { FastifyRequest } from 'fastify'
import { Level, type Logger, type Serializers, type Threshold } from '../../src/index.js'
import type { HandlerInfo } from '../http/index.js'
import type { RouteCalls } from './after-reply.js'

/** What is told of a route on the wide line, and the way of its requests' own lines. */
export interface RouteLog {
  readonly info: HandlerInfo
  readonly logger: Logger
}

/** What Fastify holds of a route, of which a request tells a part. */
interface RouteContext extends RouteCalls {
  readonly logSerializers?: Serializers
}

const PINO_SERIALIZERS = Symbol.for('pino.serializers')

/** Makes for each route, once, a logger with the route's own level and serializers. */
export class RouteLogs {
  private readonly known = new WeakMap<object, RouteLog>()
  private readonly unknown: RouteLog

  /** Fastify's own, once a request has shown it. */
  private symbol: symbol | undefined = undefined

  /**
   * @param serializers - Those of every route, where neither the logger nor the route has others.
   * @param follow - Is given each route when its first request comes.
   */
  constructor(
    private readonly logger: Logger,
    private readonly serializers: Serializers,
    private readonly follow: (route: RouteCalls) => void,
  ) {
    this.unknown = { info: infoOf(''), logger: this.with(undefined, {}) }
  }

  /** That of the route which serves a request. */
  of(request: FastifyRequest): RouteLog {
    const context = this.contextOf(request)
    const key = context ?? request.routeOptions.config
    let route = this.known.get(key)
    if (route === undefined) {
      if (context !== undefined) this.follow(context)
      route = this.make(request, context?.logSerializers ?? {})
      this.known.set(key, route)
    }
    return route
  }

  private make(request: FastifyRequest, serializers: Serializers): RouteLog {
    if (request.is404) return this.unknown
    const { url = '', logLevel } = request.routeOptions
    return { info: infoOf(url), logger: this.with(logLevel, serializers) }
  }

  /**
   * What Fastify keeps under a symbol of its own. The hook for new routes would tell the same, but not of routes that are
   * made before the plugin is loaded, as they are where nobody waits for `register()`.
   */
  private contextOf(request: FastifyRequest): RouteContext | undefined {
    this.symbol ??= Object.getOwnPropertySymbols(request).find(({ description }) => description === 'fastify.context')
    return this.symbol === undefined
      ? undefined
      : (request as unknown as Record<symbol, RouteContext | undefined>)[this.symbol]
  }

  private with(level: unknown, serializers: Serializers): Logger {
    const all: Record<string, Serializers[string]> = { ...this.serializers, ...ownOf(this.logger) }
    // Fastify has those of a plugin as the prototype of its routes' own.
    for (const name in serializers) all[name] = serializers[name]
    return this.logger.child(undefined, isLevel(level) ? { level, serializers: all } : { serializers: all })
  }
}

function infoOf(route: string): HandlerInfo {
  return Object.freeze({ route, controller: '', handler: '' })
}

function ownOf(logger: Logger): Serializers | undefined {
  return (logger as { [PINO_SERIALIZERS]?: Serializers })[PINO_SERIALIZERS]
}

/** Fastify's levels are these; with a logger of its own that has more, a route may have one that is none here. */
function isLevel(level: unknown): level is Threshold {
  return level === 'silent' || (typeof level === 'string' && Object.hasOwn(Level, level))
}
