import { Controller, Get, Param, ParseIntPipe, Post, Req, Res, ValidationPipe } from '@nestjs/common'
import type { Request, Response } from 'express'
import { currentLog, RequestLog } from 'wideline/nestjs'
import { expect, it } from 'vitest'
import { serve } from './support.js'

let kept: RequestLog | undefined

@Controller('orders')
class OrdersController {
  @Get('same') same(@RequestLog() log: RequestLog, @Req() request: Request): boolean {
    return log === request.log && log === currentLog()
  }

  @Get('child') child(@RequestLog() log: RequestLog): void {
    log.child({ part: 'first' }).info('a child made before any line')
    log.info('a line')
    log.child({ part: 'second' }).info('a child made after one')
  }

  @Get('keep') keep(@RequestLog() log: RequestLog): void {
    kept = log
  }

  @Get('answered') answered(@RequestLog() log: RequestLog, @Res() response: Response): void {
    response.on('close', () => log.set({ tooLate: true })).send('sent')
    log.set({ inTime: true })
  }

  @Post(':id') create(@Param('id', ParseIntPipe) id: number, @RequestLog() log: RequestLog): number {
    log.set({ tenant: 'acme', status: 'open' })
    log.fields.int('orderId', id).float('amount', 99.5)
    log.info('created', { id })
    return id
  }
}

const shop = await serve({
  controllers: [OrdersController],
  // A pipe for all parameters must leave the log as it is.
  prepare: (app) => app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true })),
})
it('@RequestLog() is the log of the request: req.log, and currentLog()', async () => {
  expect((await shop.wide('/orders/same')).body).toBe('true')
})

it('its lines carry the id of the request, and its fields are on the wide line', async () => {
  const { line, others } = await shop.wide('/orders/7', { method: 'POST' })
  expect(line).toMatchObject({ tenant: 'acme', orderId: 7, amount: 99.5, status: 201, _status: 'open' })
  expect(others).toMatchObject([{ msg: 'created', id: 7, requestId: line['requestId'] }])
})

it('its children carry the id too, whenever they are made', async () => {
  const { line, others } = await shop.wide('/orders/child')
  const { requestId } = line
  await shop.lines.next(({ part }) => part === 'second')
  expect(shop.lines.all.filter(({ part }) => part !== undefined)).toMatchObject([
    { part: 'first', requestId },
    { part: 'second', requestId },
  ])
  expect(others.map(({ msg }) => msg)).toContain('a line')
})

it('kept past its request it writes lines of its own, marked late, and reaches no other request', async () => {
  const { line } = await shop.wide('/orders/keep')
  expect(kept?.isClosed).toBe(true)
  kept?.set({ stray: true })
  kept?.info('after the end')
  const other = await shop.wide('/orders/7', { method: 'POST' })
  expect(other.line).not.toHaveProperty('stray')
  const late = await shop.lines.next(({ msg }) => msg === 'after the end')
  expect(late).toMatchObject({ late: true, requestId: line['requestId'] })
})

it('fields that come before the response is closed are in time', async () => {
  const { line } = await shop.wide('/orders/answered')
  expect(line).toMatchObject({ inTime: true })
})

it('each of these requests has exactly one wide line', async () => {
  expect(await shop.close()).toEqual([])
})
