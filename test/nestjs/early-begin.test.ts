import http from 'node:http'
import { type AddressInfo } from 'node:net'
import { Controller, Get, type INestApplication } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import express, { type Express, type Request } from 'express'
import { LoggerModule, type LoggerModuleOptions } from 'wideline/nestjs'
import { afterEach, describe, expect, it } from 'vitest'
import { Lines } from './lines.js'
import { ask, brief, rootOf } from './support.js'

@Controller('orders')
class OrdersController {
  @Get() list(): number[] {
    return [1]
  }
}

let app: INestApplication
afterEach(() => app.close())

async function boot(
  requests: LoggerModuleOptions['requests'] = {},
  instance?: Express,
): Promise<{ lines: Lines; express: Express }> {
  const lines = new Lines()
  const module = rootOf({
    controllers: [OrdersController],
    imports: [LoggerModule.forRoot({ outputs: [lines], requests })],
  })
  const adapter = new ExpressAdapter(instance)
  app = await NestFactory.create(module, adapter, { logger: false })
  return { lines, express: adapter.getInstance<Express>() }
}

const portOf = (server: http.Server): number => (server.address() as AddressInfo).port

async function listen(): Promise<number> {
  await app.listen(0, '127.0.0.1')
  return portOf(app.getHttpServer() as http.Server)
}

/** The names of the response's headers, in the order in which they were set. */
async function headersOf(port: number, headers: Record<string, string> = {}): Promise<string[]> {
  const answer = await ask(port, '/orders', { headers })
  return Object.keys(answer.headers).filter((name) => name.startsWith('x-'))
}

describe('a request of an Express application', () => {
  it('begins before Express has it', async () => {
    const { lines } = await boot()
    expect(await headersOf(await listen())).toEqual(['x-request-id', 'x-powered-by'])
    const line = await lines.next((each) => 'outcome' in each)
    expect(brief(line)).toBe('info 200 completed · /orders · OrdersController.list · -')
    expect(line['firstByteMs']).toBeTypeOf('number')
    expect(lines.wide).toHaveLength(1)
  })

  it('has the methods that the application has given its responses', async () => {
    const { lines, express: instance } = await boot({ body: { response: true } })
    const called: string[] = []
    for (const name of ['writeHead', 'write', 'end'] as const) {
      const method = instance.response[name] as (...given: unknown[]) => unknown
      Object.defineProperty(instance.response, name, {
        value(this: unknown, ...given: unknown[]) {
          called.push(name)
          return method.apply(this, given)
        },
      })
    }
    await headersOf(await listen())
    expect(await lines.next((each) => 'outcome' in each)).toMatchObject({ status: 200, responseBody: [1] })
    expect(called).toEqual(expect.arrayContaining(['end', 'writeHead']))
  })

  it.each([
    ['trust', { trust: (request: object) => (request as Request).get('user-agent') === 'ours' }],
    ['generateId', { generateId: (request: object) => `a-${(request as Request).get('user-agent')}` }],
  ])('is given to a function of %s when it is Express’s', async (name, requests) => {
    const { lines } = await boot(requests)
    const port = await listen()
    expect(await headersOf(port, { 'user-agent': 'ours' })).toEqual(['x-powered-by', 'x-request-id'])
    await ask(port, '/orders', {
      headers: { 'user-agent': 'ours', ...(name === 'trust' ? { 'x-request-id': 'a-ours' } : {}) },
    })
    expect(await lines.next((each) => each['requestId'] === 'a-ours')).toMatchObject({ route: '/orders', status: 200 })
    expect(lines.wide).toHaveLength(2)
  })

  it.each([
    [true, '203.0.113.7'],
    [false, '127.0.0.1'],
  ])('has the address that Express gives it, with trust proxy: %s', async (trusts, remoteAddress) => {
    const { lines, express: instance } = await boot()
    instance.set('trust proxy', trusts)
    const headers = await headersOf(await listen(), { 'x-forwarded-for': '203.0.113.7' })
    expect(headers).toEqual(['x-request-id', 'x-powered-by'])
    expect(await lines.next((each) => 'outcome' in each)).toMatchObject({ remoteAddress })
  })
})

describe('an Express application of one’s own', () => {
  it('answers by itself what stands before Nest, without a line and without an id', async () => {
    const own = express()
    own.get('/health', (_request, response) => void response.send('ok'))
    const { lines } = await boot({}, own)
    const port = await listen()
    const { status, headers } = await ask(port, '/health')
    expect({ status, id: headers['x-request-id'] }).toEqual({ status: 200, id: undefined })
    expect(await headersOf(port)).toEqual(['x-powered-by', 'x-request-id'])
    await app.close()
    expect(lines.wide.map(brief)).toEqual(['info 200 completed · /orders · OrdersController.list · -'])
  })

  it('that two of Nest’s share gives its requests to the first one’s hook', async () => {
    const own = express()
    const first = await boot({}, own)
    await app.init()
    const other = app
    const second = await boot({}, own)
    const port = await listen()
    expect(await headersOf(port)).toEqual(['x-request-id', 'x-powered-by'])
    await app.close()
    await other.close()
    expect([first.lines.wide.length, second.lines.wide.length]).toEqual([1, 0])
  })

  it('has Nest’s within it, whose requests have their status and times', async () => {
    const { lines, express: inner } = await boot()
    await app.init()
    const outer = express()
    outer.get('/health', (_request, response) => void response.send('ok'))
    outer.use('/api', inner)
    const server = http.createServer(outer).listen(0, '127.0.0.1')
    try {
      await new Promise((resolve) => server.once('listening', resolve))
      expect((await ask(portOf(server), '/health')).headers['x-request-id']).toBeUndefined()
      expect((await ask(portOf(server), '/api/orders')).status).toBe(200)
      const line = await lines.next((each) => 'outcome' in each)
      expect(line).toMatchObject({ url: '/api/orders', route: '/orders', status: 200, outcome: 'completed' })
      expect(line['firstByteMs']).toBeTypeOf('number')
    } finally {
      server.close()
    }
    expect(lines.wide).toHaveLength(1)
  })
})
