// Node's requests and responses, which people log whole: they hold each header in places that no name tells of.
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { expect, it } from 'vitest'
import { createLogger, type Encoder, json, logfmt, type Logger, memory, pretty, sexpr } from 'wideline'

const HUSH = 'HUSH'

type Served = (log: Logger, request: IncomingMessage, response: ServerResponse) => void

/** The lines that are written of a request with secrets in its headers and its query, answered with another. */
async function linesOf(served: Served, encoder: Encoder = json()): Promise<string> {
  const output = memory()
  const log = createLogger({ outputs: [{ output, encoder }] })
  const app = express().get('/orders/:id', (request, response) => {
    response.setHeader('set-cookie', `sid=${HUSH}`)
    response.writeHead(201)
    served(log, request, response)
    response.end('ok')
  })
  const server = createServer(app).listen(0)
  const { port } = server.address() as AddressInfo
  const headers = { authorization: `Bearer ${HUSH}`, cookie: `sid=${HUSH}`, 'x-custom': 'seen' }
  const asked = get({ port, path: `/orders/7?token=${HUSH}`, headers, agent: false })
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  served(log, response, asked as unknown as ServerResponse)
  response.resume()
  await once(response, 'end')
  server.close()
  return output.lines.join('\n')
}

const served: { name: string; served: Served }[] = [
  { name: 'as a field', served: (log, req, res) => log.info('m', { req, res }) },
  { name: 'alone', served: (log, req, res) => (log.info(req), log.info(res)) },
  { name: 'after a message', served: (log, req, res) => log.info('m', req, res) },
  { name: 'deep in a value', served: (log, req, res) => log.info('m', { a: { b: [{ req, res }] } }) },
  { name: 'in a message', served: (log, req, res) => log.info('m %j %o', { req }, { res }) },
  { name: 'as the context', served: (log, req, res) => log.child({ req, res }).info('m') },
  {
    name: 'by its lists of headers',
    served: (log, { rawHeaders }) => log.info('m', { rawHeaders, a: { rawHeaders } }),
  },
]

it.each(served)('writes no secret of a request or a response, $name', async ({ served: log }) => {
  for (const encoder of [json(), logfmt(), sexpr(), pretty({ colour: false }), json({ preset: 'ecs' })]) {
    const text = await linesOf(log, encoder)
    expect(text).not.toContain(HUSH)
    expect(text.length).toBeLessThan(4_000)
  }
})

it('writes what was asked and how it was answered', async () => {
  const [asServer, asClient] = (await linesOf((log, req, res) => log.info('m', { req, res })))
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(asServer).toMatchObject({ req: { method: 'GET', url: '/orders/7?*' }, res: { status: 201 } })
  expect(asClient).toMatchObject({ req: { status: 201 }, res: { method: 'GET', url: '/orders/7?*' } })
})

it('sees the secrets where nobody hides them (control)', async () => {
  const text = await linesOf((log, { rawHeaders }, response) => {
    log.info('m', { list: rawHeaders, head: (response as unknown as { _header: string })._header })
  })
  expect(text).toContain(`Bearer ${HUSH}`)
  expect(text).toContain(`sid=${HUSH}`)
})

it('asks no other object for what only a request has', () => {
  class Page {
    readonly title = 'a'

    get url(): never {
      throw new Error('asked')
    }
  }
  const output = memory()
  const log = createLogger({ outputs: [{ output, encoder: json() }] })
  log.info('m', { page: new Page() })
  log.info('m', new Page())
  expect(output.lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { page: { title: 'a' } },
    { title: 'a' },
  ])
})
