import { describe, expect, it } from 'vitest'
import type { Logger } from 'wideline'
import { failure, lineOf, linesOf, readable, TRACE, wideLine } from './support.js'

function golden(calls: (log: Logger) => void): string {
  return readable(linesOf({ preset: 'ecs' }, calls))
}

describe("json({ preset: 'ecs' })", () => {
  it('writes a line', () => {
    expect(golden((log) => log.info('order paid', { orderId: 42, status: 'ok', card: { last4: '4242' } })))
      .toMatchInlineSnapshot(`
      "{"@timestamp":"2026-11-23T02:52:15.206Z",
       "log.level":"info",
       "message":"order paid",
       "ecs.version":"8.11.0",
       "log.logger":"shop",
       "labels":{"orderId":42,
       "status":"ok",
       "card":"{\\"last4\\":\\"4242\\"}"}}"
    `)
  })

  it('writes an error with its cause', () => {
    expect(golden((log) => log.error('payment failed', failure()))).toMatchInlineSnapshot(`
      "{"@timestamp":"2026-11-23T02:52:15.206Z",
       "log.level":"error",
       "message":"payment failed",
       "ecs.version":"8.11.0",
       "log.logger":"shop",
       "error.type":"TypeError",
       "error.message":"no such order",
       "error.code":"E_ORDER",
       "error.stack_trace":"TypeError: no such order\\n    at pay (orders.js:10:5)\\ncaused by: Error: disk full\\n    at write (fs.js:1:1)"}"
    `)
  })

  it('writes the line of a request', () => {
    expect(golden((log) => wideLine(log.child(TRACE)))).toMatchInlineSnapshot(`
      "{"@timestamp":"2026-11-23T02:52:15.206Z",
       "log.level":"info",
       "message":"request completed",
       "ecs.version":"8.11.0",
       "log.logger":"shop",
       "trace.id":"4bf92f3577b34da6a3ce929d0e0e4736",
       "span.id":"00f067aa0ba902b7",
       "http.request.id":"r-1",
       "http.request.method":"GET",
       "url.path":"/orders/42",
       "url.query":"page=*",
       "http.response.status_code":200,
       "http.response.body.bytes":17,
       "event.duration":12345000,
       "event.outcome":"success",
       "labels":{"route":"/orders/:id",
       "controller":"OrdersController",
       "handler":"show",
       "tenant":"acme"}}"
    `)
  })

  it('writes the line of a request that failed', () => {
    expect(golden((log) => wideLine(log, 'failed'))).toMatchInlineSnapshot(`
      "{"@timestamp":"2026-11-23T02:52:15.206Z",
       "log.level":"error",
       "message":"request failed",
       "ecs.version":"8.11.0",
       "log.logger":"shop",
       "http.request.id":"r-1",
       "http.request.method":"GET",
       "url.path":"/orders/42",
       "url.query":"page=*",
       "http.response.status_code":500,
       "http.response.body.bytes":17,
       "event.duration":12345000,
       "event.outcome":"failure",
       "error.type":"TypeError",
       "error.message":"no such order",
       "error.code":"E_ORDER",
       "error.stack_trace":"TypeError: no such order\\n    at pay (orders.js:10:5)\\ncaused by: Error: disk full\\n    at write (fs.js:1:1)",
       "labels":{"route":"/orders/:id",
       "controller":"OrdersController",
       "handler":"show",
       "tenant":"acme"}}"
    `)
  })

  it.each([
    { address: '203.0.113.9', want: { 'client.ip': '203.0.113.9' } },
    { address: '::ffff:127.0.0.1', want: { 'client.ip': '::ffff:127.0.0.1' } },
    { address: '203.0.113.9:8080', want: { 'client.address': '203.0.113.9:8080' } },
    { address: 'fe80::1%eth0', want: { 'client.address': 'fe80::1%eth0' } },
    { address: 'unknown', want: { 'client.address': 'unknown' } },
    { address: '', want: { 'client.address': '' } },
    { address: '203.0.113.9', redact: ['remoteAddress'], want: { 'client.address': '[Redacted]' } },
  ])('takes $address (hidden: $redact) for $want', ({ address, redact = [], want }) => {
    const calls = (log: Logger): void =>
      log
        .at('info')!
        .string('method', 'GET')
        .string('outcome', 'completed')
        .duration('durationMs', 1)
        .string('remoteAddress', address)
        .msg('m')
    const [line] = linesOf({ preset: 'ecs' }, calls, { redact })
    const client = Object.entries(JSON.parse(line) as Record<string, unknown>).filter(([key]) =>
      key.startsWith('client'),
    )
    expect(Object.fromEntries(client)).toEqual(want)
  })

  it('writes a context', () => {
    const calls = (log: Logger) =>
      log.child({ ...TRACE, requestId: 'r-1', service: 'orders' }).warn('slow', { ms: 12.5 })
    expect(golden(calls)).toMatchInlineSnapshot(`
      "{"@timestamp":"2026-11-23T02:52:15.206Z",
       "log.level":"warn",
       "message":"slow",
       "ecs.version":"8.11.0",
       "log.logger":"shop",
       "trace.id":"4bf92f3577b34da6a3ce929d0e0e4736",
       "span.id":"00f067aa0ba902b7",
       "http.request.id":"r-1",
       "labels":{"service":"orders",
       "ms":12.5}}"
    `)
  })

  it('leaves fields that are named as the schema names its own where they are, and keeps the others’ names no paths', () => {
    const fields = {
      'event.action': 'pay',
      'user.roles': ['a'],
      '.env': 1,
      'a..b': 2,
      'a*': 3,
      'User.id': 4,
      '%2Eenv': 5,
    }
    expect(golden((log) => log.child({ 'service.name': 'orders' }).info('m', fields))).toMatchInlineSnapshot(`
      "{"@timestamp":"2026-11-23T02:52:15.206Z",
       "log.level":"info",
       "message":"m",
       "ecs.version":"8.11.0",
       "log.logger":"shop",
       "event.action":"pay",
       "user.roles":["a"],
       "service.name":"orders",
       "labels":{"%2Eenv":1,
       "a%2E%2Eb":2,
       "a%2A":3,
       "User%2Eid":4,
       "%252Eenv":5}}"
    `)
  })

  it('writes the labels’ objects as text, and lists of plain values as lists', () => {
    const fields = { list: ['a', '{"b"}', 1], mixed: [{ a: 1 }], card: { last4: '4242' }, none: {}, error: 'text' }
    expect(golden((log) => log.info('m', fields))).toMatchInlineSnapshot(`
      "{"@timestamp":"2026-11-23T02:52:15.206Z",
       "log.level":"info",
       "message":"m",
       "ecs.version":"8.11.0",
       "log.logger":"shop",
       "labels":{"list":["a","{\\"b\\"}",1],
       "mixed":"[{\\"a\\":1}]",
       "card":"{\\"last4\\":\\"4242\\"}",
       "none":"{}",
       "error":"text"}}"
    `)
  })

  it('writes an error’s text even where a value was thrown that is none', () => {
    const line = lineOf({ preset: 'ecs' }, (log) => log.at('error')?.error('error', { a: 1 }).msg('m'))
    expect(line).toMatchObject({ 'error.type': 'object', 'error.message': '{"a":1}' })
    expect(line).not.toHaveProperty('error.stack_trace')
  })

  it('writes the errors of an AggregateError into its stack', () => {
    const error = new AggregateError([failure(), 'text'], 'both')
    error.stack = 'AggregateError: both'
    expect(lineOf({ preset: 'ecs' }, (log) => log.error(error))['error.stack_trace']).toBe(
      'AggregateError: both\nwith: TypeError: no such order\n    at pay (orders.js:10:5)\n' +
        'caused by: Error: disk full\n    at write (fs.js:1:1)\nwith: text',
    )
  })

  it('does not know how a request ended whose client left', () => {
    const line = lineOf({ preset: 'ecs' }, (log) => wideLine(log, 'aborted'))
    expect(line['event.outcome']).toBe('unknown')
    expect(line).not.toHaveProperty(['http.response.status_code'])
  })
})
