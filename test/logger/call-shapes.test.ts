import { describe, expect, it } from 'vitest'
import { type Logger, loggable } from 'wideline'
import { capture, written } from './capture.js'

const failed = new TypeError('no such order')
const error = { type: 'TypeError', message: 'no such order', stack: failed.stack }

class Card {
  readonly number = '4111111111111111';

  [loggable](fields: { string(key: string, value: string): unknown }): void {
    fields.string('last4', this.number.slice(-4))
  }
}

/** A call as the logger sees it, whatever the types allow. */
const CALLS: { name: string; call: unknown[]; want: Record<string, unknown> }[] = [
  { name: 'a message', call: ['order paid'], want: { msg: 'order paid' } },
  { name: 'an empty message', call: [''], want: { msg: '' } },
  { name: 'nothing', call: [], want: {} },
  { name: 'a message and fields', call: ['paid', { orderId: 42 }], want: { msg: 'paid', orderId: 42 } },
  { name: 'fields and a message', call: [{ orderId: 42 }, 'paid'], want: { msg: 'paid', orderId: 42 } },
  { name: 'fields alone', call: [{ orderId: 42 }], want: { orderId: 42 } },
  { name: 'a message and no fields', call: ['paid', {}], want: { msg: 'paid' } },
  { name: 'a message and undefined', call: ['paid', undefined], want: { msg: 'paid undefined' } },
  { name: 'a message and null', call: ['paid', null], want: { msg: 'paid null' } },
  {
    name: 'a message and two sets of fields',
    call: ['paid', { a: 1, b: 1 }, { b: 2 }],
    want: { msg: 'paid', a: 1, b: 2 },
  },
  { name: 'fields, a message and fields', call: [{ a: 1 }, 'paid', { b: 2 }], want: { msg: 'paid', a: 1, b: 2 } },
  { name: 'two sets of fields and a message', call: [{ a: 1 }, { b: 2 }, 'paid'], want: { msg: 'paid', a: 1, b: 2 } },
  { name: 'an error', call: [failed], want: { msg: 'no such order', error } },
  { name: 'an error and a message', call: [failed, 'payment failed'], want: { msg: 'payment failed', error } },
  { name: 'a message and an error', call: ['payment failed', failed], want: { msg: 'payment failed', error } },
  { name: 'a message, an error and fields', call: ['failed', failed, { a: 1 }], want: { msg: 'failed', error, a: 1 } },
  { name: 'a message, fields and an error', call: ['failed', { a: 1 }, failed], want: { msg: 'failed', a: 1, error } },
  { name: 'an error, a message and fields', call: [failed, 'failed', { a: 1 }], want: { msg: 'failed', error, a: 1 } },
  { name: 'fields and a message that was left out', call: [{ a: 1 }, undefined], want: { a: 1 } },
  {
    name: 'an error and a message that was left out',
    call: [failed, undefined],
    want: { msg: 'no such order', error },
  },
  {
    name: 'an error of its own key and a message that was left out',
    call: [{ err: failed }, undefined],
    want: { msg: 'no such order', err: error },
  },
  {
    name: 'fields, a message that was left out and more fields',
    call: [{ a: 1 }, undefined, { b: 2 }],
    want: { a: 1, b: 2 },
  },
  { name: 'an error and fields', call: [failed, { a: 1 }], want: { msg: 'no such order', error, a: 1 } },
  { name: 'fields and an error', call: [{ a: 1 }, failed], want: { a: 1, error } },
  { name: 'an error under a key of its own', call: ['m', { err: failed }], want: { msg: 'm', err: error } },
  {
    name: 'an error under two keys and in a list',
    call: ['m', { a: failed, b: [failed] }],
    want: { msg: 'm', a: error, b: [error] },
  },
  { name: 'an error and one under the key error', call: ['m', { error: 'mine' }, failed], want: { msg: 'm', error } },
  { name: 'a number', call: [42], want: { msg: '42' } },
  { name: 'undefined', call: [undefined], want: { msg: 'undefined' } },
  { name: 'null', call: [null], want: { msg: 'null' } },
  { name: 'a boolean and a bigint', call: [true, 12n], want: { msg: 'true 12n' } },
  { name: 'a symbol', call: [Symbol('s')], want: { msg: 'Symbol(s)' } },
  { name: 'a function', call: [function pay() {}], want: { msg: '[Function pay]' } },
  { name: 'several texts', call: ['a', 'b', 'c'], want: { msg: 'a b c' } },
  { name: 'a text and a number', call: ['a', 1], want: { msg: 'a 1' } },
  { name: 'a text, a number and fields', call: ['a', 1, { b: 2 }], want: { msg: 'a 1', b: 2 } },
  { name: 'many values', call: ['a', 1, 2, 3, 4, 5, { b: 2 }], want: { msg: 'a 1 2 3 4 5', b: 2 } },
  { name: 'an array', call: [[1, 'b', null]], want: { msg: '[1,"b",null]' } },
  { name: 'a message and an array', call: ['ids', [1, 2]], want: { msg: 'ids [1,2]' } },
  { name: 'a message and a Date', call: ['at', new Date(0)], want: { msg: 'at "1970-01-01T00:00:00.000Z"' } },
  { name: 'a message and a Map', call: ['map', new Map([['a', 1]])], want: { msg: 'map {"a":1}' } },
  { name: 'a message and a Set', call: ['set', new Set([1])], want: { msg: 'set [1]' } },
  { name: 'a message and a pattern', call: ['pattern', /a+/], want: { msg: 'pattern "/a+/"' } },
  {
    name: 'a message and bytes',
    call: ['bytes', new Uint8Array([1, 2])],
    want: { msg: 'bytes "[Uint8Array 2 bytes 0102]"' },
  },
  {
    name: 'a message, a Date and a number',
    call: ['at', new Date(0), 1],
    want: { msg: 'at "1970-01-01T00:00:00.000Z" 1' },
  },
  { name: 'a message and a Loggable', call: ['paid', new Card()], want: { msg: 'paid', last4: '1111' } },
  { name: 'a Loggable and a message', call: [new Card(), 'paid'], want: { msg: 'paid', last4: '1111' } },
  {
    name: 'a message and an instance',
    call: [
      'm',
      new (class Order {
        id = 7
      })(),
    ],
    want: { msg: 'm', id: 7 },
  },
  {
    name: 'an object without a prototype',
    call: ['m', Object.assign(Object.create(null), { a: 1 })],
    want: { msg: 'm', a: 1 },
  },
  { name: 'a percent sign and fields', call: ['100%', { a: 1 }], want: { msg: '100%', a: 1 } },
]

const METHODS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

function callWith(logger: Logger, method: (typeof METHODS)[number], call: unknown[]): void {
  const log: (...values: unknown[]) => void = logger[method]
  log.apply(logger, call)
}

describe('a log method', () => {
  it.each(CALLS)('takes $name', ({ call, want }) => {
    expect(written((log) => callWith(log, 'info', call))).toEqual(want)
  })

  it.each(METHODS)('%s writes its level, whatever the call', (method) => {
    const { logger, lines } = capture()
    for (const { call } of CALLS) callWith(logger, method, call)
    expect(lines().map((line) => line['level'])).toEqual(CALLS.map(() => method))
  })

  it('never changes what it is given', () => {
    const fields = Object.freeze({ a: 1, deep: Object.freeze({ password: 'x' }), level: 2 })
    written((log) => log.info('m', fields))
    written((log) => log.info(fields, 'm'))
    expect(fields).toEqual({ a: 1, deep: { password: 'x' }, level: 2 })
  })

  it('is called with more values than its fast ways know, and drops none', () => {
    const values = Array.from({ length: 100 }, (_, i) => i)
    expect(written((log) => log.info('m', ...values))).toEqual({ msg: `m ${values.join(' ')}` })
  })

  it('is not there under the name of log, where a call in the order of winston or the console would be lost', () => {
    expect('log' in capture().logger).toBe(false)
  })

  it("writes an error's own message when it is the first of several", () => {
    const call = [failed, { a: 1 }, new Error('second')]
    expect(written((log) => callWith(log, 'error', call))['msg']).toBe('no such order')
  })
})
