import { Controller, Get, Injectable, Logger } from '@nestjs/common'
import { captureLogs } from 'wideline/testing'
import { NestLogger } from 'wideline/nestjs'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Line } from './lines.js'
import { type RunningApp, serve } from './support.js'

@Injectable()
class OrdersService {
  private readonly logger = new Logger(OrdersService.name)

  constructor() {
    this.logger.log('in the constructor')
  }

  find(): string {
    this.logger.log('looking', { id: 7 })
    return 'found'
  }
}

@Controller('orders')
class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get() find(): string {
    return this.orders.find()
  }
}

function boot(level: 'info' | 'trace' = 'info'): Promise<RunningApp> {
  return serve({ controllers: [OrdersController], providers: [OrdersService], options: { level } })
}

describe('bufferLogs', () => {
  it('keeps the lines of the boot in order, with their contexts', async () => {
    const shop = await boot()
    const lines = shop.lines.all.map((line) => [line['logger'], line['msg']])
    expect(lines).toEqual([
      ['NestFactory', 'Starting Nest application...'],
      ['OrdersService', 'in the constructor'],
      ['InstanceLoader', 'Root dependencies initialized'],
      ['InstanceLoader', 'LoggerModule dependencies initialized'],
      ['RoutesResolver', 'OrdersController {/orders}:'],
      ['RouterExplorer', 'Mapped {/orders, GET} route'],
      ['NestApplication', 'Nest application successfully started'],
    ])
    await shop.app.close()
  })
})

describe('new Logger() of @nestjs/common', () => {
  it('writes in a request with its id', async () => {
    const shop = await boot()
    const { line, others } = await shop.wide('/orders')
    expect(others).toMatchObject([{ logger: 'OrdersService', msg: 'looking', id: 7, requestId: line['requestId'] }])
    expect(await shop.close()).toEqual([])
  })

  it('obeys app.useLogger([levels]) from then on', async () => {
    const shop = await boot()
    shop.lines.clear()
    const logger = new Logger('Ctx')
    shop.app.useLogger(['error', 'warn'])
    logger.log('off')
    logger.warn('on')
    shop.app.useLogger(['log', 'error', 'warn'])
    logger.log('on again')
    expect(shop.lines.all.map((line) => line['msg'])).toEqual(['on', 'on again'])
    await shop.app.close()
  })
})

describe('each call of new Logger("Ctx") is one line', () => {
  const logs = captureLogs()
  const logger = new Logger('Ctx')
  const err = new Error('boom')
  const error = { type: 'Error', message: 'boom', stack: err.stack }
  beforeEach(() => {
    logs.clear()
    Logger.overrideLogger(new NestLogger(logs.logger))
  })

  const calls: { name: string; write(): void; want: Line }[] = [
    { name: "log('m')", write: () => logger.log('m'), want: { level: 'info', msg: 'm' } },
    { name: "log('m', { a })", write: () => logger.log('m', { a: 1 }), want: { level: 'info', msg: 'm', a: 1 } },
    { name: 'log({ a })', write: () => logger.log({ a: 1 }), want: { level: 'info', a: 1 } },
    { name: "log({ a }, 'm')", write: () => logger.log({ a: 1 }, 'm'), want: { level: 'info', msg: 'm', a: 1 } },
    { name: 'log(() => text)', write: () => logger.log(() => 'lazy'), want: { level: 'info', msg: 'lazy' } },
    { name: 'log(undefined)', write: () => logger.log(undefined), want: { level: 'info', msg: 'undefined' } },
    { name: "log('m', undefined)", write: () => logger.log('m', undefined), want: { level: 'info', msg: 'm' } },
    {
      name: "log('m', 'more', { a })",
      write: () => logger.log('m', 'more', { a: 1 }),
      want: { level: 'info', msg: 'm more', a: 1 },
    },
    { name: "warn('m')", write: () => logger.warn('m'), want: { level: 'warn', msg: 'm' } },
    { name: "debug('m')", write: () => logger.debug('m'), want: { level: 'debug', msg: 'm' } },
    { name: "verbose('m')", write: () => logger.verbose('m'), want: { level: 'trace', msg: 'm' } },
    { name: "fatal('m')", write: () => logger.fatal('m'), want: { level: 'fatal', msg: 'm' } },
    { name: "fatal('m', err)", write: () => logger.fatal('m', err), want: { level: 'fatal', msg: 'm', error } },
    { name: "error('m')", write: () => logger.error('m'), want: { level: 'error', msg: 'm' } },
    { name: "error('m', stack)", write: () => logger.error('m', err.stack), want: { level: 'error', msg: 'm', error } },
    {
      name: "error('m', undefined, 'Other')",
      write: () => logger.error('m', undefined, 'Other'),
      want: { level: 'error', msg: 'm Other' },
    },
    { name: 'error(err)', write: () => logger.error(err), want: { level: 'error', msg: 'boom', error } },
    { name: "error(err, 'm')", write: () => logger.error(err, 'm'), want: { level: 'error', msg: 'm', error } },
    { name: "error('m', err)", write: () => logger.error('m', err), want: { level: 'error', msg: 'm', error } },
    {
      name: "error('m', err, { a })",
      write: () => logger.error('m', err, { a: 1 }),
      want: { level: 'error', msg: 'm', a: 1, error },
    },
    {
      name: "error('m', { err })",
      write: () => logger.error('m', { err }),
      want: { level: 'error', msg: 'm', err: error },
    },
  ]

  it.each(calls)('$name', ({ write, want }) => {
    write()
    const time = expect.any(String) as string
    expect(logs.parsed()).toEqual([{ ...want, time, logger: 'Ctx' }])
  })

  it("and Logger.error('m', stack, 'Other') has the context that it names", () => {
    Logger.error('m', err.stack, 'Other')
    expect(logs.parsed()).toMatchObject([{ logger: 'Other', msg: 'm', error }])
  })
})
