import type { IncomingMessage, ServerResponse } from 'node:http'

/** A function of a request that is given the response too and, where the request ends, its error. */
export type GivenResponse<T> = (request: IncomingMessage, response: ServerResponse | undefined, error?: unknown) => T

/** Others are given the request alone: `uuid.v4` would write into a second argument. */
const known = new WeakSet<GivenResponse<unknown>>()

/** Has a function given the response too, where an option is one of the request alone. */
export function giveResponse<T>(called: GivenResponse<T>): (request: IncomingMessage) => T {
  known.add(called)
  return called as (request: IncomingMessage) => T
}

/** The function as it is called: what is not known is given the request alone. */
export function givenResponse<T>(called: (request: IncomingMessage) => T): GivenResponse<T> {
  return known.has(called) ? called : (request) => called(request)
}
