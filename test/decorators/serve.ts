import express, { type Request, type RequestHandler, type Response } from 'express'
import request from 'supertest'
import { requestErrors, requestLogger } from 'wideline/express'
import { TestServer, type WideLine } from '../http/support.js'

/** What is asked, and of which route. */
export interface Ask {
  /** Default `/`. */
  readonly route?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

/** What one request left behind. */
export interface Answered {
  readonly line: WideLine
  /** Every line, the wide one last. */
  readonly lines: WideLine[]
  readonly status: number
  /** What was reported as a problem of the logging itself. */
  readonly problems: string[]
}

/** A server with one handler on these routes, and what is reported on it. */
export async function serve(handler: RequestHandler, routes: Iterable<string>) {
  const problems: string[] = []
  const server = await TestServer.start(
    (logger) => {
      const app = express().use(requestLogger({ logger }), express.json())
      for (const route of routes) app.all(route, handler)
      return app.use(requestErrors())
    },
    { onError: ({ message }) => problems.push(message) },
  )
  return { server, problems }
}

/** Serves requests, one after the other, with the same handler. */
export async function callAll(handler: RequestHandler, asks: readonly Ask[]): Promise<Answered[]> {
  const { server, problems } = await serve(handler, new Set(asks.map((ask) => ask.route ?? '/')))
  const answers: Answered[] = []
  for (const { path = '/', headers = {}, body } of asks) {
    const from = server.lines().length
    const sent = request(server.server)[body === undefined ? 'get' : 'post'](path).set(headers)
    const { status } = await (body === undefined ? sent : sent.send(body))
    const line = (await server.waitFor(answers.length + 1))[answers.length]
    answers.push({ line, lines: server.lines().slice(from), status, problems: problems.splice(0) })
  }
  await server.settle(asks.length)
  return answers
}

/** Serves one request with this handler. */
export async function call(handler: RequestHandler, ask: Ask = {}): Promise<Answered> {
  return (await callAll(handler, [ask]))[0]
}

/** A handler's form here: as Express calls it, but free to return something. */
export type Handler = (request: Request, response: Response) => unknown
