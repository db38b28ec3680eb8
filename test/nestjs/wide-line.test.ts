import { All, Controller, Get, HttpCode, Module, Post, Redirect, Res, Sse, StreamableFile } from '@nestjs/common'
import { RouterModule } from '@nestjs/core'
import type { Response } from 'express'
import { Readable } from 'node:stream'
import { type Observable, of } from 'rxjs'
import { expect, it } from 'vitest'
import { brief, serve } from './support.js'

@Controller('orders')
class OrdersController {
  @Get() list(): number[] {
    return [1]
  }

  @Get(':id') show(): object {
    return { state: 'open' }
  }

  @Post(':id/items{/:item}') add(): void {
    // Nothing to return: 201 and no body.
  }

  @Post(':id/close') @HttpCode(204) close(): void {
    // As above.
  }
}

@Controller(['every', 'each'])
class ManyController {
  @All(['any', 'all']) any(): string {
    return 'any'
  }

  @Get('moved') @Redirect('/elsewhere', 301) moved(): void {
    // The decorator answers.
  }

  @Get('raw') raw(@Res() response: Response): void {
    response.status(299).send('by hand')
  }

  @Get('file') file(): StreamableFile {
    return new StreamableFile(Readable.from(['a'.repeat(1000)]))
  }

  @Sse('events') events(): Observable<{ data: string }> {
    return of({ data: 'one' }, { data: 'two' })
  }
}

class Listing {
  @Get('list') list(): string {
    return this.constructor.name
  }
}
@Controller('cats')
class CatsController extends Listing {}
@Controller('dogs')
class DogsController extends Listing {}

@Controller('users')
class AdminController {
  @Get() users(): string[] {
    return []
  }
}
@Module({ controllers: [AdminController] })
class AdminModule {}

@Controller('health')
class HealthController {
  @Get() ok(): string {
    return 'ok'
  }
}

const shop = await serve({
  imports: [AdminModule, RouterModule.register([{ path: 'admin', module: AdminModule }])],
  controllers: [ManyController, CatsController, DogsController, HealthController, OrdersController],
  prepare: (app) => {
    app.enableCors()
    app.setGlobalPrefix('api', { exclude: ['health'] })
  },
})

it.each([
  { request: 'GET /api/orders', want: 'info 200 completed · /api/orders · OrdersController.list · -' },
  { request: 'GET /api/orders/', want: 'info 200 completed · /api/orders · OrdersController.list · -' },
  { request: 'HEAD /api/orders', want: 'info 200 completed · /api/orders · OrdersController.list · -' },
  { request: 'GET /api/orders/42', want: 'info 200 completed · /api/orders/:id · OrdersController.show · -' },
  {
    request: 'POST /api/orders/42/close',
    want: 'info 204 completed · /api/orders/:id/close · OrdersController.close · -',
  },
  {
    request: 'POST /api/orders/42/items',
    want: 'info 201 completed · /api/orders/:id/items{/:item} · OrdersController.add · -',
  },
  { request: 'PUT /api/every/any', want: 'info 200 completed · /api/every/any · ManyController.any · -' },
  { request: 'DELETE /api/each/all', want: 'info 200 completed · /api/each/all · ManyController.any · -' },
  { request: 'GET /api/every/moved', want: 'info 301 completed · /api/every/moved · ManyController.moved · -' },
  { request: 'GET /api/every/raw', want: 'info 299 completed · /api/every/raw · ManyController.raw · -' },
  { request: 'GET /api/every/file', want: 'info 200 completed · /api/every/file · ManyController.file · -' },
  { request: 'GET /api/every/events', want: 'info 200 completed · /api/every/events · ManyController.events · -' },
  { request: 'GET /api/cats/list', want: 'info 200 completed · /api/cats/list · CatsController.list · -' },
  { request: 'GET /api/dogs/list', want: 'info 200 completed · /api/dogs/list · DogsController.list · -' },
  { request: 'GET /api/admin/users', want: 'info 200 completed · /api/admin/users · AdminController.users · -' },
  { request: 'GET /health', want: 'info 200 completed · /health · HealthController.ok · -' },
])('writes for $request what it was and what served it', async ({ request, want }) => {
  const [method = '', path = ''] = request.split(' ')
  const { line, others } = await shop.wide(path, { method })
  expect(brief(line)).toBe(want)
  expect(line).toMatchObject({ msg: 'request completed', method, url: path })
  expect(others).toEqual([])
})

it('answers a CORS preflight with a line that has no route', async () => {
  const headers = { origin: 'http://example.com', 'access-control-request-method': 'GET' }
  const { line } = await shop.wide('/api/orders', { method: 'OPTIONS', headers })
  expect(brief(line)).toBe('info 204 completed · - · - · -')
})

it('hands a route on to the handler that every class inherits with its own this', async () => {
  expect((await shop.wide('/api/cats/list')).body).toBe('CatsController')
  expect((await shop.wide('/api/dogs/list')).body).toBe('DogsController')
})

it('knows the template of a route that is added to the adapter while the application runs', async () => {
  shop.app.getHttpAdapter().get('/added/:id', (_request: unknown, response: Response) => response.send('added'))
  const { status, line } = await shop.wide('/added/7')
  // Express asks its layers in order, and Nest's 404 stands before a late route where the prefix covers it.
  expect(status).toBe(200)
  expect(brief(line)).toBe('info 200 completed · /added/:id · - · -')
})

it('writes its fields in one order, with what the request took', async () => {
  const { line, headers } = await shop.wide('/api/orders/42')
  expect(Object.keys(line)).toEqual(
    (
      'level time msg requestId method url route status outcome durationMs firstByteMs bytes remoteAddress ' +
      'traceId spanId controller handler'
    ).split(' '),
  )
  expect(line['bytes']).toBe(Number(headers['content-length']))
  expect(line['durationMs']).toBeGreaterThan(0)
  expect(headers['x-request-id']).toBe(line['requestId'])
})

it('makes an id for a request that brings none, or one that is no id', async () => {
  for (const headers of [{}, { 'x-request-id': 'a b"\\{}' }, { 'x-request-id': 'x'.repeat(65) }]) {
    const answer = await shop.ask('/api/orders', { headers })
    const id = answer.headers['x-request-id']
    expect(id).toMatch(/^[0-9a-z]{22}$/)
    expect(await shop.lines.next((line) => line['requestId'] === id)).toMatchObject({ route: '/api/orders' })
  }
})

it('writes exactly one wide line for each request of this file', async () => {
  expect(await shop.close()).toEqual([])
})
