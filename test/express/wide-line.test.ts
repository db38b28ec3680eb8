import { Agent } from 'node:http'
import express, { type Express, type Request, type Response, Router } from 'express'
import request, { type Agent as Client, type Test } from 'supertest'
import { afterEach, describe, expect, it } from 'vitest'
import type { Logger } from 'wideline'
import { fixedClock } from 'wideline/testing'
import { TestServer } from '../http/support.js'
import { appWith, checkLine } from './app.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

function stream(_request: Request, response: Response): void {
  response.write('one ')
  response.end('two')
}

const app = appWith((routes) => {
  routes
    .get('/orders/:id', (_request, response) => response.json({ id: 42 }))
    .post('/orders', (_request, response) => response.status(201).send('made'))
    .delete('/orders/:id', (_request, response) => response.sendStatus(204))
    .get('/old', (_request, response) => response.redirect('/orders/42'))
    .get('/missing/:id', (_request, response) => response.status(404).json({}))
    .get('/gone', (_request, response) => response.status(410).end())
    .get('/broken', (_request, response) => response.status(503).send('later'))
    .get('/empty', (_request, response) => response.end())
    .get('/stream', stream)
    .get('/twice', (_request, response) => {
      response.end('once')
      response.end()
    })
    .get('/choice/a', (_request, _response, next) => next('route'))
    .get('/choice/:letter', (_request, response) => response.send('second'))
    .use(
      '/mounted',
      Router().get('/', (_request, response) => response.send('root')),
    )
})

interface Case {
  readonly name: string
  readonly send: (client: Client) => Test
  readonly want: Record<string, unknown>
}

const ok = { level: 'info', outcome: 'completed', status: 200, error: undefined }

const cases: Case[] = [
  {
    name: 'a success',
    send: (client) => client.get('/orders/42'),
    want: { ...ok, method: 'GET', url: '/orders/42', route: '/orders/:id', bytes: 9 },
  },
  {
    name: 'a POST with a body',
    send: (client) => client.post('/orders').send({ amount: 1 }),
    want: { ...ok, method: 'POST', url: '/orders', route: '/orders', status: 201, bytes: 4 },
  },
  {
    name: 'an answer without a body',
    send: (client) => client.delete('/orders/42'),
    want: { ...ok, method: 'DELETE', route: '/orders/:id', status: 204, bytes: 0 },
  },
  {
    name: 'an empty body',
    send: (client) => client.get('/empty'),
    want: { ...ok, bytes: 0 },
  },
  {
    name: 'a redirect',
    send: (client) => client.get('/old').redirects(0),
    want: { ...ok, route: '/old', status: 302 },
  },
  {
    name: 'a HEAD request, served by the GET route',
    send: (client) => client.head('/orders/42'),
    want: { ...ok, method: 'HEAD', route: '/orders/:id', bytes: 0 },
  },
  {
    name: 'an OPTIONS request that Express answers by itself',
    send: (client) => client.options('/orders/42'),
    want: { ...ok, method: 'OPTIONS', route: undefined },
  },
  {
    name: 'a 404 that a handler answers with',
    send: (client) => client.get('/missing/7'),
    want: { ...ok, level: 'warn', route: '/missing/:id', status: 404 },
  },
  {
    name: 'another 4xx that a handler answers with',
    send: (client) => client.get('/gone'),
    want: { ...ok, level: 'warn', status: 410 },
  },
  {
    name: 'an unknown path',
    send: (client) => client.get('/nowhere'),
    want: { ...ok, level: 'warn', url: '/nowhere', route: undefined, status: 404 },
  },
  {
    name: 'a known path with another method',
    send: (client) => client.put('/orders/42'),
    want: { ...ok, level: 'warn', method: 'PUT', route: undefined, status: 404 },
  },
  {
    name: 'a 5xx that a handler answers with',
    send: (client) => client.get('/broken'),
    want: { ...ok, level: 'error', outcome: 'failed', status: 503, bytes: 5 },
  },
  {
    name: 'a body in two pieces',
    send: (client) => client.get('/stream'),
    want: { ...ok, route: '/stream' },
  },
  {
    name: 'an answer that is ended twice',
    send: (client) => client.get('/twice'),
    want: { ...ok, bytes: 4 },
  },
  {
    name: 'a route that passes on to the next',
    send: (client) => client.get('/choice/a'),
    want: { ...ok, route: '/choice/:letter' },
  },
  {
    name: 'the root of a mounted router',
    send: (client) => client.get('/mounted'),
    want: { ...ok, route: '/mounted' },
  },
  {
    name: 'a query, without its values',
    send: (client) => client.get('/orders/42?page=3&key=s3cret'),
    want: { ...ok, url: '/orders/42?page=*&key=*', route: '/orders/:id' },
  },
]

describe('one wide line is written for', () => {
  it.each(cases)('$name', async ({ send, want }) => {
    running = await TestServer.start(app)
    const { status } = await send(request(running.server))
    const lines = await running.settle(1)
    expect(lines).toHaveLength(1)
    expect(lines[0]['status']).toBe(status)
    checkLine(lines[0], want)
  })

  it('an answer that the client has already', async () => {
    running = await TestServer.start(app)
    const first = await request(running.server).get('/orders/42')
    await request(running.server).get('/orders/42').set('if-none-match', first.headers['etag']).expect(304)
    const lines = await running.settle(2)
    expect(lines).toHaveLength(2)
    checkLine(lines[1], { ...ok, status: 304, route: '/orders/:id', bytes: 0 })
  })

  it('a request that two request loggers see, by the first of them', async () => {
    const inner = appWith((routes) => routes.get('/', (req, response) => response.send(req.log.requestId)))
    running = await TestServer.start((logger) => appWith((routes) => routes.use(inner(logger)))(logger))
    const { text, headers } = await request(running.server).get('/')
    const lines = await running.settle(1)
    expect(lines).toHaveLength(1)
    expect([text, headers['x-request-id']]).toEqual([lines[0].requestId, lines[0].requestId])
  })

  it.each<{ name: string; make: (logger: Logger) => Express }>([
    {
      name: 'an application that another one calls',
      make: (logger) => {
        const inner = express().get('/', stream)
        return appWith((routes) => routes.use((req, response, next) => void inner(req, response, next)))(logger)
      },
    },
    {
      name: 'the application around the one that has the request logger',
      make: (logger) =>
        express()
          .use(appWith(() => undefined)(logger))
          .get('/', stream),
    },
  ])('an answer of $name, without what nobody saw of it', async ({ make }) => {
    running = await TestServer.start(make)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let i = 0; i < 2; i++) await request(running.server).get('/').agent(agent).expect(200)
    agent.destroy()
    for (const line of await running.settle(2)) {
      expect(line).toMatchObject({ level: 'info', outcome: 'completed', status: 200 })
      for (const key of ['firstByteMs', 'bytes']) expect(line).not.toHaveProperty(key)
    }
  })
})

describe('a wide line', () => {
  it('has this form, under a clock that stands still between two moves', async () => {
    const clock = fixedClock()
    const withFields = appWith((routes) => {
      routes.get('/orders/:id', (req, response) => {
        clock.advance(12.3456)
        req.log.set({ orderId: 42 })
        response.send('eleven byte')
      })
    })
    running = await TestServer.start((logger) => withFields(logger.child({ service: 'orders' })), {
      clock,
      name: 'shop',
    })
    await request(running.server).get('/orders/42?page=1').set('x-request-id', 'r-1').expect(200)
    const [line] = await running.settle(1)
    expect(JSON.stringify(line).replace(/[0-9a-f]{16,32}/g, '…')).toBe(
      '{"level":"info","time":"2026-01-01T00:00:00.012Z","logger":"shop","msg":"request completed","service":"orders",' +
        '"requestId":"r-1","method":"GET","url":"/orders/42?page=*","route":"/orders/:id","status":200,' +
        '"outcome":"completed","durationMs":12.346,"firstByteMs":12.346,"bytes":11,"remoteAddress":"127.0.0.1",' +
        '"traceId":"…","spanId":"…","orderId":42}',
    )
  })

  it('is not written below the level, and its record is given back all the same', async () => {
    running = await TestServer.start(app, { level: 'warn' })
    await request(running.server).get('/orders/42').expect(200)
    await request(running.server).get('/gone').expect(410)
    const lines = await running.settle(1)
    expect(lines).toMatchObject([{ level: 'warn', status: 410 }])
    expect(running.logger.stats().entries.outstanding).toBe(0)
  })
})
