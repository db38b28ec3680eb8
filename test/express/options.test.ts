import express from 'express'
import request from 'supertest'
import { afterEach, describe, expect, it } from 'vitest'
import { OptionError } from 'wideline'
import { requestLogger, type RequestLoggerOptions } from 'wideline/express'
import { captureLogs } from 'wideline/testing'
import { TestServer } from '../http/support.js'
import { appWith, type AppOptions } from './app.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

async function serve(options: AppOptions): Promise<TestServer> {
  running = await TestServer.start(
    appWith((app) => app.get('/{*path}', (_req, response) => response.send('ok')), options),
  )
  return running
}

const { logger } = captureLogs()
const IGNORED = 'a path such as /health or /assets/*, a pattern, a function, or an array of them'

function refusalOf(given: unknown): OptionError {
  try {
    requestLogger(given as RequestLoggerOptions)
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError)
    return error as OptionError
  }
  throw new Error('the options were taken')
}

describe('requestLogger() refuses', () => {
  it.each([
    {
      name: 'no options',
      given: undefined,
      message: 'requestLogger.logger must be a Logger made by createLogger(), got undefined',
    },
    {
      name: 'null',
      given: null,
      message: 'requestLogger.logger must be a Logger made by createLogger(), got undefined',
    },
    {
      name: 'no logger',
      given: {},
      message: 'requestLogger.logger must be a Logger made by createLogger(), got undefined',
    },
    {
      name: 'another logger',
      given: { logger: console },
      message: 'requestLogger.logger must be a Logger made by createLogger(), got an object',
    },
    {
      name: 'a context that is not true or false',
      given: { logger, context: 'yes' },
      message: 'requestLogger.context must be true or false, got "yes"',
    },
    {
      name: 'a filter of the recorder that cannot be read',
      given: { logger, recorder: { filter: 'a =' } },
      message: 'requestLogger.recorder.filter, column 4, must be a value, got "the end"',
    },
    {
      name: 'an empty header name',
      given: { logger, idHeader: '' },
      message: 'requestLogger.idHeader must be the name of a header, got ""',
    },
    {
      name: 'a header name that would break the answer',
      given: { logger, idHeader: 'x-id\r\nset-cookie' },
      message: String.raw`requestLogger.idHeader must be the name of a header, got "x-id\r\nset-cookie"`,
    },
    ...[
      { headers: { request: ['*'] }, at: 'request[0]' },
      { headers: { response: ['accept', '*'] }, at: 'response[1]' },
    ].map(({ headers, at }) => ({
      name: `a pattern for headers: ${JSON.stringify(headers)}`,
      given: { logger, headers },
      message: `requestLogger.headers.${at} must be the name of a header, got "*"`,
    })),
    ...[['accept'], { req: ['accept'] }, { request: 'accept' }].map((headers) => ({
      name: `headers that are none: ${JSON.stringify(headers)}`,
      given: { logger, headers },
      message: `requestLogger.headers must be an object with request and response, arrays of names of headers, got ${
        Array.isArray(headers) ? 'an array' : 'an object'
      }`,
    })),
    {
      name: 'a share that is none',
      given: { logger, sampling: { routes: { '/health': 0.1, '/pay': '10%' } } },
      message: `requestLogger.sampling.routes['/pay'] must be a number from 0 to 1, got "10%"`,
    },
    {
      name: 'a source of ids that is no header',
      given: { logger, idSources: ['x-id', 'x id'] },
      message: 'requestLogger.idSources[1] must be the name of a header, got "x id"',
    },
    ...['json', '*/*', 'application/json; charset=utf-8', ''].map((type) => ({
      name: `a type of bodies that fits none: '${type}'`,
      given: { logger, body: { request: true, types: ['text/*', type] } },
      message: `requestLogger.body.types[1] must be a media type such as application/json or text/*, without parameters, got "${type}"`,
    })),
    ...['*', ''].map((name) => ({
      name: `what is no name of a query's: '${name}'`,
      given: { logger, query: [name] },
      message: `requestLogger.query[0] must be the name of a parameter, got "${name}"`,
    })),
    ...[
      { preset: 'short', keys: { route: 'method' }, twice: 'method' },
      { preset: 'otel', keys: { route: 'url.query' }, twice: 'url.query' },
      { preset: 'otel', keys: { error: 'error.type' }, twice: 'error.type' },
      { preset: 'pino-http', keys: { requestId: 'req' }, twice: 'req' },
    ].map(({ preset, keys, twice }) => ({
      name: `two keys of one name, with ${preset}: '${twice}'`,
      given: { logger, preset, keys },
      message: `requestLogger.keys must be different names, got "${twice}"`,
    })),
    {
      name: 'a generator that is no function',
      given: { logger, generateId: 'uuid' },
      message: 'requestLogger.generateId must be a function, got "uuid"',
    },
    {
      name: 'an ignore that is nothing to compare with',
      given: { logger, ignore: ['/health', 42] },
      message: 'requestLogger.ignore[1] must be a path such as /health or /assets/*, a pattern or a function, got 42',
    },
    ...['health', '', '/api/*/health', '/health?deep', 'https://shop.example/health'].map((ignore) => ({
      name: `an ignore that is no request's path: '${ignore}'`,
      given: { logger, ignore },
      message: `requestLogger.ignore must be ${IGNORED}, got ${JSON.stringify(ignore)}`,
    })),
  ])('$name', ({ given, message }) => {
    expect(refusalOf(given).message).toBe(message)
  })

  it('an option it does not know, and says which it knows', () => {
    const { message } = refusalOf({ logger, autoLogging: true })
    expect(message).toMatch(/^requestLogger\.autoLogging must be one of .*\bignore\b.*, got "autoLogging"$/)
  })

  it('an option that is misspelt, and says which was meant', () => {
    const { message } = refusalOf({ logger, ignored: () => true })
    expect(message).toBe('requestLogger.ignored must be a known option (did you mean ignore?), got "ignored"')
  })

  it('nothing that is right, frozen or not', () => {
    const generateId = (): string => 'own'
    const options = { logger, context: false, idHeader: 'X-Id', ignore: () => false, generateId }
    expect(requestLogger(Object.freeze(options))).toBeTypeOf('function')
    expect(requestLogger({ logger })).toBeTypeOf('function')
  })
})

describe('ignore', () => {
  it('leaves out the wide lines it says yes to, and only those', async () => {
    const server = await serve({ ignore: (req) => req.url === '/health' })
    for (const path of ['/health', '/orders', '/health', '/healthy']) {
      await request(server.server).get(path).expect(200)
    }
    expect((await server.settle(2)).map((line) => line['url'])).toEqual(['/orders', '/healthy'])
  })

  it('leaves the request its log and its id', async () => {
    running = await TestServer.start(
      appWith(
        (app) =>
          app.get('/', (req, response) => {
            req.log.set({ unseen: true })
            req.log.info('seen')
            response.send('ok')
          }),
        { ignore: () => true },
      ),
    )
    const { headers } = await request(running.server).get('/').expect(200)
    await running.stop()
    expect(running.lines()).toMatchObject([{ msg: 'seen', requestId: headers['x-request-id'] }])
  })

  it('does not silence a request that failed: nothing else would tell its error', async () => {
    const app = appWith(
      (routes) => {
        routes.get('/health', () => {
          throw new Error('no database')
        })
        routes.get('/missing', (_req, response) => response.status(404).end())
      },
      { ignore: () => true },
    )
    running = await TestServer.start(app)
    await request(running.server).get('/missing').expect(404)
    await request(running.server).get('/health').expect(500)
    expect(await running.settle(1)).toMatchObject([{ url: '/health', error: { message: 'no database' } }])
    expect(running.lines()).toHaveLength(1)
  })

  it('that throws costs no wide line, and is reported', async () => {
    const problems: Error[] = []
    const app = appWith((routes) => routes.get('/', (_req, response) => response.send('ok')), {
      ignore: () => {
        throw new Error('cannot decide')
      },
    })
    running = await TestServer.start(app, { onError: (problem) => problems.push(problem) })
    await request(running.server).get('/').expect(200)
    expect(await running.settle(1)).toMatchObject([{ outcome: 'completed' }])
    expect(problems.map(({ message }) => message)).toEqual(['ignore() failed: cannot decide'])
  })
})

describe('a function that throws', () => {
  it('is named where it is reported, and costs no request', async () => {
    const problems: Error[] = []
    const broken = (): never => {
      throw new TypeError('no tenant')
    }
    const app = appWith((routes) => routes.get('/', (_req, response) => response.send('ok')), {
      trust: broken,
      generateId: broken,
      fields: broken,
      level: broken,
      message: broken,
    })
    running = await TestServer.start(app, { onError: (problem) => problems.push(problem) })
    await request(running.server).get('/').set('x-request-id', 'given').expect(200)
    expect(await running.settle(1)).toMatchObject([{ outcome: 'completed' }])
    expect(problems.map(({ message }) => message)).toEqual(
      ['trust', 'generateId', 'fields', 'level', 'message'].map((name) => `${name}() failed: no tenant`),
    )
  })
})

describe('a function that gives a promise', () => {
  const late = (): never => Promise.reject(new Error('too late')) as never

  it('is no answer: nothing is trusted, nothing is left out, and each is reported', async () => {
    const problems: Error[] = []
    const app = appWith((routes) => routes.get('/', (_req, response) => response.send('ok')), {
      trust: late,
      ignore: late,
      fields: late,
    })
    running = await TestServer.start(app, { onError: (problem) => problems.push(problem) })
    await request(running.server).get('/').set('x-request-id', 'forged').expect(200)
    const [line] = await running.settle(1)
    expect(line.requestId).not.toBe('forged')
    expect(problems.map(({ message }) => message)).toEqual(
      ['trust', 'fields', 'ignore'].map((name) => `${name}() gave a promise, which nothing waits for`),
    )
  })
})

describe('generateId', () => {
  it.each([
    {
      name: 'throws',
      generateId: () => {
        throw new Error('no entropy')
      },
    },
    { name: 'makes what is no header value', generateId: () => 'a\r\nset-cookie: x' },
    { name: 'makes no text', generateId: () => undefined as never },
  ])('that $name costs no request: an id is made here', async ({ generateId }) => {
    const server = await serve({ generateId })
    const { status, headers } = await request(server.server).get('/')
    expect(status).toBe(200)
    expect(await server.settle(1)).toMatchObject([{ requestId: headers['x-request-id'], outcome: 'completed' }])
  })
})

describe('requestLogger()', () => {
  it('works in a router for a part of the application', async () => {
    running = await TestServer.start((log) => {
      const api = express.Router().use(requestLogger({ logger: log }))
      api.get('/orders/:id', (_req, response) => response.send('ok'))
      return express()
        .use('/api', api)
        .use((_req, response) => response.status(404).end())
    })
    await request(running.server).get('/elsewhere').expect(404)
    await request(running.server).get('/api/orders/42').expect(200)
    expect(await running.settle(1)).toMatchObject([{ url: '/api/orders/42', route: '/api/orders/:id', status: 200 }])
  })
})
