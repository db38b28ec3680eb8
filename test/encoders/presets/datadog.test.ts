import { describe, expect, it } from 'vitest'
import type { Logger } from 'wideline'
import { failure, lineOf, linesOf, readable, TRACE, wideLine } from './support.js'

function golden(calls: (log: Logger) => void): string {
  return readable(linesOf({ preset: 'datadog' }, calls))
}

describe("json({ preset: 'datadog' })", () => {
  it('writes a line', () => {
    expect(golden((log) => log.info('order paid', { orderId: 42, status: 'ok', card: { last4: '4242' } })))
      .toMatchInlineSnapshot(`
      "{"status":"info",
       "timestamp":"2026-11-23T02:52:15.206Z",
       "logger":{"name":"shop"},
       "message":"order paid",
       "orderId":42,
       "_status":"ok",
       "card":{"last4":"4242"}}"
    `)
  })

  it('writes an error with its cause', () => {
    expect(golden((log) => log.error('payment failed', failure()))).toMatchInlineSnapshot(`
      "{"status":"error",
       "timestamp":"2026-11-23T02:52:15.206Z",
       "logger":{"name":"shop"},
       "message":"payment failed",
       "error":{"kind":"TypeError",
       "message":"no such order",
       "stack":"TypeError: no such order\\n    at pay (orders.js:10:5)",
       "code":"E_ORDER",
       "cause":{"type":"Error",
       "message":"disk full",
       "stack":"Error: disk full\\n    at write (fs.js:1:1)"}}}"
    `)
  })

  it('writes the line of a request', () => {
    expect(golden((log) => wideLine(log.child(TRACE)))).toMatchInlineSnapshot(`
      "{"status":"info",
       "timestamp":"2026-11-23T02:52:15.206Z",
       "logger":{"name":"shop"},
       "message":"request completed",
       "dd":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",
       "span_id":"67667974448284343"},
       "http":{"request_id":"r-1",
       "method":"GET",
       "url":"/orders/42?page=*",
       "route":"/orders/:id",
       "status_code":200},
       "network":{"bytes_written":17},
       "duration":12345000,
       "outcome":"completed",
       "controller":"OrdersController",
       "handler":"show",
       "tenant":"acme"}"
    `)
  })

  it('writes the line of a request that failed', () => {
    expect(golden((log) => wideLine(log, 'failed'))).toMatchInlineSnapshot(`
      "{"status":"error",
       "timestamp":"2026-11-23T02:52:15.206Z",
       "logger":{"name":"shop"},
       "message":"request failed",
       "http":{"request_id":"r-1",
       "method":"GET",
       "url":"/orders/42?page=*",
       "route":"/orders/:id",
       "status_code":500},
       "network":{"bytes_written":17},
       "duration":12345000,
       "error":{"kind":"TypeError",
       "message":"no such order",
       "stack":"TypeError: no such order\\n    at pay (orders.js:10:5)",
       "code":"E_ORDER",
       "cause":{"type":"Error",
       "message":"disk full",
       "stack":"Error: disk full\\n    at write (fs.js:1:1)"}},
       "outcome":"failed",
       "controller":"OrdersController",
       "handler":"show",
       "tenant":"acme"}"
    `)
  })

  it('writes a context', () => {
    const calls = (log: Logger) =>
      log.child({ ...TRACE, requestId: 'r-1', service: 'orders' }).warn('slow', { ms: 12.5 })
    expect(golden(calls)).toMatchInlineSnapshot(`
      "{"status":"warn",
       "timestamp":"2026-11-23T02:52:15.206Z",
       "logger":{"name":"shop"},
       "message":"slow",
       "dd":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",
       "span_id":"67667974448284343"},
       "http":{"request_id":"r-1"},
       "service":"orders",
       "ms":12.5}"
    `)
  })

  it('keeps fields that are named like a level from being taken for one', () => {
    const fields = { status: 1, _status: 2, __status: 3, duration: 4 }
    expect(lineOf({ preset: 'datadog' }, (log) => log.info('m', fields))).toMatchObject({
      status: 'info',
      _status: 1,
      __status: 2,
      ___status: 3,
      _duration: 4,
    })
  })

  it('gives the address of a client its place', () => {
    const line = lineOf({ preset: 'datadog' }, (log) => wideLine(log.child({ http: 1, network: 2 }), 'completed'))
    expect(line).toMatchObject({ _http: 1, _network: 2, network: { bytes_written: 17 } })
    const withIp = lineOf({ preset: 'datadog' }, (log) =>
      log
        .at('info')!
        .string('method', 'GET')
        .string('outcome', 'completed')
        .duration('durationMs', 1)
        .string('remoteAddress', '::1')
        .msg('m'),
    )
    expect(withIp['network']).toEqual({ client: { ip: '::1' } })
  })

  it('leaves a span’s id as it is that is no 64-bit number', () => {
    const line = lineOf({ preset: 'datadog' }, (log) => log.info('m', { spanId: '123', traceId: 5 }))
    expect(line['dd']).toEqual({ trace_id: 5, span_id: '123' })
  })
})
