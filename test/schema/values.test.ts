import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  any,
  bigint,
  bool,
  createLogger,
  type DeclaredField,
  duration,
  error,
  FieldError,
  type DeclaredOptions,
  fields,
  fieldKind,
  float,
  int,
  json,
  memory,
  string,
  timestamp,
} from 'wideline'
import { captureLogs } from 'wideline/testing'

const BUILDERS = { string, int, float, bool, bigint, timestamp, duration, error, any }
type Kind = keyof typeof BUILDERS

/** What one field writes: the fields of the line. */
function written(field: DeclaredField, value: unknown): Record<string, unknown> {
  const logs = captureLogs()
  logs.logger.info('m', fields({ k: field }), { k: value } as never)
  const [{ level: _level, time: _time, msg: _msg, ...rest }] = logs.parsed()
  return rest
}

const declare = (kind: Kind, options: DeclaredOptions = {}): DeclaredField => BUILDERS[kind](options as never)

const DATE = new Date('2026-11-23T02:52:15.206Z')

describe('a declared field', () => {
  it.each<{ kind: Kind; name: string; input: unknown; want: unknown }>([
    { kind: 'string', name: 'text', input: 'paid', want: 'paid' },
    { kind: 'string', name: 'a number', input: 42, want: '42' },
    { kind: 'string', name: 'a boolean', input: true, want: 'true' },
    { kind: 'string', name: 'a bigint', input: 7n, want: '7' },
    { kind: 'int', name: 'a number', input: 42, want: 42 },
    { kind: 'int', name: 'digits', input: '42', want: 42 },
    { kind: 'int', name: 'digits with spaces', input: ' 42 ', want: 42 },
    { kind: 'int', name: 'a small bigint', input: 42n, want: 42 },
    { kind: 'int', name: 'minus zero', input: -0, want: 0 },
    { kind: 'float', name: 'a number', input: 0.1, want: 0.1 },
    { kind: 'float', name: 'digits', input: '99.5', want: 99.5 },
    { kind: 'float', name: 'no number', input: NaN, want: null },
    { kind: 'duration', name: 'a number', input: 12.5, want: 12.5 },
    { kind: 'duration', name: 'digits', input: '12.5', want: 12.5 },
    { kind: 'bool', name: 'true', input: true, want: true },
    { kind: 'bool', name: 'the text true', input: 'true', want: true },
    { kind: 'bool', name: 'the text false', input: 'false', want: false },
    { kind: 'bigint', name: 'a bigint', input: 12n, want: 12 },
    { kind: 'bigint', name: 'digits', input: '12', want: 12 },
    { kind: 'bigint', name: 'a whole number', input: 12, want: 12 },
    { kind: 'timestamp', name: 'milliseconds', input: DATE.getTime(), want: DATE.toISOString() },
    { kind: 'timestamp', name: 'a Date', input: DATE, want: DATE.toISOString() },
    { kind: 'timestamp', name: 'ISO text', input: DATE.toISOString(), want: DATE.toISOString() },
    { kind: 'timestamp', name: 'a day', input: '2024-02-29', want: '2024-02-29T00:00:00.000Z' },
    { kind: 'timestamp', name: 'the first day', input: '0001-01-01', want: '0001-01-01T00:00:00.000Z' },
    { kind: 'timestamp', name: 'the last', input: 253_402_300_799_999, want: '9999-12-31T23:59:59.999Z' },
    {
      kind: 'timestamp',
      name: 'ISO text of another zone',
      input: '2026-11-23T04:52:15.206+02:00',
      want: DATE.toISOString(),
    },
    { kind: 'error', name: 'a text', input: 'no', want: { type: 'string', message: 'no' } },
    { kind: 'any', name: 'an object', input: { a: [1] }, want: { a: [1] } },
  ])('of kind $kind writes $name as $want', ({ kind, input, want }) => {
    expect(written(declare(kind), input)).toEqual({ k: want })
  })

  it.each<{ kind: Kind; input: unknown; got: string }>([
    { kind: 'string', input: { a: 1 }, got: 'object' },
    { kind: 'string', input: ['a'], got: 'array' },
    { kind: 'int', input: 1.5, got: 'number 1.5' },
    { kind: 'int', input: 2 ** 53, got: 'number 9007199254740992' },
    { kind: 'int', input: '42a', got: 'string "42a"' },
    { kind: 'int', input: '', got: 'string ""' },
    { kind: 'int', input: '  ', got: 'string "  "' },
    { kind: 'int', input: 'Infinity', got: 'string "Infinity"' },
    { kind: 'int', input: '9007199254740993', got: 'string "9007199254740993"' },
    { kind: 'int', input: 2n ** 70n, got: `bigint ${2n ** 70n}` },
    { kind: 'int', input: 10n ** 400n, got: `bigint 1${'0'.repeat(39)}…` },
    { kind: 'float', input: 10n ** 400n, got: `bigint 1${'0'.repeat(39)}…` },
    { kind: 'int', input: true, got: 'boolean true' },
    { kind: 'float', input: [1], got: 'array' },
    { kind: 'float', input: 'x'.repeat(100), got: `string "${'x'.repeat(40)}…"` },
    { kind: 'bool', input: 'yes', got: 'string "yes"' },
    { kind: 'bool', input: 1, got: 'number 1' },
    { kind: 'bigint', input: '1.5', got: 'string "1.5"' },
    { kind: 'bigint', input: 2n ** 127n, got: `bigint ${2n ** 127n}` },
    { kind: 'timestamp', input: 'yesterday', got: 'string "yesterday"' },
    { kind: 'timestamp', input: '2026-02-30', got: 'string "2026-02-30"' },
    { kind: 'timestamp', input: '2025-02-29T10:00:00Z', got: 'string "2025-02-29T10:00:00Z"' },
    { kind: 'timestamp', input: new Date(NaN), got: 'object' },
    { kind: 'timestamp', input: NaN, got: 'number NaN' },
    { kind: 'timestamp', input: 1.7e15, got: 'number 1700000000000000' },
    { kind: 'timestamp', input: new Date(253_402_300_800_000), got: 'object' },
    { kind: 'timestamp', input: '0000-12-31', got: 'string "0000-12-31"' },
    { kind: 'duration', input: '1s', got: 'string "1s"' },
  ])('of kind $kind marks $got, and leaves its own column empty', ({ kind, input, got }) => {
    expect(written(declare(kind), input)).toEqual({ kError: `expected ${kind}, got ${got}` })
  })

  it.each<Kind>(['string', 'int', 'float', 'bool', 'bigint', 'timestamp', 'duration', 'any', 'error'])(
    'of kind %s writes null as null and leaves undefined out',
    (kind) => {
      expect(written(declare(kind), null)).toEqual({ k: null })
      expect(written(declare(kind), undefined)).toEqual({})
    },
  )

  it('that is not converted takes values of its own type only', () => {
    expect(written(int({ coerce: false }), '42')).toEqual({ kError: 'expected int, got string "42"' })
    expect(written(int({ coerce: false }), 42)).toEqual({ k: 42 })
    expect(written(string({ coerce: false }), 1)).toEqual({ kError: 'expected string, got number 1' })
  })

  it('is converted by its own function, and marked where that has nothing or throws', () => {
    const cents = int({ coerce: (money: { cents?: number }) => money.cents })
    expect(written(cents, { cents: 250 })).toEqual({ k: 250 })
    expect(written(cents, {})).toEqual({ kError: 'expected int, got object' })
    expect(written(cents, 'x'.at(5) ?? null)).toEqual({ k: null })
    const failing = int({
      coerce: () => {
        throw new Error('no rate')
      },
    })
    expect(written(failing, 1)).toEqual({ kError: 'throws: no rate' })
  })
})

describe('a redacted field', () => {
  it.each<{ name: string; options: DeclaredOptions; input: unknown; want: unknown }>([
    { name: 'masked', options: { redact: 'mask' }, input: 'hunter2', want: '[Redacted]' },
    { name: 'masked, an object', options: { redact: 'mask' }, input: { a: 1 }, want: '[Redacted]' },
    { name: 'masked, null', options: { redact: 'mask' }, input: null, want: null },
    { name: 'removed', options: { redact: 'remove' }, input: 'hunter2', want: undefined },
    { name: 'removed, null', options: { redact: 'remove' }, input: null, want: undefined },
    { name: 'cut to its last four', options: { redact: 'last4' }, input: '4111111111111234', want: '…1234' },
    { name: 'cut to its last four, a number', options: { redact: 'last4' }, input: 4111111111111234, want: '…1234' },
    { name: 'cut, of eight characters', options: { redact: 'last4' }, input: '12345678', want: '…5678' },
    { name: 'cut, of seven characters', options: { redact: 'last4' }, input: '1234567', want: '[Redacted]' },
    { name: 'replaced', options: { redact: () => 'x***' }, input: 'hunter2', want: 'x***' },
    { name: 'replaced by nothing', options: { redact: () => undefined }, input: 'hunter2', want: undefined },
    {
      name: 'censored when its function fails',
      options: {
        redact: (value: string) => {
          throw new Error(`cannot redact ${value}`)
        },
      },
      input: 'hunter2',
      want: '[Redacted]',
    },
  ])('is $name', ({ options, input, want }) => {
    expect(written(string(options as never), input)['k']).toEqual(want)
    expect(written(any(options as never), input)['k']).toEqual(want)
  })

  it('that is masked is masked whatever its kind', () => {
    for (const kind of ['int', 'float', 'bool', 'timestamp', 'duration', 'error'] as const) {
      expect(written(declare(kind, { redact: 'mask' }), 42)).toEqual({ k: '[Redacted]' })
    }
  })

  it('shows nothing of a value that is not good', () => {
    const hidden = int({ redact: 'hash', validate: () => false })
    expect(written(hidden, 'hunter2')).toEqual({ kError: 'expected int, got string' })
    expect(written(hidden, 1)).toEqual({ kError: 'is not valid' })
    const told = string({ redact: 'last4', validate: (value) => `${value} is no card` })
    expect(written(told, 'hunter2')).toEqual({ kError: 'is not valid' })
  })
})

describe('a value that throws when it is asked what it is', () => {
  const hostile = new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new Error('do not ask')
      },
    },
  )

  it.each(Object.keys(BUILDERS) as Kind[])('costs its own field only, which is of kind %s', (kind) => {
    const logs = captureLogs()
    logs.logger.info('m', fields({ first: int(), k: declare(kind), last: int() }), {
      first: 1,
      k: hostile,
      last: 2,
    } as never)
    const [line] = logs.parsed()
    expect(line).toMatchObject({ first: 1, last: 2 })
    expect(line).not.toHaveProperty('fields')
  })
})

describe('a field whose name is secret', () => {
  it.each<{ name: string; field: DeclaredField; want: string }>([
    { name: 'is of another kind', field: int({ key: 'password' }), want: 'expected int, got string' },
    {
      name: 'is not valid, and is told so in words',
      field: string({ key: 'password', validate: (value) => `${value} is too short` }),
      want: 'is not valid',
    },
    {
      name: 'cannot be converted',
      field: string({
        key: 'password',
        coerce: (value: string): string => {
          throw new Error(`${value} is too short`)
        },
      }),
      want: 'throws',
    },
  ])('shows nothing of a value that $name', ({ field, want }) => {
    expect(written(field, 'hunter2')).toEqual({ passwordError: want })
  })
})

describe('a value that is not good, and is shown', () => {
  it.each([
    { form: 'card', value: 'the card number is this 4111 1111 1111 1111' },
    { form: 'email', value: 'a long text before somebody.secret@example.com' },
    { form: 'jwt', value: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.SflKxwRJSMeKKF2QT4fwpM' },
  ] as const)('has no half of a $form where it is cut', ({ form, value }) => {
    const output = memory()
    const log = createLogger({ outputs: [{ output, encoder: json() }], redact: { patterns: [form] } })
    log.info('m', fields({ k: int() }), { k: value as never })
    expect(output.parsed()).toMatchObject([
      { kError: expect.stringMatching(/^expected int, got string "[^0-9.@]*…?"$/) },
    ])
  })
})

describe('a field that a path of the logger hides', () => {
  it('shows nothing of a value that is not good, on the line or within another value', () => {
    const Pin = fields({
      pin: int(),
      card: string({ validate: (value) => `${value} is no card` }),
      free: int(),
    })
    const output = memory()
    const log = createLogger({
      outputs: [{ output, encoder: json() }],
      redact: ['pin', 'card', 'of.*.pin', 'of.*.card'],
    })
    const values = { pin: 'hunter2', card: 'hunter2', free: 'x' } as never
    log.info('m', Pin, values)
    log.info('m', { of: [Pin.of(values)] })
    const want = {
      pinError: 'expected int, got string',
      cardError: 'is not valid',
      freeError: 'expected int, got string "x"',
    }
    const [line, nested] = output.lines.map((text) => JSON.parse(text) as Record<string, unknown>)
    expect(line).toMatchObject(want)
    expect(nested['of']).toEqual([want])
  })
})

describe('a function of the application that gives a promise', () => {
  const failing = async (): Promise<never> => {
    throw new Error('hunter2')
  }

  it.each<{ name: string; options: object; want: object }>([
    { name: 'redacts nothing: the value is masked', options: { redact: failing }, want: { k: '[Redacted]' } },
    {
      name: 'makes no value',
      options: { coerce: failing },
      want: { kError: 'throws: a promise, which no field waits for' },
    },
    {
      name: 'finds nothing valid',
      options: { validate: failing },
      want: { kError: 'throws: a promise, which no field waits for' },
    },
  ])('$name, and its failure ends no process', async ({ options, want }) => {
    const unhandled = vi.fn<() => void>()
    process.once('unhandledRejection', unhandled)
    expect(written(any(options as never), 'hunter2')).toEqual(want)
    await new Promise(setImmediate)
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })
})

describe('a hashed field', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('is the same for the same value, another for another, and holds nothing of it', () => {
    const hash = (value: unknown) => written(string({ redact: 'hash' }), value)['k'] as string
    expect(hash('ada@example.org')).toMatch(/^hmac:[0-9a-f]{16}$/)
    expect(hash('ada@example.org')).toBe(hash('ada@example.org'))
    expect(hash('ada@example.org')).not.toBe(hash('bob@example.org'))
  })

  it('is the same in other processes with the same WIDELINE_HASH_KEY, and no other', () => {
    const hash = () => written(string({ redact: 'hash' }), 'ada@example.org')['k']
    const own = hash()
    vi.stubEnv('WIDELINE_HASH_KEY', 'k1')
    // printf ada@example.org | openssl dgst -sha256 -hmac k1
    expect(hash()).toBe('hmac:fad71898e04afd45')
    expect(hash()).not.toBe(own)
    vi.stubEnv('WIDELINE_HASH_KEY', 'k2')
    expect(hash()).not.toBe('hmac:fad71898e04afd45')
  })
})

describe('a value that is not good', () => {
  afterEach(() => vi.unstubAllEnvs())
  const positive = (value: number) => value > 0 || 'must be positive'

  it('is left out under drop, marked under mark, and counted', () => {
    const set = fields({
      dropped: int({ onInvalid: 'drop', validate: positive }),
      marked: int({ validate: positive }),
      good: int({ validate: positive }),
    })
    const logs = captureLogs()
    logs.logger.info('m', set, { dropped: -1, marked: -1, good: 1 })
    expect(logs.parsed()[0]).toMatchObject({ markedError: 'must be positive', good: 1 })
    for (const name of ['dropped', 'droppedError', 'marked']) expect(logs.parsed()[0]).not.toHaveProperty(name)
    expect(set.invalid).toBe(2)
  })

  it('takes the policy of its set where it has none', () => {
    const set = fields({ a: int(), b: int({ onInvalid: 'mark' }) }, { onInvalid: 'drop' })
    const logs = captureLogs()
    logs.logger.info('m', set, { a: 1.5, b: 1.5 })
    expect(Object.keys(logs.parsed()[0])).toEqual(['level', 'time', 'msg', 'bError'])
  })

  it.each(['development', 'test'])(
    'throws under throw where NODE_ENV is %s, and leaves no line and no entry',
    (mode) => {
      vi.stubEnv('NODE_ENV', mode)
      const set = fields({ orderId: int({ onInvalid: 'throw' }) })
      const logs = captureLogs()
      let problem: unknown
      try {
        logs.logger.info('m', set, { orderId: 1.5 })
      } catch (thrown) {
        problem = thrown
      }
      expect(problem).toBeInstanceOf(FieldError)
      expect(problem).toMatchObject({ key: 'orderId', message: 'field orderId: expected int, got number 1.5' })
      logs.logger.info('after')
      expect(logs.parsed()).toMatchObject([{ msg: 'after' }])
      expect(logs.logger.stats().entries.outstanding).toBe(0)
      expect(() => logs.logger.info('m', set.of({ orderId: 1.5 }))).toThrow(FieldError)
      expect(() => logs.logger.at('info')?.all(set, { orderId: 1.5 })).toThrow(FieldError)
    },
  )

  it.each(['production', ''])('is marked under throw where NODE_ENV is "%s"', (mode) => {
    vi.stubEnv('NODE_ENV', mode)
    expect(written(int({ onInvalid: 'throw' }), 1.5)).toEqual({ kError: 'expected int, got number 1.5' })
  })
})

describe('a kind of the application', () => {
  interface Money {
    readonly amount: number
    readonly currency: string
  }
  const money = fieldKind({
    name: 'money',
    base: 'string',
    coerce: (value: Money) => (value.amount >= 0 ? `${value.amount} ${value.currency}` : undefined),
  })

  it('converts its values, and says its own name of one that it cannot use', () => {
    expect(written(money(), { amount: 5, currency: 'EUR' })).toEqual({ k: '5 EUR' })
    expect(written(money(), { amount: -5, currency: 'EUR' })).toEqual({ kError: 'expected money, got object' })
  })

  it('has the options of every field', () => {
    expect(written(money({ redact: 'mask' }), { amount: 5, currency: 'EUR' })).toEqual({ k: '[Redacted]' })
    expect(written(money({ key: 'price', validate: () => 'no' }), { amount: 5, currency: 'EUR' })).toEqual({
      priceError: 'no',
    })
  })

  it('hands its own values to the functions of a field, not what is written of them', () => {
    const euros = money({
      coerce: (text: string) => (text === '' ? null : { amount: Number(text), currency: 'EUR' }),
      validate: (sum) => sum.amount < 100 || `too much: ${sum.amount}`,
    })
    expect(written(euros, '5')).toEqual({ k: '5 EUR' })
    expect(written(euros, '-5')).toEqual({ kError: 'expected money, got string "-5"' })
    expect(written(euros, '100')).toEqual({ kError: 'too much: 100' })
    expect(written(euros, '')).toEqual({ k: null })
    const hidden = { currency: money({ redact: (sum) => sum.currency }), hash: money({ redact: 'hash' }) }
    expect(written(hidden.currency, { amount: 5, currency: 'EUR' })).toEqual({ k: 'EUR' })
    expect(written(hidden.hash, { amount: 5, currency: 'EUR' })).toEqual(written(string({ redact: 'hash' }), '5 EUR'))
  })
})
