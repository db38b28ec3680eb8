import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { INestApplication, ValidationPipe } from '@nestjs/common'
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import request from 'supertest'
import { captureNestLogs } from 'wideline/nestjs/testing'
import { AppModule } from '../src/app.module'

const logs = captureNestLogs()
const card = '4242424242424242'

describe.each(['express', 'fastify'])('Nest 11 in CommonJS on %s', (adapter) => {
  let app: INestApplication
  beforeAll(async () => {
    const module = await logs.into(Test.createTestingModule({ imports: [AppModule] })).compile()
    if (adapter === 'fastify') {
      const onFastify = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter())
      app = onFastify.useGlobalPipes(new ValidationPipe({ transform: true }))
      await onFastify.init()
      await onFastify.getHttpAdapter().getInstance().ready()
    } else {
      app = module.createNestApplication().useGlobalPipes(new ValidationPipe({ transform: true }))
      await app.init()
    }
  })
  beforeEach(() => logs.clear())
  afterAll(() => app.close())

  it('writes a wide line with controller, handler, route and declared fields', async () => {
    await request(app.getHttpServer()).post('/orders/7/pay').send({ amount: 99.5, card }).expect(201)
    const wide = await logs.wideLine({ route: '/orders/:id/pay' })
    expect(wide).toMatchObject({
      level: 'info',
      status: 201,
      controller: 'OrdersController',
      handler: 'pay',
      orderId: 7,
      paymentId: 'p-7',
      amount: 99.5,
      card: '…4242',
      tenant: 'acme',
      seen: true,
    })
    expect(await logs.line({ logger: 'OrdersService' })).toMatchObject({ msg: 'order paid', requestId: wide.requestId })
    expect(logs.lines.join()).not.toContain(card)
  })

  it.each([
    [
      'a handler',
      '/orders/7/pay',
      { amount: 20_000, card },
      500,
      { error: { message: 'gateway timeout', cause: { message: 'socket closed' } } },
    ],
    ['a pipe', '/orders/x/pay', { amount: 1, card }, 400, { error: { type: 'BadRequestException' } }],
    ['validation', '/orders/7/pay', { amount: -1, card: 'hunter2' }, 400, { invalid: ['amount', 'card'] }],
  ])('has the real error of %s', async (_name, url, body, status, want) => {
    await request(app.getHttpServer()).post(url).send(body).expect(status)
    expect(await logs.wideLine({ status })).toMatchObject(want)
    expect(logs.parsed().filter((line) => line['level'] === 'error' && !('outcome' in line))).toEqual([])
    expect(logs.lines.join()).not.toContain('hunter2')
  })

  it('has the real error of a guard, of an unknown route and of a body that does not parse', async () => {
    await request(app.getHttpServer()).get('/orders/guarded').expect(403)
    expect(await logs.wideLine({ status: 403 })).toMatchObject({
      handler: 'guarded',
      error: { type: 'ForbiddenException' },
    })
    await request(app.getHttpServer()).get('/nope').expect(404)
    expect(await logs.wideLine({ status: 404 })).toMatchObject({ url: '/nope', outcome: 'completed' })
    const broken = request(app.getHttpServer()).post('/orders/7/pay').set('content-type', 'application/json')
    await broken.send('{"amount":').expect(400)
    expect(await logs.wideLine({ status: 400 })).toMatchObject({ error: { type: expect.any(String) } })
  })

  it('has no line for a quiet route', async () => {
    await request(app.getHttpServer()).get('/orders/health').expect(200)
    await request(app.getHttpServer()).get('/nope').expect(404)
    await logs.wideLine({ status: 404 })
    expect(logs.parsed().filter((line) => 'outcome' in line)).toHaveLength(1)
  })
})

function run(file: string): { status: number | null; signal: string | null; lines: Record<string, unknown>[] } {
  const script = path.join(__dirname, '../dist/src', file)
  const { status, signal, stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 60_000 })
  const lines = stdout.split('\n').filter((line) => line !== '')
  return { status, signal, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

it('a built application writes everything before it ends by a signal', () => {
  const { status, signal, lines } = run('main.js')
  // Nest sends itself the signal again when it has closed; with nothing left to do, Node may end before it comes.
  expect([status, signal]).toEqual(signal === null ? [0, null] : [null, 'SIGTERM'])
  expect(lines[0]).toMatchObject({ logger: 'NestFactory', msg: 'Starting Nest application...' })
  expect(lines.some((line) => line['route'] === '/orders/:id/pay' && line['status'] === 201)).toBe(true)
})

it('a boot that fails has written the lines of the boot and the error, and ends with 1', () => {
  const { status, lines } = run('failing-boot.js')
  expect(status).toBe(1)
  expect(lines[0]).toMatchObject({ logger: 'NestFactory' })
  expect(lines.at(-1)).toMatchObject({ level: 'error', error: { message: 'no database' } })
})
