import { Controller, Get } from '@nestjs/common'
import { Logger } from 'wideline'
import { expect, it } from 'vitest'
import { brief, serve } from './support.js'

@Controller('orders')
class OrdersController {
  @Get() list(): number[] {
    return [1]
  }
}

it('a request with two wide lines, or with none, would be found', async () => {
  const shop = await serve({
    controllers: [OrdersController],
    options: { requests: { ignore: (request) => request.url === '/orders?lost' } },
  })
  await shop.wide('/orders')
  await shop.wide('/orders')
  shop.app.get(Logger).info({ requestId: 'test-2', outcome: 'completed' }, 'planted')
  // Its promise would wait for ever.
  const lost = shop.wide('/orders?lost')
  const miscounted = shop.close()
  await Promise.race([lost, miscounted])
  expect(await miscounted).toEqual(['test-2', 'test-3'])
})

it('a wide line in brief tells its causes', () => {
  const error = { type: 'Error', message: 'a', cause: { type: 'TypeError', message: 'b' } }
  const line = { level: 'error', status: 500, outcome: 'failed', route: '/x', controller: 'C', handler: 'h', error }
  expect(brief(line)).toBe('error 500 failed · /x · C.h · Error: a <- TypeError: b')
  expect(brief({ level: 'info', outcome: 'aborted' })).toBe('info - aborted · - · - · -')
})
