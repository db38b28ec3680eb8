import { fastify, LogController } from 'fastify'
import { createLogger, memory, OptionError } from 'wideline'
import { fastifyLogger } from 'wideline/fastify'
import { captureLogs } from 'wideline/testing'
import { expect, it } from 'vitest'

it("writes Fastify's own lines and those of app.log, requests and replies in brief", async () => {
  const logs = captureLogs({ level: 'info' })
  const app = fastify({ loggerInstance: fastifyLogger(logs.logger) })
  app.get('/orders/:id', (request) => {
    request.log.info({ orderId: 7 }, 'found')
    throw new Error('boom')
  })
  app.log.debug('off')
  app.log.info('ready')
  await app.inject('/orders/7')
  expect(logs.parsed()).toMatchObject([
    { level: 'info', msg: 'ready' },
    { msg: 'incoming request', reqId: 'req-1', req: { method: 'GET', url: '/orders/7' } },
    { msg: 'found', reqId: 'req-1', orderId: 7 },
    { level: 'error', msg: 'boom', err: { type: 'Error', message: 'boom' }, req: { method: 'GET' }, res: {} },
    { msg: 'request completed', res: { statusCode: 500 } },
  ])
})

it('has children with a level of their own', async () => {
  const logs = captureLogs({ level: 'info' })
  const logController = new LogController({ disableRequestLogging: true })
  const app = fastify({ loggerInstance: fastifyLogger(logs.logger), logController })
  app.get('/quiet', { logLevel: 'error' }, (request) => {
    request.log.info('not this')
    request.log.error('but this')
    return 'ok'
  })
  await app.inject('/quiet')
  expect(logs.parsed()).toMatchObject([{ msg: 'but this', reqId: 'req-1' }])
})

it('follows the level of the logger, and sets it', () => {
  const logs = captureLogs({ level: 'info' })
  const log = fastifyLogger(logs.logger)
  log.level = 'debug'
  expect([log.level, logs.logger.level]).toEqual(['debug', 'debug'])
  log.silent('nothing')
  log.debug('on')
  expect(logs.parsed()).toMatchObject([{ msg: 'on' }])
})

it("has its own serializers win over Fastify's, and those of a route over both", async () => {
  const kept = memory()
  const serializers = { req: ({ method }: { method: string }) => `own ${method}` }
  const app = fastify({ loggerInstance: fastifyLogger(createLogger({ outputs: [kept], serializers })) })
  app.get('/orders', () => 'ok')
  app.get('/quiet', { logSerializers: { req: () => 'of the route' } }, (request) => {
    request.log.info({ req: request, res: { statusCode: 204, secret: 1 } }, 'here')
    return 'ok'
  })
  await app.inject('/orders')
  await app.inject('/quiet')
  const lines = kept.lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.map(({ req, res }) => req ?? res)).toEqual([
    'own GET',
    { statusCode: 200 },
    'of the route',
    'of the route',
    { statusCode: 200 },
  ])
  expect(lines[3]).toMatchObject({ msg: 'here', res: { statusCode: 204 } })
})

it('takes nothing but a logger', () => {
  expect(() => fastifyLogger(console as never)).toThrow(OptionError)
})
