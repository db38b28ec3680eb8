import 'reflect-metadata'
import type { Request, Response } from 'express'
import supertest from 'supertest'
import { describe, expect, it } from 'vitest'
import { int, LogContext, LogFields, string, withFields } from 'wideline/decorators'
import { currentLog, type RequestLog } from 'wideline/express'
import { signal } from '../http/support.js'
import { call, serve } from './serve.js'

const byText = (a: string, b: string): number => (a < b ? -1 : 1)

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('a handler with declared fields', () => {
  it('may be asynchronous: its result is that of its promise', async () => {
    class Orders {
      @LogFields({ orderId: int.param('id'), paymentId: string.result('payment') })
      async pay(_request: Request, response: Response): Promise<{ payment: string }> {
        await turn()
        response.send('ok')
        return { payment: 'p-1' }
      }
    }
    const { line } = await call((req, res) => new Orders().pay(req, res), { route: '/:id', path: '/7' })
    expect(line).toMatchObject({ orderId: 7, paymentId: 'p-1', status: 200 })
  })

  it.each(['throws', 'rejects'])('keeps the fields of the request when it %s, and its error', async (how) => {
    class Orders {
      @LogFields({ orderId: int.param('id'), paymentId: string.result('id') })
      pay(_request: Request, _response: Response): unknown {
        const error = new RangeError('declined')
        if (how === 'rejects') return Promise.reject(error)
        throw error
      }
    }
    const { line, status, problems } = await call((req, res) => new Orders().pay(req, res), {
      route: '/:id',
      path: '/7',
    })
    expect(status).toBe(500)
    expect(line).toMatchObject({ orderId: 7, error: { type: 'RangeError', message: 'declined' } })
    expect(line).not.toHaveProperty('paymentId')
    expect(problems).toEqual([])
  })

  it('hands its own promise and its own result on', async () => {
    const promise = Promise.resolve({ id: 1 })
    class Orders {
      @LogFields({ id: int.result('id') })
      later(): Promise<unknown> {
        return promise
      }

      @LogFields({ id: int.result('id') })
      now(_log?: RequestLog): unknown {
        return promise
      }
    }
    const orders = new Orders()
    expect(orders.later()).toBe(promise)
    let inRequest: unknown
    await call((req, response) => {
      inRequest = orders.now(req.log)
      response.send('ok')
    })
    expect(inRequest).toBe(promise)
  })

  it('has its `this`, its arguments, its name and its length', async () => {
    class Orders {
      readonly shop = 'north'

      @LogFields({ id: int.param('id') })
      find(request: Request, response: Response, extra: string): string {
        response.send('ok')
        return `${this.shop} ${request.path} ${extra} ${arguments.length}`
      }
    }
    const orders = new Orders()
    let result: string | undefined
    await call(
      (req, res) => {
        result = orders.find(req, res, 'more')
      },
      { route: '/:id', path: '/7' },
    )
    expect(result).toBe('north /7 more 3')
    expect([orders.find.name, orders.find.length]).toEqual(['find', 3])
    expect(Object.keys(orders)).toEqual(['shop'])
  })

  it('finds its request in the current one when no argument has it', async () => {
    class Payments {
      @LogFields({ id: int.param('id'), paid: int.result((amount: number) => amount) })
      charge(amount: number): number {
        return amount
      }
    }
    const { line } = await call(
      async (_req, response) => {
        await turn()
        new Payments().charge(95)
        response.send('ok')
      },
      { route: '/:id', path: '/7' },
    )
    expect(line).toMatchObject({ id: 7, paid: 95 })
  })

  it('may be a static method', async () => {
    class Orders {
      readonly shop = 'north'

      @LogFields({ id: int.param('id') })
      static find(_request: Request, response: Response): void {
        response.send(this.name)
      }
    }
    const { line } = await call((req, res) => Orders.find(req, res), { route: '/:id', path: '/7' })
    expect(line).toMatchObject({ id: 7, bytes: 'Orders'.length })
  })

  it('may have two declarations, which both count', async () => {
    class Orders {
      @LogFields({ id: int.param('id') })
      @LogFields({ page: int.query('page') })
      find(_request: Request, response: Response): void {
        response.send('ok')
      }
    }
    const { line } = await call((req, res) => new Orders().find(req, res), { route: '/:id', path: '/7?page=2' })
    expect(line).toMatchObject({ id: 7, page: 2 })
  })

  it('does not keep another handler of the same request from writing its own', async () => {
    class Access {
      @LogFields({ tenant: string.header('x-tenant') })
      check(_request: Request): void {
        // What it does is no part of this.
      }
    }
    class Orders {
      @LogFields({ id: int.param('id') })
      find(_request: Request, response: Response): void {
        response.send('ok')
      }
    }
    const { line } = await call(
      (req, res) => {
        new Access().check(req)
        new Orders().find(req, res)
      },
      { route: '/:id', path: '/7', headers: { 'x-tenant': 'acme' } },
    )
    expect(line).toMatchObject({ tenant: 'acme', id: 7 })
  })

  it('just works outside of a request, and after one', async () => {
    class Orders {
      @LogFields({ id: int.from(() => 7), sum: int.result('sum') })
      add(a: number, b: number, _of?: unknown): { sum: number } {
        return { sum: a + b }
      }
    }
    const orders = new Orders()
    expect(orders.add(1, 2)).toEqual({ sum: 3 })
    let log: RequestLog | undefined
    const { line } = await call((req, response) => {
      log = req.log
      response.send('ok')
    })
    expect(orders.add(3, 4, log)).toEqual({ sum: 7 })
    expect(line).not.toHaveProperty('sum')
    expect(currentLog()).toBeUndefined()
  })

  it('writes to the log of its own request when it serves several at once', async () => {
    const all = signal()
    let waiting = 0
    class Orders {
      @LogFields({ id: int.param('id'), doubled: int.result((id: number) => id * 2) })
      async find(request: Request, response: Response): Promise<number> {
        if (++waiting === 10) all.give()
        await all.given
        response.send('ok')
        return Number(request.params['id'])
      }
    }
    const orders = new Orders()
    const { server } = await serve((req, res) => void orders.find(req, res), ['/:id'])
    await Promise.all(Array.from({ length: 10 }, (_, id) => supertest(server.server).get(`/${id}`).expect(200)))
    const lines = await server.settle(10)
    expect(
      lines.map(({ url, id, doubled }) => `${String(url)} ${String(id)} ${String(doubled)}`).toSorted(byText),
    ).toEqual(Array.from({ length: 10 }, (_, id) => `/${id} ${id} ${id * 2}`))
  })
})

describe('metadata of a handler', () => {
  it('is found on the function that takes its place, whichever decorator came first', () => {
    const note = (key: string) => (_target: object, _name: string, descriptor: PropertyDescriptor) => {
      Reflect.defineMetadata(key, `${key} value`, descriptor.value as object)
    }
    class Orders {
      @note('after')
      @LogFields({ id: int.param('id') })
      @note('before')
      find(): void {
        // Only what is noted on it matters here.
      }
    }
    const { find } = Orders.prototype
    expect(Reflect.getMetadata('before', find)).toBe('before value')
    expect(Reflect.getMetadata('after', find)).toBe('after value')
    expect(new Set(Reflect.getMetadataKeys(find))).toEqual(new Set(['after', 'before']))
    expect(Reflect.getMetadata('design:paramtypes', Orders.prototype, 'find')).toEqual([])
  })
})

it.each([undefined, null, 'pay'])('withFields refuses what is no handler: %j', (handler) => {
  expect(() => withFields({ id: int.param('id') }, handler as never)).toThrow(
    /^withFields must be given a handler, got/,
  )
})

it.each([[[int.param('id')]], [new Map([['id', int.param('id')]])], [Promise.resolve({})]])(
  'what holds no fields under their keys is refused: %o',
  (fields) => {
    const given = fields as never
    expect(() => LogFields(given)).toThrow(/^LogFields must be an object of fields, got an? /)
    expect(() => withFields(given, () => undefined)).toThrow(/^withFields must be an object of fields, got an? /)
    expect(() => LogContext(given)).toThrow(/^@LogContext must be an object of fields, got an? /)
  },
)
