import type { Request, Response } from 'express'
import { describe, expect, it } from 'vitest'
import {
  any,
  bigint,
  bool,
  duration,
  error,
  float,
  int,
  LogFields,
  type SourcedField,
  string,
  timestamp,
} from 'wideline/decorators'
import { type Ask, call, type Handler } from './serve.js'

/** A handler with these declarations, which answers and returns a value. */
function handlerWith(fields: Record<string, SourcedField>, result?: unknown): Handler {
  class Orders {
    @LogFields(fields as never)
    handle(_request: Request, response: Response): unknown {
      response.send('ok')
      return result
    }
  }
  const orders = new Orders()
  return (request, response) => orders.handle(request, response)
}

async function written(field: SourcedField, ask: Ask, result?: unknown): Promise<unknown> {
  const { line, problems } = await call(handlerWith({ field }, result), ask)
  expect(problems).toEqual([])
  return line['field']
}

const DATE = new Date('2026-11-23T02:52:15.206Z')
const failure = new RangeError('too far')

describe('a field is taken from', () => {
  it.each<{ name: string; field: SourcedField; ask?: Ask; result?: unknown; want: unknown }>([
    {
      name: 'a path parameter',
      field: string.param('id'),
      ask: { route: '/orders/:id', path: '/orders/a-7' },
      want: 'a-7',
    },
    { name: 'a query parameter', field: string.query('page'), ask: { path: '/?page=last' }, want: 'last' },
    { name: 'a repeated query parameter', field: any.query('a'), ask: { path: '/?a=1&a=2' }, want: ['1', '2'] },
    { name: 'a header', field: string.header('x-client'), ask: { headers: { 'X-Client': 'app' } }, want: 'app' },
    {
      name: 'a header in any case',
      field: string.header('X-Client'),
      ask: { headers: { 'x-client': 'app' } },
      want: 'app',
    },
    {
      name: 'a header that is a URL, without its user and query values',
      field: string.header('Referer'),
      ask: { headers: { referer: 'https://ann:pw@shop.example/reset?token=t-1#code=c-1' } },
      want: 'https://shop.example/reset?token=*#code=*',
    },
    { name: 'the body', field: float.body('amount'), ask: { body: { amount: 9.5 } }, want: 9.5 },
    { name: 'the result', field: int.result('id'), result: { id: 7 }, want: 7 },
    {
      name: 'a function of the result',
      field: int.result((list: unknown[]) => list.length),
      result: ['a', 'b'],
      want: 2,
    },
    { name: 'a function of the request', field: string.from((req: Request) => req.hostname), want: '127.0.0.1' },
  ])('$name', async ({ field, ask = {}, result, want }) => {
    expect(await written(field, ask, result)).toEqual(want)
  })
})

describe('a field of each kind', () => {
  const param = { route: '/:value', path: '/42' }

  it.each<{ kind: string; field: SourcedField; ask?: Ask; result?: unknown; want: unknown }>([
    { kind: 'string', field: string.param('value'), ask: param, want: '42' },
    { kind: 'int', field: int.param('value'), ask: param, want: 42 },
    { kind: 'float', field: float.query('v'), ask: { path: '/?v=9.50' }, want: 9.5 },
    { kind: 'bool', field: bool.query('v'), ask: { path: '/?v=false' }, want: false },
    { kind: 'duration', field: duration.header('x-took'), ask: { headers: { 'x-took': '12.5' } }, want: 12.5 },
    { kind: 'timestamp', field: timestamp.body('at'), ask: { body: { at: DATE.getTime() } }, want: DATE.toISOString() },
    { kind: 'timestamp of a Date', field: timestamp.result('at'), result: { at: DATE }, want: DATE.toISOString() },
    { kind: 'bigint', field: bigint.result('n'), result: { n: 12n }, want: 12 },
    {
      kind: 'error',
      field: error.result('e'),
      result: { e: failure },
      want: { type: 'RangeError', message: 'too far' },
    },
    { kind: 'any', field: any.body('list'), ask: { body: { list: [{ a: 1 }] } }, want: [{ a: 1 }] },
    { kind: 'string, that is null', field: string.result('s'), result: { s: null }, want: null },
  ])('is written as its kind says: $kind', async ({ field, ask = {}, result, want }) => {
    const value = await written(field, ask, result)
    if (typeof want === 'object' && want !== null && !Array.isArray(want)) expect(value).toMatchObject(want)
    else expect(value).toEqual(want)
  })

  it.each<{ name: string; field: SourcedField; ask: Ask; want: string }>([
    {
      name: 'text that is no number',
      field: int.query('v'),
      ask: { path: '/?v=many' },
      want: 'expected int, got string "many"',
    },
    {
      name: 'digits that a number cannot hold exactly',
      field: int.param('value'),
      ask: { route: '/:value', path: '/9007199254740993' },
      want: 'expected int, got string "9007199254740993"',
    },
    {
      name: 'one that is redacted, which is not shown',
      field: int.query('v', { redact: 'last4' }),
      ask: { path: '/?v=hunter2' },
      want: 'expected int, got string',
    },
    {
      name: 'one that does not pass its validation',
      field: int.query('v', { validate: (page) => page > 0 || 'expected a page from 1 on' }),
      ask: { path: '/?v=0' },
      want: 'expected a page from 1 on',
    },
  ])('is marked, and reported once, when it is of the wrong kind: $name', async ({ field, ask, want }) => {
    const { line, problems } = await call(handlerWith({ field }), ask)
    expect(line).toMatchObject({ fieldError: want, outcome: 'completed', status: 200 })
    expect(line).not.toHaveProperty('field')
    expect(problems).toEqual([`field field: ${want}`])
  })

  it.each<{ name: string; field: SourcedField; result?: unknown }>([
    { name: 'a path parameter', field: string.param('none') },
    { name: 'a query parameter', field: int.query('none') },
    { name: 'a header', field: string.header('x-none') },
    { name: 'a property of a body that was not sent', field: float.body('none') },
    { name: 'a property of a result that is no object', field: int.result('id'), result: 'text' },
    { name: 'a property of no result', field: int.result('id') },
    { name: 'a function that finds nothing', field: string.from(() => undefined) },
  ])('is left out when there is nothing to take: $name', async ({ field, result }) => {
    const { line, problems } = await call(handlerWith({ field }, result))
    expect(line).not.toHaveProperty('field')
    expect(problems).toEqual([])
  })
})

describe('the options of a field', () => {
  const body = { card: '4111111111111234', pin: '1234', note: 'hello' }

  it('choose the key, and keep the value out of the line', async () => {
    const handler = handlerWith(
      {
        card: string.body('card', { redact: 'last4' }),
        pin: string.body('pin', { redact: 'mask' }),
        note: string.body('note', { redact: 'remove' }),
        short: string.body('pin', { redact: 'last4' }),
        id: int.param('id', { key: 'orderId' }),
        shown: string.result('secret', { key: 'paid', redact: 'mask' }),
        client: string.header('X-Client', { key: 'clientName' }),
      },
      { secret: 's3cret' },
    )
    const { line } = await call(handler, { route: '/:id', path: '/7', body, headers: { 'x-client': 'app' } })
    const names = Object.keys(line)
    expect(Object.fromEntries(names.slice(names.indexOf('spanId') + 1).map((name) => [name, line[name]]))).toEqual({
      card: '…1234',
      pin: '[Redacted]',
      short: '[Redacted]',
      orderId: 7,
      clientName: 'app',
      paid: '[Redacted]',
    })
    for (const secret of ['41111111', 'hello', 's3cret']) expect(JSON.stringify(line)).not.toContain(secret)
  })

  it('do not lift the protection of secret keys and of what the line says itself', async () => {
    const handler = handlerWith({ password: string.body('note'), status: int.query('s') })
    const { line } = await call(handler, { path: '/?s=999', body })
    expect(line).toMatchObject({ password: '[Redacted]', status: 200, _status: 999 })
  })
})
