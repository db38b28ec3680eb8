import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, createServer as createHttp2Server, Http2ServerRequest } from 'node:http2'
import type { AddressInfo } from 'node:net'
import express5, { type Express, type Request, type Response, Router } from 'express'
import express4 from 'express4'
import request from 'supertest'
import { afterEach, describe, expect, it } from 'vitest'
import type { Logger } from 'wideline'
import { currentLog, logRequests, requestErrors, requestLogger, type RequestLoggerOptions } from 'wideline/express'
import { captureLogs } from 'wideline/testing'
import { eventually, TestServer } from '../http/support.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

type Build = (app: Express, logger: Logger) => void

/** An application whose requests are followed, after `before` has been done to it. */
async function serve(
  build: Build,
  options: Omit<RequestLoggerOptions, 'logger'> = {},
  before: Build = () => undefined,
  make: () => Express = express5,
) {
  running = await TestServer.start((logger) => {
    const app = make()
    before(app, logger)
    logRequests(app, { ...options, logger })
    build(app, logger)
    return app
  })
  return request(running.server)
}

const order: Build = (app) =>
  app.get('/orders/:id', (asked: Request, response: Response) => void response.json({ id: asked.params['id'] }))

describe.each([
  { version: 4, make: express4 as unknown as () => Express },
  { version: 5, make: express5 },
])('logRequests() on Express $version', ({ make }) => {
  it('follows requests from before the first layer, whatever was registered before it', async () => {
    const seen: unknown[] = []
    const early: Build = (app) =>
      app.use((asked: Request, response: Response, next) => {
        seen.push(asked.log.requestId, currentLog() === asked.log)
        asked.log.set({ early: true })
        if (asked.path === '/closed') response.status(403).end()
        else next()
      })
    const client = await serve(order, {}, early, make)
    const { headers } = await client.get('/orders/42?page=1')
    await client.get('/closed')
    const [first, second] = await running!.settle(2)
    expect(first).toMatchObject({ route: '/orders/:id', url: '/orders/42?page=*', status: 200, early: true })
    expect(second).toMatchObject({ url: '/closed', status: 403, level: 'warn', early: true })
    expect(seen).toEqual([first.requestId, true, second.requestId, true])
    expect(headers['x-request-id']).toBe(first.requestId)
    expect(Object.keys(headers).slice(0, 2)).toEqual(['x-request-id', 'x-powered-by'])
  })

  it('gives no layer to the application', async () => {
    const layers = async (use: Build): Promise<number> => {
      let app: Express | undefined
      running = await TestServer.start((logger) => {
        app = make()
        use(app, logger)
        order(app, logger)
        return app
      })
      const { stack } = ((app as unknown as { _router?: unknown })._router ?? app!.router) as { stack: unknown[] }
      return stack.length
    }
    const bare = await layers(() => undefined)
    await running!.stop()
    expect(await layers((app, logger) => logRequests(app, { logger }))).toBe(bare)
    await running!.stop()
    expect(await layers((app, logger) => void app.use(requestLogger({ logger })))).toBe(bare + 1)
  })

  it.each([
    ['trust', { trust: (asked: object) => (asked as Request).get('user-agent') === 'ours' }],
    ['generateId', { generateId: (asked: object) => `a-${(asked as Request).get('user-agent')}` }],
  ])('gives a function of %s Express’s own request', async (name, options) => {
    const client = await serve(order, options, undefined, make)
    const given = name === 'trust' ? { 'x-request-id': 'a-ours' } : {}
    await client.get('/orders/1').set({ 'user-agent': 'ours', ...given })
    expect(await running!.settle(1)).toMatchObject([{ requestId: 'a-ours', route: '/orders/:id', status: 200 }])
  })

  it.each([
    [true, '203.0.113.7'],
    [false, '127.0.0.1'],
  ])('has the address that Express gives, with trust proxy: %s', async (trusts, remoteAddress) => {
    const client = await serve(order, {}, (app) => app.set('trust proxy', trusts), make)
    await client.get('/orders/1').set('x-forwarded-for', '203.0.113.7')
    expect(await running!.settle(1)).toMatchObject([{ remoteAddress, status: 200 }])
  })

  it('leaves the current log to others with context: false', async () => {
    const seen: unknown[] = []
    const client = await serve(
      (app) =>
        app.get('/', (asked, response) => {
          seen.push(currentLog(), asked.log.requestId)
          response.end()
        }),
      { context: false },
      undefined,
      make,
    )
    await client.get('/')
    const [line] = await running!.settle(1)
    expect(seen).toEqual([undefined, line.requestId])
  })

  it('has one line beside requestLogger(), and beside another of its own', async () => {
    const client = await serve(
      (app, logger) => {
        app.use(requestLogger({ logger }))
        order(app, logger)
      },
      {},
      (app, logger) => logRequests(app, { logger }),
      make,
    )
    await client.get('/orders/1')
    await client.get('/orders/2')
    expect(await running!.settle(2)).toHaveLength(2)
    expect(running!.lines()).toHaveLength(2)
  })

  it('follows those of a mounted application alone, with the whole route', async () => {
    running = await TestServer.start((logger) => {
      const inner = make()
      logRequests(inner, { logger })
      inner.use(
        '/shop',
        Router().get('/items/:item', (asked, response) => {
          asked.log.set({ item: asked.params.item })
          response.end()
        }),
      )
      inner.get('/broken', () => {
        throw new Error('broken')
      })
      inner.use(requestErrors())
      const outer = make()
      outer.get('/outside', (_asked, response) => void response.end())
      outer.use('/api/:version', inner)
      return outer
    })
    const client = request(running.server)
    await client.get('/outside')
    await client.get('/api/v1/shop/items/7?x=1')
    await client.get('/api/v1/broken')
    expect(await running.settle(2)).toMatchObject([
      { route: '/api/:version/shop/items/:item', url: '/api/v1/shop/items/7?x=*', item: '7', status: 200 },
      { route: '/api/:version/broken', status: 500, error: { message: 'broken' } },
    ])
    expect(running.lines()).toHaveLength(2)
  })
})

describe('logRequests()', () => {
  it('serves a request all the same, and writes its line, where `req.log` is somebody else’s', async () => {
    const client = await serve(order, {}, (app) => {
      Object.defineProperty(app.request, 'log', { value: 'mine', configurable: false, writable: true })
    })
    expect((await client.get('/orders/1')).status).toBe(200)
    expect(await running!.settle(1)).toMatchObject([{ route: '/orders/:id', status: 200 }])
    expect(running!.logger.stats().problems).toBe(1)
  })

  it('leaves the prototypes of HTTP/2’s compatibility API to whoever brings Express and it together', async () => {
    const logs = captureLogs()
    const app = express5()
    const answer = (asked: object, response: { end(body: string): void }): void =>
      response.end(String(asked instanceof Http2ServerRequest))
    Object.assign(app, { handle: answer })
    logRequests(app, { logger: logs.logger, generateId: () => 'h-2' })
    const server = createHttp2Server((asked, response) => app(asked as never, response as never))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    let body = ''
    const stream = session.request({ ':path': '/a?b=c' }).setEncoding('utf8')
    await once(
      stream.on('data', (part: string) => (body += part)),
      'end',
    )
    await eventually(
      () => 'a wide line',
      () => logs.lines.length > 0,
    )
    session.destroy()
    server.close()
    expect(body).toBe('true')
    expect(logs.lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { requestId: 'h-2', url: '/a?b=*', status: 200, outcome: 'completed', bytes: 4 },
    ])
  })

  it.each([
    ['nothing', undefined, 'undefined'],
    ['a router, which has no requests of its own', Router(), 'a function'],
    ['a server', createServer(), 'an object'],
  ])('says so of %s', (_name, app, shown) => {
    const problem = `logRequests.app must be an Express application made by express(), got ${shown}`
    expect(() => logRequests(app as never, {} as never)).toThrow(problem)
  })

  it('checks its options', async () => {
    expect(() => logRequests(express5(), {} as never)).toThrow('logRequests.logger must be a Logger')
    await serve(order)
    const { logger } = running!
    expect(() => logRequests(express5(), { logger, slowMs: -1 })).toThrow('logRequests.slowMs must be a number')
    expect(() => logRequests(express5(), { logger, slow: 1 } as never)).toThrow('did you mean slowMs?')
  })
})
