import type { Request, Response } from 'express'
import { describe, expect, it } from 'vitest'
import { any, bigint, bool, duration, error, float, int, LogFields, string, timestamp } from 'wideline/decorators'
import { call, callAll } from '../decorators/serve.js'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('a method with declared fields, in standard mode', () => {
  it('takes them from every source, in every kind', async () => {
    class Orders {
      @LogFields({
        s: string.param('id'),
        i: int.param('id'),
        f: float.body('amount'),
        b: bool.query('paid'),
        d: duration.header('X-Took'),
        n: bigint.from(() => 12n),
        t: timestamp.from((req: Request) => (req.path === '/7' ? 0 : 1)),
        e: error.result('problem'),
        a: any.result((result: { list: number[] }) => result.list),
        card: string.body('card', { redact: 'last4', key: 'cardEnd' }),
        pin: string.body('pin', { redact: 'mask' }),
        note: string.body('note', { redact: 'remove' }),
        none: string.query('none'),
      })
      pay(_request: Request, response: Response): unknown {
        response.send('ok')
        return { problem: new RangeError('too far'), list: [1, 2] }
      }
    }
    const { line, problems } = await call((req, res) => void new Orders().pay(req, res), {
      route: '/:id',
      path: '/7?paid=true',
      headers: { 'x-took': '2.5' },
      body: { amount: 9.5, card: '4111111111111234', pin: '1234', note: 'for aunt Ada' },
    })
    const names = Object.keys(line)
    expect(names.slice(names.indexOf('spanId') + 1)).toEqual([
      's',
      'i',
      'f',
      'b',
      'd',
      'n',
      't',
      'cardEnd',
      'pin',
      'e',
      'a',
    ])
    expect(line).toMatchObject({ s: '7', i: 7, f: 9.5, b: true, d: 2.5, n: 12, t: '1970-01-01T00:00:00.000Z' })
    expect(line).toMatchObject({ e: { type: 'RangeError' }, a: [1, 2], cardEnd: '…1234', pin: '[Redacted]' })
    expect(problems).toEqual([])
  })

  it('may be asynchronous', async () => {
    class Orders {
      @LogFields({ id: int.param('id'), payment: string.result('payment') })
      async pay(_request: Request, response: Response): Promise<{ payment: string }> {
        await turn()
        response.send('ok')
        return { payment: 'p-1' }
      }
    }
    const { line } = await call((req, res) => new Orders().pay(req, res), { route: '/:id', path: '/7' })
    expect(line).toMatchObject({ id: 7, payment: 'p-1' })
  })

  it.each(['throws', 'rejects'])('keeps the fields of the request when it %s', async (how) => {
    class Orders {
      @LogFields({ id: int.param('id'), payment: string.result('payment') })
      pay(_request: Request): Promise<{ payment: string }> {
        if (how === 'rejects') return Promise.reject(new Error('declined'))
        throw new Error('declined')
      }
    }
    const { line, status } = await call((req) => new Orders().pay(req), { route: '/:id', path: '/7' })
    expect(status).toBe(500)
    expect(line).toMatchObject({ id: 7, outcome: 'failed', error: { message: 'declined' } })
    expect(line).not.toHaveProperty('payment')
  })

  it('marks a source that throws each time, and reports it once', async () => {
    class Orders {
      @LogFields({
        tenant: string.from(() => {
          throw new Error('no tenant')
        }),
        after: int.from(() => 1),
      })
      find(_request: Request, response: Response): void {
        response.send('ok')
      }
    }
    const orders = new Orders()
    const answers = await callAll((req, res) => orders.find(req, res), [{}, {}])
    for (const { line } of answers)
      expect(line).toMatchObject({ tenantError: 'throws: no tenant', after: 1, status: 200 })
    expect(answers.flatMap(({ problems }) => problems)).toEqual(['field tenant: throws: no tenant'])
  })

  it('has its `this`, its arguments, its name and its length, and just works outside of requests', async () => {
    class Sum {
      readonly factor = 10

      @LogFields({ result: int.result((sum: number) => sum) })
      of(a: number, b: number, _more?: unknown): number {
        return (a + b) * this.factor
      }

      @LogFields({ result: int.result((sum: number) => sum) })
      static of(a: number, b: number): number {
        return a + b
      }
    }
    const sum = new Sum()
    expect([sum.of(1, 2), Sum.of(1, 2)]).toEqual([30, 3])
    expect([sum.of.name, sum.of.length]).toEqual(['of', 3])
    expect(() => sum.of.call(undefined as never, 1, 2)).toThrow(TypeError)
    const { line } = await call((_req, response) => response.send(String(sum.of(3, 4))))
    expect(line).toMatchObject({ result: 70, bytes: 2 })
  })

  it('may be a private one, or have two declarations', async () => {
    class Orders {
      handle(request: Request, response: Response): void {
        this.#find(request, response)
      }

      @LogFields({ id: int.param('id') })
      @LogFields({ page: int.query('page') })
      #find(_request: Request, response: Response): void {
        response.send('ok')
      }
    }
    const { line } = await call((req, res) => new Orders().handle(req, res), { route: '/:id', path: '/7?page=2' })
    expect(line).toMatchObject({ id: 7, page: 2 })
  })
})
