import { Controller, Get, Inject, Injectable, Param } from '@nestjs/common'
import { int, LogField, LogFields } from 'wideline/decorators'
import { type ContextLogger, currentLog, InjectLogger, RequestLog } from 'wideline/nestjs'
import { afterEach, describe, expect, it } from 'vitest'
import { brief, type RunningApp, serve } from './support.js'

@Injectable()
class OrdersService {
  constructor(@InjectLogger() private readonly log: ContextLogger) {}

  find(id: string): { id: string; hasCurrentLog: boolean } {
    this.log.info('looking', { id })
    this.log.set({ found: true })
    return { id, hasCurrentLog: currentLog() !== undefined }
  }
}

@Controller('orders')
class OrdersController {
  constructor(@Inject(OrdersService) private readonly orders: OrdersService) {}

  @Get('failing') failing(): void {
    throw new Error('failing')
  }

  @Get(':id')
  @LogFields({ orderId: int.param('id'), foundId: int.result('id') })
  show(@Param('id') @LogField.string('id') id: string, @RequestLog() log?: RequestLog): object {
    log?.info('showing')
    return { ...this.orders.find(id), hasLog: log !== undefined }
  }
}

let shop: RunningApp
afterEach(() => shop.app.close())

async function boot(requests: NonNullable<Parameters<typeof serve>[0]['options']>['requests']): Promise<RunningApp> {
  shop = await serve({
    controllers: [OrdersController],
    providers: [OrdersService],
    options: { requests: requests ?? {} },
  })
  return shop
}

describe('requests: false', () => {
  it('writes no wide line, and leaves handlers and loggers as they are', async () => {
    const { lines } = await boot(false)
    lines.clear()
    const { status, body, headers } = await shop.ask('/orders/7')
    expect(status).toBe(200)
    expect(JSON.parse(body)).toEqual({ id: '7', hasCurrentLog: false, hasLog: false })
    expect(headers).not.toHaveProperty('x-request-id')
    await shop.app.close()
    expect(lines.all).toMatchObject([{ msg: 'looking', id: '7' }])
    expect(lines.all[0]).not.toHaveProperty('requestId')
  })

  it('leaves errors to the line of Nest', async () => {
    const { lines } = await boot(false)
    expect((await shop.ask('/orders/failing')).status).toBe(500)
    expect(await lines.next((line) => line['level'] === 'error')).toMatchObject({
      logger: 'ExceptionsHandler',
      error: { message: 'failing' },
    })
  })
})

describe('requests: { context: false }', () => {
  it('writes declared fields and the lines of the request log all the same', async () => {
    await boot({ context: false })
    const { body, line, others } = await shop.wide('/orders/7')
    expect(JSON.parse(body)).toMatchObject({ hasCurrentLog: false, hasLog: true })
    expect(line).toMatchObject({ orderId: 7, foundId: 7, id: '7' })
    expect(line).not.toHaveProperty('found')
    expect(others).toMatchObject([{ msg: 'showing' }])
  })

  it('knows the real error', async () => {
    await boot({ context: false })
    const { line, others } = await shop.wide('/orders/failing')
    expect(brief(line)).toBe('error 500 failed · /orders/failing · OrdersController.failing · Error: failing')
    expect(others).toEqual([])
  })
})

describe('requests: { ignore }', () => {
  it('writes no wide line for what is ignored', async () => {
    const { lines } = await boot({ ignore: (request) => request.url === '/orders/1' })
    await shop.ask('/orders/1')
    await shop.ask('/orders/2')
    expect((await lines.untilWide(1)).map((line) => line['url'])).toEqual(['/orders/2'])
  })

  it('loses no error: one line has it, be it the wide line after all or the one of Nest', async () => {
    const { lines } = await boot({ ignore: () => true })
    expect((await shop.ask('/orders/failing')).status).toBe(500)
    await shop.app.close()
    expect(lines.all.filter((line) => line['level'] === 'error')).toMatchObject([{ error: { message: 'failing' } }])
  })

  it('that throws costs its own request only, and is reported', async () => {
    const problems: string[] = []
    shop = await serve({
      controllers: [OrdersController],
      providers: [OrdersService],
      options: {
        onError: (problem) => problems.push(problem.message),
        requests: {
          ignore: (request) => {
            if (request.url === '/orders/1') throw new Error('cannot tell')
            return false
          },
        },
      },
    })
    expect((await shop.ask('/orders/1')).status).toBe(200)
    expect((await shop.wide('/orders/2')).status).toBe(200)
    expect(problems).toEqual([expect.stringContaining('cannot tell')])
  })
})

describe('requests: { idHeader, generateId }', () => {
  it('takes the id from that header, echoes it there, and makes one where there is none', async () => {
    let made = 0
    const { lines } = await boot({ idHeader: 'X-Trace', generateId: () => `made-${++made}` })
    const given = await shop.ask('/orders/1', { headers: { 'x-trace': 'given', 'x-request-id': 'other' } })
    const generated = await shop.ask('/orders/2')
    expect([given.headers['x-trace'], generated.headers['x-trace']]).toEqual(['given', 'made-1'])
    expect((await lines.untilWide(2)).map((line) => line['requestId'])).toEqual(['given', 'made-1'])
  })

  it('serves the request when no id can be made', async () => {
    const problems: string[] = []
    shop = await serve({
      controllers: [OrdersController],
      providers: [OrdersService],
      options: {
        onError: (problem) => problems.push(problem.message),
        requests: {
          generateId: () => {
            throw new Error('no more ids')
          },
        },
      },
    })
    expect((await shop.ask('/orders/1')).status).toBe(200)
    expect(problems).toEqual([expect.stringContaining('no more ids')])
  })
})
