import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Logger } from 'wideline'
import { failure, lineOf, linesOf, readable, TRACE, wideLine } from './support.js'

function golden(calls: (log: Logger) => void): string {
  return readable(linesOf({ preset: 'gcp' }, calls))
}

beforeEach(() => void vi.stubEnv('GOOGLE_CLOUD_PROJECT', undefined))
afterEach(() => void vi.unstubAllEnvs())

describe("json({ preset: 'gcp' })", () => {
  it('writes a line', () => {
    expect(golden((log) => log.info('order paid', { orderId: 42, status: 'ok', card: { last4: '4242' } })))
      .toMatchInlineSnapshot(`
      "{"severity":"INFO",
       "time":"2026-11-23T02:52:15.206Z",
       "logger":"shop",
       "message":"order paid",
       "orderId":42,
       "status":"ok",
       "card":{"last4":"4242"}}"
    `)
  })

  it('writes an error with its cause', () => {
    expect(golden((log) => log.error('payment failed', failure()))).toMatchInlineSnapshot(`
      "{"severity":"ERROR",
       "time":"2026-11-23T02:52:15.206Z",
       "logger":"shop",
       "message":"payment failed",
       "error":{"type":"TypeError",
       "message":"no such order",
       "code":"E_ORDER",
       "cause":{"type":"Error",
       "message":"disk full",
       "stack":"Error: disk full\\n    at write (fs.js:1:1)"}},
       "stack_trace":"TypeError: no such order\\n    at pay (orders.js:10:5)"}"
    `)
  })

  it('writes the line of a request', () => {
    expect(golden((log) => wideLine(log.child(TRACE)))).toMatchInlineSnapshot(`
      "{"severity":"INFO",
       "time":"2026-11-23T02:52:15.206Z",
       "logger":"shop",
       "message":"request completed",
       "logging.googleapis.com/trace":"4bf92f3577b34da6a3ce929d0e0e4736",
       "logging.googleapis.com/spanId":"00f067aa0ba902b7",
       "httpRequest":{"requestMethod":"GET",
       "requestUrl":"/orders/42?page=*",
       "status":200,
       "responseSize":"17",
       "latency":"0.012345s"},
       "requestId":"r-1",
       "route":"/orders/:id",
       "outcome":"completed",
       "controller":"OrdersController",
       "handler":"show",
       "tenant":"acme"}"
    `)
  })

  it('writes the line of a request that failed', () => {
    expect(golden((log) => wideLine(log, 'failed'))).toMatchInlineSnapshot(`
      "{"severity":"ERROR",
       "time":"2026-11-23T02:52:15.206Z",
       "logger":"shop",
       "message":"request failed",
       "httpRequest":{"requestMethod":"GET",
       "requestUrl":"/orders/42?page=*",
       "status":500,
       "responseSize":"17",
       "latency":"0.012345s"},
       "error":{"type":"TypeError",
       "message":"no such order",
       "code":"E_ORDER",
       "cause":{"type":"Error",
       "message":"disk full",
       "stack":"Error: disk full\\n    at write (fs.js:1:1)"}},
       "stack_trace":"TypeError: no such order\\n    at pay (orders.js:10:5)",
       "requestId":"r-1",
       "route":"/orders/:id",
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
      "{"severity":"WARNING",
       "time":"2026-11-23T02:52:15.206Z",
       "logger":"shop",
       "message":"slow",
       "logging.googleapis.com/trace":"4bf92f3577b34da6a3ce929d0e0e4736",
       "logging.googleapis.com/spanId":"00f067aa0ba902b7",
       "requestId":"r-1",
       "service":"orders",
       "ms":12.5}"
    `)
  })

  it('names the trace by its project, where the environment has it', () => {
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'shop-prod')
    const line = lineOf({ preset: 'gcp' }, (log) => log.child(TRACE).info('m'))
    expect(line['logging.googleapis.com/trace']).toBe(`projects/shop-prod/traces/${TRACE.traceId}`)
  })

  it.each([
    { ms: 0, want: '0s' },
    { ms: 12.345, want: '0.012345s' },
    { ms: 1000, want: '1s' },
    { ms: 100_000, want: '100s' },
    { ms: 90_061.5, want: '90.0615s' },
  ])('writes $ms ms as $want', ({ ms, want }) => {
    const line = lineOf({ preset: 'gcp' }, (log) =>
      log.at('info')!.string('method', 'GET').string('outcome', 'completed').duration('durationMs', ms).msg('m'),
    )
    expect(line['httpRequest']).toEqual({ requestMethod: 'GET', latency: want })
  })

  it('takes a field for a part of the request on no other line', () => {
    const fields = { method: 'GET', url: '/', status: 200, outcome: 'completed', durationMs: 1, bytes: 2 }
    expect(lineOf({ preset: 'gcp' }, (log) => log.info('m', fields))).toMatchObject(fields)
  })
})
