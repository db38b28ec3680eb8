import 'reflect-metadata'
import type { Request, Response } from 'express'
import { describe, expect, it } from 'vitest'
import { OptionError } from 'wideline'
import { int, LogField, LogFields } from 'wideline/decorators'
import { call } from './serve.js'

class Payment {
  @LogField.float() amount = 99.5
  @LogField.string({ redact: 'last4' }) card = '4111111111111234'
  internal = 'internal'
}

describe('a declared parameter', () => {
  it('is written as it was passed, with its own key, kind and redaction', async () => {
    class Orders {
      @LogFields({ id: int.param('id') })
      pay(
        _request: Request,
        response: Response,
        @LogField.int('rows') _rows: string,
        @LogField.string('card', { redact: 'last4' }) _card: string,
        @LogField.string({ key: 'pin', redact: 'mask' }) _pin: string,
        @LogField.string('note', { redact: 'remove' }) _note: string,
        @LogField.any('missing') _missing?: unknown,
      ): void {
        response.send('ok')
      }
    }
    const orders = new Orders()
    const { line, problems } = await call(
      (req, res) => orders.pay(req, res, '12', '4111111111111234', '1234', 'for aunt Ada'),
      { route: '/:id', path: '/7' },
    )
    expect(line).toMatchObject({ id: 7, rows: 12, card: '…1234', pin: '[Redacted]' })
    expect(line).not.toHaveProperty('missing')
    expect(line).not.toHaveProperty('note')
    expect(problems).toEqual([])
  })

  it.each([
    {
      name: 'of a method',
      declare: () => {
        class Orders {
          find(@LogField.int() _id: number): void {
            // Never called.
          }
        }
        return Orders
      },
      message: '@LogField.int on parameter 0 of find must be given a key: a parameter has no name at run time, got ""',
    },
    {
      name: 'with options but no key',
      declare: () => {
        class Orders {
          find(_first: number, @LogField.string({ redact: 'mask' }) _card: string): void {
            // Never called.
          }
        }
        return Orders
      },
      message:
        '@LogField.string on parameter 1 of find must be given a key: a parameter has no name at run time, got ""',
    },
    {
      name: 'of a constructor, even with a key',
      declare: () => {
        class Orders {
          constructor(@LogField.any('shop') readonly shop: string) {}
        }
        return Orders
      },
      message: '@LogField.any on parameter 0 of the constructor must be on a method, got undefined',
    },
  ])('is refused where it cannot work: $name', ({ declare, message }) => {
    let refusal: unknown
    try {
      declare()
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(OptionError)
    expect((refusal as OptionError).message).toBe(message)
  })
})

describe('an argument whose class declares fields', () => {
  class Orders {
    @LogFields({ id: int.param('id') })
    pay(_request: Request, response: Response, _payment: Payment): void {
      response.send('ok')
    }

    @LogFields({})
    list(_request: Request, response: Response, _payments: Payment[]): void {
      response.send('ok')
    }
  }

  it('writes them on the line', async () => {
    const { line } = await call((req, res) => new Orders().pay(req, res, new Payment()), { route: '/:id', path: '/7' })
    expect(line).toMatchObject({ id: 7, amount: 99.5, card: '…1234' })
    expect(line).not.toHaveProperty('internal')
  })

  it('may be a plain object of that form: the declared type says what is written', async () => {
    const plain = { amount: 1, card: '4222222222222345', internal: 'internal', more: 'more' }
    const { line } = await call((req, res) => new Orders().pay(req, res, plain), { route: '/:id', path: '/7' })
    expect(line).toMatchObject({ id: 7, amount: 1, card: '…2345' })
    expect(JSON.stringify(line)).not.toMatch(/42222222|internal|more/)
  })

  it.each([null, undefined, 'text', 7])('may be missing or of another type: %s', async (value) => {
    const { line, problems } = await call((req, res) => new Orders().pay(req, res, value as never), {
      route: '/:id',
      path: '/7',
    })
    expect(line).toMatchObject({ id: 7, status: 200 })
    expect(problems).toEqual([])
  })

  it('is not looked for in other arguments, such as lists', async () => {
    const { line } = await call((req, res) => new Orders().list(req, res, [new Payment()]))
    expect(line).not.toHaveProperty('amount')
  })
})
