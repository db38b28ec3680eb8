import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo'
import { Controller, Get, Injectable, Param } from '@nestjs/common'
import { Args, Field, GraphQLModule, ID, Int, ObjectType, Query, Resolver } from '@nestjs/graphql'
import { type Observable, of } from 'rxjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fields, float, int, string } from 'wideline'
import { LogContext, Logged, LogField, LogFields } from 'wideline/decorators'
import { type ContextLogger, InjectLogger, RequestLog } from 'wideline/nestjs'
import { type RunningApp, serve } from './support.js'

const Receipt = fields({ receipt: string(), sum: float() })

@Injectable()
@LogContext({ component: 'billing' })
class Billing {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  @Logged({ level: 'info', args: { orderId: int(), card: string({ redact: 'last4' }) } })
  async charge(orderId: number, _card: string): Promise<{ id: string; sum: number }> {
    await Promise.resolve()
    this.log.info('charging')
    this.log.set(Receipt, { receipt: `r-${orderId}` })
    return { id: `p-${orderId}`, sum: 5 }
  }

  @Logged({ level: 'trace', args: true, result: true })
  add(a: number, b: number): number {
    return a + b
  }

  /** A provider's method may declare fields of its arguments and its result for the wide line. */
  @LogFields({ first: int.arg(0), total: int.result((sum) => sum) })
  total(a: number, b: number): number {
    return a + b
  }
}

@Controller('orders')
@LogContext({ component: 'orders' })
class OrdersController {
  constructor(private readonly billing: Billing) {}

  @Get('observed/:id')
  @LogFields({ orderId: int.param('id'), last: int.result((n) => n) })
  observed(): Observable<number> {
    return of(7)
  }

  @Get('logged/:id')
  @Logged({ level: 'info' })
  @LogFields({ orderId: int.param('id'), size: int.result('size') })
  logged(@Param('id') id: string): { size: number } {
    return { size: id.length }
  }

  @Get(':id')
  @LogFields({ orderId: int.param('id'), paymentId: string.result('id') })
  async pay(@Param('id') id: string, @RequestLog() log: RequestLog): Promise<{ id: string; sum: number }> {
    const payment = await this.billing.charge(Number(id), '4111111111111234')
    log.set(Receipt, { sum: payment.sum })
    this.billing.total(this.billing.add(1, 2), 4)
    return payment
  }
}

@ObjectType()
class Order {
  @Field(() => ID) id!: string
  @Field(() => Int) total!: number
}

@Resolver(() => Order)
class OrdersResolver {
  @Query(() => Order)
  @LogFields({ orderId: int.arg(0), sum: int.result('total') })
  order(@Args('id', { type: () => ID }) @LogField.string('asked') id: string): Order {
    return { id, total: 7 }
  }
}

let shop: RunningApp
beforeAll(async () => {
  shop = await serve({
    imports: [
      GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true, playground: false }),
    ],
    controllers: [OrdersController],
    providers: [Billing, OrdersResolver],
  })
})
afterAll(() => shop.app.close())

describe('decorators in Nest', () => {
  it('log the calls of a provider, with its logger, its context and the id of the request', async () => {
    const { line, others } = await shop.wide('/orders/42')
    const { requestId } = line
    expect(others).toMatchObject([
      { logger: 'Billing', msg: 'enter Billing.charge', component: 'billing', orderId: 42, card: '…1234', requestId },
      { logger: 'Billing', msg: 'charging', component: 'billing', requestId },
      { logger: 'Billing', msg: 'exit Billing.charge', component: 'billing', requestId },
    ])
    expect(JSON.stringify(shop.lines.all)).not.toContain('41111111')
  })

  it('put the fields of handlers, of providers and of declared sets on the wide line', async () => {
    const { line } = await shop.wide('/orders/42')
    expect(line).toMatchObject({
      component: 'orders',
      orderId: 42,
      paymentId: 'p-42',
      receipt: 'r-42',
      sum: 5,
      first: 3,
      total: 7,
    })
  })

  it('take the values of an observable', async () => {
    expect((await shop.wide('/orders/observed/3')).line).toMatchObject({ orderId: 3, last: 7 })
  })

  it('stand above each other on one handler', async () => {
    const { line, others } = await shop.wide('/orders/logged/123')
    expect(line).toMatchObject({ orderId: 123, size: 3, route: '/orders/logged/:id', handler: 'logged' })
    expect(others).toMatchObject([{ msg: 'enter OrdersController.logged' }, { msg: 'exit OrdersController.logged' }])
  })

  it('work on the resolvers of GraphQL', async () => {
    const { line } = await shop.wide('/graphql', { body: JSON.stringify({ query: '{ order(id: "42") { id } }' }) })
    expect(line).toMatchObject({ orderId: 42, sum: 7, asked: '42', outcome: 'completed' })
  })
})
