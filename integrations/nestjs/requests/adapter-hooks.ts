import type { IncomingMessage, ServerResponse } from 'node:http'
import { StreamableFile } from '@nestjs/common'
import { type EnteredApplication, enterBefore, logOfRequest, type RequestLog, runWithLog } from '../../http/index.js'
import { noteError } from './claimed-errors.js'

type Next = (error?: unknown) => void
type Handler = (request: unknown, response: unknown, next: Next) => unknown
type ErrorHandler = (error: unknown, request: unknown, response: unknown, next: Next) => unknown

/** What is used of an HTTP adapter. All of it is replaced on the instance: another application's adapter stays as it is. */
export interface AdapterInternals {
  getType?(): string
  getInstance(): {
    addHook?(name: 'onRequest', hook: (request: unknown, reply: unknown, done: Next) => void): void
  } & Partial<ExpressApplication>
  getHttpServer(): {
    prependListener?(event: 'request', listener: (request: IncomingMessage, response: ServerResponse) => void): void
  }
  onRequestHook?: Handler
  setOnRequestHook?(hook: Handler): void
  setErrorHandler?(handler: ErrorHandler, ...rest: unknown[]): unknown
  setNotFoundHandler?(handler: Handler, ...rest: unknown[]): unknown
  reply?(response: unknown, body: unknown, ...rest: unknown[]): unknown
  [verb: string]: unknown
}

/** What is used of an Express application beyond its public types in every version. */
interface ExpressApplication extends EnteredApplication {
  router: { stack?: readonly { handle: unknown }[] }
}

/** Begins the log of a request, of any framework. */
export type BeginRequest = (request: unknown, response: unknown) => RequestLog | undefined

/** Puts every request through `begin` before anything else of the application sees it, its body parser included. */
export function hookRequests(adapter: AdapterInternals, begin: BeginRequest, hasContext: boolean): void {
  const enter = (request: unknown, response: unknown, go: () => unknown): unknown => {
    const log = begin(request, response)
    return hasContext && log !== undefined ? runWithLog(log, go) : go()
  }
  const beginOnly = (request: IncomingMessage, response: ServerResponse): void => {
    begin(request, response)
  }
  const type = adapter.getType?.()
  if (typeof adapter.setOnRequestHook === 'function') {
    // One slot, which the adapter's very first layer reads for each request; what was there before us comes after.
    let after = adapter.onRequestHook
    adapter.setOnRequestHook((request, response, next) =>
      enter(request, response, () => (after === undefined ? next() : after.call(adapter, request, response, next))),
    )
    adapter.setOnRequestHook = (hook) => {
      after = hook
    }
  } else {
    if (type === 'fastify') {
      adapter.getInstance().addHook?.('onRequest', (request, reply, done) => {
        enter(request, reply, () => done())
      })
    }
    adapter.getHttpServer()?.prependListener?.('request', beginOnly)
  }
  // Fastify answers a malformed URL before any of its hooks.
  if (type === 'fastify') adapter.getHttpServer()?.prependListener?.('request', beginOnly)
}

/** Express applications that show their requests. */
const hooked = new WeakSet<object>()

/**
 * Shows every request to `begin` before Express has it, with the prototype that it will give the response. Nothing is done
 * where layers of the application's own stand before the adapter's: what they answer is none of Nest's requests.
 */
export function hookEntry(
  adapter: AdapterInternals,
  begin: (request: IncomingMessage, response: ServerResponse, prototype: object) => RequestLog | undefined,
): void {
  const app = adapter.getInstance() as ExpressApplication
  // Of several adapters for one application the first one's hook comes first.
  if (typeof (app as unknown) !== 'function' || hooked.has(app) || !beginsWithHook(app)) return
  hooked.add(app)
  enterBefore<IncomingMessage, ServerResponse>(
    app,
    (request, response) => begin(request, response, app.response),
    false,
  )
}

/** Express 4 has no `router` to be read. */
function beginsWithHook(app: Partial<ExpressApplication>): boolean {
  return !('_router' in app) && String(app.router?.stack?.[0]?.handle).includes('onRequestHook')
}

/** Hears of errors outside of Nest's own filters: parsers, plain middleware, streams that break. */
export function hookErrors(adapter: AdapterInternals): void {
  const { setErrorHandler, setNotFoundHandler, reply } = adapter
  if (typeof setErrorHandler === 'function') {
    adapter.setErrorHandler = (handler, ...rest) =>
      // Four parameters: Express knows error handlers by them.
      setErrorHandler.call(
        adapter,
        (error, request, response, next) => {
          noteError(request, error)
          return handler(error, request, response, next)
        },
        ...rest,
      )
  }
  if (typeof setNotFoundHandler === 'function') {
    adapter.setNotFoundHandler = (handler, ...rest) =>
      setNotFoundHandler.call(
        adapter,
        (request, response, next) => {
          // A version or host filter has passed the request on: the route it came by did not serve it.
          logOfRequest(request)?.setHandler(undefined, request)
          return handler(request, response, next)
        },
        ...rest,
      )
  }
  if (typeof reply === 'function') {
    adapter.reply = (response, body, ...rest) => {
      if (body instanceof StreamableFile) {
        const { req, request } = response as { req?: unknown; request?: unknown }
        body.getStream().once('error', (error: unknown) => noteError(req ?? request, error))
      }
      return reply.call(adapter, response, body, ...rest)
    }
  }
}
