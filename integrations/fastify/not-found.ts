import { safeUrl } from '../http/index.js'
import type { RouteCalls } from './after-reply.js'

/** The name of Fastify's own handler for unknown paths. */
const BASIC_404 = 'basic404'

/** What Fastify keeps of what answers where a route passes its request on. */
const NOT_FOUND = 'fastify.404ContextKey'

/**
 * Has Fastify's own line about an unknown path show the URL as the wide line does: it comes as text, with every query value.
 *
 * @param query - The names of query parameters whose values are shown.
 */
export function hideUnknownUrls(route: RouteCalls, query: ReadonlySet<string> | undefined): void {
  hideIn(route, query)
  const symbol = Object.getOwnPropertySymbols(route).find(({ description }) => description === NOT_FOUND)
  const passedOnTo = symbol === undefined ? undefined : (route as Record<symbol, RouteCalls | null | undefined>)[symbol]
  if (passedOnTo !== undefined && passedOnTo !== null) hideIn(passedOnTo, query)
}

function hideIn(route: RouteCalls, query: ReadonlySet<string> | undefined): void {
  const { handler } = route
  if (handler?.name !== BASIC_404) return
  route.handler = function (this: unknown, request, reply, done) {
    const { log, raw } = request
    const { url = '' } = raw
    // Stands in the log's place until that line, which comes before all else.
    const hiding = Object.create(log, {
      info: {
        value: (message: string) => {
          request.log = log
          log.info(message.replace(url, () => safeUrl(url, query)))
        },
      },
    }) as typeof log
    request.log = hiding
    try {
      return handler.call(this, request, reply, done)
    } finally {
      // Where Fastify is to write no such line.
      if (request.log === hiding) request.log = log
    }
  }
}
