import express, { type Express, type Request, type Response } from 'express'
import request from 'supertest'
import { afterEach, describe, expect, it } from 'vitest'
import { OptionError } from 'wideline'
import { fromPinoHttp, type RequestOptions, requestLogger, WideLine as Declared } from 'wideline/express'
import { RawClient, requestText, signal, TestServer, type WideLine } from '../http/support.js'
import { appWith } from './app.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

function shop(app: Express): void {
  app.post('/orders', (_req: Request, res: Response) => void res.status(201).json({ id: 1, token: 'made' }))
  app.get('/health', (_req, res) => void res.send('ok'))
  app.get('/assets/:name', (_req, res) => void res.send('x'))
  app.get('/broken', () => {
    throw new Error('broken')
  })
  app.get('/orders/:id', (req, res) => {
    req.log.debug('looked up')
    req.log.info('found', { headers: Object.keys(req.log.traceHeaders()) })
    res.set('x-shop', 'eu').send('order')
  })
}

/** The lines of some requests under these options. */
async function linesOf(
  options: RequestOptions,
  ask: (server: TestServer) => Promise<unknown>,
  count = 1,
  configure: (app: Express) => void = () => undefined,
): Promise<WideLine[]> {
  running = await TestServer.start(
    appWith((app) => {
      configure(app)
      shop(app)
    }, options),
    { level: 'info' },
  )
  await ask(running)
  return running.settle(count)
}

const get =
  (path: string, headers: Record<string, string> = {}) =>
  (server: TestServer) =>
    request(server.server).get(path).set(headers)

/** Asks with a client that takes no answer apart. */
async function askForMade(port: number): Promise<string> {
  const client = await RawClient.connect(port)
  return client.send(requestText('GET', '/made', { connection: 'close' })).ended()
}

describe('a wide line', () => {
  it('holds the headers that are named, and no others', async () => {
    const headers = { request: ['X-Client', 'authorization'], response: ['x-shop'] }
    const [line] = await linesOf(
      { headers },
      get('/orders/7', { 'x-client': 'cli', authorization: 'Bearer s3cret', cookie: 'a=b' }),
    )
    expect(line).toMatchObject({
      requestHeaders: { 'x-client': 'cli', authorization: '[Redacted]' },
      responseHeaders: { 'x-shop': 'eu' },
    })
    expect(JSON.stringify(line)).not.toMatch(/s3cret|a=b/)
  })

  it('shows the values of the parameters that are named', async () => {
    const [line] = await linesOf({ query: ['page'] }, get('/orders/7?page=2&token=s3cret&page=3;token=s3cret'))
    expect(line['url']).toBe('/orders/7?page=2&token=*&page=*')
  })

  it('knows a named parameter whose name came encoded, and no other', async () => {
    const query =
      'filter%5Bname%5D=a&sort+by=b&%66ilter%5btoken%5d=s3cret&filter%5Bid%5D=s3cret&filter%5=s3cret&%E0=s3cret'
    const names = ['filter[name]', 'sort by', 'filter[token]']
    const [line] = await linesOf({ query: names }, get(`/orders/7?${query}`))
    expect(line['url']).toBe(
      '/orders/7?filter%5Bname%5D=a&sort+by=b&%66ilter%5btoken%5d=*&filter%5Bid%5D=*&filter%5=*&%E0=*',
    )
  })

  it.each([';', '?', '#'])('shows no value that may hold another one behind a %s', async (sign) => {
    const path = `/orders/7?page=2${sign}token=s3cret&page=3`
    const [line] = await linesOf({ query: ['page'] }, async ({ port }) => {
      const client = await RawClient.connect(port)
      await client.send(requestText('GET', path, { connection: 'close' })).ended()
    })
    expect(line['url']).toBe('/orders/7?page=*&page=3')
  })

  it('holds bodies where they are asked for, without secrets', async () => {
    const [line] = await linesOf({ body: { request: true, response: true } }, (server) =>
      request(server.server).post('/orders').send({ amount: 5, password: 's3cret' }),
    )
    expect(line).toMatchObject({
      requestBody: { amount: 5, password: '[Redacted]' },
      responseBody: { id: 1, token: '[Redacted]' },
    })
  })

  it('holds all values of a name that a form repeats, without secrets', async () => {
    const [line] = await linesOf({ body: { request: true } }, (server) =>
      request(server.server).post('/orders').type('form').send('size=s&page=1&size=m&size=&token=s3cret&token=s3cret'),
    )
    expect(line['requestBody']).toEqual({ size: ['s', 'm', ''], page: '1', token: '[Redacted]' })
  })

  it('holds no body that is too large, is no JSON, or is of another type', async () => {
    const lines = await linesOf(
      { body: { request: true, maxBytes: 10 } },
      async (server) => {
        const post = () => request(server.server).post('/orders').set('content-type', 'application/json')
        await post().send('{"password":"s3cret"}')
        await post().send('{s3cret')
        await request(server.server).post('/orders').set('content-type', 'text/plain').send('s3cret')
      },
      3,
    )
    expect(lines.map((line) => line['requestBody'])).toEqual(['[Cut: 21 bytes]', '[No JSON: 7 bytes]', undefined])
    expect(JSON.stringify(lines)).not.toContain('s3cret')
  })

  it.each([
    { name: 'of just the size that is allowed', type: 'application/json', parts: ['{"a":"12"}'], want: { a: '12' } },
    { name: 'of a byte more', type: 'application/json', parts: ['{"a":"1', '23"}'], want: '[Cut: 11 bytes]' },
    { name: 'of one byte', type: 'application/json', parts: ['7'], want: 7 },
    { name: 'of no bytes', type: 'application/json', parts: [], want: undefined },
    { name: 'with parameters of its type', type: 'Application/JSON ; charset=utf-8', parts: ['[1]'], want: [1] },
    { name: 'of a kind of JSON', type: 'application/problem+json', parts: ['[1]'], want: [1] },
    { name: 'of no kind of JSON', type: 'application/xml', parts: ['[1]'], want: undefined },
    { name: 'of JSON that is no application’s', type: 'model/gltf+json', parts: ['[1]'], want: undefined },
    { name: 'of no type', type: undefined, parts: ['[1]'], want: undefined },
    { name: 'of a text that is asked for', type: 'text/csv', parts: ['a,', 'b'], want: 'a,b' },
    { name: 'of text that is another type', type: 'texts/csv', parts: ['a,b'], want: undefined },
    { name: 'of bytes', type: 'text/plain', parts: [Uint8Array.of(104, 105)], want: 'hi' },
    { name: 'in another encoding', type: 'text/plain', parts: ['aGk='], as: 'base64' as const, want: 'hi' },
    { name: 'that is compressed', type: 'text/plain', parts: ['hi'], coding: 'br', want: '[Encoded: 2 bytes]' },
    { name: 'that is not compressed', type: 'text/plain', parts: ['hi'], coding: 'identity', want: 'hi' },
  ])('shows of a body $name what it may', async ({ type, parts, as, coding, want }) => {
    const body = { response: true, maxBytes: 10, types: ['application/json', 'text/*'] }
    const [line] = await linesOf(
      { body },
      (server) => askForMade(server.port),
      1,
      (app) => {
        app.get('/made', (_req, res) => {
          if (type !== undefined) res.setHeader('content-type', type)
          if (coding !== undefined) res.setHeader('content-encoding', coding)
          for (const part of parts) res.write(part, as ?? 'utf8')
          res.end()
        })
      },
    )
    expect(line['responseBody']).toEqual(want)
  })

  it('of which no share is kept is written for errors, failures and aborted requests all the same', async () => {
    const seen = signal()
    const lines = await linesOf(
      { sampling: { share: 0, routes: { '/health': 1 } } },
      async (server) => {
        for (const path of ['/assets/a.css', '/nowhere', '/health', '/broken', '/down', '/refused']) {
          await request(server.server).get(path)
        }
        const client = await RawClient.connect(server.port)
        client.send(requestText('GET', '/endless'))
        await seen.given
        client.leave()
      },
      5,
      (app) => {
        app.get('/down', (_req, res) => void res.status(503).end())
        app.get('/refused', () => {
          throw Object.assign(new Error('not you'), { status: 403 })
        })
        app.get('/endless', (_req, res) => void res.write('x', () => seen.give()))
      },
    )
    expect(lines.map(({ url, outcome, share }) => [url, outcome, share])).toEqual([
      ['/health', 'completed', undefined],
      ['/broken', 'failed', undefined],
      ['/down', 'failed', undefined],
      ['/refused', 'completed', undefined],
      ['/endless', 'aborted', undefined],
    ])
  })

  it('is kept by the share of its route, or else by that of all', async () => {
    const sampling = { share: 0.5, routes: { '/assets/:name': 0.25, '/orders/:id': 0.75 } }
    const paths = ['/health', '/assets/a.css', '/orders/7', '/nowhere']
    const lines = await linesOf(
      { sampling },
      async (server) => {
        // Where the trace's id stands among all, from 0 to 1: 0.2, 0.3, 0.6, 0.8.
        for (const digit of ['3', '4c', '9a', 'cd']) {
          const traceparent = `00-${'a'.repeat(19)}${digit.padEnd(13, '0')}-b7ad6b7169203331-01`
          for (const path of paths) await get(path, { traceparent })(server)
        }
      },
      8,
    )
    expect(lines.map(({ traceId, url, share }) => [String(traceId).slice(19, 21), url, share])).toEqual([
      ['30', '/health', 0.5],
      ['30', '/assets/a.css', 0.25],
      ['30', '/orders/7', 0.75],
      ['30', '/nowhere', 0.5],
      ['4c', '/health', 0.5],
      ['4c', '/orders/7', 0.75],
      ['4c', '/nowhere', 0.5],
      ['9a', '/orders/7', 0.75],
    ])
  })

  it('has every value of a header that writeHead() is given twice', async () => {
    const lines = await linesOf(
      { echoId: false, headers: { response: ['x-shop', 'x-one', 'location'] } },
      async ({ port }) => {
        const head = await askForMade(port)
        expect(head).toContain('x-shop: eu\r\nX-Shop: us\r\n')
      },
      1,
      (app) => {
        app.disable('x-powered-by')
        const headers = ['x-shop', 'eu', 'X-Shop', 'us', 'X-One', ' 1', 'Location', '/cb?code=s3cret']
        app.get('/made', (_req, res) => void res.writeHead(302, headers).end())
      },
    )
    expect(lines).toMatchObject([{ responseHeaders: { 'x-shop': ['eu', 'us'], 'x-one': '1', location: '/cb?code=*' } }])
  })

  it('knows the headers that writeHead() is given, where the response has no others', async () => {
    const seen = signal()
    const type = (value: string) => ({ 'Content-Type': value, 'X-Shop': 'eu', 'Set-Cookie': ['a=s3cret', 'b=s3cret'] })
    const lines = await linesOf(
      { echoId: false, headers: { response: ['x-shop', 'x-none', 'set-cookie', 'vary'] }, body: { response: true } },
      async (server) => {
        await get('/made')(server)
        const client = await RawClient.connect(server.port)
        client.send(requestText('GET', '/events'))
        await seen.given
        client.leave()
      },
      2,
      (app) => {
        app.disable('x-powered-by')
        app.get(
          '/made',
          (_req, res) => void res.writeHead(200, type('application/json')).end('{"id":1,"token":"s3cret"}'),
        )
        app.get(
          '/events',
          (_req, res) => void res.writeHead(200, type('text/event-stream')).write('data: 1\n\n', () => seen.give()),
        )
      },
    )
    const responseHeaders = { 'x-shop': 'eu', 'set-cookie': '[Redacted]' }
    expect(lines).toMatchObject([
      { outcome: 'completed', responseHeaders, responseBody: { id: 1, token: '[Redacted]' } },
      { outcome: 'aborted', level: 'info', responseHeaders },
    ])
  })

  it('is not written for what is ignored: paths, patterns, predicates; but for what fails', async () => {
    const ignore = ['/health', '/assets/*', /^\/ord/g, (req: { url?: string | undefined }) => req.url === '/nowhere']
    const lines = await linesOf({ ignore: [...ignore, '/broken'] }, async (server) => {
      for (const path of ['/health', '/assets/a.css', '/orders/1', '/orders/2', '/nowhere', '/broken']) {
        await request(server.server).get(path)
      }
    })
    expect(lines).toMatchObject([{ url: '/broken', outcome: 'failed' }])
    expect(lines).toHaveLength(1)
  })

  it('is not written for what is ignored and slow, nor is what its recorder holds', async () => {
    await linesOf({ ignore: '/orders/*', recorder: true, slowMs: 0 }, async (server) => {
      for (const path of ['/orders/1', '/health']) await request(server.server).get(path)
    })
    expect(running!.lines().map(({ msg, url }) => [msg, url])).toEqual([
      ['found', undefined],
      ['request completed', '/health'],
    ])
  })

  it('has the level, the message and the fields that functions give it', async () => {
    const [line] = await linesOf(
      {
        level: ({ status }) => (status === 200 ? 'warn' : 'info'),
        message: ({ method, route }) => `${method} ${route}`,
        fields: (_req, res) => ({ type: res.getHeader('content-type') }),
      },
      get('/orders/7'),
    )
    expect(line).toMatchObject({ level: 'warn', msg: 'GET /orders/:id', type: 'text/html; charset=utf-8' })
  })

  it('says that it was slow', async () => {
    expect(await linesOf({ slowMs: 0 }, get('/orders/7'))).toMatchObject([{ slow: true, level: 'info' }])
  })

  it('has other keys, or none', async () => {
    const [line] = await linesOf(
      { keys: { durationMs: 'ms', userAgent: false } },
      get('/orders/7', { 'user-agent': 'x' }),
    )
    expect(line).toHaveProperty('ms')
    expect(line).not.toHaveProperty('durationMs')
    expect(line).not.toHaveProperty('userAgent')
  })

  it('has the names of OpenTelemetry', async () => {
    running = await TestServer.start(appWith(shop, { preset: 'otel' }))
    await get('/orders/7?page=2', { traceparent: TRACEPARENT })(running)
    await running.settle(1)
    expect(running.wideLines()[0]).toMatchObject({
      'http.request.method': 'GET',
      'url.path': '/orders/7',
      'url.query': 'page=*',
      'http.route': '/orders/:id',
      'http.response.status_code': 200,
      'client.address': expect.stringContaining('127.0.0.1'),
    })
  })

  it('tells the kind of an error by the name of OpenTelemetry', async () => {
    const [line] = await linesOf({ preset: 'otel', keys: { outcome: 'outcome' } }, get('/typed'), 1, (app) =>
      app.get('/typed', () => {
        throw new RangeError('too many')
      }),
    )
    expect(line).toMatchObject({ 'error.type': 'RangeError', error: { type: 'RangeError' } })
  })

  it.each([
    { preset: 'otel', names: ['url.query', 'error.type', 'url.path'] },
    { preset: 'pino-http', names: ['req', 'res', 'responseTime', 'err'] },
  ] as const)('has a field of its own beside each key of $preset', async ({ preset, names }) => {
    const own = () => Object.fromEntries(names.map((name) => [name, 'own']))
    const [line] = await linesOf({ preset, fields: own }, get('/orders/7?page=2'))
    expect(line).toMatchObject(Object.fromEntries(names.map((name) => [`_${name}`, 'own'])))
  })

  it.each(['short', 'otel', 'pino-http'] as const)(
    'has none of the keys that are left out, whatever happened: %s',
    async (preset) => {
      const left = signal()
      const lines = await linesOf(
        {
          preset,
          keys: Object.fromEntries(Declared.lineKeys.map((key) => [key, false])),
          slowMs: 0,
          recorder: { maxBytes: 1_024 },
          headers: { request: ['host'], response: ['content-type'] },
          body: { request: true, response: true },
        },
        async (server) => {
          const post = (path: string) => request(server.server).post(path).set('traceparent', TRACEPARENT)
          await post('/lines').send({ amount: 5 })
          const waiting = post('/waits')
            .send({ amount: 5 })
            .then(undefined, () => undefined)
          await left.given
          await server.logger.close()
          await server.stop()
          await waiting
        },
        0,
        (app) => {
          app.post('/lines', (req, res) => {
            for (let i = 0; i < 3; i++) req.log.debug('x'.repeat(500))
            req.log.setError(new Error('failed'))
            res.json({ id: 1 })
          })
          app.post('/waits', () => left.give())
        },
      )
      expect(lines).toEqual([])
      const kept = preset === 'otel' ? ['error.type'] : preset === 'pino-http' ? ['req', 'res'] : []
      const wide = running!.lines().filter(({ msg }) => String(msg).startsWith('request '))
      expect(wide.map((line) => Object.keys(line).slice(3))).toEqual([kept, preset === 'otel' ? [] : kept])
    },
  )

  it('has no status in the form of pino-http where none went out', async () => {
    const [line] = await linesOf(
      { preset: 'pino-http' },
      (server) =>
        request(server.server)
          .get('/gone')
          .then(undefined, () => undefined),
      1,
      (app) => app.get('/gone', (_req, res) => void res.destroy()),
    )
    expect(line).toMatchObject({ outcome: 'aborted', res: { statusCode: null } })
  })

  it.each([
    { controller: 'Orders', want: 'Orders.show' },
    { controller: '', want: 'show' },
  ])('names what served it as OpenTelemetry does: $want', async ({ controller, want }) => {
    const served = { route: '/orders/:id', controller, handler: 'show' }
    const [line] = await linesOf({ preset: 'otel' }, get('/served'), 1, (app) =>
      app.get('/served', (req, res) => {
        req.log.setHandler(served, req)
        res.send('ok')
      }),
    )
    expect(line['code.function.name']).toBe(want)
  })

  it('has no share where that key is left out', async () => {
    const sampling = { share: 0.999 }
    const ask = get('/orders/7', { traceparent: TRACEPARENT })
    expect((await linesOf({ sampling }, ask))[0]).toHaveProperty('share', 0.999)
    await running!.stop()
    expect((await linesOf({ sampling, keys: { share: false } }, ask))[0]).not.toHaveProperty('share')
  })

  it('has the first part of a user agent that is long', async () => {
    const [line] = await linesOf({}, get('/orders/7', { 'user-agent': 'a'.repeat(5_000) }))
    expect(line['userAgent']).toBe(`${'a'.repeat(256)}…`)
  })

  it('has the keys of pino-http', async () => {
    const [line] = await linesOf({ preset: 'pino-http' }, get('/orders/7?token=s3cret'))
    expect(line).toMatchObject({
      req: { method: 'GET', url: '/orders/7?token=*', id: expect.any(String) },
      res: { statusCode: 200 },
      responseTime: expect.any(Number),
    })
  })

  it('has the address that a trusted proxy gives, and no other', async () => {
    const forwarded = get('/orders/7', { 'x-forwarded-for': '203.0.113.9' })
    const [untrusted] = await linesOf({}, forwarded)
    expect(untrusted['remoteAddress']).toContain('127.0.0.1')
    await running!.stop()
    const [trusted] = await linesOf({}, forwarded, 1, (app) => app.set('trust proxy', true))
    expect(trusted['remoteAddress']).toBe('203.0.113.9')
  })

  it("has the connection's address where the function that trusts proxies throws", async () => {
    const trust = (): never => {
      throw new Error('no list of proxies')
    }
    const forwarded = get('/orders/7', { 'x-forwarded-for': '203.0.113.9' })
    const [line] = await linesOf({}, forwarded, 1, (app) => app.set('trust proxy', trust))
    expect(line['remoteAddress']).toContain('127.0.0.1')
  })

  it('keeps an address short, whatever a client says that is trusted', async () => {
    const forwarded = get('/orders/7', { 'x-forwarded-for': 'a'.repeat(8_000) })
    const [line] = await linesOf({}, forwarded, 1, (app) => app.set('trust proxy', true))
    expect(line['remoteAddress']).toBe(`${'a'.repeat(128)}…`)
  })

  it('takes ids and traces from where they may come from', async () => {
    const brought = get('/orders/7', { 'x-correlation-id': 'c-1', traceparent: TRACEPARENT })
    const [taken] = await linesOf({ idSources: ['x-request-id', 'X-Correlation-Id'] }, brought)
    expect(taken).toMatchObject({
      requestId: 'c-1',
      traceId: TRACEPARENT.slice(3, 35),
      parentSpanId: TRACEPARENT.slice(36, 52),
    })
    expect(running!.lines()[0]).toMatchObject({
      msg: 'found',
      requestId: 'c-1',
      traceId: TRACEPARENT.slice(3, 35),
      headers: ['traceparent'],
    })
    await running!.stop()
    const [refused] = await linesOf({ idSources: ['x-correlation-id'], trust: () => false }, brought)
    expect(refused.requestId).not.toBe('c-1')
    expect(refused['traceId']).not.toBe(TRACEPARENT.slice(3, 35))
  })

  it('comes after what the flight recorder holds, when the request fails', async () => {
    running = await TestServer.start(
      appWith(
        (app) => {
          app.get('/:way', (req, res) => {
            req.log.debug('step one')
            if (req.params['way'] === 'bad') throw new Error('x')
            res.send('ok')
          })
        },
        { recorder: true },
      ),
      { level: 'info' },
    )
    await get('/good')(running)
    await get('/bad')(running)
    await running.settle(2)
    expect(running.lines().map(({ msg }) => msg)).toEqual(['request completed', 'step one', 'request failed'])
    expect(running.logger.stats().held.outstanding).toBe(0)
  })

  it('comes after those lines only that the filter of the flight recorder matches', async () => {
    running = await TestServer.start(
      appWith(
        (app) => {
          app.get('/bad', (req) => {
            req.log.debug('step one', { part: 'db' })
            req.log.debug('step two', { part: 'cache' })
            throw new Error('x')
          })
        },
        { recorder: { filter: 'part = db and requestId exists' } },
      ),
      { level: 'info' },
    )
    await get('/bad')(running)
    await running.settle(1)
    expect(running.lines().map(({ msg }) => msg)).toEqual(['step one', 'request failed'])
  })

  it('is written of a request under way when the logger closes', async () => {
    const reached = signal()
    running = await TestServer.start(appWith((app) => void app.get('/hang', () => reached.give())))
    const client = await RawClient.connect(running.port)
    client.send(requestText('GET', '/hang'))
    await reached.given
    await running.logger.close()
    expect(running.wideLines()).toMatchObject([{ outcome: 'aborted', shutdown: true, route: '/hang' }])
    client.leave()
    expect(await running.settle(1)).toHaveLength(1)
  })

  it('is written in front of a plain handler of node:http too', async () => {
    running = await TestServer.start((logger) => {
      const follow = requestLogger({ logger })
      return (req, res) =>
        void follow(req as never, res as never, () => {
          ;(req as unknown as Request).log.set({ plain: true })
          res.end('ok')
        })
    })
    await get('/x')(running)
    expect(await running.settle(1)).toMatchObject([{ status: 200, plain: true }])
  })
})

describe('options of pino-http', () => {
  it('do here what they do there', async () => {
    const options = fromPinoHttp({
      genReqId: (req) => req.headers['x-own'] ?? 'made',
      customLogLevel: (_req, res) => (res.statusCode === 200 ? 'debug' : 'error'),
      customSuccessMessage: (req, res) => `${req.method} ${res.statusCode}`,
      customErrorMessage: (_req, _res, error) => `went wrong: ${error.message}`,
      customProps: () => ({ tenant: 'acme' }),
      customAttributeKeys: { responseTime: 'took' },
      autoLogging: { ignore: (req) => req.url === '/health' },
    })
    running = await TestServer.start(appWith(shop, options))
    for (const path of ['/orders/7', '/health', '/broken']) await get(path, { 'x-own': 'own-1' })(running)
    const lines = await running.settle(2)
    expect(lines).toMatchObject([
      { level: 'debug', msg: 'GET 200', req: { id: 'own-1' }, tenant: 'acme', took: expect.any(Number) },
      { level: 'error', msg: 'went wrong: broken', res: { statusCode: 500 }, err: { message: 'broken' } },
    ])
  })

  it('have no line at the level silent, unless the request fails', async () => {
    const options = fromPinoHttp({
      autoLogging: { ignore: (req) => req.url === '/health' },
      customLogLevel: (req) => (req.url === '/orders/7' ? 'warn' : 'silent'),
    })
    running = await TestServer.start(appWith(shop, options))
    for (const path of ['/assets/a', '/health', '/broken', '/orders/7']) await get(path)(running)
    expect(await running.settle(2)).toMatchObject([
      { level: 'error', err: { message: 'broken' } },
      { level: 'warn', req: { url: '/orders/7' } },
    ])
  })

  it('are given the response on plain node:http too, and what came of it is asked once', async () => {
    const asked: unknown[] = []
    const options = fromPinoHttp({
      genReqId: (_req, res) => {
        res?.setHeader('x-made', 'id-1')
        return 'id-1'
      },
      customLogLevel: (_req, res, error) => {
        asked.push([res.statusCode, error?.message])
        return error === undefined ? 'silent' : 'warn'
      },
      customErrorMessage: (_req, res) => `gave ${res.statusCode}`,
      customSuccessMessage: (_req, res) => `gave ${res.statusCode}`,
    })
    running = await TestServer.start((logger) => {
      const follow = requestLogger({ logger, ...options })
      return (req, res) =>
        void follow(req as never, res as never, () => {
          if (req.url === '/refused') (req as unknown as Request).log.setError(new Error('no such order'))
          res.statusCode = req.url === '/refused' ? 409 : 201
          res.end('ok')
        })
    })
    await get('/fine')(running)
    const { headers } = await get('/refused')(running)
    expect(headers['x-made']).toBe('id-1')
    expect(await running.settle(1)).toMatchObject([{ level: 'warn', msg: 'gave 409', req: { id: 'id-1' } }])
    expect(asked).toEqual([
      [201, undefined],
      [409, 'no such order'],
    ])
  })

  it('have no line where useLevel is silent', async () => {
    running = await TestServer.start(appWith(shop, fromPinoHttp({ useLevel: 'silent' })))
    for (const path of ['/orders/7', '/broken']) await get(path)(running)
    expect(await running.settle(1)).toMatchObject([{ level: 'error', err: { message: 'broken' } }])
  })

  it.each([
    [undefined, /fromPinoHttp must be an object, got undefined/],
    [{ useLevel: 'verbose' }, /fromPinoHttp\.useLevel must be trace, .*, panic or silent, got "verbose"/],
    [{ customLogLevel: 'warn' }, /fromPinoHttp\.customLogLevel must be a function, got "warn"/],
    [{ customSuccessMessage: 'done' }, /fromPinoHttp\.customSuccessMessage must be a function/],
    [{ autoLogging: null }, /fromPinoHttp\.autoLogging must be true, false or an object, got null/],
    [{ autoLogging: { ignorePaths: ['/health'] } }, /fromPinoHttp\.autoLogging\.ignorePaths must be one of ignore/],
    [{ autoLogging: { ignore: '/health' } }, /fromPinoHttp\.autoLogging\.ignore must be a function, got "\/health"/],
    [{ customAttributeKeys: null }, /fromPinoHttp\.customAttributeKeys must be an object, got null/],
    [{ customAttributeKeys: { err: 1 } }, /fromPinoHttp\.customAttributeKeys\.err must be a name, got 1/],
    [
      { useLevel: 'warn', customLogLevel: () => 'warn' },
      /fromPinoHttp\.useLevel must be left out beside customLogLevel/,
    ],
  ])('that cannot be used are refused at once: %j', (options, wanted) => {
    expect(() => fromPinoHttp(options as never)).toThrow(OptionError)
    expect(() => fromPinoHttp(options as never)).toThrow(wanted)
  })

  it('that have no counterpart are refused', () => {
    expect(() => fromPinoHttp({ serializers: {} } as never)).toThrow(OptionError)
    expect(() => fromPinoHttp({ serializers: undefined } as never)).not.toThrow()
    expect(() => fromPinoHttp({ customAttributeKeys: { req: 'request' } } as never)).toThrow(
      /fromPinoHttp\.customAttributeKeys\.req/,
    )
  })
})

it('req.log can be replaced by another logger, and the line is written all the same', async () => {
  running = await TestServer.start((logger) => {
    const app = express()
    app.use(requestLogger({ logger }))
    app.use((req, _res, next) => {
      ;(req as { log: unknown }).log = req.log.child({ user: 'u-1' })
      next()
    })
    app.get('/x', (req, res) => {
      req.log.info('inside')
      res.send('ok')
    })
    return app
  })
  await get('/x')(running)
  const [wide] = await running.settle(1)
  expect(running.lines()[0]).toMatchObject({ msg: 'inside', user: 'u-1', requestId: wide.requestId })
})
