import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Encoder, type Logger, logfmt } from 'wideline'
import { encoderConformance } from 'wideline/testing'
import { LogfmtEncoder } from '../../src/encoders/logfmt.js'
import { fieldBags, FORGING, forgedLines, hostileProblems, oddText, writeBoth } from './field-bags.js'
import { errorAt, write } from './lines.js'
import { type LogfmtValue, nameOf, readLogfmt } from './logfmt-reader.js'
import { readJson } from './strict-json.js'
import { runs } from '../runs.js'

const HEAD = 'level=info time=2026-11-23T02:52:15.206Z '

/** What some calls write, without what each line begins with. */
function text(calls: (logger: Logger) => void, encoder: Encoder = logfmt()): string {
  const { logger, lines } = write(encoder)
  calls(logger)
  return lines.map((line) => line.replace(HEAD, '')).join('\n')
}

describe('logfmt()', () => {
  it.each(encoderConformance(() => logfmt()))('$name', async ({ run }) => {
    await expect((async () => run())()).resolves.toBeUndefined()
  })

  it('writes level, time, logger, message and fields, in this order', () => {
    const { logger, lines } = write(logfmt(), { name: 'shop', fields: { service: 'orders' } })
    logger.info('order paid', { orderId: 42, amount: 99.5 })
    logger.child({ requestId: 'r-1' }, { name: 'shop.db' }).warn('slow', { service: 'other', rows: 3 })
    logger.info({ orderId: 7 })
    logger.info('')
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "level=info time=2026-11-23T02:52:15.206Z logger=shop msg="order paid" service=orders orderId=42 amount=99.5
      level=warn time=2026-11-23T02:52:15.206Z logger=shop.db msg=slow requestId=r-1 service=other rows=3
      level=info time=2026-11-23T02:52:15.206Z logger=shop service=orders orderId=7
      level=info time=2026-11-23T02:52:15.206Z logger=shop msg="" service=orders"
    `)
  })

  it('writes every kind of value so that its kind can be read', () => {
    expect(
      text((log) =>
        log
          .at('info')
          ?.string('string', 'ok')
          .string('digits', '42')
          .string('literal', 'true')
          .string('empty', '')
          .int('int', -7)
          .float('nan', NaN)
          .float('large', 1e21)
          .bool('bool', false)
          .bigint('bigint', 2n ** 64n)
          .timestamp('timestamp', 1)
          .timestamp('never', NaN)
          .any('date', new Date(2))
          .duration('duration', 12.25)
          .any('nothing', null)
          .any('array', [1, 'a b', { c: [] }])
          .any('map', new Map([['a', 1]]))
          .any('set', new Set([1]))
          .any('pattern', /a+/)
          .any('none', {})
          .send(),
      ).replaceAll(' ', '\n'),
    ).toMatchInlineSnapshot(`
      "string=ok
      digits="42"
      literal="true"
      empty=""
      int=-7
      nan=null
      large=1e+21
      bool=false
      bigint=18446744073709551616
      timestamp=1970-01-01T00:00:00.001Z
      never=null
      date=1970-01-01T00:00:00.002Z
      duration=12.25
      nothing=null
      array="[1,\\"a
      b\\",{\\"c\\":[]}]"
      map.a=1
      set="[1]"
      pattern=/a+/
      none="{}""
    `)
  })

  it('writes objects, errors and causes as dotted keys', () => {
    const cause = errorAt(new Error('disk full'), 'write (fs.js:1:1)')
    const error = errorAt(Object.assign(new TypeError('no\norder', { cause }), { code: 'E_ORDER' }), 'pay (a.js:1:1)')
    expect(
      text((log) => log.info('m', { card: { last4: 4242, bank: { id: 7, none: null } }, error })).replaceAll(
        / (?=[\w.]+=)/g,
        '\n',
      ),
    ).toMatchInlineSnapshot(`
      "msg=m
      card.last4=4242
      card.bank.id=7
      card.bank.none=null
      error.type=TypeError
      error.message="no\\norder"
      error.stack="TypeError: no\\norder\\n    at pay (a.js:1:1)"
      error.code=E_ORDER
      error.cause.type=Error
      error.cause.message="disk full"
      error.cause.stack="Error: disk full\\n    at write (fs.js:1:1)""
    `)
  })

  it('censors secrets and gives fields with reserved names an underscore', () => {
    expect(text((log) => log.info('m', { time: 1, password: 'hunter2', user: { token: 'abc', time: 2 } }))).toBe(
      'msg=m _time=1 password=[Redacted] user.token=[Redacted] user.time=2',
    )
  })
})

describe('a text is bare', () => {
  it.each(
    [
      ['a', 'ok', 'r-1', 'a.b', '/orders/42', 'a:b', 'e', 'nullable', 'True', 'NaN', '1a', '-', '.', '1.2.3', '1e'],
      ['2026-11-23T02:52:15.206Z', '10.0.0.1', '0x1f', '{}', 'a,b', '50%', '-e5', 'x'.repeat(100)],
    ].flat(),
  )('as %j', (value) => {
    expect(text((log) => log.at('info')?.string('k', value).send())).toBe(`k=${value}`)
  })
})

describe('a text has quotes', () => {
  it.each(
    [
      ['', 'a b', 'a=b', 'a"b', "a'b", 'a`b', 'a\\b', 'a\nb', 'ü', '\u007f', '\u2028', '\ud800'],
      ['null', 'true', 'false', '0', '42', '-1', '+1', '1.5', '1.', '.5', '1e5', '1E+5', '-1.5e-7', '0042'],
    ].flat(),
  )('as %j', (value) => {
    const line = text((log) => log.at('info')?.string('k', value).send())
    expect(line).toMatch(/^k="/)
    expect(readLogfmt(line).get('k')).toBe(value.toWellFormed())
  })
})

describe('a key', () => {
  it.each([
    { name: 'a plain name', key: 'orderId', want: 'orderId' },
    { name: 'dots', key: 'http.request.method', want: 'http.request.method' },
    { name: 'letters beyond ASCII', key: 'größe-日本-😀', want: 'größe-日本-😀' },
    { name: 'a space', key: 'a b', want: 'a%20b' },
    { name: 'an equals sign', key: 'a=b', want: 'a%3Db' },
    { name: 'quotes', key: `"'`, want: '%22%27' },
    { name: 'a percent sign', key: '%20', want: '%2520' },
    { name: 'a backslash', key: 'a\\n', want: 'a%5Cn' },
    { name: 'a newline', key: 'a\nb', want: 'a%0Ab' },
    { name: 'an escape', key: '\u001b[31m', want: '%1B[31m' },
    { name: 'a control of C1', key: '\u0085', want: '%C2%85' },
    { name: 'a bidirectional control', key: '\u202e', want: '%E2%80%AE' },
    { name: 'a wide space', key: '\u3000', want: '%E3%80%80' },
    { name: 'a lone surrogate', key: '\ud800', want: '%EF%BF%BD' },
    { name: 'nothing', key: '', want: '%' },
  ])('of $name is $want', ({ key, want }) => {
    expect(text((log) => log.info('m', { [key]: 1 }))).toBe(`msg=m ${want}=1`)
  })

  it('within an object has its dots escaped, as they would be one more level', () => {
    expect(text((log) => log.info('m', { a: { 'b.c': 1, b: { c: 2 }, '': 3, 'd e': { '%': 4 } } }))).toBe(
      'msg=m a.b%2Ec=1 a.b.c=2 a.%=3 a.d%20e.%25=4',
    )
  })

  it('is another one for every other name, and gives the name back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(oddText, { maxLength: 10 }), (names) => {
        const { logger, lines } = write(logfmt(), { secrets: [] })
        const line = logger.at('info')
        for (const name of names) line?.int(name, 1)
        line?.send()
        const reserved = new Set(['level', 'time', 'logger', 'msg'])
        const written = Array.from(readLogfmt(lines[0]).keys()).slice(2)
        const wanted = names.map((name) => (reserved.has(name) ? `_${name}` : name.toWellFormed()))
        expect(written.map(nameOf)).toEqual(Array.from(new Set(wanted)))
      }),
    )
  })
})

describe('dotted keys never repeat another key', () => {
  it.each([
    {
      name: 'of the line',
      log: (log: Logger) => log.info('m', { a: { b: 1 }, 'a.b': 2 }),
      want: 'msg=m a="{\\"b\\":1}" a.b=2',
    },
    {
      name: 'of the line, deeper',
      log: (log: Logger) => log.info('m', { a: { b: { c: 1 } }, 'a.b': { c: 2 }, 'a.b.c': 3 }),
      want: 'msg=m a="{\\"b\\":{\\"c\\":1}}" a.b="{\\"c\\":2}" a.b.c=3',
    },
    {
      name: 'of the context',
      log: (log: Logger) => log.child({ 'a.b': 1 }).info('m', { a: { b: 2 } }),
      want: 'msg=m a.b=1 a="{\\"b\\":2}"',
    },
    {
      name: 'of the line that is written after the context',
      log: (log: Logger) => log.child({ a: { b: 1 }, c: { d: 1 } }).info('m', { 'a.b': 2 }),
      want: 'msg=m a="{\\"b\\":1}" c.d=1 a.b=2',
    },
    {
      name: 'within the context',
      log: (log: Logger) => log.child({ a: { b: 1 }, 'a.b': 2 }).info('m'),
      want: 'msg=m a="{\\"b\\":1}" a.b=2',
    },
    {
      name: 'that an error has',
      log: (log: Logger) => log.info('m', { error: errorAt(new Error('x')), 'error.type': 'T' }),
      want: 'msg=m error="{\\"type\\":\\"Error\\",\\"message\\":\\"x\\",\\"stack\\":\\"Error: x\\"}" error.type=T',
    },
    {
      name: 'where a name only begins alike',
      log: (log: Logger) => log.info('m', { a: { b: 1 }, 'ab.c': 2, aa: { b: 3 } }),
      want: 'msg=m a.b=1 ab.c=2 aa.b=3',
    },
  ])('$name', ({ log, want }) => {
    expect(text(log)).toBe(want)
  })

  it('after a clash of one line with the context, the next line has its dotted keys again', () => {
    const lines = text((log) => {
      const child = log.child({ a: { b: 1 } })
      child.info('m')
      child.info('m', { 'a.b': 2 })
      child.info('m', { a: 3 })
      child.info('m')
    })
    expect(lines).toBe('msg=m a.b=1\nmsg=m a="{\\"b\\":1}" a.b=2\nmsg=m a=3\nmsg=m a.b=1')
  })
})

/** What a line has to hold, made of its JSON in the simplest way. Arrays and the like are compared as values. */
function flattened(model: Record<string, unknown>): [readonly string[], unknown][] {
  const pairs: [readonly string[], unknown][] = []
  const add = (path: readonly string[], value: unknown): void => {
    if (!isObject(value)) pairs.push([path, value])
    else for (const [name, each] of Object.entries(value)) add([...path, name], each)
  }
  for (const [name, value] of Object.entries(model)) {
    if (Object.keys(model).some((other) => other.startsWith(`${name}.`))) pairs.push([[name], value])
    else add([name], value)
  }
  return pairs
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
}

/** A key as documented: only what it must not hold is encoded, and dots within an object. */
function keyOf(path: readonly string[]): string {
  return path.map((name, i) => (name === '' ? '%' : name.replace(i === 0 ? UNSAFE : UNSAFE_PART, percent))).join('.')
}

const UNSAFE = /[\s"'=%\\\ufeff\ufffd\u200b\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Cc}]/gu
const UNSAFE_PART = new RegExp(`\\.|${UNSAFE.source}`, 'gu')

function percent(character: string): string {
  if (character === "'" || character === '.') return character === '.' ? '%2E' : '%27'
  return encodeURIComponent(character)
}

describe('a reader', () => {
  it('gets back every key and value, whatever they hold', () => {
    fc.assert(
      fc.property(fieldBags, oddText, fieldBags, (context, message, fields) => {
        const { line, model } = writeBoth(logfmt(), context, message, fields)
        const read = readLogfmt(line)
        const want = flattened(model)
        // Not in order: an object has keys that are numbers first.
        expect(Array.from(read.keys()).toSorted()).toEqual(want.map(([path]) => keyOf(path)).toSorted())
        for (const [path, value] of want) expect(sameForm(read.get(keyOf(path)), value)).toEqual(value)
      }),
      { numRuns: runs(500) },
    )
  })

  it('of this test refuses what no line may hold (control)', () => {
    for (const [line, problem] of [
      ['a=1 a=2', 'the key a twice'],
      ['a=1  b=2', 'no pair at 4'],
      ['a b=2', 'no pair at 0'],
      ['a=b"c', 'no pair at 0'],
      ['a="b', 'no pair at 0'],
      ["a'=1", 'no pair at 0'],
      ['a="b"c=1', 'no pair at 0'],
      ['a=1 ', 'a space at the end'],
      ['a="\u001b"', 'a raw U+001b at 3'],
      ['a="b\nc=d"', 'a raw U+000a at 4'],
      ['\ufffd=1', 'which go-kit refuses'],
    ]) {
      expect(() => readLogfmt(line)).toThrow(problem)
    }
  })
})

/** A container is a text of JSON on the line. */
function sameForm(read: LogfmtValue | undefined, wanted: unknown): unknown {
  return typeof wanted === 'object' && wanted !== null && typeof read === 'string' ? readJson(read) : read
}

describe('no text makes a line of its own or drives a terminal', () => {
  it('at any place of a line', () => {
    const lines = forgedLines(logfmt())
    expect(lines).toHaveLength(FORGING.length * 6)
    for (const line of lines) expect(readLogfmt(line).get('level')).toMatch(/^(info|error)$/)
  })
})

describe('every hostile value', () => {
  it('gives one whole line within 50 ms that has its message', () => {
    const problems = hostileProblems(logfmt, (line) => {
      const message = readLogfmt(line).get('msg')
      if (!String(message).includes('message')) throw new Error(`its message became ${message}`)
    })
    expect(problems).toEqual([])
  }, 120_000)

  it('may log while it is read, on a line of its own', () => {
    const lines = text((log) => {
      const inner = {
        get x(): number {
          log.info('inner', { deep: { list: [1, 2], y: { z: 'a b' } } })
          return 2
        },
      }
      log.info('outer', { a: { before: 1, inner, after: 3 }, b: 4 })
    })
    expect(lines.split('\n').toSorted()).toEqual([
      'msg=inner deep.list="[1,2]" deep.y.z="a b"',
      'msg=outer a.before=1 a.inner.x=2 a.after=3 b=4',
    ])
  })
})

describe('a line stays within its bound', () => {
  const limits = { maxDepth: 10, maxItems: 1000, maxStringLength: 100, maxLineBytes: 400 }
  const small = (): Encoder => new LogfmtEncoder(limits)

  it('with an object whose dotted keys would not fit: it is JSON text', () => {
    const key = 'k'.repeat(30)
    const value = { [key]: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`n${i}`, i])) }
    const line = text((log) => log.info('m', { value }), small())
    expect(JSON.parse(readLogfmt(line).get('value') as string)).toEqual(value)
  })

  it('with more than fits: what is left out is counted', () => {
    const rest = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`key${i}`, 'x'.repeat(30)]))
    expect(text((log) => log.info('m', rest), small())).toMatch(/ key\d+="\[Cut: \d+ fields, line over 400 bytes\]"$/)
    const { size } = readLogfmt(text((log) => log.info('m', rest), small()))
    expect(text((log) => log.info('m', rest), small())).toContain(`[Cut: ${20 - (size - 2)} fields`)
  })

  it('with a value too large for what is left of it', () => {
    const value = { list: Array.from({ length: 9 }, () => 'y'.repeat(90)) }
    expect(text((log) => log.info('m', { value, after: 1 }), small())).toMatch(/^msg=m value=?.*(more|Cut)/)
  })

  it('cuts a long text and says by how much', () => {
    expect(text((log) => log.info('x'.repeat(103)), small())).toBe(`msg="${'x'.repeat(100)}…[+3]"`)
  })
})
