import { describe, expect, it } from 'vitest'
import { json } from 'wideline'
import { errorAt, jsonText, write } from './lines.js'

/** Each key on a line of its own. */
const readable = (text: string): string => text.replace(/,(?="\w+":)/g, ',\n ')

interface Shown {
  readonly message: string
  readonly cause?: Shown | string
}

describe('json()', () => {
  it('writes an error by type, message, stack and what is known to be harmless', () => {
    const error = errorAt(
      Object.assign(new TypeError('no such order'), {
        code: 'E_ORDER',
        status: 404,
        config: { token: 'x' },
        data: [1],
      }),
      'pay (orders.js:10:5)',
      'main (app.js:1:1)',
    )
    expect(readable(jsonText((log) => log.error('payment failed', error)))).toMatchInlineSnapshot(`
      "{"level":"error",
       "time":"2026-11-23T02:52:15.206Z",
       "msg":"payment failed",
       "error":{"type":"TypeError",
       "message":"no such order",
       "stack":"TypeError: no such order\\n    at pay (orders.js:10:5)\\n    at main (app.js:1:1)",
       "code":"E_ORDER",
       "status":404}}"
    `)
  })

  it('writes causes and aggregated errors within an error', () => {
    const disk = errorAt(
      Object.assign(new Error('disk full'), { code: 'ENOSPC', errno: -28, syscall: 'write' }),
      'write (fs.js:1:1)',
    )
    const save = errorAt(new Error('cannot save', { cause: disk }), 'save (db.js:2:2)')
    const both = errorAt(new AggregateError([save, 'late', { a: 1 }], 'both failed'), 'all (main.js:3:3)')
    expect(readable(jsonText((log) => log.error(both)))).toMatchInlineSnapshot(`
      "{"level":"error",
       "time":"2026-11-23T02:52:15.206Z",
       "msg":"both failed",
       "error":{"type":"AggregateError",
       "message":"both failed",
       "stack":"AggregateError: both failed\\n    at all (main.js:3:3)",
       "errors":[{"type":"Error",
       "message":"cannot save",
       "stack":"Error: cannot save\\n    at save (db.js:2:2)",
       "cause":{"type":"Error",
       "message":"disk full",
       "stack":"Error: disk full\\n    at write (fs.js:1:1)",
       "code":"ENOSPC",
       "errno":-28,
       "syscall":"write"}},"late",{"type":"object"}]}}"
    `)
  })

  it('writes errors under any key and at any depth', () => {
    const error = errorAt(new RangeError('too far'), 'f (a.js:1:1)')
    expect(readable(jsonText((log) => log.warn('m', { err: error, list: [{ inner: error }] })))).toMatchInlineSnapshot(`
      "{"level":"warn",
       "time":"2026-11-23T02:52:15.206Z",
       "msg":"m",
       "err":{"type":"RangeError",
       "message":"too far",
       "stack":"RangeError: too far\\n    at f (a.js:1:1)"},
       "list":[{"inner":{"type":"RangeError",
       "message":"too far",
       "stack":"RangeError: too far\\n    at f (a.js:1:1)"}}]}"
    `)
  })

  it('writes what was thrown although it is no error', () => {
    expect(
      jsonText((log) => {
        for (const thrown of ['text', 7, null, undefined, { code: 1 }]) log.at('error')?.error('error', thrown).send()
      }),
    ).toMatchInlineSnapshot(`
      "{"level":"error","time":"2026-11-23T02:52:15.206Z","error":{"type":"string","message":"text"}}
      {"level":"error","time":"2026-11-23T02:52:15.206Z","error":{"type":"number","message":7}}
      {"level":"error","time":"2026-11-23T02:52:15.206Z","error":{"type":"null","message":null}}
      {"level":"error","time":"2026-11-23T02:52:15.206Z","error":{"type":"undefined"}}
      {"level":"error","time":"2026-11-23T02:52:15.206Z","error":{"type":"object","message":{"code":1}}}"
    `)
  })

  it('writes cycles of causes once', () => {
    const first = errorAt(new Error('first'))
    const second = errorAt(new Error('second', { cause: first }))
    first.cause = second
    expect(readable(jsonText((log) => log.error(first)))).toMatchInlineSnapshot(`
      "{"level":"error",
       "time":"2026-11-23T02:52:15.206Z",
       "msg":"first",
       "error":{"type":"Error",
       "message":"first",
       "stack":"Error: first",
       "cause":{"type":"Error",
       "message":"second",
       "stack":"Error: second",
       "cause":"[Circular]"}}}"
    `)
  })

  it('follows ten causes, and shows ten of the errors of an AggregateError', () => {
    const chain = (left: number): Error => new Error(`cause ${12 - left}`, left > 0 ? { cause: chain(left - 1) } : {})
    const many = new AggregateError(Array.from({ length: 12 }, (_, i) => new Error(`error ${i}`)))
    const { logger, lines } = write(json())
    logger.info('m', { deep: chain(12), many })
    const line = JSON.parse(lines[0]) as {
      deep: Shown
      many: { errors: Shown[] }
    }
    const messages: unknown[] = []
    let at: Shown | string | undefined = line.deep
    for (; typeof at === 'object'; at = at.cause) messages.push(at.message)
    expect(messages).toEqual(Array.from({ length: 11 }, (_, i) => `cause ${i}`))
    expect(at).toBe('[Cut]')
    expect(line.many.errors.map(({ message }) => message)).toEqual(Array.from({ length: 10 }, (_, i) => `error ${i}`))
  })
})
