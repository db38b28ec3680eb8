import { fastify, type FastifyInstance, type FastifyPluginCallback, type FastifyRequest } from 'fastify'
import type { LoggerOptions } from 'wideline'
import { type RequestLoggerOptions, requestLogger } from 'wideline/fastify'
import { captureLogs } from 'wideline/testing'
import { expect, it } from 'vitest'

const secret = { authorization: 'Bearer abc', cookie: 'sid=abc' }

interface Given {
  readonly logger?: LoggerOptions
  readonly requests?: Omit<RequestLoggerOptions, 'logger'>
  readonly isAwaited?: boolean
}

/** Asks an application for a path; the lines that its handlers wrote, then the wide lines. */
async function asked(
  path: string,
  routes: (app: FastifyInstance) => unknown,
  { logger = {}, requests = {}, isAwaited = true }: Given = {},
): Promise<Record<string, unknown>[]> {
  const { outputs: _none, ...options } = logger
  const logs = captureLogs({ level: 'info', ...options })
  const app = fastify()
  const registered = app.register(requestLogger, { logger: logs.logger, ...requests })
  if (isAwaited) await registered
  routes(app)
  await app.inject({ url: path, headers: secret })
  await expect.poll(() => logs.parsed().some((line) => 'outcome' in line)).toBe(true)
  return [...logs.parsed()]
}

it('writes requests and replies in brief, as Fastify does, with no header in clear', async () => {
  const [line, wide] = await asked('/orders?token=abc', (app) =>
    app.get('/orders', (request, reply) => {
      request.log.info({ req: request, res: reply }, 'x')
      return 'ok'
    }),
  )
  expect(line['req']).toEqual({
    method: 'GET',
    url: '/orders?token=*',
    host: 'localhost:80',
    remoteAddress: '127.0.0.1',
  })
  expect(line).toMatchObject({ msg: 'x', res: { statusCode: 200 }, requestId: wide['requestId'] })
  expect(JSON.stringify(line)).not.toContain('abc')
})

it('hides the values of secrets in a URL also where `query` names them', async () => {
  const write = (request: FastifyRequest): string => (request.log.info({ req: request }, 'x'), 'ok')
  const requests = { query: ['page', 'token'] }
  const [line, wide] = await asked('/orders?page=2&token=abc', (app) => app.get('/orders', write), { requests })
  expect(line['req']).toMatchObject({ url: '/orders?page=2&token=*' })
  expect(wide).toMatchObject({ url: '/orders?page=2&token=*' })
})

it.each<{ what: string; path: string; routes: (app: FastifyInstance) => unknown }>([
  { what: 'an unknown path', path: '/nowhere', routes: () => undefined },
  {
    what: 'a route that passes its request on',
    path: '/orders',
    routes: (app) => app.get('/orders', (_request, reply) => reply.callNotFound()),
  },
])("writes Fastify's own line about $what with the URL of the wide line", async ({ path, routes }) => {
  const answers: string[] = []
  const [line, wide] = await asked(`${path}?page=2&token=abc`, (app) => {
    routes(app)
    app.addHook('onSend', async (request, _reply, payload) => {
      answers.push(String(payload))
      request.log.info('sent')
    })
  })
  expect(line).toMatchObject({ msg: `Route GET:${path}?page=*&token=* not found`, requestId: wide['requestId'] })
  // The answer is Fastify's own.
  expect(answers).toEqual([expect.stringContaining('token=abc')])
})

it('shows no value in that line though its URL has what a replacement would take for a pattern', async () => {
  const [line] = await asked('/nowhere?$&=abc&$`=abc', () => undefined)
  expect(line['msg']).toBe('Route GET:/nowhere?$&=*&$`=* not found')
})

it("writes Node's own requests, children's and those of unknown routes in brief too", async () => {
  const write = (request: FastifyRequest): string => {
    request.log.child({ req: request.raw }).info('child')
    return 'ok'
  }
  for (const path of ['/orders', '/nowhere']) {
    const [line] = await asked(path, (app) => {
      app.get('/orders', write)
      app.setNotFoundHandler(write)
    })
    expect(line['req']).toMatchObject({ method: 'GET', url: path })
    expect(JSON.stringify(line)).not.toContain('abc')
  }
})

it('leaves errors, and what is no request, as the logger writes them', async () => {
  const [line] = await asked('/', (app) =>
    app.get('/', (request) => {
      request.log.info({ err: new Error('boom'), req: 'r-1', res: 204 }, 'x')
      return 'ok'
    }),
  )
  expect(line).toMatchObject({ err: { type: 'Error', message: 'boom' }, req: 'r-1', res: 204 })
})

const leveled: FastifyPluginCallback = (inner, _options, done) => {
  const write = (request: FastifyRequest): string => {
    for (const level of ['debug', 'info', 'warn'] as const) request.log[level](level)
    request.log.child({ part: 'db' }).info('child')
    return 'ok'
  }
  inner.get('/inner', write)
  inner.get('/debug', { logLevel: 'debug' }, write)
  inner.get('/silent', { logLevel: 'silent' }, write)
  done()
}

it.each([
  { path: '/inner', want: ['warn'] },
  { path: '/debug', want: ['debug', 'info', 'warn', 'child'] },
  { path: '/silent', want: [] },
])('obeys the level of $path, and has its wide line whatever that is', async ({ path, want }) => {
  for (const isAwaited of [true, false]) {
    const lines = await asked(path, (app) => app.register(leveled, { logLevel: 'warn' }), { isAwaited })
    expect(lines.map(({ msg }) => msg)).toEqual([...want, 'request completed'])
  }
})

it('holds what a route leaves out for the flight recorder', async () => {
  const write = (request: FastifyRequest): string => {
    request.log.info({ req: request }, 'held')
    throw new Error('boom')
  }
  const lines = await asked('/', (app) => app.get('/', { logLevel: 'error' }, write), {
    requests: { recorder: true },
  })
  expect(lines.map(({ msg }) => msg)).toEqual(['held', 'request failed'])
  expect(lines[0]['req']).toMatchObject({ method: 'GET', url: '/' })
})

it.each([true, false])(
  'obeys the serializers of routes and plugins, with register() awaited: %s',
  async (isAwaited) => {
    const secretive: FastifyPluginCallback = (inner, _options, done) => {
      inner.get('/', { logSerializers: { user: ({ id }: { id: number }) => id } as never }, (request) => {
        request.log.info({ user: { id: 1, mail: 'a@b.c' }, card: '4111', req: request }, 'who')
        return 'ok'
      })
      done()
    }
    const logSerializers = { card: () => '****', req: () => 'brief' } as never
    const [line] = await asked('/', (app) => app.register(secretive, { logSerializers }), { isAwaited })
    expect(line).toMatchObject({ msg: 'who', user: 1, card: '****', req: 'brief' })
  },
)

it('has the serializers of a route made right on the instance, though register() is not awaited', async () => {
  const [line] = await asked(
    '/',
    (app) =>
      app.get('/', { logSerializers: { user: () => 'u' } as never }, (request) => {
        request.log.info({ user: { mail: 'a@b.c' } }, 'who')
        return 'ok'
      }),
    { isAwaited: false },
  )
  expect(line).toMatchObject({ msg: 'who', user: 'u' })
})

const inBrief = (app: FastifyInstance): unknown =>
  app.get('/', (request) => (request.log.info({ req: request }, 'x'), 'ok'))

it("has the logger's own serializers win over Fastify's", async () => {
  const serializers = { req: ({ method }: { method: string }) => `own ${method}` }
  const [line] = await asked('/', inBrief, { logger: { serializers } })
  expect(line).toMatchObject({ msg: 'x', req: 'own GET' })
})

it('leaves the wide line alone', async () => {
  const [line, wide] = await asked('/', inBrief, { requests: { preset: 'pino-http' } })
  expect(line['req']).not.toHaveProperty('id')
  expect(wide).toMatchObject({ req: { id: expect.any(String), method: 'GET', headers: {} } })
})
