import { once } from 'node:events'
import type { Server } from 'node:http'
import { Body, Controller, Get, Post } from '@nestjs/common'
import { int, LogFields } from 'wideline/decorators'
import { expect, it } from 'vitest'
import { brief, serve } from './support.js'

class Gate {
  readonly entered: Promise<void>
  readonly left: Promise<void>
  enter!: () => void
  leave!: () => void

  constructor() {
    this.entered = new Promise((resolve) => (this.enter = resolve))
    this.left = new Promise((resolve) => (this.leave = resolve))
  }
}

let gate = new Gate()

@Controller('orders')
class OrdersController {
  @Post()
  @LogFields({ size: int.from((request: { body?: object }) => Object.keys(request.body ?? {}).length) })
  upload(@Body() body: object): object {
    return body
  }

  @Get('slow') async slow(): Promise<string> {
    gate.enter()
    await gate.left
    return 'too late'
  }

  @Get('slow/failing') async failing(): Promise<string> {
    gate.enter()
    await gate.left
    throw new Error('after the client left')
  }

  @Get(':id') show(): string {
    return 'one'
  }
}

const shop = await serve({ controllers: [OrdersController] })
const server = shop.app.getHttpServer() as Server

it.each([
  {
    name: 'parses',
    path: '/orders',
    body: '{"a":1}',
    want: 'info 201 completed · /orders · OrdersController.upload · -',
  },
  {
    name: 'ends too early',
    path: '/orders',
    body: '{"a":',
    want: 'warn 400 completed · - · - · SyntaxError: Unexpected end of JSON input',
  },
  {
    name: 'is too large',
    path: '/orders',
    body: JSON.stringify({ a: 'x'.repeat(200_000) }),
    want: 'warn 413 completed · - · - · PayloadTooLargeError: request entity too large',
  },
  {
    name: 'is in a character set that nobody knows',
    path: '/orders',
    body: '{}',
    headers: { 'content-type': 'application/json; charset=x-none' },
    want: 'warn 415 completed · - · - · UnsupportedMediaTypeError: unsupported charset "X-NONE"',
  },
  {
    name: 'is not what its encoding says',
    path: '/orders',
    body: 'not gzip',
    headers: { 'content-encoding': 'gzip' },
    want: 'warn 400 completed · - · - · Error: incorrect header check',
  },
])('a body that $name is told on the one wide line', async ({ path, body, headers = {}, want }) => {
  const { status, line, others } = await shop.wide(path, { body, headers })
  expect(brief(line)).toBe(want)
  expect(status).toBe(line['status'])
  expect(others).toEqual([])
})

it('a path that cannot be decoded is told on the one wide line', async () => {
  const { line, others } = await shop.wide('/orders/%FF')
  expect(brief(line)).toBe("warn 400 completed · - · - · URIError: Failed to decode param '%FF'")
  expect(others).toEqual([])
})

it.each([
  { body: 'hunter2', secret: 'hunter2' },
  { body: '{"password":hunter2}', secret: 'hunter2' },
  { body: '{"card":"4242424242424242" "cvc":"123"}', secret: '4242' },
  { body: `{"name":"${'x'.repeat(100)}","cvc":x314159}`, secret: '314159' },
])('no text of a body that does not parse is on its line: $body', async ({ body, secret }) => {
  // V8 quotes what stands around the place: Unexpected token 'h', "hunter2" is not valid JSON.
  const { line } = await shop.wide('/orders', { body })
  expect(line).toMatchObject({ status: 400, error: { type: 'SyntaxError' } })
  expect(JSON.stringify(line)).not.toContain(secret)
})

it('a body that the client cuts off is told as aborted', async () => {
  const hangUpWhen = once(server, 'request')
  const { status, line, others } = await shop.wide('/orders', { body: '{"a":', isCutShort: true, hangUpWhen })
  expect(status).toBe(0)
  expect(line).toMatchObject({ level: 'warn', outcome: 'aborted', error: { message: 'request aborted' } })
  expect(others).toEqual([])
})

it('a response that nobody waits for is told as aborted, with its handler and without a status', async () => {
  gate = new Gate()
  const { status, line } = await shop.wide('/orders/slow', { hangUpWhen: gate.entered })
  gate.leave()
  expect(status).toBe(0)
  expect(brief(line)).toBe('warn - aborted · /orders/slow · OrdersController.slow · -')
  expect(line['msg']).toBe('request aborted')
})

it('a handler that fails after its client left is heard in a line of its own', async () => {
  gate = new Gate()
  const { line } = await shop.wide('/orders/slow/failing', { hangUpWhen: gate.entered })
  gate.leave()
  const own = await shop.lines.next(({ logger }) => logger === 'ExceptionsHandler')
  expect(brief(line)).toBe('warn - aborted · /orders/slow/failing · OrdersController.failing · -')
  expect(own).toMatchObject({ level: 'error', msg: 'after the client left', requestId: line['requestId'] })
})

it('each of these requests has exactly one wide line', async () => {
  expect(await shop.close()).toEqual([])
})
