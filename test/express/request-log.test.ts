import express, { type RequestHandler } from 'express'
import express4 from 'express4'
import request from 'supertest'
import { afterEach, describe, expect, it } from 'vitest'
import { type RequestLog, requestLogger } from 'wideline/express'
import { TestServer, type WideLine } from '../http/support.js'
import { appWith } from './app.js'

/** What a wide line says itself. */
const OWN_KEYS =
  'level time logger msg requestId method url route status outcome durationMs bytes controller handler error'.split(' ')

let running: TestServer | undefined

afterEach(() => running?.stop())

/** All lines of one request whose handler does this. The wide line comes last. */
async function linesOf(use: (log: RequestLog) => void, path = '/orders/42'): Promise<WideLine[]> {
  const handler: RequestHandler = (req, response) => {
    use(req.log)
    response.send('ok')
  }
  running = await TestServer.start(
    appWith((app) => app.get('/orders/:id', handler)),
    { fields: { service: 'shop' } },
  )
  await request(running.server).get(path).set('x-request-id', 'r-1').expect(200)
  await running.settle(1)
  return running.lines()
}

async function wideLineOf(use: (log: RequestLog) => void): Promise<WideLine> {
  return (await linesOf(use)).at(-1)!
}

describe('fields of a wide line', () => {
  it('are what set() was given, after what the line says itself', async () => {
    const line = await wideLineOf((log) => log.set({ orderId: 42, tags: ['a'], nothing: null, none: undefined }))
    expect(Object.keys(line).slice(-4)).toEqual(['spanId', 'orderId', 'tags', 'nothing'])
    expect(line).toMatchObject({ orderId: 42, tags: ['a'], nothing: null })
  })

  it('hold the last value that was given to a key, at the place of the first', async () => {
    const line = await wideLineOf((log) => {
      log.set({ state: 'new', orderId: 1 })
      log.fields.string('state', 'paid').int('orderId', 2)
      log.set({ state: 'sent' })
    })
    expect(Object.entries(line).slice(-2)).toEqual([
      ['state', 'sent'],
      ['orderId', 2],
    ])
  })

  it('are of every kind', async () => {
    const line = await wideLineOf(({ fields }) =>
      fields
        .string('s', 'text')
        .int('i', 7)
        .float('f', 1.5)
        .bool('b', true)
        .bigint('n', 9007199254740993n)
        .timestamp('t', new Date(0))
        .timestamp('ms', 1)
        .duration('d', 2.25)
        .error('e', new RangeError('too far'))
        .any('a', { deep: [1] })
        .all({ x: 1, y: 2 })
        .string('absent', undefined),
    )
    expect(line).toMatchObject({
      s: 'text',
      i: 7,
      f: 1.5,
      b: true,
      d: 2.25,
      a: { deep: [1] },
      x: 1,
      y: 2,
      absent: null,
    })
    expect(line).toMatchObject({ t: '1970-01-01T00:00:00.000Z', ms: '1970-01-01T00:00:00.001Z' })
    expect(line).toMatchObject({ e: { type: 'RangeError', message: 'too far' } })
    expect(JSON.stringify(running!.lines())).toContain('"n":9007199254740992')
  })

  it.each(OWN_KEYS)('cannot take the place of what the line says itself: %s', async (key) => {
    const line = await wideLineOf((log) => log.set({ [key]: 'mine' }))
    expect(line[`_${key}`]).toBe('mine')
    expect(line[key]).not.toBe('mine')
  })

  it('replace those of the logger that the request came with', async () => {
    const line = await wideLineOf((log) => log.set({ service: 'own' }))
    expect(line).toMatchObject({ service: 'own' })
    expect(JSON.stringify(line).match(/"service"/g)).toHaveLength(1)
  })

  it('hold no value of a secret key', async () => {
    const line = await wideLineOf((log) => {
      log.set({ password: 's3cret', user: { apiKey: 's3cret' } })
      log.fields.string('authorization', 's3cret')
    })
    expect(line).toMatchObject({ password: '[Redacted]', authorization: '[Redacted]', user: { apiKey: '[Redacted]' } })
    expect(JSON.stringify(line)).not.toContain('s3cret')
  })

  it.each([
    { name: 'undefined', make: () => undefined },
    { name: 'null', make: () => null },
    { name: 'a number', make: () => 7 },
    { name: 'an object that cannot be asked for anything', make: revokedProxy },
  ])('may be set to $name without harm to the request', async ({ make }) => {
    const line = await wideLineOf((log) => {
      log.set(make() as object)
      log.set({ after: true })
    })
    expect(line).toMatchObject({ status: 200, outcome: 'completed', after: true })
  })

  it('that throw when they are read do no harm to the request or to other fields', async () => {
    const bag = {
      before: 1,
      get broken(): never {
        throw new Error('no value')
      },
      after: 2,
    }
    expect(await wideLineOf((log) => log.set(bag))).toMatchObject({ before: 1, broken: '[Throws: no value]', after: 2 })
  })
})

describe('the error of a wide line', () => {
  it('is the first that was set', async () => {
    const line = await wideLineOf((log) => {
      log.setError(new Error('cause of it all'))
      log.setError(new Error('consequence'))
    })
    expect(line).toMatchObject({ outcome: 'failed', error: { message: 'cause of it all' } })
  })

  it.each([
    { name: 'whose message cannot be read', error: unreadable('message') },
    { name: 'whose stack cannot be read', error: unreadable('stack') },
    { name: 'that is null', error: null },
    { name: 'that is its own cause', error: selfCaused() },
  ])('may be one $name', async ({ error }) => {
    const lines = await linesOf((log) => log.setError(error), '/orders/42?page=1')
    expect(lines).toMatchObject([{ requestId: 'r-1', outcome: 'failed', level: 'error' }])
    expect(lines[0]).toHaveProperty('error')
    expect(running!.logger.stats().entries.outstanding).toBe(0)
  })
})

describe('lines of req.log', () => {
  it('carry the request id and the fields of the logger, and none of the wide line', async () => {
    const [first, wide] = await linesOf((log) => {
      log.set({ orderId: 42 })
      log.info('order paid', { amount: 9.5 })
    })
    expect(first).toMatchObject({ level: 'info', msg: 'order paid', service: 'shop', requestId: 'r-1', amount: 9.5 })
    expect(first).not.toHaveProperty('orderId')
    expect(first).not.toHaveProperty('late')
    expect(wide).not.toHaveProperty('amount')
  })

  it('carry the request id when they are typed, and when a child writes them', async () => {
    const lines = await linesOf((log) => {
      log.child({ part: 'stock' }, { name: 'stock' }).info('from the child')
      log.at('debug')?.int('rows', 3).msg('typed')
      log.child({ part: 'price' }).child({ step: 2 }).warn('from the grandchild')
    })
    expect(lines.slice(0, 3)).toMatchObject([
      { msg: 'from the child', requestId: 'r-1', part: 'stock', logger: 'stock', service: 'shop' },
      { msg: 'typed', requestId: 'r-1', rows: 3 },
      { msg: 'from the grandchild', requestId: 'r-1', part: 'price', step: 2 },
    ])
  })

  it('follow a level that is set for this request alone', async () => {
    const lines = await linesOf((log) => {
      log.level = 'warn'
      log.info('not this')
      log.warn('but this')
    })
    expect(lines.map((line) => line['msg'])).toEqual(['but this', 'request completed'])
  })
})

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('an application of %s that another one calls by itself', (_, make) => {
  it.each([
    ['has the log of the request where it has the middleware, too', true],
    ['has none where it has not', false],
  ])('%s', async (_what, hasMiddleware) => {
    const seen: (string | undefined)[] = []
    running = await TestServer.start((logger) =>
      appWith(
        (app) => {
          const called = make()
          if (hasMiddleware) called.use(requestLogger({ logger }))
          called.get('/orders/:id', (req, response) => {
            seen.push((req.log as RequestLog | undefined)?.requestId)
            response.send('ok')
          })
          app.use((req, response, next) => void called(req, response, next))
        },
        { make },
      )(logger),
    )
    await request(running.server).get('/orders/42').set('x-request-id', 'r-1').expect(200)
    await running.settle(1)
    expect(seen).toEqual([hasMiddleware ? 'r-1' : undefined])
    expect(running.lines()).toMatchObject([{ requestId: 'r-1', route: '/orders/:id', outcome: 'completed' }])
  })
})

it.each([
  ['Express 5', express],
  ['Express 4', express4],
])('req.log stays where a request leaves the mounted application of %s that has the middleware', async (_, make) => {
  const seen: (string | undefined)[] = []
  running = await TestServer.start((logger) => {
    const inner = make().use(requestLogger({ logger }))
    const outer = make().use(make().use(inner))
    return outer.get('/orders/:id', (req, response) => {
      seen.push((req.log as RequestLog | undefined)?.requestId)
      response.send('ok')
    })
  })
  await request(running.server).get('/orders/42').set('x-request-id', 'r-1').expect(200)
  await running.settle(1)
  expect(seen).toEqual(['r-1'])
})

function unreadable(property: 'message' | 'stack'): Error {
  return Object.defineProperty(new Error('odd'), property, {
    get: () => {
      throw new Error('cannot be read')
    },
  })
}

function selfCaused(): Error {
  const error = new Error('round and round')
  error.cause = error
  return error
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
