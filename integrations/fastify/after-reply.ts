import type { FastifyReply, FastifyRequest } from 'fastify'
import { isOfClosed, logOfRequest, read, safeError, safeUrl } from '../http/index.js'

type Call = (request: FastifyRequest, reply: FastifyReply, done: (error?: unknown) => void) => unknown

/** What Fastify calls for a route. */
export interface RouteCalls {
  handler?: Call
  onResponse?: Call[] | null
}

/** How the codes of errors begin that Fastify has for bodies. */
const PARSER_CODE = 'FST_ERR_CTP_'

/** Puts an error on the line of its request, or on one of its own where that one is written, or has another. */
export type TellError = (request: FastifyRequest, reply: FastifyReply, error: unknown) => void

/** Routes that are followed: two plugins must not tell an error twice. */
const followed = new WeakSet<RouteCalls>()

/**
 * Has errors of a route's handler and of its `onResponse` hooks told that come when the reply is out: Fastify tells its own
 * logger, where it has one, and no hook.
 */
export function followRoute(route: RouteCalls, tell: TellError): void {
  if (followed.has(route)) return
  followed.add(route)
  const { handler, onResponse } = route
  if (handler !== undefined) {
    // Before that, Fastify answers with the error, and tells its hooks.
    route.handler = following(handler, (request, reply, error) => {
      if (reply.sent) tell(request, reply, error)
    })
  }
  if (Array.isArray(onResponse)) route.onResponse = onResponse.map((hook) => following(hook, tell))
}

/** @param query - The names of query parameters whose values are shown, as on the wide line. */
export function tellerOf(query: ReadonlySet<string> | undefined): TellError {
  return (request, reply, error) => {
    const log = logOfRequest(request)
    if (log === undefined || log.hasError(error)) return
    if (!log.isClosed && !log.hasFailed) {
      log.setError(error)
      return
    }
    // That its client left is on the line.
    if ((!reply.raw.writableFinished && isOfClosed(error)) || (hasBrokenOff(request) && isOfLeaving(error))) return
    const { url = '' } = request.raw
    // What sends the error may fail, too, such as an `onSend` hook.
    const isAgain = !log.isClosed && !reply.sent
    const message = isAgain ? 'request failed again before its reply' : 'request failed after its reply'
    log.error(message, { error: safeError(error, url, safeUrl(url, query)) })
  }
}

/** Whether its client has. On HTTP/2 the response is finished then all the same, and the body just ends. */
function hasBrokenOff({ raw }: FastifyRequest): boolean {
  return (raw as { aborted: boolean }).aborted
}

/** What a handler makes of a client that left, and a parser of a body that it did not end. */
function isOfLeaving(error: unknown): boolean {
  if (isOfClosed(error)) return true
  const code = typeof error === 'object' && error !== null ? read(error, 'code') : undefined
  return typeof code === 'string' && code.startsWith(PARSER_CODE)
}

function following(call: Call, tell: TellError): Call {
  return function (this: unknown, request, reply, done) {
    const failed = (error: unknown): void => tell(request, reply, error)
    const hear = (error?: unknown): void => {
      if (error) failed(error)
      done(error)
    }
    try {
      const result = call.call(this, request, reply, done === undefined ? done : hear)
      // Nothing else that can be waited for: a reply, or a lazy query, would do its work twice.
      if (result instanceof Promise) {
        const log = logOfRequest(request)
        log?.noteHandling(result)
        result.then(() => log?.noteHandling(undefined), failed)
      }
      return result
    } catch (error) {
      failed(error)
      throw error
    }
  }
}
