import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  HttpCode,
  Param,
  ParseIntPipe,
  Post,
  Req,
  Scope,
  UseGuards,
} from '@nestjs/common'
import type { Request } from 'express'
import {
  any,
  bigint,
  bool,
  duration,
  error,
  float,
  int,
  LogField,
  LogFields,
  string,
  timestamp,
} from 'wideline/decorators'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Line } from './lines.js'
import { brief, type RunningApp, serve } from './support.js'

class Denying implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<Request>().headers['x-deny'] === undefined
  }
}

interface Kinds {
  readonly when: Date
  readonly took: number
  readonly big: bigint
  readonly problem: Error
  readonly tags: unknown
  readonly missing?: number
  readonly nothing: null
  toJSON(): string
}

interface Payment {
  readonly id: string
  readonly items: readonly number[]
}

const SOURCES = {
  orderId: int.param('id'),
  dry: bool.query('dry'),
  client: string.header('X-Client'),
  amount: float.body('amount'),
  card: string.body('card', { redact: 'last4' }),
  pin: string.body('pin', { redact: 'mask' }),
  cvc: string.body('cvc', { redact: 'remove', key: 'code' }),
  ip: string.from((request: Request) => request.socket.remoteFamily),
  paymentId: string.result('id'),
  lines: int.result((result: Payment) => result.items.length),
}

@Controller('orders')
@UseGuards(Denying)
class OrdersController {
  @Post(':id/pay')
  @HttpCode(200)
  @LogFields(SOURCES)
  async pay(@Param('id', ParseIntPipe) id: number, @Body() body: object): Promise<Payment> {
    await Promise.resolve(body)
    return { id: `p-${id}`, items: [1, 2] }
  }

  @Get('kinds')
  @LogFields({
    when: timestamp.result('when'),
    took: duration.result('took'),
    big: bigint.result('big'),
    problem: error.result('problem'),
    tags: any.result('tags'),
    missing: int.result('missing'),
    nothing: string.result('nothing'),
  })
  kinds(): Kinds {
    return {
      when: new Date(0),
      took: 12.5,
      big: 2n ** 64n,
      problem: new Error('kept'),
      tags: ['a', { password: 'hunter2' }],
      nothing: null,
      toJSON: () => 'no bigint for the client',
    }
  }

  @Get('failing/:id')
  @LogFields({ orderId: int.param('id'), late: string.result('id') })
  async failing(): Promise<{ id: string }> {
    return await Promise.reject<{ id: string }>(new Error('failing'))
  }

  @Get('broken')
  @LogFields({
    broken: string.from(() => {
      throw new Error('cannot read')
    }),
    whole: string.from((request: Request) => request.method),
  })
  broken(): string {
    return 'served'
  }

  @Get('twice/:id')
  @LogFields({ orderId: int.param('id') })
  @LogFields({ again: string.param('id') })
  twice(@Req() request: Request): void {
    request.log.set({ orderId: 99 })
  }
}

@Controller({ path: 'scoped', scope: Scope.REQUEST })
class ScopedController {
  @Get('fields/:id')
  @LogFields({ orderId: int.param('id'), double: int.result('double') })
  fields(@Param('id', ParseIntPipe) @LogField.int('parsed') id: number): { double: number } {
    return { double: id * 2 }
  }

  @Get('parameter/:id')
  parameter(@Param('id', ParseIntPipe) @LogField.int('parsed') id: number): number {
    return id
  }
}

abstract class Listing {
  @Get(':page')
  @LogFields({ page: int.param('page'), who: string.result('who') })
  list(@Param('page', ParseIntPipe) @LogField.int('parsed') page: number): { who: string; page: number } {
    return { who: this.constructor.name, page }
  }
}
@Controller('cats')
class CatsController extends Listing {}
@Controller('dogs')
class DogsController extends Listing {}

@Controller('frozen')
class FrozenController {
  constructor() {
    Object.freeze(this)
  }

  @Get('fields/:id')
  @LogFields({ orderId: int.param('id') })
  fields(@Param('id') id: string): string {
    return id
  }
}

@Controller({ path: 'frozen-scoped', scope: Scope.REQUEST })
class FrozenScopedController extends FrozenController {}

it.each([
  { path: 'frozen', controllers: [FrozenController] },
  { path: 'frozen-scoped', controllers: [FrozenScopedController] },
])('@LogFields belongs to a handler of a controller that freezes itself: /$path', async ({ path, controllers }) => {
  const shop = await serve({ controllers })
  const { line, status } = await shop.wide(`/${path}/fields/42`)
  expect(status).toBe(200)
  expect(line).toMatchObject({ route: `/${path}/fields/:id`, handler: 'fields', orderId: 42 })
  expect(line).toMatchObject({ controller: controllers[0].name })
  expect(await shop.close()).toEqual([])
})

const problems: string[] = []
const BODY = JSON.stringify({ amount: 99.5, card: '4242424242424242', pin: 'a-pin', cvc: 'a-cvc' })

/** With and without AsyncLocalStorage: declared fields need none. */
describe.each([{ context: true }, { context: false }])('@LogFields, with %o', ({ context }) => {
  let shop: RunningApp
  const line = async (path: string, how?: Parameters<RunningApp['wide']>[1]): Promise<Line> =>
    (await shop.wide(path, how)).line

  beforeAll(async () => {
    shop = await serve({
      controllers: [OrdersController, ScopedController, CatsController, DogsController],
      options: { requests: { context }, onError: (problem) => problems.push(problem.message) },
    })
  })

  it('takes fields from every source, converted to their kinds and redacted', async () => {
    const headers = { 'x-client': 'cli/1' }
    expect(await line('/orders/42/pay?dry=true', { body: BODY, headers })).toMatchObject({
      route: '/orders/:id/pay',
      controller: 'OrdersController',
      handler: 'pay',
      orderId: 42,
      dry: true,
      client: 'cli/1',
      amount: 99.5,
      card: '…4242',
      pin: '[Redacted]',
      ip: 'IPv4',
      paymentId: 'p-42',
      lines: 2,
    })
  })

  it('leaves out what is not there', async () => {
    const written = await line('/orders/42/pay', { body: '{}' })
    for (const key of ['dry', 'client', 'amount', 'card', 'pin', 'code', 'cvc']) expect(written).not.toHaveProperty(key)
    expect(written).toMatchObject({ orderId: 42, paymentId: 'p-42' })
  })

  it('marks a value of another kind', async () => {
    const written = await line('/orders/42/pay?dry=perhaps', { body: '{"amount":"much"}' })
    expect(written).toMatchObject({
      dryError: 'expected bool, got string "perhaps"',
      amountError: 'expected float, got string "much"',
    })
    for (const name of ['dry', 'amount']) expect(written).not.toHaveProperty(name)
  })

  it('writes every kind', async () => {
    expect(await line('/orders/kinds')).toMatchObject({
      when: '1970-01-01T00:00:00.000Z',
      took: 12.5,
      big: expect.any(Number) as number,
      problem: { type: 'Error', message: 'kept' },
      tags: ['a', { password: '[Redacted]' }],
      nothing: null,
    })
  })

  it.each([
    { reason: 'a guard', path: '/orders/42/pay?dry=true', headers: { 'x-deny': '1' }, status: 403, id: 'orderId' },
    { reason: 'a pipe', path: '/orders/x/pay?dry=true', headers: {}, status: 400, id: 'orderIdError' },
  ])('has what the request brings when $reason says no before the handler', async ({ path, headers, status, id }) => {
    const written = await line(path, { body: BODY, headers: { ...headers, 'x-client': 'cli/1' } })
    expect(written).toMatchObject({ status, dry: true, client: 'cli/1', amount: 99.5, card: '…4242' })
    expect(written).toHaveProperty(id)
    expect(written).not.toHaveProperty('paymentId')
  })

  it('has what the request brings when the handler fails, beside the real error', async () => {
    const written = await line('/orders/failing/7')
    expect(brief(written)).toBe('error 500 failed · /orders/failing/:id · OrdersController.failing · Error: failing')
    expect(written).toMatchObject({ orderId: 7 })
    expect(written).not.toHaveProperty('late')
  })

  it('a field that cannot be read costs itself only, and is reported once', async () => {
    const { status, line: written } = await shop.wide('/orders/broken')
    expect(status).toBe(200)
    expect(written).toMatchObject({ brokenError: 'throws: cannot read', whole: 'GET' })
    expect(problems.filter((problem) => problem.includes('broken'))).toEqual(['field broken: throws: cannot read'])
  })

  it('twice on one handler declares all of its fields, and what the handler sets wins', async () => {
    expect(await line('/orders/twice/7')).toMatchObject({ orderId: 99, again: '7' })
  })

  it.each([
    { path: 'cats', controller: 'CatsController' },
    { path: 'dogs', controller: 'DogsController' },
  ])('belongs to a handler that $controller inherits', async ({ path, controller }) => {
    const { line: written, body } = await shop.wide(`/${path}/3`)
    expect(JSON.parse(body)).toEqual({ who: controller, page: 3 })
    expect(written).toMatchObject({ route: `/${path}/:page`, controller, page: 3, parsed: 3, who: controller })
  })

  it('works on a controller that is made for each request', async () => {
    expect(await line('/scoped/fields/21')).toMatchObject({ orderId: 21, parsed: 21, double: 42 })
  })

  it('works there for a parameter alone', async () => {
    expect(await line('/scoped/parameter/21')).toMatchObject({ parsed: 21 })
  })

  it('each of these requests has exactly one wide line', async () => {
    expect(await shop.close()).toEqual([])
    expect(shop.lines.text).not.toMatch(/hunter2|4242424242424242|a-pin|a-cvc/)
  })
})
