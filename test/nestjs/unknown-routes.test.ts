import { Controller, Get, NotFoundException, Req } from '@nestjs/common'
import type { Request } from 'express'
import { InjectLogger, type ContextLogger } from 'wideline/nestjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { brief, type RunningApp, serve } from './support.js'

@Controller('orders')
class OrdersController {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  @Get() list(): number[] {
    this.log.info('listing')
    return [1]
  }

  @Get('echo') echo(@Req() request: Request): void {
    const cause = new Error(`no row for ${request.originalUrl}`)
    throw new NotFoundException(`nothing at ${request.originalUrl}`, { cause })
  }

  @Get('broken') broken(@Req() request: Request): void {
    throw new Error(`cannot serve ${request.originalUrl}`)
  }
}

describe.each([{ nestErrorLines: false }, { nestErrorLines: true }])('with %o', (options) => {
  let shop: RunningApp
  beforeAll(async () => {
    shop = await serve({
      controllers: [OrdersController],
      options,
      prepare: (app) => app.setGlobalPrefix('api'),
    })
  })

  it.each([
    { request: 'GET /api/nope', want: 'warn 404 completed · - · - · NotFoundException: Cannot GET /api/nope' },
    {
      request: 'DELETE /api/orders',
      want: 'warn 404 completed · - · - · NotFoundException: Cannot DELETE /api/orders',
    },
    // Express answers these by itself: there is no exception to tell.
    { request: 'GET /nope', want: 'warn 404 completed · - · - · -' },
  ])('$request, which nothing serves, has one line without a route', async ({ request, want }) => {
    const [method = '', path = ''] = request.split(' ')
    const { status, line, others } = await shop.wide(path, { method })
    expect(brief(line)).toBe(want)
    expect(status).toBe(404)
    expect(others).toEqual([])
  })

  it.each([
    { path: '/api/orders?token=SECRET', url: '/api/orders?token=*' },
    { path: '/api/orders?a=SECRET&b&c=', url: '/api/orders?a=*&b&c=*' },
    { path: '/api/orders?a=b=SECRET', url: '/api/orders?a=*' },
    { path: '/api/orders?a=1?b=SECRET', url: '/api/orders?a=*' },
    { path: '/api/orders?a[x]=SECRET', url: '/api/orders?a[x]=*' },
    { path: '/api/nope?token=SECRET', url: '/api/nope?token=*' },
    { path: '/nope?token=SECRET', url: '/nope?token=*' },
    { path: `/api/nope?${'x'.repeat(3000)}=SECRET`, url: `/api/nope?${'x'.repeat(2038)}…` },
    { path: `/api/nope?token=${'x'.repeat(3000)}SECRET`, url: '/api/nope?token=*' },
  ])('the values of a query are on no line of $url', async ({ path, url }) => {
    const { line, others } = await shop.wide(path)
    expect(line['url']).toBe(url)
    expect([line, ...others].map((each) => JSON.stringify(each)).filter((each) => each.includes('SECRET'))).toEqual([])
  })

  it('the error of an unknown route is told with the names of its query only', async () => {
    const { line } = await shop.wide('/api/nope?token=SECRET')
    const stack = expect.stringMatching(/Cannot GET \/api\/nope\?token=\*\n/) as string
    expect(line).toMatchObject({ error: { message: 'Cannot GET /api/nope?token=*', stack } })
  })

  it('an error of the application that repeats the URL is told without the values, and so is its cause', async () => {
    const { line } = await shop.wide('/api/orders/echo?token=SECRET')
    expect(brief(line)).toBe(
      'warn 404 completed · /api/orders/echo · OrdersController.echo · ' +
        'NotFoundException: nothing at /api/orders/echo?token=* <- Error: no row for /api/orders/echo?token=*',
    )
    expect(JSON.stringify(line)).not.toContain('SECRET')
  })

  it('no line about a failure repeats them, not even the one of Nest', async () => {
    const { line, others } = await shop.wide('/api/orders/broken?token=SECRET')
    expect(others).toHaveLength(options.nestErrorLines ? 1 : 0)
    expect(JSON.stringify([line, others])).not.toContain('SECRET')
  })

  it('each of these requests has exactly one wide line', async () => {
    expect(await shop.close()).toEqual([])
  })
})
