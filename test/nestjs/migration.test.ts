import { Controller, Get, Inject, Injectable, Logger as NestCommonLogger, Module, Param } from '@nestjs/common'
import { createLogger, json, Logger } from 'wideline'
import {
  type ContextLogger,
  getLoggerToken,
  InjectLogger,
  LOGGER,
  LoggerModule,
  LogLevel,
  NestLogger,
  QuietRoute,
} from 'wideline/nestjs'
import { afterAll, describe, expect, it } from 'vitest'
import { Lines } from './lines.js'
import { type RunningApp, serve } from './support.js'

// The sample application of the migration pages, as it is when it has come over from nestjs-pino or nest-winston.

@Injectable()
class OrdersService {
  private readonly nest = new NestCommonLogger(OrdersService.name)

  constructor(
    @InjectLogger() private readonly log: ContextLogger,
    @InjectLogger('shop.audit') private readonly audit: ContextLogger,
    @Inject(LOGGER) readonly root: Logger,
  ) {}

  find(orderId: string): string {
    this.log.set({ orderId })
    this.log.info({ orderId }, "pino's order")
    this.log.info("winston's order", { orderId })
    this.audit.warn('by name')
    this.log.child({ part: 'x' }).info('of a child')
    this.nest.log("Nest's own", { orderId })
    this.nest.fatal('not lost')
    if (orderId === 'broken') throw new Error('boom')
    return orderId
  }
}

@Controller('orders')
class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get('health') @QuietRoute() health(): void {}
  @Get('poll') @LogLevel('debug') poll(): void {}
  @Get(':id') show(@Param('id') id: string): string {
    return this.orders.find(id)
  }
}

@Module({ imports: [LoggerModule.forFeature('shop')], controllers: [OrdersController], providers: [OrdersService] })
class OrdersModule {}

@Controller('plain')
class PlainController {
  @Get() show(): string {
    return 'ok'
  }
}

describe('an application that has come over', async () => {
  const shop: RunningApp = await serve({
    imports: [OrdersModule],
    options: {
      level: 'debug',
      fields: { service: 'orders' },
      secrets: ['iban'],
      requests: {
        ignore: ['/metrics', /^\/assets\//, (request) => request.headers['x-probe'] === '1'],
        fields: (request) => ({ client: request.headers['x-client'] }),
        level: ({ durationMs, outcome }) => (outcome === 'failed' ? 'error' : durationMs > 60_000 ? 'warn' : 'info'),
        message: ({ outcome }) => `request ${outcome}, as it was before`,
      },
    },
  })
  afterAll(() => shop.app.close())

  it('has its fields, its message and its own line on the wide line', async () => {
    const { line, others } = await shop.wide('/orders/7', { headers: { 'x-client': 'app' } })
    expect(line).toMatchObject({
      msg: 'request completed, as it was before',
      service: 'orders',
      orderId: '7',
      client: 'app',
    })
    expect(others).toMatchObject([
      { logger: 'shop.OrdersService', msg: "pino's order", orderId: '7' },
      { logger: 'shop.OrdersService', msg: "winston's order", orderId: '7' },
      { logger: 'shop.audit', msg: 'by name' },
      { logger: 'shop.OrdersService', msg: 'of a child', part: 'x' },
      { logger: 'OrdersService', msg: "Nest's own", orderId: '7' },
      { logger: 'OrdersService', level: 'fatal', msg: 'not lost' },
    ])
  })

  it('has the real error once, with no interceptor', async () => {
    const { line, others } = await shop.wide('/orders/broken')
    expect(line).toMatchObject({ level: 'error', error: { type: 'Error', message: 'boom' } })
    expect(others.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('has no line for what is ignored or quiet', async () => {
    shop.lines.clear()
    await shop.ask('/metrics')
    await shop.ask('/assets/logo.svg')
    await shop.ask('/orders/health')
    await shop.ask('/orders/7', { headers: { 'x-probe': '1' } })
    await shop.wide('/orders/poll')
    expect(shop.lines.wide.map(({ url }) => url)).toEqual(['/orders/poll'])
  })

  it('hides secrets, and hands out its loggers by token', () => {
    const root = shop.app.get<Logger>(LOGGER)
    expect(shop.app.get(getLoggerToken('OrdersService'), { strict: false })).toBeInstanceOf(Logger)
    root.info('paid', { iban: 'DE00', nested: { password: 'p' } })
    expect(shop.lines.text).not.toMatch(/DE00|"p"/)
  })
})

it("writes pino-http's keys where something still reads them", async () => {
  const shop = await serve({ controllers: [PlainController], options: { requests: { preset: 'pino-http' } } })
  await shop.ask('/plain')
  const line = await shop.lines.next((each) => each['msg'] === 'request completed')
  expect(line).toMatchObject({ req: { method: 'GET', url: '/plain' }, res: { statusCode: 200 } })
  expect(line['responseTime']).toEqual(expect.any(Number))
  await shop.app.close()
})

it("writes pino's form of lines where something still reads them", async () => {
  const lines = new Lines()
  const logger = createLogger({ outputs: [{ output: lines, encoder: json({ preset: 'pino' }) }] })
  const shop = await serve({ controllers: [PlainController], options: { logger } })
  await shop.ask('/plain')
  const line = await lines.next((each) => each['msg'] === 'request completed')
  expect(line).toMatchObject({ level: 30, time: expect.any(Number), req: { method: 'GET', url: '/plain' } })
  new NestLogger(logger).log('before the application', 'Boot')
  expect(lines.all.at(-1)).toMatchObject({ level: 30, msg: 'before the application' })
  await shop.app.close()
})
