import type { FastifyInstance } from 'fastify'

/** What Fastify keeps its other servers under. */
const BINDINGS = 'fastify.serverBindings'

/**
 * The servers of an instance beside `app.server`, once it listens: of `localhost`, which is where it listens by default, it makes one
 * for each address.
 */
export function otherServersOf(app: FastifyInstance): readonly FastifyInstance['server'][] {
  // A plugin's instance has it from the one that it is registered in.
  for (let at: object | null = app; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const symbol = Object.getOwnPropertySymbols(at).find(({ description }) => description === BINDINGS)
    if (symbol !== undefined) return (at as Record<symbol, FastifyInstance['server'][]>)[symbol]
  }
  return []
}
