import { Controller, Get, Inject, Injectable, Module, Param, Scope } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { Logger } from 'wideline'
import { LogContext } from 'wideline/decorators'
import { ContextLogger, getLoggerToken, InjectLogger, LoggerModule } from 'wideline/nestjs'
import { captureLogs } from 'wideline/testing'
import { describe, expect, it } from 'vitest'
import { setImmediate } from 'node:timers/promises'
import { serve } from './support.js'

@Injectable()
class PaymentsService {
  @InjectLogger('payments.audit') private readonly audit!: ContextLogger
  @InjectLogger() private readonly log!: ContextLogger

  pay(): void {
    this.audit.info('paid')
    this.log.info('as property')
  }
}

class BaseService {
  constructor(@InjectLogger() readonly log: ContextLogger) {}
}

@Injectable()
class DerivedService extends BaseService {}

@Injectable({ scope: Scope.REQUEST })
class RequestService {
  constructor(@InjectLogger() readonly log: ContextLogger) {}
}

@Injectable()
class OrdersService {
  constructor(
    @InjectLogger() readonly log: ContextLogger,
    @InjectLogger('shop.orders') readonly named: ContextLogger,
    @Inject(getLoggerToken('shop.orders')) readonly sameAgain: ContextLogger,
  ) {}

  async find(id: string): Promise<void> {
    this.log.info('before', { id })
    await setImmediate()
    this.named.at('warn')?.string('id', id).msg('typed')
    this.log.set({ orderId: id, requestId: 'forged' })
  }

  tellByChild(): void {
    this.log.child({ part: 'x' }).info('of a child')
  }
}

@Controller('orders')
class OrdersController {
  constructor(
    @Inject(OrdersService) private readonly orders: OrdersService,
    private readonly payments: PaymentsService,
    private readonly derived: DerivedService,
  ) {}

  @Get('pay') pay(): void {
    this.payments.pay()
    this.derived.log.info('derived')
  }

  @Get('child') child(): void {
    this.orders.tellByChild()
  }

  @Get('detached') detached(): void {
    void shop.lines.next(({ url }) => url === '/orders/detached').then(() => this.derived.log.info('detached'))
  }

  @Get(':id') async show(@Param('id') id: string): Promise<string> {
    await this.orders.find(id)
    return id
  }
}

@Controller('scoped')
class ScopedController {
  constructor(private readonly service: RequestService) {}

  @Get() show(): void {
    this.service.log.info('scoped')
  }
}

@Module({
  providers: [OrdersService, PaymentsService, DerivedService, RequestService],
  exports: [OrdersService, PaymentsService, DerivedService, RequestService],
})
class FeatureModule {}

const shop = await serve({ imports: [FeatureModule], controllers: [OrdersController, ScopedController] })
describe('@InjectLogger()', () => {
  it('injects a logger that is named after the class, or as it says', () => {
    const { log, named, sameAgain } = shop.app.get(OrdersService)
    expect([log.name, named.name]).toEqual(['OrdersService', 'shop.orders'])
    expect(sameAgain).toBe(named)
    expect(log).toBeInstanceOf(ContextLogger)
  })

  it('injects as property, and through an inherited constructor', async () => {
    const { others } = await shop.wide('/orders/pay')
    expect(others).toMatchObject([
      { logger: 'payments.audit', msg: 'paid' },
      { logger: 'PaymentsService', msg: 'as property' },
      { logger: 'BaseService', msg: 'derived' },
    ])
  })

  it('injects into providers of a request too', async () => {
    const { line, others } = await shop.wide('/scoped')
    expect(others).toMatchObject([{ logger: 'RequestService', msg: 'scoped', requestId: line['requestId'] }])
  })
})

describe('an injected logger', () => {
  it('writes in a request with its id, by every way to write, across awaits', async () => {
    const { line, others } = await shop.wide('/orders/7')
    const { requestId } = line
    expect(others).toMatchObject([
      { logger: 'OrdersService', msg: 'before', id: '7', requestId },
      { logger: 'shop.orders', level: 'warn', msg: 'typed', id: '7', requestId },
    ])
  })

  it('has children that write with the id too', async () => {
    const { line, others } = await shop.wide('/orders/child')
    expect(others).toMatchObject([
      { logger: 'OrdersService', msg: 'of a child', part: 'x', requestId: line['requestId'] },
    ])
  })

  it('reaches the wide line by set(), where it cannot forge what the line says itself', async () => {
    const { line } = await shop.wide('/orders/7')
    expect(line).toMatchObject({ orderId: '7', _requestId: 'forged', requestId: expect.stringMatching(/^test-/) })
  })

  it('keeps two requests at once apart', async () => {
    const answers = await Promise.all(['1', '2', '3'].map((id) => shop.wide(`/orders/${id}`)))
    expect(answers.map(({ line }) => line['orderId'])).toEqual(['1', '2', '3'])
    for (const [i, { others }] of answers.entries()) expect(others[0]).toMatchObject({ id: String(i + 1) })
  })

  it('writes and sets outside of a request without harm, and without an id', () => {
    const { log } = shop.app.get(OrdersService)
    log.set({ orderId: 1 })
    log.info('alone')
    expect(shop.lines.all.at(-1)).toEqual({
      level: 'info',
      time: expect.any(String),
      logger: 'OrdersService',
      msg: 'alone',
    })
  })

  it('writes after the response with the id of its request', async () => {
    const { line } = await shop.wide('/orders/detached')
    const late = await shop.lines.next(({ msg }) => msg === 'detached')
    expect(late).toMatchObject({ logger: 'BaseService', requestId: line['requestId'] })
  })

  it('follows the level of the root logger', async () => {
    const { log } = shop.app.get(OrdersService)
    const root = shop.app.get(Logger)
    const before = shop.lines.all.length
    log.debug('off')
    root.level = 'debug'
    log.debug('on')
    root.level = 'info'
    expect(shop.lines.all.slice(before)).toMatchObject([{ level: 'debug', msg: 'on' }])
  })
})

/** A class of the same name each time, in a module that has fields for its loggers. */
function namesake(part: string) {
  @LogContext({ part })
  @Injectable()
  class UsersService {
    constructor(@InjectLogger() readonly log: ContextLogger) {}
  }
  return UsersService
}

describe('two classes of one name', () => {
  it.each([
    { where: 'without a feature', imports: () => [], logger: 'UsersService' },
    { where: 'in a feature', imports: () => [LoggerModule.forFeature('shop')], logger: 'shop.UsersService' },
  ])('have fields of their own $where', async ({ imports, logger }) => {
    const [first, second] = [namesake('accounts'), namesake('chat')]
    @Module({ imports: imports(), providers: [first, second] })
    class UsersModule {}
    const logs = captureLogs()
    @Module({ imports: [LoggerModule.forRoot({ logger: logs.logger }), UsersModule] })
    class AppModule {}
    const app = await NestFactory.createApplicationContext(AppModule, { logger: false })
    app.get(first).log.info('of the first')
    app.get(second).log.info('of the second')
    await app.close()
    expect(logs.parsed()).toMatchObject([
      { logger, msg: 'of the first', part: 'accounts' },
      { logger, msg: 'of the second', part: 'chat' },
    ])
  })
})

it.each([1, null, {}])('@InjectLogger(%j) is refused', (name) => {
  expect(() => InjectLogger(name as never)).toThrow(/^@InjectLogger must be a name, got /)
})

it('each of these requests has exactly one wide line', async () => {
  expect(await shop.close()).toEqual([])
})
