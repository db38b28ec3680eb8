import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Encoder, type Logger, sexpr } from 'wideline'
import { encoderConformance } from 'wideline/testing'
import { SexprEncoder } from '../../src/encoders/sexpr.js'
import { fieldBags, FORGING, forgedLines, hostileProblems, oddText, writeBoth } from './field-bags.js'
import { errorAt, write } from './lines.js'
import { type Lisp, propertiesOf, readLisp, restored } from './sexpr-reader.js'
import { runs } from '../runs.js'

const HEAD = '(:level :info :ts 4004391135 :msec 206 '

/** What some calls write, without what each line begins with and its last bracket. */
function text(calls: (logger: Logger) => void, encoder: Encoder = sexpr()): string {
  const { logger, lines } = write(encoder)
  calls(logger)
  return lines.map((line) => line.replace(HEAD, '').slice(0, -1)).join('\n')
}

describe('sexpr()', () => {
  it.each(encoderConformance(() => sexpr()))('$name', async ({ run }) => {
    await expect((async () => run())()).resolves.toBeUndefined()
  })

  it('writes level, time, message, logger and fields, in this order', () => {
    const { logger, lines } = write(sexpr(), { name: 'shop', fields: { service: 'orders' } })
    logger.info('order paid', { orderId: 42, amount: 99.5 })
    logger.child({ 'request-id': 'r-1' }, { name: 'shop.db' }).warn('slow', { service: 'other', rows: 3 })
    logger.info({ orderId: 7 })
    logger.info('')
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "(:level :info :ts 4004391135 :msec 206 :msg "order paid" :logger "shop" :service "orders" :|orderId| 42 :amount 99.5d0)
      (:level :warn :ts 4004391135 :msec 206 :msg "slow" :logger "shop.db" :request-id "r-1" :service "other" :rows 3)
      (:level :info :ts 4004391135 :msec 206 :logger "shop" :service "orders" :|orderId| 7)
      (:level :info :ts 4004391135 :msec 206 :msg "" :logger "shop" :service "orders")"
    `)
  })

  it('writes every kind of value as Lisp reads it', () => {
    expect(
      text((log) =>
        log
          .at('info')
          ?.string('string', 'a "b" \\ c')
          .string('empty', '')
          .int('int', -7)
          .float('float', 0.1)
          .float('small', 1e-7)
          .float('large', -1.5e21)
          .float('nan', NaN)
          .bool('yes', true)
          .bool('no', false)
          .bigint('bigint', 2n ** 64n)
          .timestamp('timestamp', 1)
          .timestamp('never', NaN)
          .any('date', new Date(2))
          .duration('duration', 12.25)
          .any('nothing', null)
          .any('list', [1, 'a', true, false, null, [], {}, 2.5, 1e-7])
          .any('plist', { a: 1, bigKey: { b: [{ c: 'd' }] } })
          .any('none', {})
          .send(),
      ).replaceAll(' :', '\n:'),
    ).toMatchInlineSnapshot(`
      ":string "a \\"b\\" \\\\ c"
      :empty ""
      :int -7
      :float 0.1d0
      :small 1d-7
      :large -1.5d+21
      :nan nil
      :yes t
      :no nil
      :bigint 18446744073709551616
      :timestamp "1970-01-01T00:00:00.001Z"
      :never nil
      :date "1970-01-01T00:00:00.002Z"
      :duration 12.25d0
      :nothing nil
      :list (1 "a" t nil nil () () 2.5d0 1d-7)
      :plist (:a 1
      :|bigKey| (:b ((:c "d"))))
      :none ()"
    `)
  })

  it('writes errors and causes as property lists', () => {
    const cause = errorAt(new Error('disk full'))
    const error = errorAt(Object.assign(new TypeError('no order', { cause }), { code: 'E_ORDER' }), 'pay (a.js:1:1)')
    expect(text((log) => log.info('m', { error }))).toBe(
      ':msg "m" :error (:type "TypeError" :message "no order" :stack "TypeError: no order\\\\u000a    at pay (a.js:1:1)" ' +
        ':code "E_ORDER" :cause (:type "Error" :message "disk full" :stack "Error: disk full"))',
    )
  })

  it('censors secrets and gives fields with reserved names an underscore', () => {
    expect(text((log) => log.info('m', { ts: 1, password: 'hunter2', user: { token: 'abc', ts: 2 } }))).toBe(
      ':msg "m" :|_ts| 1 :password "[Redacted]" :user (:token "[Redacted]" :ts 2)',
    )
  })

  it.each([
    { name: 'the epoch', time: 0, want: ':ts 2208988800 :msec 0' },
    { name: 'a moment before it', time: -1, want: ':ts 2208988799 :msec 999' },
    { name: 'a part of a millisecond', time: 1999.75, want: ':ts 2208988801 :msec 999' },
    { name: 'before 1900', time: -2208988800001, want: ':ts -1 :msec 999' },
  ])('writes the time of $name as $want', ({ time, want }) => {
    const { logger, lines } = write(sexpr(), { clock: { now: () => time } })
    logger.info('m')
    expect(lines[0]).toBe(`(:level :info ${want} :msg "m")`)
  })
})

describe('a keyword', () => {
  it.each([
    { name: 'small letters', key: 'amount', want: ':amount', symbol: 'AMOUNT' },
    { name: 'words with hyphens', key: 'order-id', want: ':order-id', symbol: 'ORDER-ID' },
    { name: 'digits, dots and underscores', key: 'a.b_c-2', want: ':a.b_c-2', symbol: 'A.B_C-2' },
    { name: 'mixed case', key: 'orderId', want: ':|orderId|', symbol: 'orderId' },
    { name: 'capitals', key: 'AMOUNT', want: ':|amount|', symbol: 'amount' },
    { name: 'a digit first', key: '42', want: ':|42|', symbol: '42' },
    { name: 'an underscore first', key: '_a', want: ':|_a|', symbol: '_a' },
    { name: 'a space', key: 'a b', want: ':|a b|', symbol: 'a b' },
    { name: 'capitals and a space', key: 'A B', want: ':|A B|', symbol: 'A B' },
    { name: 'brackets and a semicolon', key: '(a;', want: ':|(a;|', symbol: '(a;' },
    { name: 'a colon', key: 'a:b', want: ':|a:b|', symbol: 'a:b' },
    { name: 'a reader macro', key: '#.(quit)', want: ':|#.(quit)|', symbol: '#.(quit)' },
    { name: 'a bar', key: 'a|b', want: ':|a\\|b|', symbol: 'a|b' },
    { name: 'a backslash', key: 'a\\b', want: ':|a\\\\b|', symbol: 'a\\b' },
    { name: 'a quote', key: 'a"b', want: ':|a"b|', symbol: 'a"b' },
    { name: 'letters beyond ASCII', key: 'größe', want: ':|größe|', symbol: 'größe' },
    { name: 'nothing', key: '', want: ':||', symbol: '' },
    { name: 'a newline', key: 'a\nb', want: ':|a\\\\u000ab|', symbol: 'a\\u000ab' },
  ])('of $name is $want', ({ key, want, symbol }) => {
    const line = text((log) => log.info({ [key]: 1, nested: { [key]: 2 } }))
    expect(line).toContain(`${want} 1`)
    expect(line).toContain(`(${want} 2)`)
    expect(propertiesOf(readLisp(`(${line})`)).map(([name]) => name)).toContain(symbol)
  })

  it('is another symbol for every other name', () => {
    const names = fc.array(fc.oneof(oddText, fc.constantFrom('a', 'A', 'aB', 'ab', 'AB', '_a', '_A', '1a', '1A', 'ß')))
    fc.assert(
      fc.property(names, (given) => {
        const { logger, lines } = write(sexpr())
        const line = logger.at('info')
        for (const name of given) line?.int(name, 1)
        line?.send()
        // Throws where one stands twice.
        const pairs = propertiesOf(readLisp(lines[0]))
        const wanted = given.map((name) =>
          ['level', 'ts', 'msec', 'msg', 'logger'].includes(name) ? `_${name}` : name,
        )
        expect(pairs.length).toBe(3 + new Set(wanted.map((name) => name.toWellFormed())).size)
      }),
    )
  })
})

describe('a text', () => {
  it.each([
    { name: 'a newline', value: 'a\nb', want: '"a\\\\u000ab"' },
    {
      name: 'every short escape of JSON',
      value: '\b\t\n\f\r',
      want: '"\\\\u0008\\\\u0009\\\\u000a\\\\u000c\\\\u000d"',
    },
    { name: 'an escape', value: '\u001b[31m', want: '"\\\\u001b[31m"' },
    { name: 'a line separator', value: '\u2028', want: '"\\\\u2028"' },
    { name: 'a quote and a backslash', value: '"\\', want: '"\\"\\\\"' },
    { name: 'what looks like an escape', value: '\\u000a', want: '"\\\\u005cu000a"' },
    { name: 'what nearly looks like one', value: 'c:\\users \\u00', want: '"c:\\\\users \\\\u00"' },
    { name: 'a backslash before an escape', value: '\\\n', want: '"\\\\\\\\u000a"' },
    { name: 'a long one with a control', value: `${'x'.repeat(100)}\n`, want: `"${'x'.repeat(100)}\\\\u000a"` },
  ])('with $name is $want, and reads back', ({ value, want }) => {
    const line = text((log) => log.info({ value, nested: [value] }))
    expect(line).toBe(`:value ${want} :nested (${want})`)
    const [[, read]] = propertiesOf(readLisp(`(${line})`))
    expect(restored(read as string)).toBe(value)
  })
})

/** The symbol a name should become, said in the simplest way. */
function symbolOf(name: string): string {
  if (/^[a-z][a-z0-9._-]*$/.test(name)) return name.toUpperCase()
  return /^[A-Z][A-Z0-9._-]*$/.test(name) ? name.toLowerCase() : name
}

const NIL = { symbol: 'NIL', isKeyword: false }

/** What a value whose JSON this is should be when it is read: lists, and Maps of properties. */
function wantedOf(value: unknown): unknown {
  if (value === true) return { symbol: 'T', isKeyword: false }
  if (value === null || value === false) return NIL
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.length === 0 ? NIL : value.map(wantedOf)
  const pairs = Object.entries(value)
  return pairs.length === 0 ? NIL : new Map(pairs.map(([name, each]) => [symbolOf(name), wantedOf(each)]))
}

/** What was read, texts as they were before they were escaped; large integers as the numbers JSON makes of them. */
function comparable(read: Lisp): unknown {
  if (typeof read === 'string') return restored(read)
  if (typeof read === 'bigint') return Number(read)
  if (!Array.isArray(read)) return read
  const [first] = read
  if (typeof first !== 'object' || Array.isArray(first) || !first.isKeyword) return read.map(comparable)
  return new Map(propertiesOf(read).map(([name, value]) => [restored(name), comparable(value)]))
}

describe('a reader', () => {
  it('gets back every key and value, whatever they hold', () => {
    fc.assert(
      fc.property(fieldBags, oddText, fieldBags, (context, message, fields) => {
        const { line, model } = writeBoth(sexpr(), context, message, fields)
        const { level, time: _, ...rest } = model
        const read = comparable(readLisp(line)) as Map<string, unknown>
        expect(read.get('LEVEL')).toEqual({ symbol: String(level).toUpperCase(), isKeyword: true })
        expect([read.get('TS'), read.get('MSEC')]).toEqual([4004391135, 206])
        for (const name of ['LEVEL', 'TS', 'MSEC']) read.delete(name)
        expect(read).toEqual(wantedOf(rest))
      }),
      { numRuns: runs(500) },
    )
  })

  it('of this test refuses what no line may hold (control)', () => {
    for (const [line, problem] of [
      ['(:a 1', 'a list that is open'],
      ['(:a 1))', 'a list closed that was not open'],
      ['(:a 1) (:b 2)', '2 forms'],
      ['(:a "b)', 'no token at 4'],
      ['(:a |b)', 'no token at 4'],
      ['(:a #.(quit))', 'no token at 4'],
      ["(:a 'b)", 'no token at 4'],
      ['(:a 99.5)', 'the number 99.5'],
      ['(:42 1)', 'the keyword :42'],
      ['(:a "\u001b")', 'a raw U+001b at 5'],
      ['(:a "b\nc")', 'a raw U+000a at 6'],
    ]) {
      expect(() => readLisp(line)).toThrow(problem)
    }
    expect(() => propertiesOf(readLisp('(:a 1 :|A| 2)'))).toThrow('the key A twice')
    expect(() => propertiesOf(readLisp('(:a 1 b 2)'))).toThrow('no keyword at 2')
  })
})

describe('no text makes a line of its own or drives a terminal', () => {
  it('at any place of a line', () => {
    const lines = forgedLines(sexpr())
    expect(lines).toHaveLength(FORGING.length * 6)
    for (const line of lines) expect(propertiesOf(readLisp(line))[0][0]).toBe('LEVEL')
  })
})

describe('every hostile value', () => {
  it('gives one whole line within 50 ms that has its message', () => {
    const problems = hostileProblems(sexpr, (line) => {
      const message = new Map(propertiesOf(readLisp(line))).get('MSG')
      if (typeof message !== 'string' || !message.includes('message')) throw new Error('its message is another')
    })
    expect(problems).toEqual([])
  }, 120_000)

  it('may log while it is read, on a line of its own', () => {
    const lines = text((log) => {
      const inner = {
        get x(): number {
          log.info('inner\n', { deep: { list: [1, 'a\nb'] } })
          return 2
        },
      }
      log.info('outer', { a: { before: '1\n', inner, after: 3 }, b: 4 })
    })
    expect(lines.split('\n').toSorted()).toEqual([
      ':msg "inner\\\\u000a" :deep (:list (1 "a\\\\u000ab"))',
      ':msg "outer" :a (:before "1\\\\u000a" :inner (:x 2) :after 3) :b 4',
    ])
  })
})

describe('a line stays within its bound', () => {
  const small = (): Encoder =>
    new SexprEncoder({ maxDepth: 10, maxItems: 1000, maxStringLength: 100, maxLineBytes: 400 })

  it('with more than fits: what is left out is counted', () => {
    const rest = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`key${i}`, 'x'.repeat(30)]))
    const line = text((log) => log.info('m', rest), small())
    const pairs = propertiesOf(readLisp(`(${line})`))
    expect(pairs.at(-1)?.[1]).toBe(`[Cut: ${20 - (pairs.length - 2)} fields, line over 400 bytes]`)
  })

  it('with a value too large for what is left of it', () => {
    const value = { list: Array.from({ length: 9 }, () => 'y'.repeat(90)) }
    expect(text((log) => log.info('m', { value, after: 1 }), small())).toMatch(/^:msg "m" :value .*(more|Cut)/)
  })

  it('cuts a long text and says by how much, and one of escapes to a quarter', () => {
    expect(text((log) => log.info('x'.repeat(103)), small())).toBe(`:msg "${'x'.repeat(100)}…[+3]"`)
    expect(text((log) => log.info('\n'.repeat(100)), small())).toBe(`:msg "${'\\\\u000a'.repeat(25)}…[+75]"`)
  })
})
