import { describe, expect, it } from 'vitest'
import { jsonText } from './lines.js'

describe('json()', () => {
  it('writes level, time, logger, message and fields, in this order', () => {
    expect(
      jsonText((log) => log.info('order paid', { orderId: 42, amount: 99.5 }), { name: 'shop' }),
    ).toMatchInlineSnapshot(
      `"{"level":"info","time":"2026-11-23T02:52:15.206Z","logger":"shop","msg":"order paid","orderId":42,"amount":99.5}"`,
    )
  })

  it('writes every level by its name', () => {
    expect(
      jsonText((log) => {
        for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) log[level](level)
        expect(() => log.panic('panic')).toThrow('panic')
      }),
    ).toMatchInlineSnapshot(`
      "{"level":"trace","time":"2026-11-23T02:52:15.206Z","msg":"trace"}
      {"level":"debug","time":"2026-11-23T02:52:15.206Z","msg":"debug"}
      {"level":"info","time":"2026-11-23T02:52:15.206Z","msg":"info"}
      {"level":"warn","time":"2026-11-23T02:52:15.206Z","msg":"warn"}
      {"level":"error","time":"2026-11-23T02:52:15.206Z","msg":"error"}
      {"level":"fatal","time":"2026-11-23T02:52:15.206Z","msg":"fatal"}
      {"level":"panic","time":"2026-11-23T02:52:15.206Z","msg":"panic"}"
    `)
  })

  it('leaves out what a line does not have', () => {
    expect(
      jsonText((log) => {
        log.info({ orderId: 42 })
        log.info('')
        log.at('warn')?.send()
      }),
    ).toMatchInlineSnapshot(`
      "{"level":"info","time":"2026-11-23T02:52:15.206Z","orderId":42}
      {"level":"info","time":"2026-11-23T02:52:15.206Z","msg":""}
      {"level":"warn","time":"2026-11-23T02:52:15.206Z"}"
    `)
  })

  it('writes the context of a child between message and fields', () => {
    expect(
      jsonText(
        (log) => {
          const child = log.child({ requestId: 'r-1', tenant: 'acme' }, { name: 'shop.db' })
          child.info('query', { rows: 3 })
          child.info('query', { tenant: 'other', rows: 3 })
          child.child({ rows: 0 }).info('none')
        },
        { name: 'shop', fields: { service: 'orders' } },
      ),
    ).toMatchInlineSnapshot(`
      "{"level":"info","time":"2026-11-23T02:52:15.206Z","logger":"shop.db","msg":"query","service":"orders","requestId":"r-1","tenant":"acme","rows":3}
      {"level":"info","time":"2026-11-23T02:52:15.206Z","logger":"shop.db","msg":"query","service":"orders","requestId":"r-1","tenant":"other","rows":3}
      {"level":"info","time":"2026-11-23T02:52:15.206Z","logger":"shop.db","msg":"none","service":"orders","requestId":"r-1","tenant":"acme","rows":0}"
    `)
  })

  it('writes every kind of value in its JSON form', () => {
    expect(
      jsonText((log) =>
        log
          .at('info')
          ?.string('string', 'a "b"\n\u001b[31m')
          .int('int', -7)
          .float('float', 0.1)
          .float('nan', NaN)
          .bool('bool', false)
          .bigint('bigint', 2n ** 64n)
          .timestamp('timestamp', 1)
          .timestamp('date', new Date(2))
          .duration('duration', 12.25)
          .any('array', [1, undefined, () => 1, null])
          .any('map', new Map([['a', 1]]))
          .any('pairs', new Map([[1, 'a']]))
          .any('set', new Set([1, 'b']))
          .any('bytes', new Uint8Array([1, 2, 255]))
          .any('floats', new Float32Array([0.5, 1]))
          .any('buffer', new ArrayBuffer(2))
          .any('pattern', /a+/gi)
          .any('boxed', [Object('text'), Object(1), Object(true), Object(5n)])
          .any('url', new URL('https://shop.example/orders?page=1'))
          .any('nothing', null)
          .msg('all kinds'),
      ).replace(/,(?="\w+":)/g, ',\n '),
    ).toMatchInlineSnapshot(`
      "{"level":"info",
       "time":"2026-11-23T02:52:15.206Z",
       "msg":"all kinds",
       "string":"a \\"b\\"\\n\\u001b[31m",
       "int":-7,
       "float":0.1,
       "nan":null,
       "bool":false,
       "bigint":18446744073709551616,
       "timestamp":"1970-01-01T00:00:00.001Z",
       "date":"1970-01-01T00:00:00.002Z",
       "duration":12.25,
       "array":[1,null,null,null],
       "map":{"a":1},
       "pairs":[[1,"a"]],
       "set":[1,"b"],
       "bytes":"[Uint8Array 3 bytes 0102ff]",
       "floats":[0.5,1],
       "buffer":"[ArrayBuffer 2 bytes 0000]",
       "pattern":"/a+/gi",
       "boxed":["text",1,true,5],
       "url":"https://shop.example/orders?page=1",
       "nothing":null}"
    `)
  })

  it('writes reserved names with an underscore and secrets censored', () => {
    expect(
      jsonText((log) => log.info('m', { level: 'high', msg: 'other', password: 'hunter2', user: { Token: 'abc' } })),
    ).toMatchInlineSnapshot(
      `"{"level":"info","time":"2026-11-23T02:52:15.206Z","msg":"m","_level":"high","_msg":"other","password":"[Redacted]","user":{"Token":"[Redacted]"}}"`,
    )
  })

  it('marks what it cuts, where it cuts it', () => {
    const many = Object.fromEntries(Array.from({ length: 1002 }, (_, i) => [`k${i}`, 0]))
    const text = jsonText((log) =>
      log.info('cut', {
        text: 'x'.repeat(65_540),
        items: new Array<number>(1003).fill(0),
        keys: many,
        set: new Set(Array.from({ length: 1004 }, (_, i) => i)),
        map: new Map(Object.entries(many)),
        deep: JSON.parse('{"a":'.repeat(12) + '1' + '}'.repeat(12)) as unknown,
        deepArray: JSON.parse('['.repeat(12) + ']'.repeat(12)) as unknown,
      }),
    )
    const shortened = text
      .replace(/x{9,}/g, 'x…x')
      .replace(/(\[0)(,\d+)+/g, '$1,…')
      .replace(/"k0":0,.*?"k999":0/g, '"k0":0,…"k999":0')
    expect(shortened).toMatchInlineSnapshot(
      `"{"level":"info","time":"2026-11-23T02:52:15.206Z","msg":"cut","text":"x…x…[+4]","items":[0,…,"… 3 more"],"keys":{"k0":0,…"k999":0,"…":"more"},"set":[0,…,"… 4 more"],"map":{"k0":0,…"k999":0,"…":"more"},"deep":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":"[Object]"}}}}}}}}}},"deepArray":[[[[[[[[[["[Array]"]]]]]]]]]]}"`,
    )
  })

  it('marks what cannot be read, and cycles', () => {
    const cycle: Record<string, unknown> = { name: 'a' }
    cycle['self'] = cycle
    cycle['list'] = [cycle]
    const shared = { x: 1 }
    const bad = {
      get broken(): string {
        throw new Error('no connection')
      },
      toJSON: undefined,
      twice: [shared, shared],
    }
    expect(jsonText((log) => log.info('m', { cycle, bad }))).toMatchInlineSnapshot(
      `"{"level":"info","time":"2026-11-23T02:52:15.206Z","msg":"m","cycle":{"name":"a","self":"[Circular]","list":["[Circular]"]},"bad":{"broken":"[Throws: no connection]","twice":[{"x":1},{"x":1}]}}"`,
    )
  })
})
