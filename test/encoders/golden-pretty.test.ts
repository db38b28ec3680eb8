import { describe, expect, it } from 'vitest'
import type { LoggerOptions } from 'wideline'
import { errorAt, prettyText } from './lines.js'

describe('pretty() without colours', () => {
  it('writes time, level, logger, message and fields', () => {
    expect(
      prettyText(
        (log) => {
          log.info('order paid', { orderId: 42, amount: 99.5, currency: 'EUR', note: 'two words', empty: '' })
          log.child({ requestId: 'r-1' }).debug('query', { rows: [1, 2], ok: true, none: null })
          log.warn({ only: 'fields' })
        },
        { name: 'shop' },
      ),
    ).toMatchInlineSnapshot(`
      "02:52:15.206 INFO  shop order paid orderId=42 amount=99.5 currency=EUR note="two words" empty=""
      02:52:15.206 DEBUG shop query requestId=r-1 rows=[1,2] ok=true none=null
      02:52:15.206 WARN  shop only=fields"
    `)
  })

  it('writes every level in a column of its own width', () => {
    expect(
      prettyText((log) => {
        for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) log[level](level)
        expect(() => log.panic('panic')).toThrow('panic')
      }),
    ).toMatchInlineSnapshot(`
      "02:52:15.206 TRACE trace
      02:52:15.206 DEBUG debug
      02:52:15.206 INFO  info
      02:52:15.206 WARN  warn
      02:52:15.206 ERROR error
      02:52:15.206 FATAL fatal
      02:52:15.206 PANIC panic"
    `)
  })

  it('writes a wide line as a request and its fields', () => {
    expect(
      prettyText((log) => {
        const wide = (fields: object) => log.info('request completed', fields)
        wide({
          requestId: 'r-1',
          method: 'GET',
          url: '/orders/7?page=*',
          route: '/orders/:id',
          status: 200,
          outcome: 'completed',
          durationMs: 12.345,
          bytes: 20,
        })
        wide({
          method: 'POST',
          url: '/pay',
          route: '/pay',
          status: 503,
          outcome: 'failed',
          durationMs: 1,
          tenant: 'acme',
        })
        wide({ method: 'GET', url: '/late', status: 404, outcome: 'aborted', durationMs: 0.5 })
        wide({ outcome: 'completed', durationMs: 7, unit: 'nightly-report' })
      }),
    ).toMatchInlineSnapshot(`
      "02:52:15.206 INFO  GET /orders/7?page=* (/orders/:id) 200 12.345 ms requestId=r-1 bytes=20
      02:52:15.206 INFO  POST /pay 503 failed 1 ms tenant=acme
      02:52:15.206 INFO  GET /late 404 aborted 0.5 ms
      02:52:15.206 INFO  7 ms unit=nightly-report"
    `)
  })

  it.each([
    { of: 'a request that succeeded', status: 399, frames: 1 },
    { of: 'what a client did wrong', status: 400, frames: 0 },
    { of: 'what a client did wrong', status: 499, frames: 0 },
    { of: 'what a server did wrong', status: 500, frames: 1 },
  ])('writes $frames frames of the error of $of, by its status of $status', ({ status, frames }) => {
    const error = errorAt(
      new Error('no', { cause: errorAt(new Error('why'), 'b (/app/b.js:1:1)') }),
      'a (/app/a.js:1:1)',
    )
    const wide = { method: 'GET', url: '/a', status, outcome: 'failed', durationMs: 1, error }
    const text = prettyText((log) => log.warn('request failed', wide))
    expect(text).toContain('error: Error: no')
    expect(text).toContain('cause: Error: why')
    expect(text.match(/a\.js/g) ?? []).toHaveLength(frames)
    expect(text.match(/b\.js/g) ?? []).toHaveLength(frames)
    expect(prettyText((log) => log.warn('not of a request', { status, error }))).toContain('a.js')
  })

  it('gives one value some room, those behind one that found none a little, and tells how many found none', () => {
    const large = Array.from({ length: 600 }, () => 'two words'.repeat(20))
    const whole = prettyText((log) => log.info('m', { short: 'a', large, last: 'b' }))
    expect(whole).toBe(`02:52:15.206 INFO  m short=a large=${JSON.stringify(large)} last=b`)
    const larger = large.map((text) => text.repeat(10))
    const [, second] = / larger="\[Cut: .*?\]" large=(.*) last=b$/.exec(
      prettyText((log) => log.info('m', { larger, large, last: 'b' })),
    )!
    expect(second).toMatch(/^\["two words.*,"… \d+ more"\]$/)
    expect(second.length).toBeGreaterThan(6_000)
    expect(second.length).toBeLessThan(8_192)
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, 'two words'.repeat(1_000)]))
    const line = prettyText((log) => log.info('m', { ...many, error: new Error('unseen') }))
    const shown = line.match(/ k\d+=/g)!.length
    expect(shown).toBeGreaterThan(28)
    expect(line.endsWith(` [Cut: ${501 - shown} fields]`)).toBe(true)
    expect(line).not.toContain('unseen')
  })

  it('writes the message of a line that has an outcome and a duration but is of no request and no unit', () => {
    const text = prettyText((log) => log.info('import done', { outcome: 'completed', durationMs: 7, rows: 3 }))
    expect(text).toBe('02:52:15.206 INFO  import done outcome=completed durationMs=7 rows=3')
  })

  it('writes what a line holds, and nothing of the line before it, where fields of a request are of other kinds', () => {
    const wide = { method: 'GET', url: '/a', route: '/:id', status: 200, outcome: 'completed', durationMs: 1 }
    const before = { a: 777, b: 777, c: 777, d: 777, e: 777, f: 777 }
    const text = (fields: object, options: LoggerOptions = {}) =>
      prettyText((log) => {
        log.info('before', before)
        log.info('request completed', fields)
      }, options).split('\n')[1]
    expect(text({ ...wide, status: 'declined' })).toBe('02:52:15.206 INFO  GET /a (/:id) declined 1 ms')
    expect(text({ ...wide, durationMs: [1], status: true })).toBe(
      '02:52:15.206 INFO  request completed method=GET url=/a route=/:id status=true outcome=completed durationMs=[1]',
    )
    const keys = ['url', 'route', 'status', 'durationMs']
    expect(text(wide, { redact: { keys } })).toBe('02:52:15.206 INFO  GET [Redacted] [Redacted] [Redacted] ms')
    expect(text(wide, { redact: { keys, strategy: 'remove' } })).toBe('02:52:15.206 INFO  GET')
  })

  it('writes an error below its line, with its stack, causes and aggregated errors', () => {
    const disk = errorAt(
      Object.assign(new Error('disk full'), { code: 'ENOSPC' }),
      'write (fs.js:1:1)',
      'main (a.js:9:9)',
    )
    const save = errorAt(new TypeError('cannot save', { cause: disk }), 'save (db.js:2:2)')
    const both = errorAt(new AggregateError([save, 'late'], 'both failed'), 'all (main.js:3:3)')
    expect(prettyText((log) => log.error('payment failed', both, { orderId: 42 }))).toMatchInlineSnapshot(`
      "02:52:15.206 ERROR payment failed orderId=42
          error: AggregateError: both failed
              at all (main.js:3:3)
              errors[0]: TypeError: cannot save
                  at save (db.js:2:2)
                  cause: Error: disk full code=ENOSPC
                      at write (fs.js:1:1)
                      at main (a.js:9:9)
              errors[1]: late"
    `)
  })

  it('writes several errors of a line one after the other, and one in the context too', () => {
    const a = errorAt(new Error('a'), 'f (a.js:1:1)')
    const b = errorAt(new Error('b'))
    expect(prettyText((log) => log.child({ context: a }).warn('m', { a, b, between: 1 }))).toMatchInlineSnapshot(`
      "02:52:15.206 WARN  m context={"type":"Error","message":"a","stack":"Error: a\\n    at f (a.js:1:1)"} between=1
          a: Error: a
              at f (a.js:1:1)
          b: Error: b"
    `)
  })

  it('indents later lines of a text and shows controls as escapes', () => {
    const error = errorAt(new Error('first\nsecond\r\nthird'), 'f (a.js:1:1)')
    expect(
      prettyText((log) => {
        log.info('first\nsecond\r\nthird\u001b[31m red \u202e bidi \u0007', { note: 'a\nb', bell: '\u0007' })
        log.error('failed', error)
      }),
    ).toMatchInlineSnapshot(`
      "02:52:15.206 INFO  first
          second
          third\\u001b[31m red \\u202e bidi \\u0007 note="a\\nb" bell="\\u0007"
      02:52:15.206 ERROR failed
          error: Error: first
              second
              third
              at f (a.js:1:1)"
    `)
  })
})

describe('pretty() with colours', () => {
  it('colours levels, names, messages and keys', () => {
    expect(
      prettyText(
        (log) => {
          for (const level of ['trace', 'info', 'warn', 'error'] as const) log[level]('message', { key: 'value', n: 1 })
          log.error(errorAt(Object.assign(new Error('no'), { code: 'E_NO' }), 'f (a.js:1:1)'))
        },
        { name: 'shop', colour: true },
      ),
    ).toMatchInlineSnapshot(`
      "␛[2m02:52:15.206␛[22m ␛[2mTRACE␛[22m ␛[36mshop␛[39m ␛[1mmessage␛[22m ␛[2mkey=␛[22mvalue ␛[2mn=␛[22m1
      ␛[2m02:52:15.206␛[22m ␛[32mINFO ␛[39m ␛[36mshop␛[39m ␛[1mmessage␛[22m ␛[2mkey=␛[22mvalue ␛[2mn=␛[22m1
      ␛[2m02:52:15.206␛[22m ␛[33mWARN ␛[39m ␛[36mshop␛[39m ␛[1mmessage␛[22m ␛[2mkey=␛[22mvalue ␛[2mn=␛[22m1
      ␛[2m02:52:15.206␛[22m ␛[1m␛[31mERROR␛[39m␛[22m ␛[36mshop␛[39m ␛[1mmessage␛[22m ␛[2mkey=␛[22mvalue ␛[2mn=␛[22m1
      ␛[2m02:52:15.206␛[22m ␛[1m␛[31mERROR␛[39m␛[22m ␛[36mshop␛[39m ␛[1mno␛[22m
          ␛[2merror:␛[22m ␛[31mError: no␛[39m ␛[2mcode=␛[22mE_NO
              ␛[2mat f (a.js:1:1)␛[22m"
    `)
  })

  it('colours the status and the outcome of a wide line', () => {
    expect(
      prettyText(
        (log) => {
          for (const status of [200, 304, 404, 500]) {
            const outcome = status === 500 ? 'failed' : status === 404 ? 'aborted' : 'completed'
            log.info('m', { method: 'GET', url: '/a/7', route: '/a/:id', status, outcome, durationMs: 1.5 })
          }
        },
        { colour: true },
      ),
    ).toMatchInlineSnapshot(`
      "␛[2m02:52:15.206␛[22m ␛[32mINFO ␛[39m ␛[1mGET␛[22m /a/7 ␛[2m(/a/:id)␛[22m ␛[32m200␛[39m ␛[35m1.5␛[39m ms
      ␛[2m02:52:15.206␛[22m ␛[32mINFO ␛[39m ␛[1mGET␛[22m /a/7 ␛[2m(/a/:id)␛[22m ␛[36m304␛[39m ␛[35m1.5␛[39m ms
      ␛[2m02:52:15.206␛[22m ␛[32mINFO ␛[39m ␛[1mGET␛[22m /a/7 ␛[2m(/a/:id)␛[22m ␛[33m404␛[39m ␛[33maborted␛[39m ␛[35m1.5␛[39m ms
      ␛[2m02:52:15.206␛[22m ␛[32mINFO ␛[39m ␛[1mGET␛[22m /a/7 ␛[2m(/a/:id)␛[22m ␛[31m500␛[39m ␛[31mfailed␛[39m ␛[35m1.5␛[39m ms"
    `)
  })
})
