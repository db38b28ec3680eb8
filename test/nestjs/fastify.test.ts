import { Readable } from 'node:stream'
import {
  Body,
  Catch,
  type ArgumentsHost,
  type CallHandler,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Header,
  HttpCode,
  type MiddlewareConsumer,
  Module,
  Param,
  ParseIntPipe,
  Post,
  Redirect,
  StreamableFile,
  UseFilters,
  UseGuards,
  UseInterceptors,
  ValidationPipe,
  VersioningType,
} from '@nestjs/common'
import { IsPositive, IsString, Length } from 'class-validator'
import { mergeMap, type Observable, throwError } from 'rxjs'
import { int, LogField, LogFields, string } from 'wideline/decorators'
import { type ContextLogger, currentLog, InjectLogger, RequestLog } from 'wideline/nestjs'
import { describe, expect, it } from 'vitest'
import { signal } from '../http/support.js'
import { type Ask, brief, serve } from './support.js'

class PayOrder {
  @LogField.float() @IsPositive() amount!: number
  @LogField.string({ redact: 'last4' }) @IsString() @Length(12, 19) card!: string
}

class TenantError extends Error {}

@Catch(TenantError)
class TenantFilter implements ExceptionFilter {
  catch(_error: TenantError, host: ArgumentsHost): void {
    host
      .switchToHttp()
      .getResponse<{ code(status: number): { send(body: unknown): void } }>()
      .code(402)
      .send('pay first')
  }
}

const guard = {
  canActivate: (): never => {
    throw new ForbiddenException('not yours')
  },
}
const refusing = { canActivate: (): boolean => false }
const breaking = {
  intercept: (_context: ExecutionContext, next: CallHandler): Observable<unknown> =>
    next.handle().pipe(mergeMap(() => throwError(() => new Error('in an interceptor')))),
}

let entered = signal()
let left = signal()

@Controller({ path: 'orders', version: '1' })
class OrdersController {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  @Get('throws') throws(): never {
    throw new Error('boom', { cause: new Error('why') })
  }

  @Get('guarded') @UseGuards(guard) guarded(): void {}
  @Get('refused') @UseGuards(refusing) refused(): void {}
  @Get('intercepted') @UseInterceptors(breaking) intercepted(): void {}
  @Get('filtered') @UseFilters(TenantFilter) filtered(): never {
    throw new TenantError('no tenant')
  }
  @Get('redirected') @Redirect('/elsewhere', 302) redirected(): void {}
  @Get('empty') @HttpCode(204) empty(): void {}
  @Get('file') @Header('content-type', 'text/plain') file(): StreamableFile {
    return new StreamableFile(Readable.from(['a', 'b']))
  }
  @Get('broken-file') brokenFile(): StreamableFile {
    return new StreamableFile(
      new Readable({
        read(): void {
          this.destroy(new Error('disk gone'))
        },
      }),
    )
  }
  @Get('slow') async slow(): Promise<string> {
    entered.give()
    await left.given
    return 'late'
  }
  @Get('same') same(@RequestLog() log: RequestLog): boolean {
    return log === currentLog()
  }

  @Get(':id')
  @LogFields({ orderId: int.param('id'), page: int.query('page'), state: string.result('state') })
  async show(@Param('id', ParseIntPipe) id: number): Promise<object> {
    this.log.info('looking up')
    await Promise.resolve()
    this.log.set({ tenant: 'acme' })
    return { id, state: 'open' }
  }

  @Post(':id/pay') pay(@Param('id') @LogField.int('orderId') id: string, @Body() payment: PayOrder): object {
    return { id, amount: payment.amount }
  }
}

@Module({ controllers: [OrdersController] })
class ShopModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((_request: unknown, _response: unknown, next: (error?: unknown) => void) =>
        next(new Error('in a middleware')),
      )
      .forRoutes('v1/orders/middleware')
    consumer
      .apply((_request: unknown, response: { statusCode: number; end(text: string): void }) => {
        response.statusCode = 299
        response.end('by middleware')
      })
      .forRoutes('v1/orders/answered')
  }
}

const shop = await serve({
  adapter: 'fastify',
  imports: [ShopModule],
  prepare: (app) => {
    app.setGlobalPrefix('api')
    app.enableVersioning({ type: VersioningType.URI })
    app.useGlobalPipes(new ValidationPipe({ transform: true }))
  },
})

const card = '4242424242424242'

describe('Nest on Fastify', () => {
  it.each([
    { path: '/orders/42', want: 'info 200 completed · /api/v1/orders/:id · OrdersController.show · -' },
    { path: '/orders/empty', want: 'info 204 completed · /api/v1/orders/empty · OrdersController.empty · -' },
    {
      path: '/orders/redirected',
      want: 'info 302 completed · /api/v1/orders/redirected · OrdersController.redirected · -',
    },
    { path: '/orders/file', want: 'info 200 completed · /api/v1/orders/file · OrdersController.file · -' },
    {
      path: '/orders/throws',
      want: 'error 500 failed · /api/v1/orders/throws · OrdersController.throws · Error: boom <- Error: why',
    },
    {
      path: '/orders/guarded',
      want: 'warn 403 completed · /api/v1/orders/guarded · OrdersController.guarded · ForbiddenException: not yours',
    },
    {
      path: '/orders/refused',
      want: 'warn 403 completed · /api/v1/orders/refused · OrdersController.refused · ForbiddenException: Forbidden resource',
    },
    {
      path: '/orders/intercepted',
      want: 'error 500 failed · /api/v1/orders/intercepted · OrdersController.intercepted · Error: in an interceptor',
    },
    {
      path: '/orders/filtered',
      want: 'warn 402 completed · /api/v1/orders/filtered · OrdersController.filtered · TenantError: no tenant',
    },
    {
      path: '/orders/abc',
      want: 'warn 400 completed · /api/v1/orders/:id · OrdersController.show · BadRequestException: Validation failed (numeric string is expected)',
    },
    {
      path: '/orders/7/pay',
      how: { body: '{"amount":' },
      want: /^warn 400 completed · \S+ · \S+ · \w+: /,
    },
    {
      path: '/orders/7/pay',
      how: { body: JSON.stringify({ amount: 'x'.repeat(2_000_000) }) },
      want: /^warn 413 completed · \S+ · \S+ · \w+: Request body is too large/,
    },
    { path: '/orders/middleware', want: /^error 500 failed · \S+ · \S+ · Error: in a middleware$/ },
    { path: '/orders/answered', want: /^info 299 completed · / },
    { path: '/nowhere', want: 'warn 404 completed · - · - · NotFoundException: Cannot GET /api/v1/nowhere' },
    { path: '/orders/%FF', want: /^warn 400 completed · - · - · / },
  ] as { path: string; how?: Ask; want: string | RegExp }[])(
    'tells the truth of $path',
    async ({ path, how, want }) => {
      const { line, others } = await shop.wide(`/api/v1${path}`, how)
      if (typeof want === 'string') expect(brief(line)).toBe(want)
      else expect(brief(line)).toMatch(want)
      expect(others.filter(({ level }) => level === 'error')).toEqual([])
    },
  )

  it('names the fields that are not valid, and not their values', async () => {
    const { line } = await shop.wide('/api/v1/orders/7/pay', {
      body: JSON.stringify({ amount: -7.25, card: 'hunter2' }),
    })
    expect(line).toMatchObject({ status: 400, invalid: ['amount', 'card'] })
    expect(JSON.stringify(line)).not.toMatch(/hunter2|7\.25/)
  })

  it('writes declared fields, fields that are set, and lines of injected loggers', async () => {
    const { line, others } = await shop.wide('/api/v1/orders/42?page=3')
    expect(line).toMatchObject({ orderId: 42, page: 3, state: 'open', tenant: 'acme', url: '/api/v1/orders/42?page=*' })
    expect(others).toMatchObject([{ logger: 'OrdersController', msg: 'looking up' }])
    const paid = await shop.wide('/api/v1/orders/7/pay', { body: JSON.stringify({ amount: 9.5, card }) })
    expect(paid.line).toMatchObject({ orderId: 7, amount: 9.5, card: '…4242' })
    expect(shop.lines.text).not.toContain(card)
  })

  it('hands the log of the request to its handler', async () => {
    expect((await shop.wide('/api/v1/orders/same')).body).toBe('true')
  })

  it('tells clients that hang up, in the handler and in the body', async () => {
    entered = signal()
    left = signal()
    const inHandler = await shop.wide('/api/v1/orders/slow', { hangUpWhen: entered.given })
    left.give()
    expect(brief(inHandler.line)).toBe('warn - aborted · /api/v1/orders/slow · OrdersController.slow · -')
    const hangUpWhen = new Promise((resolve) => shop.app.getHttpServer().once('request', () => setImmediate(resolve)))
    const inBody = await shop.wide('/api/v1/orders/7/pay', { body: '{"amount":', isCutShort: true, hangUpWhen })
    expect(brief(inBody.line)).toMatch(/^warn \S+ aborted · /)
  })

  it('tells a file that breaks', async () => {
    const { line } = await shop.wide('/api/v1/orders/broken-file')
    expect(brief(line)).toMatch(/OrdersController\.brokenFile · Error: disk gone$/)
  })

  it('keeps requests at once apart', async () => {
    const ids = Array.from({ length: 30 }, (_, i) => i + 100)
    const answers = await Promise.all(ids.map((id) => shop.wide(`/api/v1/orders/${id}`)))
    expect(answers.map(({ line }) => line['orderId'])).toEqual(ids)
    for (const { others } of answers) expect(others).toHaveLength(1)
  })

  it('writes exactly one wide line for each of these', async () => {
    expect(await shop.close()).toEqual([])
  })
})

it.each([
  [true, '203.0.113.7'],
  [false, '127.0.0.1'],
])('has the address that Fastify gives it, with trustProxy: %s', async (trustProxy, remoteAddress) => {
  const behindProxy = await serve({ adapter: 'fastify', fastify: { trustProxy }, imports: [ShopModule] })
  const { line } = await behindProxy.wide('/orders/42', { headers: { 'x-forwarded-for': '203.0.113.7' } })
  expect(line).toMatchObject({ remoteAddress })
  await behindProxy.close()
})
