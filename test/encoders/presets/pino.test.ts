import os from 'node:os'
import { prettyFactory } from 'pino-pretty'
import { describe, expect, it } from 'vitest'
import type { Logger } from 'wideline'
import { failure, linesOf, readable, TRACE, wideLine } from './support.js'

function golden(calls: (log: Logger) => void): string {
  return readable(linesOf({ preset: 'pino' }, calls))
    .replaceAll(`"pid":${process.pid}`, '"pid":7')
    .replaceAll(`"hostname":${JSON.stringify(os.hostname())}`, '"hostname":"host"')
}

describe("json({ preset: 'pino' })", () => {
  it('writes a line', () => {
    expect(golden((log) => log.info('order paid', { orderId: 42, status: 'ok', card: { last4: '4242' } })))
      .toMatchInlineSnapshot(`
      "{"level":30,
       "time":1795402335206,
       "pid":7,
       "hostname":"host",
       "name":"shop",
       "msg":"order paid",
       "orderId":42,
       "status":"ok",
       "card":{"last4":"4242"}}"
    `)
  })

  it('writes an error with its cause', () => {
    expect(golden((log) => log.error('payment failed', failure()))).toMatchInlineSnapshot(`
      "{"level":50,
       "time":1795402335206,
       "pid":7,
       "hostname":"host",
       "name":"shop",
       "msg":"payment failed",
       "err":{"type":"TypeError",
       "message":"no such order: disk full",
       "stack":"TypeError: no such order\\n    at pay (orders.js:10:5)\\ncaused by: Error: disk full\\n    at write (fs.js:1:1)",
       "code":"E_ORDER"}}"
    `)
  })

  it('writes the line of a request', () => {
    expect(golden((log) => wideLine(log.child(TRACE)))).toMatchInlineSnapshot(`
      "{"level":30,
       "time":1795402335206,
       "pid":7,
       "hostname":"host",
       "name":"shop",
       "msg":"request completed",
       "req":{"id":"r-1",
       "method":"GET",
       "url":"/orders/42?page=*"},
       "res":{"statusCode":200},
       "responseTime":12.345,
       "traceId":"4bf92f3577b34da6a3ce929d0e0e4736",
       "spanId":"00f067aa0ba902b7",
       "route":"/orders/:id",
       "outcome":"completed",
       "bytes":17,
       "controller":"OrdersController",
       "handler":"show",
       "tenant":"acme"}"
    `)
  })

  it('writes the line of a request that failed', () => {
    expect(golden((log) => wideLine(log, 'failed'))).toMatchInlineSnapshot(`
      "{"level":50,
       "time":1795402335206,
       "pid":7,
       "hostname":"host",
       "name":"shop",
       "msg":"request failed",
       "req":{"id":"r-1",
       "method":"GET",
       "url":"/orders/42?page=*"},
       "res":{"statusCode":500},
       "responseTime":12.345,
       "err":{"type":"TypeError",
       "message":"no such order: disk full",
       "stack":"TypeError: no such order\\n    at pay (orders.js:10:5)\\ncaused by: Error: disk full\\n    at write (fs.js:1:1)",
       "code":"E_ORDER"},
       "route":"/orders/:id",
       "outcome":"failed",
       "bytes":17,
       "controller":"OrdersController",
       "handler":"show",
       "tenant":"acme"}"
    `)
  })

  it('writes a context', () => {
    const calls = (log: Logger) =>
      log.child({ ...TRACE, requestId: 'r-1', service: 'orders' }).warn('slow', { ms: 12.5 })
    expect(golden(calls)).toMatchInlineSnapshot(`
      "{"level":40,
       "time":1795402335206,
       "pid":7,
       "hostname":"host",
       "name":"shop",
       "msg":"slow",
       "req":{"id":"r-1"},
       "traceId":"4bf92f3577b34da6a3ce929d0e0e4736",
       "spanId":"00f067aa0ba902b7",
       "service":"orders",
       "ms":12.5}"
    `)
  })
})

describe('pino-pretty', () => {
  const pretty = prettyFactory({ colorize: false, translateTime: 'SYS:yyyy', singleLine: true })

  it.each(['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)('reads a line of level %s', (level) => {
    const [line] = linesOf({ preset: 'pino' }, (log) => log[level]('order paid', { orderId: 42 }))
    expect(pretty(line)).toBe(`[2026] ${level.toUpperCase()} (shop/${process.pid}): order paid {"orderId":42}\n`)
  })

  it('reads a panic as its highest level', () => {
    const [line] = linesOf({ preset: 'pino' }, (log) => {
      expect(() => log.panic('gone')).toThrow('gone')
    })
    expect(pretty(line)).toContain(' FATAL ')
  })

  it('shows the stack of an error, and its cause', () => {
    const [line] = linesOf({ preset: 'pino' }, (log) => log.error('payment failed', failure()))
    const text = prettyFactory({ colorize: false, translateTime: 'SYS:yyyy' })(line)
    expect(text).toContain(`[2026] ERROR (shop/${process.pid}): payment failed\n    err: {\n      "type": "TypeError"`)
    expect(text).toContain('TypeError: no such order\n              at pay (orders.js:10:5)')
    expect(text).toContain('disk full')
  })

  it('shows the request and the response of a wide line', () => {
    const [line] = linesOf({ preset: 'pino' }, (log) => wideLine(log))
    const format = prettyFactory({
      colorize: false,
      translateTime: 'SYS:yyyy',
      messageFormat: '{req.method} {req.url} {res.statusCode} {responseTime}',
      include: 'level,time',
    })
    expect(format(line)).toBe('[2026] INFO: GET /orders/42?page=* 200 12.345\n')
  })
})
