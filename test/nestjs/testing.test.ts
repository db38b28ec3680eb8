import { Controller, Get, Injectable, Logger as NestCommonLogger, Module, Param, ParseIntPipe } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import request from 'supertest'
import { type ContextLogger, InjectLogger, LOGGER, LoggerModule } from 'wideline/nestjs'
import { captureNestLogs } from 'wideline/nestjs/testing'
import { fixedClock } from 'wideline/testing'
import { expect, it, vi } from 'vitest'

@Injectable()
class OrdersService {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  find(orderId: number): number {
    this.log.debug('looking up', { orderId })
    this.log.set({ orderId })
    return orderId
  }
}

@Controller('orders')
class OrdersController {
  private readonly nest = new NestCommonLogger(OrdersController.name)

  constructor(private readonly orders: OrdersService) {}

  @Get(':id') show(@Param('id', ParseIntPipe) id: number): number {
    this.nest.log('asked')
    return this.orders.find(id)
  }
}

@Module({ imports: [LoggerModule.forRoot()], controllers: [OrdersController], providers: [OrdersService] })
class AppModule {}

it('shows the wide line of a request, and every other line, of an application that says nothing about tests', async () => {
  const logs = captureNestLogs()
  const module = await logs.into(Test.createTestingModule({ imports: [AppModule] })).compile()
  const app = await module.createNestApplication().init()
  await request(app.getHttpServer()).get('/orders/42').expect(200)
  const wide = await logs.wideLine({ route: '/orders/:id' })
  expect(wide).toMatchObject({ status: 200, outcome: 'completed', orderId: 42 })
  expect(await logs.line({ logger: 'OrdersService' })).toMatchObject({ msg: 'looking up', requestId: wide.requestId })
  expect(await logs.line({ msg: 'asked' })).toMatchObject({ logger: 'OrdersController' })
  await app.close()
})

it('waits for a line that comes later', async () => {
  const logs = captureNestLogs()
  const line = logs.line({ nested: { deep: [1, 2] } })
  setTimeout(() => logs.logger.info('later', { nested: { deep: [1, 2], other: true } }), 5)
  expect(await line).toMatchObject({ msg: 'later' })
})

it('takes patterns and matchers for values', async () => {
  const logs = captureNestLogs({}, 20)
  logs.logger.info('order paid', { orderId: 42, card: { kind: 'visa' } })
  const like = {
    msg: /paid/,
    orderId: expect.any(Number) as unknown,
    card: { kind: expect.stringMatching(/^v/) as unknown },
  }
  expect(await logs.line(like)).toMatchObject({ orderId: 42 })
  await expect(logs.line({ ...like, msg: /refused/ })).rejects.toThrow(/no line like/)
})

it('gives up before a runner ends the test', async () => {
  const logs = captureNestLogs()
  const now = vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(2_500)
  await expect(logs.wideLine()).rejects.toThrow(/no wide line like \{\} came in time/)
  now.mockRestore()
})

it('says which lines there are when none is like it', async () => {
  const logs = captureNestLogs({ clock: fixedClock() }, 20)
  logs.logger.info('something else')
  await expect(logs.line({ msg: 'this' })).rejects.toThrow(/no line like \{"msg":"this"\}.*\n.*something else/s)
  logs.clear()
  await expect(logs.wideLine()).rejects.toThrow(/no wide line like \{\} came in time\. There is none\./)
})

it.each([
  { name: 'of its own', imports: [AppModule] },
  { name: 'of a feature', imports: [LoggerModule.forRoot(), LoggerModule.forFeature('billing')] },
])(
  'says that what a test puts in the place of LOGGER is no logger, where there are loggers $name',
  async ({ imports }) => {
    const builder = Test.createTestingModule({ imports })
    const booting = builder
      .overrideProvider(LOGGER)
      .useValue({ info: () => undefined })
      .compile()
    await expect(booting).rejects.toThrow(/logger must be a Logger made by createLogger\(\), got/)
  },
)
