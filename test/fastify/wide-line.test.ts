import dns from 'node:dns'
import { createRequire } from 'node:module'
import { type AddressInfo, isIP } from 'node:net'
import { Readable } from 'node:stream'
import { fastify, type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { createLogger, OptionError } from 'wideline'
import { currentLog, requestLog, requestLogger, type RequestLoggerOptions } from 'wideline/fastify'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { signal } from '../http/support.js'
import { type Line, Lines } from '../nestjs/lines.js'
import { type Ask, ask, brief } from '../nestjs/support.js'

/** As packages have it that bring a copy of Node's streams. */
const { Readable: OtherReadable } = createRequire(createRequire(import.meta.url).resolve('winston'))(
  'readable-stream',
) as { Readable: typeof Readable }

type Told = (error: null, found: string | readonly dns.LookupAddress[], family?: number) => void

interface Shop {
  readonly app: FastifyInstance
  readonly lines: Lines
  readonly port: number
}

const shops: Shop[] = []

class NoTenant extends Error {
  readonly statusCode = 401
}

/** Settles when the client may hang up. */
let entered = signal()
let left = signal()

async function serve(
  options: Omit<RequestLoggerOptions, 'logger'> = {},
  instance: FastifyServerOptions = {},
): Promise<Shop> {
  const lines = new Lines()
  const app = fastify({ bodyLimit: 1000, ...instance })
  await app.register(requestLogger, { logger: createLogger({ outputs: [lines] }), ...options })
  app.get('/orders/:id', (request) => {
    requestLog(request).set({ orderId: (request.params as { id: string }).id })
    request.log.info('found')
    currentLog()?.set({ viaCurrentLog: true })
    return { ok: true }
  })
  app.post(
    '/uploads',
    { preParsing: (_request, _reply, payload, next) => (entered.give(), next(null, payload)) },
    () => 'ok',
  )
  app.post('/orders', { schema: { body: { type: 'object', required: ['amount'] } } }, () => ({ ok: true }))
  app.get('/throws', () => {
    throw new Error('boom', { cause: new Error('why') })
  })
  app.get('/rejects', async () => {
    await Promise.resolve()
    throw new TypeError('rejected')
  })
  app.get('/sends', (_request, reply) => reply.code(503).send(new Error('sent')))
  app.get('/guarded', { preHandler: () => Promise.reject(new NoTenant('no tenant')) }, () => 'never')
  app.get('/stream', (_request, reply) => reply.send(Readable.from(['a', 'b'])))
  app.get('/broken-stream', (_request, reply) => {
    reply.send(
      new Readable({
        read() {
          this.destroy(new Error('disk gone'))
        },
      }),
    )
  })
  app.get('/half-stream', (_request, reply) => {
    const parts = ['half']
    reply.send(
      new Readable({
        read() {
          const part = parts.shift()
          if (part === undefined) setImmediate(() => this.destroy(new Error('disk gone')))
          else this.push(part)
        },
      }),
    )
  })
  const half = (): ReadableStream<Uint8Array> => {
    const parts = ['half']
    return new ReadableStream({
      pull(controller) {
        const part = parts.shift()
        if (part === undefined) setImmediate(() => controller.error(new Error('disk gone')))
        else controller.enqueue(Buffer.from(part))
      },
    })
  }
  app.get('/half-web-stream', (_request, reply) => reply.send(half()))
  app.get('/half-response', (_request, reply) => reply.send(new Response(half())))
  app.get('/web-stream', (_request, reply) => reply.send(new Response(new Blob(['whole']).stream())))
  app.get('/half-other-stream', (_request, reply) => {
    const parts = ['half']
    return reply.send(
      new OtherReadable({
        read() {
          const part = parts.shift()
          if (part === undefined) setImmediate(() => this.destroy(new Error('disk gone')))
          else this.push(part)
        },
      }),
    )
  })
  app.get('/hijacked', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(202).end('by hand')
  })
  app.get('/slow', async () => {
    entered.give()
    await left.given
    return 'late'
  })
  await app.register(
    (inner, _options, done) => {
      inner.get('/things/:thing', () => 'thing')
      inner.setErrorHandler((_error, _request, reply) => reply.code(418).send('handled'))
      inner.get('/handled', () => {
        throw new Error('handled by a handler')
      })
      done()
    },
    { prefix: '/v1' },
  )
  await app.listen({ port: 0, host: '127.0.0.1' })
  const shop = { app, lines, port: (app.server.address() as { port: number }).port }
  shops.push(shop)
  return shop
}

afterAll(() => Promise.all(shops.map(({ app }) => app.close())))

let asked = 0
async function wide({ lines, port }: Shop, path: string, how: Ask = {}): Promise<Line> {
  const id = `f-${++asked}`
  await ask(port, path, { ...how, headers: { ...how.headers, 'x-request-id': id } })
  return lines.next((line) => line['requestId'] === id && 'outcome' in line)
}

describe.each([{ context: true }, { context: false }])('Fastify with %o', async (options) => {
  const shop = await serve(options)

  it.each([
    { path: '/orders/42', want: 'info 200 completed · /orders/:id · - · -' },
    { path: '/v1/things/7?token=x', want: 'info 200 completed · /v1/things/:thing · - · -' },
    { path: '/orders/42', how: { method: 'HEAD' }, want: 'info 200 completed · /orders/:id · - · -' },
    { path: '/throws', want: 'error 500 failed · /throws · - · Error: boom <- Error: why' },
    { path: '/rejects', want: 'error 500 failed · /rejects · - · TypeError: rejected' },
    { path: '/sends', want: 'error 503 failed · /sends · - · Error: sent' },
    { path: '/guarded', want: 'warn 401 completed · /guarded · - · NoTenant: no tenant' },
    { path: '/v1/handled', want: 'warn 418 completed · /v1/handled · - · Error: handled by a handler' },
    { path: '/stream', want: 'info 200 completed · /stream · - · -' },
    { path: '/web-stream', want: 'info 200 completed · /web-stream · - · -' },
    { path: '/hijacked', want: 'info 202 completed · /hijacked · - · -' },
    { path: '/nowhere', want: 'warn 404 completed · - · - · -' },
    { path: '/orders/%FF', want: 'warn 400 completed · - · - · -' },
    {
      path: '/orders',
      how: { body: '{"amount":' },
      want: /^warn 400 completed · \/orders · - · \w*Error: /,
    },
    { path: '/orders', how: { body: '{}' }, want: /^warn 400 completed · \/orders · - · Error: body must have/ },
    {
      path: '/orders',
      how: { body: JSON.stringify({ amount: 'x'.repeat(2000) }) },
      want: /^warn 413 completed · \/orders · - · FastifyError: Request body is too large/,
    },
  ])('tells the truth of $path $how', async ({ path, how, want }) => {
    const text = brief(await wide(shop, path, how))
    if (typeof want === 'string') expect(text).toBe(want)
    else expect(text).toMatch(want)
  })

  it('tells a client that hangs up while the handler runs', async () => {
    entered = signal()
    left = signal()
    const line = wide(shop, '/slow', { hangUpWhen: entered.given })
    expect(brief(await line)).toBe('warn - aborted · /slow · - · -')
    left.give()
  })

  it('tells a client that hangs up in the middle of its body', async () => {
    entered = signal()
    const how = { body: '{"amount":', isCutShort: true, hangUpWhen: entered.given }
    expect(brief(await wide(shop, '/uploads', how))).toMatch(/^warn \S+ aborted · \/uploads · - · /)
  })

  it('tells a stream that breaks', async () => {
    const line = await wide(shop, '/broken-stream')
    expect(line).toMatchObject({ route: '/broken-stream', level: 'error' })
    expect(JSON.stringify(line)).toContain('disk gone')
  })

  it.each(['/half-stream', '/half-web-stream', '/half-response', '/half-other-stream'])(
    'tells a stream that breaks midway: %s',
    async (path) => {
      const line = await wide(shop, path)
      expect(brief(line)).toBe(`error 200 failed · ${path} · - · Error: disk gone`)
    },
  )

  it('writes what handlers set, and lines of request.log with the id of the request', async () => {
    const line = await wide(shop, '/orders/42?token=secret')
    expect(line).toMatchObject({ url: '/orders/42?token=*', orderId: '42', method: 'GET', bytes: 11 })
    expect(line['viaCurrentLog']).toBe(options.context ? true : undefined)
    const found = shop.lines.all.filter((each) => each['msg'] === 'found')
    expect(found.at(-1)).toMatchObject({ requestId: line['requestId'] })
    expect(shop.lines.text).not.toContain('token=secret')
  })

  it('follows injected requests', async () => {
    const before = shop.lines.wide.length
    const answer = await shop.app.inject({ url: '/orders/9', headers: { 'x-request-id': 'injected' } })
    expect(answer.headers['x-request-id']).toBe('injected')
    const line = await shop.lines.next(({ requestId, outcome }) => requestId === 'injected' && outcome !== undefined)
    expect(brief(line)).toBe('info 200 completed · /orders/:id · - · -')
    expect(shop.lines.wide).toHaveLength(before + 1)
  })

  it.each([
    { path: '/guarded', want: 'warn 401 completed · /guarded · - · NoTenant: no tenant' },
    { path: '/stream', want: 'info 200 completed · /stream · - · -' },
  ])('knows that an injected request of $path was answered', async ({ path, want }) => {
    const id = `injected-${path.slice(1)}`
    await shop.app.inject({ url: path, headers: { 'x-request-id': id } })
    expect(brief(await shop.lines.next(({ requestId }) => requestId === id))).toBe(want)
  })

  it('writes exactly one line for each of these', () => {
    const ids = shop.lines.wide.map((line) => line['requestId'])
    expect(new Set(ids).size).toBe(ids.length)
  })
})

it('keeps two instances apart', async () => {
  const [first, second] = [await serve(), await serve()]
  await Promise.all([wide(first, '/orders/1'), wide(second, '/orders/2')])
  expect(first.lines.wide.map((line) => line['orderId'])).toEqual(['1'])
  expect(second.lines.wide.map((line) => line['orderId'])).toEqual(['2'])
})

it.each([
  [true, '203.0.113.7'],
  [false, '127.0.0.1'],
])('has the address that Fastify gives it, with trustProxy: %s', async (trustProxy, remoteAddress) => {
  const shop = await serve({}, { trustProxy })
  const line = await wide(shop, '/orders/1', { headers: { 'x-forwarded-for': '203.0.113.7' } })
  expect(line).toMatchObject({ remoteAddress })
})

it('follows each of the servers that Fastify makes for a host of several addresses', async () => {
  const all = ['127.0.0.1', '127.0.0.2', '::1'].map((address) => ({ address, family: isIP(address) }))
  const lookup = vi.spyOn(dns, 'lookup').mockImplementation((host: string, ...rest: unknown[]) => {
    const tell = rest.at(-1) as Told
    const found = host === 'localhost' ? all : [{ address: host, family: isIP(host) }]
    // Node.js 24 asks for all of an address, too.
    if ((rest[0] as dns.LookupOptions).all === true) tell(null, found)
    else tell(null, found[0].address, found[0].family)
  })
  const lines = new Lines()
  const app = fastify()
  await app.register(async (inner) => {
    await inner.register(requestLogger, { logger: createLogger({ outputs: [lines] }) })
    inner.get('/', () => 'ok')
  })
  await app.listen({ port: 0 })
  lookup.mockRestore()
  const addresses = app.addresses() as AddressInfo[]
  // Not every machine has all of them.
  expect(addresses.length).toBeGreaterThan(1)
  for (const { address, family, port } of addresses) {
    const host = family === 'IPv6' ? `[${address}]` : address
    for (const path of ['', '%FF']) await fetch(`http://${host}:${port}/${path}`)
  }
  await app.close()
  expect(lines.wide.map(brief)).toEqual(
    addresses.flatMap(() => ['info 200 completed · / · - · -', 'warn 400 completed · - · - · -']),
  )
})

it('leaves ignored requests without a line unless they fail', async () => {
  const shop = await serve({ ignore: () => true })
  await ask(shop.port, '/orders/1')
  expect(brief(await wide(shop, '/throws'))).toBe('error 500 failed · /throws · - · Error: boom <- Error: why')
  expect(shop.lines.wide).toHaveLength(1)
})

it('cannot be registered without a logger, or with options that it has not', async () => {
  const register = async (options: object): Promise<unknown> => {
    const app = fastify()
    return app.register(requestLogger, options as RequestLoggerOptions).then(
      () => undefined,
      (error: unknown) => error,
    )
  }
  expect(await register({})).toBeInstanceOf(OptionError)
  expect(await register({ logger: createLogger({ outputs: [new Lines()] }), idHeadr: 'x' })).toMatchObject({
    message: expect.stringMatching(/^requestLogger\.idHeadr must be/),
  })
})

it('requestLog() says what is missing where nothing is registered', async () => {
  const app = fastify()
  app.get('/', (request) => {
    requestLog(request)
  })
  expect((await app.inject('/')).json()).toMatchObject({ message: /register requestLogger/ })
})
