import { describe, expect, it } from 'vitest'
import {
  createLogger,
  fields,
  FieldSet,
  int,
  json,
  memory,
  OptionError,
  string,
  float,
  bool,
  any,
  template,
} from 'wideline'
import { captureLogs } from 'wideline/testing'

const Payment = fields({
  orderId: int(),
  amount: float(),
  status: string(),
  isGift: bool(),
  card: string({ redact: 'last4', optional: true }),
})
const payment = { orderId: 42, amount: 99.5, status: 'ok', isGift: true, card: '4111111111111234' }
const written = { orderId: 42, amount: 99.5, status: 'ok', isGift: true, card: '…1234' }

/** The fields of each line, as text, so that their order counts. */
function linesOf(use: (log: ReturnType<typeof captureLogs>['logger']) => void): string[] {
  const logs = captureLogs()
  use(logs.logger)
  return logs.parsed().map(({ level: _level, time: _time, msg: _msg, ...rest }) => JSON.stringify(rest))
}

describe('a declared set', () => {
  it.each<{ name: string; use: (log: ReturnType<typeof captureLogs>['logger']) => void }>([
    { name: 'beside a message', use: (log) => log.info('paid', Payment, payment) },
    { name: 'beside a message with a percent sign', use: (log) => log.info('100 %d', Payment, payment) },
    { name: 'on a typed line', use: (log) => log.at('info')?.all(Payment, payment).msg('paid') },
    { name: 'bound to its values, as fields', use: (log) => log.info('paid', Payment.of(payment)) },
    { name: 'bound to its values, in a child', use: (log) => log.child(Payment.of(payment)).info('paid') },
  ])('is written $name', ({ use }) => {
    expect(linesOf(use)).toEqual([JSON.stringify(written)])
  })

  it.each<{ name: string; call: unknown[]; msg: string | undefined; more?: object }>([
    {
      name: 'an error',
      call: ['paid', new Error('no'), Payment, payment],
      msg: 'paid',
      more: { error: { message: 'no' } },
    },
    {
      name: 'a leading error',
      call: [new Error('no'), Payment, payment],
      msg: 'no',
      more: { error: { message: 'no' } },
    },
    { name: 'fields and a message', call: [{ a: 1 }, 'paid', Payment, payment], msg: 'paid', more: { a: 1 } },
    { name: 'fields', call: ['paid', { a: 1 }, Payment, payment], msg: 'paid', more: { a: 1 } },
    { name: 'values of placeholders', call: ['paid %d', 3, Payment, payment], msg: 'paid 3' },
    { name: 'nothing', call: [Payment, payment], msg: undefined },
    { name: 'nothing, with the message behind it', call: [Payment, payment, 'paid %d', 3], msg: 'paid 3' },
    {
      name: 'a message, with an error behind it',
      call: ['paid', Payment, payment, new Error('no')],
      msg: 'paid',
      more: { error: { message: 'no' } },
    },
    { name: 'a template', call: [template('paid {card}'), Payment, payment], msg: 'paid …1234' },
  ])('is written as declared behind $name', ({ call, msg, more }) => {
    const logs = captureLogs()
    logs.logger.info(...(call as [string]))
    const { level: _level, time: _time, ...line } = logs.parsed()[0]
    expect(line).toMatchObject({ ...(msg === undefined ? {} : { msg }), ...written, ...more })
    expect(JSON.stringify(line)).not.toContain('4111111111111234')
  })

  it('stands for its values where a placeholder takes it', () => {
    const logs = captureLogs()
    logs.logger.info('paid %d, %j', 3, Payment, payment)
    expect(logs.parsed()[0]['msg']).toBe(`paid 3, ${JSON.stringify(written)}`)
  })

  it('is written under a key and in a list, bound to its values', () => {
    const bound = Payment.of(payment)
    expect(linesOf((log) => log.info('m', { last: bound, all: [bound] }))).toEqual([
      JSON.stringify({ last: written, all: [written] }),
    ])
  })

  it('is written at every level, and not at one that is off', () => {
    const logs = captureLogs({ level: 'info' })
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) {
      logs.logger[level]('paid', Payment, payment)
    }
    expect(() => logs.logger.panic('paid', Payment, payment)).toThrow('paid')
    expect(logs.parsed().map(({ level, orderId }) => `${String(level)} ${String(orderId)}`)).toEqual(
      ['info', 'warn', 'error', 'fatal', 'panic'].map((level) => `${level} 42`),
    )
  })

  it('keeps a message with a placeholder as it is', () => {
    const logs = captureLogs()
    logs.logger.info('100 %d', Payment, payment)
    expect(logs.parsed()[0]).toMatchObject({ msg: '100 %d', orderId: 42 })
  })

  it('writes what is declared, and nothing else that an object has', () => {
    const more = { secretly: 'internal', ...payment, more: 'internal' }
    expect(linesOf((log) => log.info('m', Payment, more))).toEqual([JSON.stringify(written)])
  })

  it('takes values in any order, and leaves out what is not there', () => {
    const { orderId, amount, status, isGift } = payment
    const lines = linesOf((log) => {
      log.info('m', Payment, { isGift, status, amount, orderId })
      log.info('m', Payment, { status, isGift, orderId, amount })
      log
        .at('info')
        ?.all(Payment, { amount } as never)
        .msg('m')
      log.info('m', Payment, {} as never)
    })
    expect(lines).toEqual([
      JSON.stringify({ isGift, status, amount, orderId }),
      JSON.stringify({ status, isGift, orderId, amount }),
      JSON.stringify({ amount }),
      '{}',
    ])
  })

  it('takes the values of an object of a class, accessors and inherited ones too, in the order of the declaration', () => {
    class Base {
      get amount(): number {
        return 99.5
      }
    }
    class Order extends Base {
      readonly isGift = true
      readonly orderId = 42
      readonly status = 'ok'
      readonly hidden = 'internal'
      readonly card = payment.card
    }
    const bare = Object.assign(Object.create(null) as typeof payment, payment)
    expect(linesOf((log) => log.info('m', Payment, new Order()))).toEqual([JSON.stringify(written)])
    expect(linesOf((log) => log.info('m', Payment, bare))).toEqual([JSON.stringify(written)])
  })

  it('has the last value of a key that is there already, and of one it shares with another set', () => {
    const Other = fields({ status: string(), note: string() })
    const lines = linesOf((log) => {
      log.at('info')?.string('status', 'old').all(Payment, payment).all(Other, { status: 'new', note: 'n' }).msg('m')
      log.child({ orderId: 1 }).info('m', Payment, payment)
    })
    expect(lines).toEqual([
      JSON.stringify({ status: 'new', orderId: 42, amount: 99.5, isGift: true, card: '…1234', note: 'n' }),
      JSON.stringify(written),
    ])
  })

  it('serves loggers of different roots, each with its own keys and secrets', () => {
    const Login = fields({ user: string(), pin: string() })
    const outputs = [memory(), memory()]
    const [open, closed] = outputs.map((output, index) =>
      createLogger({ outputs: [{ output, encoder: json() }], secrets: index === 0 ? [] : ['pin'] }),
    )
    for (let i = 0; i < 3; i++) {
      open.info('m', Login, { user: 'ada', pin: '1234' })
      closed.info('m', Login, { user: 'ada', pin: '1234' })
    }
    expect(outputs[0].parsed().map(({ pin }) => pin)).toEqual(['1234', '1234', '1234'])
    expect(outputs[1].parsed().map(({ pin }) => pin)).toEqual(Array(3).fill('[Redacted]'))
  })

  it.each<{ name: string; values: (log: () => void) => { user: string; pin: string } }>([
    {
      name: 'an object',
      values: (log) => ({
        get user() {
          log()
          return 'ada'
        },
        pin: '1234',
      }),
    },
    {
      name: 'an object of a class',
      values: (log) =>
        new (class {
          readonly pin = '1234'
          get user() {
            log()
            return 'ada'
          }
        })(),
    },
    { name: 'a value that is converted', values: (log) => ({ user: { toString: log } as never, pin: '1234' }) },
  ])("keeps to a logger's secrets where $name logs with another logger meanwhile", ({ values }) => {
    const Login = fields({ user: string({ coerce: (user: unknown) => (String(user), 'ada') }), pin: string() })
    const [open, closed] = [[], ['pin']].map((secrets) => captureLogs({ secrets }))
    const log = () => open.logger.info('meanwhile', Login, { user: 'bob', pin: '0000' })
    closed.logger.info('m', Login, values(log))
    expect(open.parsed()).toMatchObject([{ msg: 'meanwhile', pin: '0000' }])
    expect(closed.parsed()).toMatchObject([{ msg: 'm', user: 'ada', pin: '[Redacted]' }])
  })

  it('marks a value whose reading throws, and writes the others', () => {
    const hostile = { ...payment }
    Object.defineProperty(hostile, 'amount', {
      enumerable: true,
      get: () => {
        throw new Error('no amount')
      },
    })
    const { amount: _amount, ...others } = written
    expect(linesOf((log) => log.info('m', Payment, hostile)).map((line) => JSON.parse(line) as object)).toEqual([
      { ...others, amountError: 'throws: no amount' },
    ])
  })

  it.each<{ name: string; values: unknown }>([
    { name: 'a revoked proxy', values: revoked() },
    { name: 'a proxy that throws', values: new Proxy({}, { get: () => raise(), ownKeys: () => raise() }) },
    { name: 'a function', values: () => 1 },
    { name: 'a text', values: 'text' },
    { name: 'null', values: null },
    { name: 'undefined', values: undefined },
    { name: 'an array', values: [1, 2] },
  ])('never throws, and writes one line, for $name', ({ values }) => {
    const logs = captureLogs()
    logs.logger.info('m', Payment, values as never)
    logs.logger
      .at('info')
      ?.all(Payment, values as never)
      .msg('n')
    expect(logs.parsed().map(({ msg }) => String(msg).slice(0, 1))).toEqual(['m', 'n'])
    expect(JSON.stringify(logs.parsed())).not.toContain('compiled')
    expect(logs.logger.stats().entries.outstanding).toBe(0)
  })

  it('lets a value log while it is read', () => {
    const logs = captureLogs()
    const set = fields({
      a: int(),
      b: int({ coerce: () => (logs.logger.info('inner', Payment, payment), 2) }),
      c: int(),
    })
    logs.logger.info('outer', set, { a: 1, b: 0, c: 3 })
    expect(logs.parsed()).toMatchObject([
      { msg: 'inner', ...written },
      { msg: 'outer', a: 1, b: 2, c: 3 },
    ])
  })

  it('never has a key twice, also where a mark has the name of another field', () => {
    const set = fields({ a: int(), aError: string(), b: int({ key: 'aErrorError' }) })
    const lines = linesOf((log) => {
      log.info('m', set, { a: 1.5, aError: 'mine', b: 1 })
      log.info('m', set, { aError: 'mine', a: 1.5, b: 1 })
    })
    expect(lines).toEqual([
      JSON.stringify({ aError: 'mine', aErrorError: 1 }),
      JSON.stringify({ aError: 'expected int, got number 1.5', aErrorError: 1 }),
    ])
  })

  it('may have other keys than names', () => {
    const set = fields({ id: int({ key: 'orderId' }), ['__proto__']: string({ key: 'proto' }) })
    expect(linesOf((log) => log.info('m', set, { id: 1 } as never))).toEqual(['{"orderId":1}'])
    expect(set.lineKeys).toEqual(['orderId', 'proto'])
  })

  it('of a thousand fields and more is bounded as any line is', () => {
    const shape = Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`f${i}`, int()]))
    const values = Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`f${i}`, i]))
    const logs = captureLogs()
    logs.logger.info('m', fields(shape), values)
    expect(Object.keys(logs.parsed()[0])).toHaveLength(1003)
  })
})

describe('two sets', () => {
  it('keeps of each field what becomes of a bad value, unless it is said anew', () => {
    const dropping = fields({ a: int(), own: int({ onInvalid: 'mark' }) }, { onInvalid: 'drop' })
    const marking = fields({ b: int() })
    const bad = { a: 'x', own: 'x', b: 'x' } as never
    const logs = captureLogs()
    logs.logger.info('kept', dropping.and(marking), bad)
    logs.logger.info('kept', marking.and(dropping), bad)
    logs.logger.info('anew', dropping.and(marking, { onInvalid: 'mark' }), bad)
    expect(logs.parsed().map((line) => Object.keys(line).slice(3))).toEqual([
      ['ownError', 'bError'],
      ['ownError', 'bError'],
      ['aError', 'ownError', 'bError'],
    ])
  })

  it('is joined with a set only', () => {
    const message = 'and must be a set of fields, as fields() makes, got an object'
    expect(() => Payment.and({ note: any() } as never)).toThrow(message)
  })

  it('make one, the other one winning', () => {
    const both = Payment.and(fields({ amount: string(), note: any({ optional: true }) }))
    expect(both.lineKeys).toEqual(['orderId', 'amount', 'status', 'isGift', 'card', 'note'])
    expect(linesOf((log) => log.info('m', both, { ...payment, amount: '99.50 EUR', note: [1] }))).toEqual([
      JSON.stringify({ ...written, amount: '99.50 EUR', note: [1] }),
    ])
  })
})

describe('fields()', () => {
  it.each<{ name: string; make: () => unknown; message: string }>([
    {
      name: 'nothing',
      make: () => fields(undefined as never),
      message: 'fields must be an object of declared fields, got undefined',
    },
    {
      name: 'a builder that was not called',
      make: () => fields({ a: int as never }),
      message: 'fields.a must be a declared field, such as int(), got a function',
    },
    {
      name: "a part of the line's own",
      make: () => fields({ level: string() }),
      message: 'fields.level must be given another key: level is the line\'s own, got "level"',
    },
    {
      name: 'a key twice',
      make: () => fields({ a: int(), b: int({ key: 'a' }) }),
      message: 'fields.b must be given a key that a does not have, got "a"',
    },
    {
      name: 'a key that lines cut',
      make: () => fields({ a: int({ key: 'k'.repeat(257) }) }),
      message: `fields.a must be given a well-formed key of up to 256 units, got "${'k'.repeat(80)}…"`,
    },
    {
      name: 'a key that lines write otherwise',
      make: () => fields({ a: int({ key: 'k\ud800' }) }),
      message: String.raw`fields.a must be given a well-formed key of up to 256 units, got "k\ud800"`,
    },
    {
      name: 'an unknown option of a field',
      make: () => int({ redcat: 'mask' } as never),
      message: 'int.redcat must be a known option (did you mean redact?), got "redcat"',
    },
    {
      name: 'a wrong option of a field',
      make: () => string({ redact: 'last5' as never }),
      message: "string.redact must be 'mask', 'remove', 'hash', 'last4' or a function, got \"last5\"",
    },
    {
      name: 'an unknown option of the set',
      make: () => fields({ a: int() }, { title: 'x' } as never),
      message: 'fields.title must be one of name, description, onInvalid, got "title"',
    },
    {
      name: 'an empty name of a source',
      make: () => int.param(''),
      message: 'int.param must be a name with at least one character, got ""',
    },
    {
      name: 'a negative argument',
      make: () => int.arg(-1),
      message: 'int.arg must be the index of an argument, from 0, got -1',
    },
    {
      name: 'options in the place of a path',
      make: () => int.arg(0, { optional: true } as never),
      message: 'int.arg(path) must be a name with at least one character, got an object',
    },
  ])('refuses $name', ({ make, message }) => {
    let refusal: unknown
    try {
      make()
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(OptionError)
    expect((refusal as OptionError).message).toBe(message)
  })

  it('leaves what it is given as it was, and later changes of it out', () => {
    const shape = { a: int() }
    const set = fields(shape)
    Object.assign(shape, { b: int() })
    expect(set.lineKeys).toEqual(['a'])
    expect(set).toBeInstanceOf(FieldSet)
    expect(Object.isFrozen(set.fields)).toBe(true)
  })
})

function raise(): never {
  throw new Error('do not touch')
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
