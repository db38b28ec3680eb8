import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Ended, runExample } from './support.js'

const PAID = 'orderId=42 amount=99.5 card="…4242" tenant=acme paymentId=p-1'
const MS = String.raw`[\d.]+ ms requestId=[0-9a-z]{22} .*bytes=\d+ .*traceId=[0-9a-f]{32} spanId=[0-9a-f]{16}`
const HANDLER = 'controller=OrdersController handler='

/** What each stop of the tour must show. */
const stops = [
  {
    stop: 'a success',
    lines: [
      /INFO +OrdersService order paid requestId=[0-9a-z]{22} amount=99.5$/m,
      new RegExp(String.raw`INFO +shop POST /orders/42/pay \(/orders/:id/pay\) 201 ${MS} ${HANDLER}pay ${PAID}$`, 'm'),
    ],
  },
  {
    stop: 'a validation failure',
    lines: [
      new RegExp(String.raw`WARN +shop POST /orders/42/pay \(/orders/:id/pay\) 400 ${MS} ${HANDLER}pay .*orderId=42`),
      /invalid=\["amount","card"\]/,
      /error: BadRequestException: Bad Request Exception/,
    ],
  },
  {
    stop: 'a 404',
    lines: [
      new RegExp(String.raw`WARN +shop GET /nowhere\?token=\* 404 ${MS}$`, 'm'),
      /error: NotFoundException: Cannot GET \/nowhere\?token=\* /,
    ],
  },
  {
    stop: 'a thrown error: 500',
    lines: [
      new RegExp(
        String.raw`ERROR shop POST /orders/7/pay \(/orders/:id/pay\) 500 failed ${MS} ${HANDLER}pay .*orderId=7`,
      ),
      /error: Error: gateway timeout\n +at OrdersService\.pay /,
      /cause: Error: socket closed\n +at OrdersService\.pay /,
    ],
  },
  {
    stop: 'a slow one',
    lines: [/INFO +shop GET \/orders\/report 200 \d{3,}[\d.]* ms .*handler=report orders=12$/m],
  },
  {
    stop: 'one the client aborts',
    lines: [/WARN +shop GET \/orders\/report aborted [\d.]+ ms .*handler=report$/m],
  },
  {
    stop: 'a guard that says no',
    lines: [
      new RegExp(String.raw`WARN +shop DELETE /orders/42 \(/orders/:id\) 403 ${MS} ${HANDLER}cancel$`, 'm'),
      /error: ForbiddenException: an API key is needed/,
    ],
  },
  {
    stop: 'an error that a filter answers',
    lines: [
      new RegExp(
        String.raw`WARN +shop POST /orders/42/ship \(/orders/:id/ship\) 409 ${MS} ${HANDLER}ship orderId=42$`,
        'm',
      ),
      /error: OutOfStockError: nothing is left for order 42/,
    ],
  },
  {
    stop: 'a message to the microservice',
    lines: [/INFO +shop .*unit=stock\.reserve .*handler=reserve kind=rpc sku=umbrella count=2 left=1$/m],
  },
  {
    stop: 'a message that fails',
    lines: [
      /ERROR shop failed .*unit=stock\.reserve .*count=9$/m,
      /error: Error: 9 of umbrella are not there\n +at StockController\.reserve /,
    ],
  },
  {
    stop: 'a scheduled job',
    lines: [/INFO +shop .*unit=stock-report .*controller=StockReport handler=write kind=cron skus=1$/m],
  },
  {
    stop: 'three at once',
    lines: [1, 2, 3].map(
      (id) => new RegExp(String.raw`INFO +shop GET /orders/${id} \(/orders/:id\) 200 .*orderId=${id}$`, 'm'),
    ),
  },
]

describe('the tour of the Nest shop, without a terminal', () => {
  let tour: Ended
  beforeAll(async () => {
    tour = await runExample('nestjs-shop/tour.js')
  })

  /** What is printed between one stop and the next. */
  function section(stop: string): string {
    return tour.stdout.split('\n— ').find((part) => part.startsWith(`${stop}\n`)) ?? `(no stop "${stop}")`
  }

  it('ends by itself, with 0 and nothing on standard error', () => {
    expect({ code: tour.code, stderr: tour.stderr }).toEqual({ code: 0, stderr: '' })
    expect(tour.stdout).toMatch(/Closed; every line is written\.\n$/)
  })

  it.each(stops)('shows $stop', ({ stop, lines }) => {
    for (const line of lines) expect(section(stop)).toMatch(line)
  })

  it('has one wide line for each request, and none of Nest beside it', () => {
    expect(tour.stdout.match(/ shop (?:GET|POST|DELETE) /g)).toHaveLength(11)
    expect(tour.stdout.match(/ unit=/g)).toHaveLength(3)
    expect(tour.stdout).not.toContain('ExceptionsHandler')
  })

  it('sums up what was written, and that nothing is lost or left', () => {
    expect(tour.stdout).toMatch(/^lines by level {4}23 info, 5 warn, 2 error$/m)
    expect(tour.stdout).toMatch(/^by outcome {8}11 completed, 2 failed, 1 aborted$/m)
    expect(tour.stdout).toMatch(/^buffers {11}\d+ hits, \d+ misses, .*, \d+ bytes retained$/m)
    expect(tour.stdout).toMatch(/^entries {11}\d+ hits, \d+ misses, 0 outstanding$/m)
    expect(tour.stdout).toMatch(/^lines lost {8}0$/m)
  })

  it.each(['hunter2', '4242424242424242', 'token=secret'])('has nowhere %s', (secret) => {
    expect(tour.stdout + tour.stderr).not.toContain(secret)
  })
})

describe('a port that cannot be had', () => {
  it('gives one clear line and the exit code 1 when it is busy', async () => {
    const server = http.createServer().listen(0)
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const { code, stdout, stderr } = await runExample('nestjs-shop/tour.js', { PORT: String(port) })
    server.close()
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `The shop cannot listen: port ${port} is in use; choose another with PORT=…\n`,
    })
    // Nest tells it too, as a line among its own.
    expect(stdout).not.toMatch(/^ +at /m)
  })

  it.each(['no-number', '70000'])('gives one clear line and the exit code 1 when it is %s', async (port) => {
    const { code, stderr } = await runExample('nestjs-shop/tour.js', { PORT: port })
    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(/^The shop cannot listen: /)])
  })
})
