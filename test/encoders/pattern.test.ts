import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { type Encoder, type Logger, type LoggerOptions, OptionError, pattern } from 'wideline'
import { encoderConformance } from 'wideline/testing'
import { PatternEncoder } from '../../src/encoders/pattern.js'
import { FORGING, forgedLines, hostileProblems, oddText } from './field-bags.js'
import { errorAt, NOW, write } from './lines.js'

/** What some calls write by a template. */
function text(
  template: string | undefined,
  calls: (logger: Logger) => void,
  options?: Omit<LoggerOptions, 'outputs'>,
): string {
  const { logger, lines } = write(pattern(template), { name: 'shop.orders', ...options })
  calls(logger)
  return lines.join('\n')
}

function one(template: string, time = NOW): string {
  return text(template, (log) => log.info('m'), { clock: { now: () => Date.parse(time) } })
}

async function expectToRun(run: () => void | Promise<void>): Promise<void> {
  await expect((async () => run())()).resolves.toBeUndefined()
}

describe('pattern() with all fields', () => {
  it.each(encoderConformance(() => pattern('%d [%level] %logger - %msg %fields%n')))('$name', async ({ run }) => {
    await expectToRun(run)
  })
})

describe('pattern() with every conversion', () => {
  const template = '%d{HH:mm:ss}|%-5level|%.10logger|%msg|%field{key}|%error{short}|%fields|%n%error{lines}'
  it.each(encoderConformance(() => pattern(template)))('$name', async ({ run }) => {
    await expectToRun(run)
  })
})

describe('pattern()', () => {
  it('writes time, level, logger and message, as llog does', () => {
    const calls = (log: Logger): void => {
      log.info('order paid', { orderId: 42 })
      log.child({ a: 1 }, { name: 'shop.db' }).warn('100 % "done"\n')
      log.error(errorAt(new Error('failed')))
      log.info({ orderId: 7 })
    }
    expect(text(undefined, calls)).toMatchInlineSnapshot(`
      "2026-11-23T02:52:15.206Z [INFO] shop.orders - order paid
      2026-11-23T02:52:15.206Z [WARN] shop.db - 100 % "done"\\n
      2026-11-23T02:52:15.206Z [ERROR] shop.orders - failed
      2026-11-23T02:52:15.206Z [INFO] shop.orders - "
    `)
    expect(text('%d [%level] %logger - %msg%n', calls)).toBe(text(undefined, calls))
  })

  it('passes what of the conformance suite is not about fields without a template too', async () => {
    const about = /newline|appends|same bytes|forge/
    const cases = encoderConformance(() => pattern()).filter(({ name }) => about.test(name))
    expect(cases).toHaveLength(4)
    for (const { run } of cases) await expectToRun(run)
  })

  it('writes every level in capitals', () => {
    const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
    expect(text('%level', (log) => levels.forEach((level) => log[level]('m'))).split('\n')).toEqual(
      levels.map((level) => level.toUpperCase()),
    )
  })

  it.each([
    { template: '', want: '' },
    { template: 'text', want: 'text' },
    { template: '100 %% of %%d', want: '100 % of %d' },
    { template: '{%msg}', want: '{m}' },
    { template: '%msg{x}', want: 'm{x}' },
    { template: '%level: %msg', want: 'INFO: m' },
    { template: '%p %c %m%n', want: 'INFO shop.orders m' },
    { template: '%date{epochMs}', want: '1795402335206' },
    { template: 'ä%msg😀', want: 'äm😀' },
    { template: '%msg%n%msg', want: 'm\n    m' },
    { template: '%msg\n%msg\n', want: 'm\n    m' },
    { template: '%n%msg', want: '\n    m' },
  ])('writes $template as $want', ({ template, want }) => {
    expect(one(template)).toBe(want)
  })
})

describe('a width', () => {
  it.each([
    { template: '[%6level]', want: '[  INFO]' },
    { template: '[%-6level]', want: '[INFO  ]' },
    { template: '[%2level]', want: '[INFO]' },
    { template: '[%.2level]', want: '[FO]' },
    { template: '[%.-2level]', want: '[IN]' },
    { template: '[%.6logger]', want: '[orders]' },
    { template: '[%-20.30logger]', want: '[shop.orders         ]' },
    { template: '[%20.30logger]', want: '[         shop.orders]' },
    { template: '[%8.6logger]', want: '[  orders]' },
    { template: '[%-8.-4logger]', want: '[shop    ]' },
    { template: '[%.0msg]', want: '[]' },
    { template: '[%3msg]', want: '[  m]' },
    { template: '[%5field{none}]', want: '[     ]' },
    { template: '[%26d]', want: '[  2026-11-23T02:52:15.206Z]' },
    { template: '[%.5d{HH:mm:ss}]', want: '[52:15]' },
    { template: '%6fields|', want: '      |' },
  ])('$template gives $want', ({ template, want }) => {
    expect(one(template)).toBe(want)
  })

  it('counts characters, whatever they take', () => {
    const width = fc.nat({ max: 12 })
    const words = fc.string({ unit: fc.constantFrom('a', 'ß', '日', '😀', ' '), maxLength: 12 })
    fc.assert(
      fc.property(words, width, width, fc.boolean(), fc.boolean(), (word, min, max, isLeft, keepsStart) => {
        const characters = Array.from(word)
        const cut = keepsStart ? characters.slice(0, max) : characters.slice(Math.max(0, characters.length - max))
        const spaces = ' '.repeat(Math.max(0, min - cut.length))
        const want = isLeft ? cut.join('') + spaces : spaces + cut.join('')
        const template = `[%${isLeft ? '-' : ''}${min}.${keepsStart ? '-' : ''}${max}msg]`
        expect(text(template, (log) => log.info(word))).toBe(`[${want}]`)
      }),
    )
  })
})

describe('a date', () => {
  it.each([
    { template: '%d', want: '2026-11-23T02:52:15.206Z' },
    { template: '%d{ISO8601}', want: '2026-11-23T02:52:15.206Z' },
    { template: '%d{ISO8601}{UTC}', want: '2026-11-23T02:52:15.206Z' },
    { template: '%d{yyyy-MM-dd HH:mm:ss.SSS}', want: '2026-11-23 02:52:15.206' },
    { template: '%d{HH:mm:ss}', want: '02:52:15' },
    { template: '%d{epochMs}', want: '1795402335206' },
    { template: '%d{dd/MMM/yyyy:HH:mm:ss XXX}', want: '23/Nov/2026:02:52:15 Z' },
    { template: '%d{EEE yyMMdd}', want: 'Mon 261123' },
    { template: '%d{SSS SSS}', want: '206 206' },
    { template: "%d{'at' HH 'o''clock'}", want: "at 02 o'clock" },
  ])('$template is $want', ({ template, want }) => {
    expect(one(template)).toBe(want)
  })

  it.each([
    { time: '2000-02-29T00:00:00.000Z', want: 'Tue 29 Feb 2000 00:00:00.000' },
    { time: '1969-12-31T23:59:59.999Z', want: 'Wed 31 Dec 1969 23:59:59.999' },
    { time: '0001-01-01T00:00:00.001Z', want: 'Mon 01 Jan 0001 00:00:00.001' },
    { time: '9999-12-31T23:59:59.007Z', want: 'Fri 31 Dec 9999 23:59:59.007' },
  ])('$time is $want', ({ time, want }) => {
    expect(one('%d{EEE dd MMM yyyy HH:mm:ss.SSS}', time)).toBe(want)
  })

  it('follows a clock that moves by any step, forward and back', () => {
    const steps = fc.array(fc.oneof(fc.integer({ min: -2000, max: 2000 }), fc.integer({ min: -1e12, max: 1e12 })))
    fc.assert(
      fc.property(steps, (given) => {
        let time = Date.parse(NOW)
        const { logger, lines } = write(pattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z'} %d %d{epochMs}"), {
          clock: { now: () => time },
        })
        const want = given.map((step) => {
          time = Math.min(Math.max(time + step, 0), 253402300799999)
          logger.info('m')
          const iso = new Date(time).toISOString()
          return `${iso} ${iso} ${time}`
        })
        expect(lines).toEqual(want)
      }),
    )
  })
})

describe('a local date', () => {
  const before = process.env['TZ']
  afterEach(() => {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  })

  it.each([
    { zone: 'America/New_York', time: '2026-03-08T06:59:59.500Z', want: '2026-03-08 01:59:59.500 -05:00' },
    { zone: 'America/New_York', time: '2026-03-08T07:00:00.500Z', want: '2026-03-08 03:00:00.500 -04:00' },
    { zone: 'Asia/Kolkata', time: '2026-11-23T20:00:00.000Z', want: '2026-11-24 01:30:00.000 +05:30' },
    { zone: 'UTC', time: '2026-11-23T20:00:00.000Z', want: '2026-11-23 20:00:00.000 Z' },
    // Until then Liberia was 44 minutes and 30 seconds behind.
    { zone: 'Africa/Monrovia', time: '1972-01-06T12:00:00.000Z', want: '1972-01-06 11:15:30.000 -00:44' },
    { zone: 'America/New_York', time: '0002-03-06T14:15:38.418Z', want: '0002-03-06 09:19:36.418 -04:56' },
  ])('in $zone is $want', ({ zone, time, want }) => {
    process.env['TZ'] = zone
    expect(one('%d{yyyy-MM-dd HH:mm:ss.SSS XXX}{local}', time)).toBe(want)
    expect(one('%d{ISO8601}{local}', time)).toBe(want.replace(' ', 'T').replace(' ', ''))
  })
})

describe('%field{name}', () => {
  it('is a field of the line, else of the context, else nothing', () => {
    expect(
      text('[%field{requestId}] [%field{tenant}] %msg', (log) => {
        const child = log.child({ requestId: 'r-1', tenant: 'acme' })
        child.info('context')
        child.info('line', { tenant: 'other' })
        child.child({ requestId: 'r-2' }).info('nearest')
        log.info('none')
      }),
    ).toBe('[r-1] [acme] context\n[r-1] [other] line\n[r-2] [acme] nearest\n[] [] none')
  })

  it.each([
    { name: 'a text as it is', value: 'a "b" = \\c', want: 'a "b" = \\c' },
    { name: 'controls escaped', value: 'a\n\t\u001b\u2028', want: 'a\\n\\t\\u001b\\u2028' },
    { name: 'a number', value: 99.5, want: '99.5' },
    { name: 'a flag', value: false, want: 'false' },
    { name: 'a bigint', value: 2n ** 64n, want: '18446744073709551616' },
    { name: 'a date without quotes', value: new Date(0), want: '1970-01-01T00:00:00.000Z' },
    { name: 'null', value: null, want: 'null' },
    { name: 'an object as JSON', value: { a: [1, 'b'] }, want: '{"a":[1,"b"]}' },
    { name: 'an error as its heading', value: new TypeError('no\norder'), want: 'TypeError: no\\norder' },
  ])('shows $name', ({ value, want }) => {
    expect(text('%field{value}', (log) => log.info('m', { value }))).toBe(want)
    expect(text('%field{value}', (log) => log.child({ value }).info('m'))).toBe(want)
  })

  it('shows typed fields, and no secrets', () => {
    expect(
      text('%field{when} %field{took} %field{failed} %field{password}', (log) =>
        log
          .at('info')
          ?.timestamp('when', 1)
          .duration('took', 2.5)
          .error('failed', new RangeError('x'))
          .string('password', 'hunter2')
          .send(),
      ),
    ).toBe('1970-01-01T00:00:00.001Z 2.5 RangeError: x [Redacted]')
  })
})

describe('%fields', () => {
  it('is every field without a place of its own, context first, as logfmt', () => {
    expect(
      text('[%field{requestId}] %msg %fields', (log) => {
        const child = log.child({ requestId: 'r-1', tenant: 'acme', user: { id: 7 } })
        child.info('order paid', { orderId: 42, card: { last4: '4242' }, level: 'high', note: 'a b' })
        child.info('other', { tenant: 'other', 'user.id': 8 })
      }),
    ).toMatchInlineSnapshot(`
      "[r-1] order paid tenant=acme user.id=7 orderId=42 card.last4="4242" _level=high note="a b"
      [r-1] other user="{\\"id\\":7}" tenant=other user.id=8"
    `)
  })

  it.each([
    { template: '%msg %fields', none: 'm', some: 'm a=1' },
    { template: '%msg%fields', none: 'm', some: 'ma=1' },
    { template: '%msg {%fields}', none: 'm {}', some: 'm {a=1}' },
    { template: '%msg %fields|', none: 'm|', some: 'm a=1|' },
    { template: '%fields', none: '', some: 'a=1' },
    { template: ' %fields', none: '', some: ' a=1' },
    { template: '%msg %6fields|', none: 'm       |', some: 'm    a=1|' },
    { template: '%msg%n%fields', none: 'm\n    ', some: 'm\n    a=1' },
  ])('of $template is $some, or $none', ({ template, none, some }) => {
    expect(text(template, (log) => log.info('m'))).toBe(none)
    expect(text(template, (log) => log.info('m', { a: 1 }))).toBe(some)
  })
})

describe('%error', () => {
  const cause = errorAt(Object.assign(new Error('disk full'), { code: 'ENOSPC' }), 'write (fs.js:1:1)')
  const failed = errorAt(new TypeError('no\norder', { cause }), 'pay (orders.js:10:5)', 'main (app.js:1:1)')
  const both = errorAt(new AggregateError([failed, 'late'], 'both'))

  it('is the first error of the line with frames and causes, on the line', () => {
    expect(text('%msg %error', (log) => log.error('payment failed', failed))).toBe(
      'payment failed TypeError: no\\norder | at pay (orders.js:10:5) | at main (app.js:1:1)' +
        ' | caused by Error: disk full code=ENOSPC | at write (fs.js:1:1)',
    )
  })

  it('{lines} is the same on lines of its own, indented', () => {
    expect(text('%msg %error{lines}', (log) => log.error('payment failed', both))).toMatchInlineSnapshot(`
      "payment failed
          AggregateError: both
          errors[0] TypeError: no\\norder
              at pay (orders.js:10:5)
              at main (app.js:1:1)
          caused by Error: disk full code=ENOSPC
              at write (fs.js:1:1)
          errors[1] late"
    `)
  })

  it('{short} is its type and message', () => {
    expect(text('%msg: %error{short}', (log) => log.error('payment failed', failed))).toBe(
      'payment failed: TypeError: no\\norder',
    )
  })

  it.each(['%msg %error', '%msg %error{lines}', '%msg %error{short}', '%msg%error'])(
    '%s is nothing where there is no error',
    (template) => {
      expect(text(template, (log) => log.info('m', { a: 1 }))).toBe('m')
    },
  )

  it('is found under any key and in the context, and not shown by %fields again', () => {
    const template = '%msg %fields %error{short}'
    expect(text(template, (log) => log.warn('m', { a: 1, reason: failed, b: 2 }))).toBe(
      'm a=1 b=2 TypeError: no\\norder',
    )
    expect(text(template, (log) => log.child({ failed: cause, c: 3 }).warn('m', { a: 1 }))).toBe(
      'm c=3 a=1 Error: disk full',
    )
    expect(text(template, (log) => log.child({ failed: cause }).warn('m', { failed: 1 }))).toBe('m failed=1')
    const second = errorAt(new Error('second'))
    expect(text(template, (log) => log.warn('m', { failed, second }))).toBe(
      'm second.type=Error second.message=second second.stack="Error: second" TypeError: no\\norder',
    )
  })

  it('shows what was thrown although it is no error', () => {
    for (const [thrown, want] of [
      ['text', 'string: text'],
      [7, 'number: 7'],
      [null, 'null: null'],
      [{ code: 1 }, 'object: [Object]'],
    ] as const) {
      expect(text('%error', (log) => log.at('error')?.error('error', thrown).send())).toBe(want)
    }
  })
})

describe('a template that cannot be understood', () => {
  it.each([
    { template: '%d %lvl', want: 'column 4 has %lvl (did you mean %level?)' },
    { template: '%mesg', want: 'column 1 has %mesg (did you mean %msg?)' },
    { template: 'x %q', want: 'column 3 has %q (known are %n %d' },
    { template: '%5.3wrong %msg', want: 'column 1 has %5.3wrong (' },
    { template: '%5n', want: 'column 1 has %5n (known are' },
    { template: '%msg%', want: 'column 5 has a lone % (%% writes one)' },
    { template: '100 % done', want: 'column 5 has a lone %' },
    { template: '%-5', want: 'column 1 has a lone %' },
    { template: '%msg %d{HH:mm', want: 'with closed braces, but column 8 has an open one' },
    { template: '%field{a %d}\n', want: 'known conversions', isFine: true },
    { template: '%field{a\n}', want: 'with closed braces, but column 7 has an open one' },
    { template: '%d{HH}{local', want: 'with closed braces, but column 7 has an open one' },
    { template: '%msg %field', want: 'of %field{name} for fields, but column 6 has one without a name' },
    { template: '%field{}', want: 'column 1 has one without a name' },
    { template: '%d{yyyy-QQ}', want: 'of known date formats, but column 9 has QQ, which is none of yyyy yy MM' },
    { template: '%d{}', want: 'of known date formats, but column 4 has none' },
    { template: '%d{DEFAULT}', want: 'column 4 has D, which is none of' },
    { template: "%d{HH 'at}", want: 'column 7 has a quote without its end' },
    { template: '%d{HH}{Mars}', want: 'of {UTC}, {local} behind that conversion, but column 7 has {Mars}' },
    { template: '%error{full}', want: 'of {line}, {lines}, {short} behind that conversion, but column 7 has {full}' },
    { template: '%9error{lines}', want: 'without widths for lines, but column 8 has {lines} behind one' },
    { template: '%1001msg', want: 'of widths up to 1000, but column 1 has a larger one' },
    { template: '%.99999999999999999999msg', want: 'of widths up to 1000, but column 1 has a larger one' },
  ])('as $template says where', ({ template, want, isFine }) => {
    if (isFine === true) {
      expect(() => pattern(template)).not.toThrow()
      return
    }
    expect(() => pattern(template)).toThrow(OptionError)
    expect(() => pattern(template)).toThrow(want)
    expect(() => pattern(template)).toThrow('template must be a pattern')
  })

  it('is anything but a text', () => {
    expect(() => pattern(7 as unknown as string)).toThrow('template must be a string, got 7')
  })

  it('is refused in no other way, whatever it holds', () => {
    const pieces = fc.constantFrom('%', '%d', '%field', '{', '}', '-', '5', '.', 'msg', "'", '\n', 'é', 'HH', 'error')
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, oddText), { maxLength: 8 }), (parts) => {
        try {
          expect(text(parts.join(''), (log) => log.info('m'))).toBeTypeOf('string')
        } catch (error) {
          expect(error).toBeInstanceOf(OptionError)
        }
      }),
    )
  })
})

/** What drives a terminal or ends a line, apart from the newline itself. */
// oxlint-disable-next-line no-control-regex
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

describe('no text makes a line of its own or drives a terminal', () => {
  const template = '%d %level %logger %msg %field{field}%n%field{nested} %error%n%error{lines}%n%fields'

  it('at any place of a line', () => {
    const lines = forgedLines(pattern(template))
    expect(lines).toHaveLength(FORGING.length * 6)
    for (const line of lines) {
      expect(RAW.exec(line)?.[0]).toBeUndefined()
      expect(line.split('\n').filter((each) => !each.startsWith('    '))).toHaveLength(1)
    }
  })
})

describe('every hostile value', () => {
  it('gives one whole line within 50 ms that has its message', () => {
    const problems = hostileProblems(
      () => pattern('msg=%-1msg %fields%n%error{short}%n%field{value}'),
      (line) => {
        const [first, ...rest] = line.split('\n')
        if (!/^msg=.*message/.test(first)) throw new Error(`its first line became ${first.slice(0, 100)}`)
        if (!rest.every((each) => each.startsWith('    '))) throw new Error('a later line is not indented')
        if (RAW.test(line)) throw new Error('a control is raw')
      },
    )
    expect(problems).toEqual([])
  }, 120_000)

  it('may log while it is read, on a line of its own', () => {
    const lines = text('%msg %field{a} %fields', (log) => {
      const inner = {
        get x(): number {
          log.info('inner', { a: [1, 'b'], c: { d: 1 } })
          return 2
        },
      }
      log.info('outer', { a: { before: 1, inner }, b: { inner } })
    })
    expect(lines.split('\n').toSorted()).toEqual([
      'inner [1,"b"] c.d=1',
      'inner [1,"b"] c.d=1',
      'outer {"before":1,"inner":{"x":2}} b.inner.x=2',
    ])
  })
})

describe('a line stays within its bound', () => {
  const small = (template: string): Encoder =>
    new PatternEncoder(template, { maxDepth: 10, maxItems: 1000, maxStringLength: 100, maxLineBytes: 200 })

  function length(template: string, calls: (logger: Logger) => void): number {
    const { logger, lines } = write(small(template))
    calls(logger)
    return lines[0].length
  }

  it('whatever its parts take', () => {
    const long = 'x'.repeat(100)
    expect(length('%msg %msg %msg %msg', (log) => log.info(long))).toBeLessThan(250)
    expect(length('%fields', (log) => log.info({ a: long, b: long, c: long }))).toBeLessThan(250)
    const deep = new Error(long, { cause: new Error(long, { cause: new Error(long) }) })
    expect(length('%error', (log) => log.error(deep))).toBeLessThan(250)
  })

  it('says what was cut', () => {
    const of = (template: string, calls: (logger: Logger) => void): string => {
      const { logger, lines } = write(small(template))
      calls(logger)
      return lines[0]
    }
    const long = 'x'.repeat(100)
    expect(of('%msg %msg %msg', (log) => log.info(`${long}yyy`))).toBe(`${long}…[+3] [Cut: line over 200 bytes]`)
    expect(of('%fields %msg', (log) => log.info('m', { a: long, b: long, c: long }))).toBe(
      `a=${long} b="[Cut: 2 fields, line over 200 bytes]" m`,
    )
    const some = 'x'.repeat(90)
    const deep = errorAt(new Error(some, { cause: errorAt(new Error(some)) }), 'a (a.js:1:1)')
    expect(of('%error', (log) => log.error(deep))).toBe(
      `Error: ${some} | at a (a.js:1:1) | [Cut: 1 lines, line over 200 bytes]`,
    )
  })
})
