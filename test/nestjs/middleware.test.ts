import {
  Catch,
  type ArgumentsHost,
  Controller,
  type ExceptionFilter,
  Get,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestMiddleware,
  type NestModule,
} from '@nestjs/common'
import type { NextFunction, Request, Response } from 'express'
import { currentLog } from 'wideline/nestjs'
import { expect, it } from 'vitest'
import { brief, serve } from './support.js'

class TenantError extends Error {}

@Injectable()
class SyncMiddleware implements NestMiddleware {
  use(request: Request, response: Response, next: NextFunction): void {
    switch (request.headers['x-do']) {
      case 'throw':
        throw new Error('middleware threw')
      case 'next':
        next(new Error('middleware next(err)'))
        return
      case 'answer':
        response.status(299).send('answered')
        return
      default:
        next()
    }
  }
}

@Injectable()
class AsyncMiddleware implements NestMiddleware {
  async use(request: Request, _response: Response, next: NextFunction): Promise<void> {
    await Promise.resolve()
    if (request.headers['x-do'] === 'reject') throw new Error('middleware rejected')
    if (request.headers['x-do'] === 'filter') throw new TenantError('no such tenant')
    currentLog()?.set({ tenant: 'acme' })
    next()
  }
}

/** As helmet, sessions or rate limits are: registered in main.ts. */
function plainMiddleware(request: Request, response: Response, next: NextFunction): void {
  switch (request.headers['x-do']) {
    case 'plain throw':
      throw new Error('plain middleware')
    case 'plain answer':
      response.status(401).send('no')
      return
    default:
      next()
  }
}

@Catch(TenantError)
class TenantFilter implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().status(503).send('tenant')
  }
}

@Controller('orders')
class OrdersController {
  @Get() list(): number[] {
    return [1]
  }
}

@Module({})
class Root implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(SyncMiddleware, AsyncMiddleware).forRoutes('*path')
  }
}

const shop = await serve({
  root: Root,
  controllers: [OrdersController],
  prepare: (app) => {
    app.use(plainMiddleware)
    app.useGlobalFilters(new TenantFilter())
  },
})

it.each([
  { what: 'nothing', want: 'info 200 completed · /orders · OrdersController.list · -' },
  { what: 'throw', want: 'error 500 failed · - · - · Error: middleware threw' },
  { what: 'next', want: 'error 500 failed · - · - · Error: middleware next(err)' },
  { what: 'reject', want: 'error 500 failed · - · - · Error: middleware rejected' },
  { what: 'filter', want: 'error 503 failed · - · - · TenantError: no such tenant' },
  { what: 'answer', want: 'info 299 completed · - · - · -' },
  { what: 'plain throw', want: 'error 500 failed · - · - · Error: plain middleware' },
  { what: 'plain answer', want: 'warn 401 completed · - · - · -' },
])('a middleware that does "$what" leaves one true wide line', async ({ what, want }) => {
  const { status, line, others } = await shop.wide('/orders', { headers: { 'x-do': what } })
  expect(brief(line)).toBe(want)
  expect(status).toBe(line['status'])
  expect(others).toEqual([])
})

it('a middleware reaches the wide line by currentLog()', async () => {
  const { line } = await shop.wide('/orders')
  expect(line).toMatchObject({ tenant: 'acme' })
})

it('each of these requests has exactly one wide line', async () => {
  expect(await shop.close()).toEqual([])
})
