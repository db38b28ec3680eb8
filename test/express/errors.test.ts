import express, { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express'
import request from 'supertest'
import { afterEach, describe, expect, it } from 'vitest'
import { requestErrors } from 'wideline/express'
import { captureLogs } from 'wideline/testing'
import { eventually, RawClient, requestText, signal, TestServer } from '../http/support.js'
import { appWith, checkLine } from './app.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

class PaymentError extends Error {
  override readonly name = 'PaymentError'
}

function raise(error: unknown): never {
  throw error
}

const failed = { level: 'error', outcome: 'failed', status: 500 }

interface Case {
  readonly name: string
  readonly handler: RequestHandler
  readonly want: Record<string, unknown>
}

const cases: Case[] = [
  {
    name: 'an error that is thrown',
    handler: () => raise(new Error('no stock')),
    want: {
      ...failed,
      error: { type: 'Error', message: 'no stock', stack: expect.stringContaining('errors.test.ts') },
    },
  },
  {
    name: 'a promise that is rejected',
    handler: () => Promise.reject(new PaymentError('declined')),
    want: { ...failed, error: { type: 'PaymentError', message: 'declined' } },
  },
  {
    name: 'an error that is thrown after an await',
    handler: async () => {
      await new Promise((resolve) => setImmediate(resolve))
      raise(new RangeError('too many'))
    },
    want: { ...failed, error: { type: 'RangeError', message: 'too many' } },
  },
  {
    name: 'an error that is passed to next()',
    handler: (_request, _response, next) => next(new Error('passed on')),
    want: { ...failed, error: { type: 'Error', message: 'passed on' } },
  },
  {
    name: 'a string that is thrown',
    handler: () => raise('just text'),
    want: { ...failed, error: { type: 'string', message: 'just text' } },
  },
  {
    name: 'an object that is thrown',
    handler: () => raise({ reason: 'odd', password: 's3cret' }),
    want: { ...failed, error: { type: 'object', message: { reason: 'odd', password: '[Redacted]' } } },
  },
  {
    name: 'a promise that is rejected with nothing',
    handler: () => Promise.reject(),
    want: { ...failed, error: { type: 'Error', message: 'Rejected promise' } },
  },
  {
    name: 'an error with causes',
    handler: () => raise(new Error('not paid', { cause: new PaymentError('declined', { cause: 'gateway' }) })),
    want: {
      ...failed,
      error: { message: 'not paid', cause: { type: 'PaymentError', message: 'declined', cause: 'gateway' } },
    },
  },
  {
    name: 'an error of several errors',
    handler: () => raise(new AggregateError([new PaymentError('one'), new Error('two')], 'both failed')),
    want: {
      ...failed,
      error: { type: 'AggregateError', errors: [{ type: 'PaymentError', message: 'one' }, { message: 'two' }] },
    },
  },
  {
    name: 'an error with a status, which the answer takes over',
    handler: () => raise(Object.assign(new Error('amount missing'), { status: 400 })),
    want: { level: 'warn', outcome: 'completed', status: 400, error: { message: 'amount missing', status: 400 } },
  },
  {
    name: 'an error with a 5xx status',
    handler: () => raise(Object.assign(new Error('try later'), { status: 503 })),
    want: { ...failed, status: 503, error: { message: 'try later' } },
  },
  {
    name: 'an error that is set by hand beside a good answer',
    handler: (req, response) => {
      req.log.setError(new Error('mail not sent'))
      response.send('ok')
    },
    want: { ...failed, status: 200, error: { message: 'mail not sent' } },
  },
]

describe.each(['own', 'express'] as const)('with the error answered by %s, the wide line has', (answers) => {
  it.each(cases)('$name', async ({ handler, want }) => {
    running = await TestServer.start(appWith((app) => app.get('/orders/:id', handler), { answers }))
    const { status } = await request(running.server).get('/orders/42')
    await running.settle(1)
    const lines = running.lines()
    expect(lines).toHaveLength(1)
    checkLine(lines[0], { status, ...want })
  })

  it('the error of a body that does not parse', async () => {
    running = await TestServer.start(
      appWith((app) => app.post('/', (_req, response) => response.send('ok')), { answers }),
    )
    await request(running.server).post('/').set('content-type', 'application/json').send('{"pin":s3cret}').expect(400)
    const lines = await running.settle(1)
    checkLine(lines[0], {
      level: 'warn',
      outcome: 'completed',
      status: 400,
      route: undefined,
      error: { type: 'SyntaxError', status: 400, stack: expect.any(String) },
    })
    expect(JSON.stringify(lines[0])).not.toContain('s3cret')
  })

  it('the error of a body that is too large', async () => {
    running = await TestServer.start(
      appWith((app) => app.post('/', (_req, response) => response.send('ok')), { answers }),
    )
    await request(running.server)
      .post('/')
      .send({ text: 'x'.repeat(200_000) })
      .expect(413)
    const lines = await running.settle(1)
    checkLine(lines[0], { level: 'warn', outcome: 'completed', status: 413, error: { type: 'PayloadTooLargeError' } })
  })

  it('the error of a path that does not decode', async () => {
    running = await TestServer.start(
      appWith((app) => app.get('/:id', (_req, response) => response.send('ok')), { answers }),
    )
    await request(running.server).get('/%zz').expect(400)
    const lines = await running.settle(1)
    checkLine(lines[0], { level: 'warn', status: 400, url: '/%zz', route: undefined, error: { type: 'URIError' } })
  })

  it('the error that came after the answer had begun, and the status that was sent', async () => {
    const routes = appWith(
      (app) =>
        app.get('/', (_req, response) => {
          response.write('half')
          raise(new Error('broke off'))
        }),
      { answers },
    )
    running = await TestServer.start(routes)
    await expect(request(running.server).get('/')).rejects.toThrow(/aborted|hang up|ECONNRESET/)
    await running.settle(1)
    const lines = running.lines()
    expect(lines).toHaveLength(1)
    checkLine(lines[0], { ...failed, status: 200, error: { message: 'broke off' } })
  })

  it('the error of a second answer, after the first was sent', async () => {
    const routes = appWith(
      (app) =>
        app.get('/', (_req, response) => {
          response.send('first')
          response.send('second')
        }),
      { answers },
    )
    running = await TestServer.start(routes)
    await request(running.server)
      .get('/')
      .catch(() => undefined)
    const lines = await running.settle(1)
    expect(lines).toHaveLength(1)
    checkLine(lines[0], { ...failed, status: 200, error: { code: 'ERR_HTTP_HEADERS_SENT' } })
  })
})

describe('an error', () => {
  it('that comes when its line is written has one of its own', async () => {
    const routes = appWith((app) =>
      app.get('/', async (_req, response) => {
        response.send('ok')
        await running!.waitFor(1)
        throw new Error('late of /?token=hush')
      }),
    )
    running = await TestServer.start(routes)
    await request(running.server).get('/?token=hush').expect(200)
    await eventually(
      () => 'two lines',
      () => running!.lines().length > 1,
    )
    await running.stop()
    const [wide, ...late] = running.lines()
    checkLine(wide, { level: 'info', outcome: 'completed', error: undefined })
    expect(late).toMatchObject([
      {
        level: 'error',
        msg: 'request failed after its response',
        requestId: wide.requestId,
        late: true,
        error: { message: 'late of /?token=*' },
      },
    ])
  })

  it('that comes late because the client left has none', async () => {
    const [arrived, told] = [signal(), signal()]
    const routes = appWith((app) => {
      app.get('/', async () => {
        arrived.give()
        await running!.waitFor(1)
        throw Object.assign(new Error('gone'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
      })
      app.use((error: unknown, _req: Request, _res: Response, next: NextFunction) => {
        setImmediate(told.give)
        next(error)
      })
    })
    running = await TestServer.start(routes)
    const client = await RawClient.connect(running.port)
    client.send(requestText('GET', '/'))
    await arrived.given
    client.leave()
    await told.given
    await running.settle(1)
    expect(running.lines()).toMatchObject([{ outcome: 'aborted' }])
  })

  it('is on its line also where req.log is another logger', async () => {
    const routes = appWith((app) =>
      app.get('/', (req) => {
        req.log = captureLogs().logger as never
        throw new Error('broken')
      }),
    )
    running = await TestServer.start(routes)
    await request(running.server).get('/').expect(500)
    const [line] = await running.settle(1)
    checkLine(line, { ...failed, error: { type: 'Error', message: 'broken' } })
  })

  it('is the first one, when handling it fails as well', async () => {
    const routes = appWith((app) => {
      const inner = Router().get('/', () => raise(new Error('first')))
      inner.use((_error: unknown, req: Request, _response: Response, next: NextFunction) => {
        req.log.setError(_error)
        next(new Error('second'))
      })
      app.use(inner)
    })
    running = await TestServer.start(routes)
    await request(running.server).get('/').expect(500)
    const lines = await running.settle(1)
    checkLine(lines[0], { ...failed, error: { message: 'first' } })
  })

  it('is not on the line of a request whose own router has dealt with it', async () => {
    const routes = appWith((app) => {
      const inner = Router().get('/', () => raise(new Error('expected')))
      inner.use((_error: unknown, _req: Request, response: Response, _next: NextFunction) => {
        response.send('all the same')
      })
      app.use(inner)
    })
    running = await TestServer.start(routes)
    await request(running.server).get('/').expect(200)
    const lines = await running.settle(1)
    checkLine(lines[0], { level: 'info', outcome: 'completed', error: undefined })
  })

  it('is handed on by requestErrors() also where no request logger stands before it', async () => {
    running = await TestServer.start(() => {
      const app = express().get('/', () => raise(new Error('nobody listens')))
      return app.use(requestErrors()).use((error: Error, _req: Request, response: Response, _next: NextFunction) => {
        response.status(500).send(error.message)
      })
    })
    const { text } = await request(running.server).get('/').expect(500)
    expect(text).toBe('nobody listens')
    expect(running.lines()).toEqual([])
  })
})

it('requestErrors without its parentheses answers, and says so', async () => {
  const app = express()
  app.use(requestErrors as unknown as RequestHandler)
  app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => response.send(error.message))
  const { text } = await request(app).get('/').timeout(2_000)
  expect(text).toBe('requestErrors must be called without options, got an object')
  const given = requestErrors as (options: object) => unknown
  expect(() => given({ logger: 1 })).toThrow('requestErrors must be called without options, got an object')
})
