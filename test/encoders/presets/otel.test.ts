import { describe, expect, it } from 'vitest'
import type { Logger } from 'wideline'
import { failure, lineOf, linesOf, readable, TRACE, wideLine } from './support.js'

function golden(calls: (log: Logger) => void): string {
  return readable(linesOf({ preset: 'otel' }, calls))
}

describe("json({ preset: 'otel' })", () => {
  it('writes a line', () => {
    expect(golden((log) => log.info('order paid', { orderId: 42, status: 'ok', card: { last4: '4242' } })))
      .toMatchInlineSnapshot(`
      "{"Timestamp":"1795402335206000000",
       "SeverityText":"info",
       "SeverityNumber":9,
       "Body":"order paid",
       "InstrumentationScope":{"Name":"shop"},
       "Attributes":{"orderId":42,
       "status":"ok",
       "card":{"last4":"4242"}}}"
    `)
  })

  it('writes an error with its cause', () => {
    expect(golden((log) => log.error('payment failed', failure()))).toMatchInlineSnapshot(`
      "{"Timestamp":"1795402335206000000",
       "SeverityText":"error",
       "SeverityNumber":17,
       "Body":"payment failed",
       "InstrumentationScope":{"Name":"shop"},
       "Attributes":{"exception.type":"TypeError",
       "exception.message":"no such order",
       "exception.stacktrace":"TypeError: no such order\\n    at pay (orders.js:10:5)\\ncaused by: Error: disk full\\n    at write (fs.js:1:1)"}}"
    `)
  })

  it('writes the line of a request', () => {
    expect(golden((log) => wideLine(log.child(TRACE)))).toMatchInlineSnapshot(`
      "{"Timestamp":"1795402335206000000",
       "SeverityText":"info",
       "SeverityNumber":9,
       "Body":"request completed",
       "InstrumentationScope":{"Name":"shop"},
       "TraceId":"4bf92f3577b34da6a3ce929d0e0e4736",
       "SpanId":"00f067aa0ba902b7",
       "Attributes":{"http.request.method":"GET",
       "url.path":"/orders/42",
       "url.query":"page=*",
       "http.route":"/orders/:id",
       "http.response.status_code":200,
       "http.response.body.size":17,
       "requestId":"r-1",
       "outcome":"completed",
       "durationMs":12.345,
       "controller":"OrdersController",
       "handler":"show",
       "tenant":"acme"}}"
    `)
  })

  it('writes the line of a request that failed', () => {
    expect(golden((log) => wideLine(log, 'failed'))).toMatchInlineSnapshot(`
      "{"Timestamp":"1795402335206000000",
       "SeverityText":"error",
       "SeverityNumber":17,
       "Body":"request failed",
       "InstrumentationScope":{"Name":"shop"},
       "Attributes":{"http.request.method":"GET",
       "url.path":"/orders/42",
       "url.query":"page=*",
       "http.route":"/orders/:id",
       "http.response.status_code":500,
       "http.response.body.size":17,
       "exception.type":"TypeError",
       "exception.message":"no such order",
       "exception.stacktrace":"TypeError: no such order\\n    at pay (orders.js:10:5)\\ncaused by: Error: disk full\\n    at write (fs.js:1:1)",
       "requestId":"r-1",
       "outcome":"failed",
       "durationMs":12.345,
       "controller":"OrdersController",
       "handler":"show",
       "tenant":"acme"}}"
    `)
  })

  it('writes a context', () => {
    const calls = (log: Logger) =>
      log.child({ ...TRACE, requestId: 'r-1', service: 'orders' }).warn('slow', { ms: 12.5 })
    expect(golden(calls)).toMatchInlineSnapshot(`
      "{"Timestamp":"1795402335206000000",
       "SeverityText":"warn",
       "SeverityNumber":13,
       "Body":"slow",
       "InstrumentationScope":{"Name":"shop"},
       "TraceId":"4bf92f3577b34da6a3ce929d0e0e4736",
       "SpanId":"00f067aa0ba902b7",
       "Attributes":{"requestId":"r-1",
       "service":"orders",
       "ms":12.5}}"
    `)
  })

  it('writes one of the two severities where one form is asked for', () => {
    const keys = (level: 'label' | 'number') => Object.keys(lineOf({ preset: 'otel', level }, (log) => log.info('m')))
    expect(keys('label')).toEqual(['Timestamp', 'SeverityText', 'Body', 'InstrumentationScope'])
    expect(keys('number')).toEqual(['Timestamp', 'SeverityNumber', 'Body', 'InstrumentationScope'])
  })

  it('keeps fields that are named like its own apart', () => {
    const line = lineOf({ preset: 'otel' }, (log) => log.info('m', { 'exception.type': 1, Body: 2, 'http.route': 3 }))
    expect(line['Attributes']).toEqual({ '_exception.type': 1, Body: 2, '_http.route': 3 })
  })
})
