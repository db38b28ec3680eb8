import { Readable } from 'node:stream'
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import { createLogger, json, type Logger, memory } from 'wideline'
import { fastifyLogger, requestLog, requestLogger } from 'wideline/fastify'
import { captureLogs } from 'wideline/testing'
import { describe, expect, it } from 'vitest'

/** What is told of one line, without what differs each time. */
function brief(line: Record<string, unknown>): string {
  const { level, msg, reqId, req, res, err } = line as Record<string, Record<string, string | undefined> | undefined>
  const asked = req === undefined ? undefined : `${req['method']} ${req['url']}`
  const parts = [level, msg, reqId, asked, res?.['statusCode'], err?.['message']] as (string | undefined)[]
  return parts.map((part) => part ?? '-').join(' | ')
}

const withoutRequestLines = { logController: new LogController({ disableRequestLogging: true }) }

const instances: { name: string; of: (logger: Logger) => FastifyBaseLogger }[] = [
  { name: 'a logger', of: (logger: Logger) => logger },
  { name: 'fastifyLogger(logger)', of: fastifyLogger },
]

describe.each(instances)('Fastify with $name as its loggerInstance', ({ of }) => {
  function served(options: FastifyServerOptions = {}): {
    app: FastifyInstance
    lines: () => string[]
    raw: () => object[]
  } {
    const logs = captureLogs({ level: 'info', fields: { service: 'shop' } })
    const app: FastifyInstance = fastify({ loggerInstance: of(logs.logger), ...options })
    app.get('/orders/:id', (request) => {
      request.log.info({ orderId: 7 }, 'found')
      request.log.child({ part: 'db' }).warn('slow')
      return 'ok'
    })
    app.get('/broken', () => {
      throw Object.assign(new Error('boom', { cause: new Error('why') }), { config: { token: 'abc' } })
    })
    app.get('/quiet', { logLevel: 'error' }, (request) => {
      request.log.info('not this')
      request.log.error('but this')
      return 'ok'
    })
    app.get('/loud', { logLevel: 'debug' }, (request) => {
      request.log.debug('this too')
      return 'ok'
    })
    app.get('/own', { logSerializers: { user: ({ id }: { id: number }) => id } as never }, (request) => {
      request.log.info({ user: { id: 1, mail: 'a@b.c' } }, 'who')
      return 'ok'
    })
    app.get('/stream', (_request, reply) =>
      reply.send(
        new Readable({
          read() {
            this.destroy(new Error('disk gone'))
          },
        }),
      ),
    )
    return { app, lines: () => logs.parsed().map(brief), raw: () => [...logs.parsed()] }
  }

  it('has its request lines, with request and reply in brief and the fields of the logger', async () => {
    const { app, lines, raw } = served()
    await app.inject('/orders/7?x=1')
    expect(lines()).toEqual([
      'info | incoming request | req-1 | GET /orders/7?x=1 | - | -',
      'info | found | req-1 | - | - | -',
      'warn | slow | req-1 | - | - | -',
      'info | request completed | req-1 | - | 200 | -',
    ])
    expect(raw()[1]).toMatchObject({ service: 'shop', orderId: 7 })
    expect(raw()[2]).toMatchObject({ part: 'db' })
    expect(raw()[0]).toMatchObject({ req: { host: 'localhost:80', remoteAddress: '127.0.0.1' } })
  })

  it('has errors as the logger writes them: with cause and stack, without what else is on them', async () => {
    const { app, lines, raw } = served()
    await app.inject('/broken')
    expect(lines()).toEqual([
      'info | incoming request | req-1 | GET /broken | - | -',
      'error | boom | req-1 | GET /broken | 500 | boom',
      'info | request completed | req-1 | - | 500 | -',
    ])
    expect(raw()[1]).toMatchObject({ err: { type: 'Error', stack: /^Error: boom/, cause: { message: 'why' } } })
    expect(JSON.stringify(raw())).not.toMatch(/abc|config/)
  })

  it('obeys the level of a route, both ways', async () => {
    const { app, lines } = served(withoutRequestLines)
    await app.inject('/quiet')
    await app.inject('/loud')
    expect(lines()).toEqual(['error | but this | req-1 | - | - | -', 'debug | this too | req-2 | - | - | -'])
  })

  it('obeys the serializers of a route', async () => {
    const { app, raw } = served(withoutRequestLines)
    await app.inject('/own')
    expect(raw()).toMatchObject([{ msg: 'who', user: 1 }])
    expect(JSON.stringify(raw())).not.toContain('a@b.c')
  })

  it('obeys the serializers of a plugin', async () => {
    const { app, raw } = served(withoutRequestLines)
    await app.register(
      (inner, _options, done) => {
        inner.get('/inner', (request) => (request.log.info({ card: '4111' }, 'paid'), 'ok'))
        done()
      },
      { logSerializers: { card: () => '****' } as never },
    )
    await app.inject('/inner')
    expect(raw()).toMatchObject([{ msg: 'paid', card: '****' }])
  })

  it('writes no request lines where they are switched off, and unknown paths still', async () => {
    const { app, lines } = served(withoutRequestLines)
    await app.inject('/orders/7')
    await app.inject('/nowhere')
    expect(lines()).toEqual(['info | found | req-1 | - | - | -', 'warn | slow | req-1 | - | - | -'])
    const { app: on, lines: all } = served()
    await on.inject('/nowhere')
    expect(all()).toContain('info | Route GET:/nowhere not found | req-1 | - | - | -')
  })

  it('hears of streams that break and of plugins with levels of their own', async () => {
    const { app, lines } = served()
    await app.register(
      (inner, _options, done) => {
        inner.get('/inner', (request) => (request.log.info('hidden'), 'ok'))
        done()
      },
      { logLevel: 'warn' },
    )
    await app.inject('/inner')
    await app.inject('/stream').catch(() => undefined)
    expect(lines().filter((line) => line.includes('req-1'))).toEqual([])
    expect(lines().join('\n')).toContain('disk gone')
  })

  it('takes a childLoggerFactory and sets levels through app.log', async () => {
    const { app, lines } = served({
      childLoggerFactory: (logger, bindings, options) => logger.child({ ...bindings, made: true }, options),
    })
    app.log.level = 'warn'
    app.log.info('hidden')
    app.log.warn('shown')
    await app.inject('/orders/7')
    expect(lines()).toEqual(['warn | shown | - | - | - | -', 'warn | slow | req-1 | - | - | -'])
  })

  it('and requestLogger has one line a request, none doubled', async () => {
    const logs = captureLogs({ level: 'info' })
    const app = fastify({ loggerInstance: of(logs.logger), ...withoutRequestLines })
    await app.register(requestLogger, { logger: logs.logger })
    app.get('/orders/:id', (request) => {
      requestLog(request).set({ orderId: 7 })
      request.log.info('found')
      return 'ok'
    })
    app.get('/broken', () => {
      throw new Error('boom')
    })
    await app.inject('/orders/7')
    await expect.poll(() => logs.lines.length).toBe(2)
    await app.inject('/broken')
    await expect.poll(() => logs.lines.length).toBe(3)
    expect(logs.parsed().map(({ level, msg, status }) => [level, msg, status])).toEqual([
      ['info', 'found', undefined],
      ['info', 'request completed', 200],
      ['error', 'request failed', 500],
    ])
    expect(logs.parsed()[1]).toMatchObject({ orderId: 7, route: '/orders/:id' })
    expect(logs.parsed()[2]).toMatchObject({ error: { message: 'boom' } })
  })
})

it("writes the lines that Fastify's own logger writes, with the pino preset", async () => {
  async function linesOf(isTheirs: boolean): Promise<Record<string, unknown>[]> {
    const text: string[] = []
    const kept = memory()
    const stream = { write: (line: string) => text.push(line) }
    const outputs = [{ output: kept, encoder: json({ preset: 'pino' }) }]
    const loggerInstance: FastifyBaseLogger = createLogger({ outputs })
    const app: FastifyInstance = isTheirs ? fastify({ logger: { stream } }) : fastify({ loggerInstance })
    app.get('/orders/:id', (request) => {
      request.log.info({ orderId: 7 }, 'found')
      request.log.warn('paid %d of %s', 3, 'EUR')
      return 'ok'
    })
    app.get('/broken', () => {
      throw new Error('boom', { cause: new Error('why') })
    })
    await app.inject('/orders/7')
    await app.inject('/broken')
    await app.inject('/nowhere')
    return [...text, ...kept.lines].map((line) => {
      const parsed = JSON.parse(line) as Record<string, unknown>
      for (const key of ['time', 'responseTime']) if (key in parsed) parsed[key] = typeof parsed[key]
      const { err } = parsed as { err?: { stack: string } }
      // The frames are those of two calls of fastify().
      if (err !== undefined) err.stack = err.stack.replace(/\n {4}at .*/g, '')
      return parsed
    })
  }
  const theirs = await linesOf(true)
  const ours = await linesOf(false)
  expect(theirs).toHaveLength(10)
  expect(ours).toEqual(theirs)
})
