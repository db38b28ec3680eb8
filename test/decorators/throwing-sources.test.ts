import type { Request, Response } from 'express'
import { describe, expect, it, vi } from 'vitest'
import { any, int, LogField, LogFields, string } from 'wideline/decorators'
import { call, callAll } from './serve.js'

function raise(message: string): never {
  throw new Error(message)
}

class Payment {
  @LogField.string() state = 'new'
  @LogField.float() amount = 0

  constructor() {
    Object.defineProperty(this, 'amount', { get: () => raise('no amount') })
  }
}

describe('a source that throws', () => {
  it('marks its own field and costs neither the request nor another field', async () => {
    class Orders {
      @LogFields({
        before: int.from(() => 1),
        tenant: string.from(() => raise('no tenant')),
        sum: int.result(() => raise('no sum'), { key: 'total' }),
        after: int.from(() => 2),
      })
      find(_request: Request, response: Response): void {
        response.send('ok')
      }
    }
    const { line, status, problems } = await call((req, res) => new Orders().find(req, res))
    expect(status).toBe(200)
    expect(line).toMatchObject({ before: 1, tenantError: 'throws: no tenant', totalError: 'throws: no sum', after: 2 })
    expect(line).toMatchObject({ outcome: 'completed', level: 'info' })
    expect(problems).toEqual(['field tenant: throws: no tenant', 'field total: throws: no sum'])
  })

  it('is reported once, however often its handler is called, and marked each time', async () => {
    class Orders {
      @LogFields({ tenant: string.from(() => raise('no tenant')) })
      find(_request: Request, response: Response): void {
        response.send('ok')
      }
    }
    const orders = new Orders()
    const answers = await callAll((req, res) => orders.find(req, res), [{}, {}, {}])
    expect(answers.map(({ line }) => line['tenantError'])).toEqual(Array(3).fill('throws: no tenant'))
    expect(answers.flatMap(({ problems }) => problems)).toHaveLength(1)
  })

  it('may be asynchronous: no field waits for it, and its failure ends no process', async () => {
    class Orders {
      @LogFields({
        sum: any.from(async () => raise('no sum')),
        total: any.result(async () => 1),
        id: int.from(() => 2),
      })
      find(_request: Request, response: Response): void {
        response.send('ok')
      }
    }
    const unhandled = vi.fn<() => void>()
    process.once('unhandledRejection', unhandled)
    const { line } = await call((req, res) => new Orders().find(req, res))
    process.off('unhandledRejection', unhandled)
    const problem = 'throws: a promise, which no field waits for'
    expect(line).toMatchObject({ sumError: problem, totalError: problem, id: 2 })
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('may throw what is no error', async () => {
    class Orders {
      @LogFields({
        text: string.from(() => {
          // oxlint-disable-next-line only-throw-error
          throw 'just text'
        }),
      })
      find(_request: Request, response: Response): void {
        response.send('ok')
      }
    }
    const { line } = await call((req, res) => new Orders().find(req, res))
    expect(line).toMatchObject({ textError: 'throws: just text' })
  })

  it('may be an argument that throws whenever it is looked at', async () => {
    class Orders {
      @LogFields({ id: int.param('id') })
      find(_hostile: unknown, _request: Request, response: Response): void {
        response.send('ok')
      }
    }
    const hostile = new Proxy(
      {},
      {
        get: () => raise('do not touch'),
        getPrototypeOf: () => raise('do not touch'),
      },
    )
    const { line, status } = await call((req, res) => new Orders().find(hostile, req, res), {
      route: '/:id',
      path: '/7',
    })
    expect(status).toBe(200)
    expect(line).toMatchObject({ id: 7, outcome: 'completed' })
  })

  it('may be a property of an argument whose class declares fields', async () => {
    class Orders {
      @LogFields({ id: int.param('id') })
      pay(_payment: Payment, _request: Request, response: Response): void {
        response.send('ok')
      }
    }
    const { line, status, problems } = await call((req, res) => new Orders().pay(new Payment(), req, res), {
      route: '/:id',
      path: '/7',
    })
    expect(status).toBe(200)
    expect(line).toMatchObject({ id: 7, state: 'new' })
    expect(JSON.stringify([line, problems])).toContain('no amount')
  })

  it('may be a property of an object that is set by hand', async () => {
    const { line, lines, status, problems } = await call((req, response) => {
      req.log.set(new Payment())
      req.log.info('paid', new Payment())
      response.send('ok')
    })
    expect(status).toBe(200)
    expect(line).toMatchObject({ state: 'new', outcome: 'completed' })
    expect(lines).toMatchObject([{ msg: 'paid', state: 'new' }, { outcome: 'completed' }])
    expect(JSON.stringify([lines, problems])).toContain('no amount')
  })
})
