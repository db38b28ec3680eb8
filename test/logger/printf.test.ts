import { format as nodeFormat } from 'node:util'
import { describe, expect, it } from 'vitest'
import { format } from '../../src/message.js'
import { written } from './capture.js'

const message = (template: string, ...values: unknown[]): unknown =>
  written((log) => log.info(template, ...values))['msg']

describe('a message with placeholders', () => {
  it.each([
    { call: ['paid %d orders in %s', 3, 'EUR'], want: 'paid 3 orders in EUR' },
    { call: ['%s', 'text'], want: 'text' },
    { call: ['%s', 1.5], want: '1.5' },
    { call: ['%s', null], want: 'null' },
    { call: ['%s', undefined], want: 'undefined' },
    { call: ['%s', 12n], want: '12n' },
    { call: ['%s', true], want: 'true' },
    { call: ['%s', Symbol('s')], want: 'Symbol(s)' },
    { call: ['%s', new TypeError('no')], want: 'TypeError: no' },
    { call: ['%d', 42], want: '42' },
    { call: ['%d', '42.5'], want: '42.5' },
    { call: ['%d', 12n], want: '12n' },
    { call: ['%d', {}], want: 'NaN' },
    { call: ['%d', 'x'], want: 'NaN' },
    { call: ['%i', 42.9], want: '42' },
    { call: ['%i', -42.9], want: '-42' },
    { call: ['%i', '42.9'], want: '42' },
    { call: ['%f', '1.25'], want: '1.25' },
    { call: ['%j', { a: [1] }], want: '{"a":[1]}' },
    { call: ['%j', 'text'], want: '"text"' },
    { call: ['%c styled', 'color: red'], want: ' styled' },
    { call: ['100%% of %s', 'it'], want: '100% of it' },
    { call: ['%s and %s', 'one'], want: 'one and %s' },
    { call: ['%x %s', 'one'], want: '%x one' },
    { call: ['ends with %', 'one'], want: 'ends with % one' },
    { call: ['%%%s%%', 'in'], want: '%in%' },
    { call: ['%', 1], want: '% 1' },
    { call: ['%s', 'one', 'two', 3], want: 'one two 3' },
    { call: ['%s%s%s', 'a', 'b', 'c'], want: 'abc' },
    { call: ['%s', '%s', 'x'], want: '%s x' },
  ])('$call.0 reads $want', ({ call, want }) => {
    const [template, ...values] = call as [string, ...unknown[]]
    expect(message(template, ...values)).toBe(want)
  })

  // The letters are those of util.format; where both are plain text, both must agree.
  it.each([
    ['%s is %d years and %i months', 'ann', 42, 3.7],
    ['%s %%', 'x'],
    ['%d %s', 1],
    ['%j', { a: 1, b: [true, null] }],
    ['no placeholder', 'x', 1],
    ['%z %s', 'x'],
    ['%s%', 'x'],
  ])('%j reads as with util.format', (...call) => {
    expect(message(...(call as [string, ...unknown[]]))).toBe(nodeFormat(...call))
  })

  it('is read again with other values, and fewer', () => {
    const all = [['a', 1, 'rest'], ['b'], [], [undefined, null]].map((values) =>
      message('%s is %d %%, %s', 'x', ...values),
    )
    expect(all).toEqual(['x is NaN %, 1 rest', 'x is NaN %, %s', 'x is %d %, %s', 'x is NaN %, null'])
  })

  it('is right among many that are made of data, and a long one', () => {
    for (let i = 0; i < 1_000; i++) expect(message(`%s ${i} %d`, i, i)).toBe(`${i} ${i} ${i}`)
    const long = 'x'.repeat(300)
    for (let i = 0; i < 3; i++) expect(message(`%d${long}%s`, i, i)).toBe(`${i}${long}${i}`)
  })

  it('stays as it is when there are no values', () => {
    for (const template of ['%s', '100%%', '%', '%d%%']) expect(message(template)).toBe(template)
  })

  it('puts fields and errors that found no placeholder on the line', () => {
    const error = new Error('no')
    const line = written((log) => log.info('paid %d', 3, { orderId: 42 }, error))
    expect(line).toMatchObject({ msg: 'paid 3', orderId: 42, error: { message: 'no' } })
  })

  it('does not put fields that found a placeholder on the line', () => {
    expect(written((log) => log.info('order %j', { orderId: 42 }))).toEqual({ msg: 'order {"orderId":42}' })
  })

  it('shows no secrets', () => {
    const line = written((log) => log.info('%j %s %o', { password: 'x' }, { token: 'x' }, { deep: [{ Cookie: 'x' }] }))
    expect(line['msg']).toBe('{"password":"[Redacted]"} {"token":"[Redacted]"} {"deep":[{"Cookie":"[Redacted]"}]}')
  })

  it('comes after fields or an error too', () => {
    expect(written((log) => log.info({ a: 1 }, 'paid %d', 3))).toEqual({ a: 1, msg: 'paid 3' })
    expect(written((log) => log.error(new Error('x'), 'paid %d', 3))['msg']).toBe('paid 3')
  })

  it('takes time in proportion to its length', () => {
    const start = performance.now()
    message('%'.repeat(50_000), 1)
    message('%s'.repeat(20_000), ...Array.from({ length: 20_000 }, () => 'x'))
    expect(performance.now() - start).toBeLessThan(500)
  })
})

describe('format', () => {
  it('tells how many values found a placeholder', () => {
    const show = (value: unknown): string => String(value)
    expect(format('%s %d %%', ['a', 1, 'rest'], 0, show)).toEqual({ text: 'a 1 %', used: 2 })
    expect(format('none', ['a'], 0, show)).toEqual({ text: 'none', used: 0 })
    expect(format('%c', ['a', 'b'], 1, show)).toEqual({ text: '', used: 1 })
  })
})
