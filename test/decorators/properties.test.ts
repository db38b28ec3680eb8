import { describe, expect, it } from 'vitest'
import { fieldKind, LogField, LogFields, Logged } from 'wideline/decorators'
import { captureLogs } from 'wideline/testing'
import { call } from './serve.js'

class Money {
  @LogField.float() amount: number
  @LogField.string() currency = 'EUR'

  constructor(amount: number) {
    this.amount = amount
  }
}

class Payment {
  @LogField.float() amount = 99.5
  @LogField.string({ redact: 'last4' }) card = '4111111111111234'
  @LogField.string({ redact: 'mask' }) cvc2 = '123'
  @LogField.string({ redact: 'remove' }) note = 'for aunt Ada'
  @LogField.int('orderId') id = 42
  @LogField.any({ key: 'price' }) money = new Money(7)
  undeclared = 'internal'
}

const paid = { amount: 99.5, card: '…1234', cvc2: '[Redacted]', orderId: 42, price: { amount: 7, currency: 'EUR' } }

/** The fields of one line, without what every line has. */
function fieldsOf(log: (logger: ReturnType<typeof captureLogs>['logger']) => void): Record<string, unknown> {
  const logs = captureLogs()
  log(logs.logger)
  const [{ level, time, msg, ...fields }, ...more] = logs.parsed()
  expect(more).toEqual([])
  expect({ level, time, msg }).toMatchObject({ level: 'info', msg: 'paid' })
  return fields
}

describe('an object whose class declares fields writes those and nothing else', () => {
  it('beside a message', () => {
    expect(fieldsOf((log) => log.info('paid', new Payment()))).toEqual(paid)
  })

  it('before a message', () => {
    expect(fieldsOf((log) => log.info(new Payment(), 'paid'))).toEqual(paid)
  })

  it('under a key', () => {
    expect(fieldsOf((log) => log.info('paid', { payment: new Payment() }))).toEqual({ payment: paid })
  })

  it('in an array', () => {
    const list = [new Payment(), new Money(1)]
    expect(fieldsOf((log) => log.info('paid', { list }))).toEqual({ list: [paid, { amount: 1, currency: 'EUR' }] })
  })

  it('in a Map and deep in other objects', () => {
    const deep = { by: new Map([['first', { it: new Money(1) }]]) }
    expect(fieldsOf((log) => log.info('paid', { deep }))).toEqual({
      deep: { by: { first: { it: { amount: 1, currency: 'EUR' } } } },
    })
  })

  it('on a typed line', () => {
    expect(fieldsOf((log) => log.at('info')?.all(new Payment()).msg('paid'))).toEqual(paid)
    expect(fieldsOf((log) => log.at('info')?.any('payment', new Payment()).msg('paid'))).toEqual({ payment: paid })
  })

  it('in the context of a child', () => {
    expect(fieldsOf((log) => log.child(new Money(3)).info('paid'))).toEqual({ amount: 3, currency: 'EUR' })
  })

  it('on the wide line of a request, set as fields and under a key', async () => {
    const { line } = await call((req, response) => {
      req.log.set(new Payment())
      req.log.set({ refund: new Money(1) })
      response.send('ok')
    })
    expect(line).toMatchObject({ ...paid, refund: { amount: 1, currency: 'EUR' } })
    for (const hidden of ['internal', '41111111', 'Ada']) expect(JSON.stringify(line)).not.toContain(hidden)
  })

  it('whatever its toJSON gives, which is for others than the log', () => {
    class Entity {
      @LogField.int() id = 42
      @LogField.string({ redact: 'last4' }) card = '4111111111111234'
      toJSON(): object {
        return { id: this.id, card: this.card, internal: true }
      }
    }
    const want = { id: 42, card: '…1234' }
    expect(fieldsOf((log) => log.info('paid', new Entity()))).toEqual(want)
    expect(fieldsOf((log) => log.info('paid', { entity: new Entity(), list: [new Entity()] }))).toEqual({
      entity: want,
      list: [want],
    })
    expect(fieldsOf((log) => log.child({ entity: new Entity() }).info('paid'))).toEqual({ entity: want })
  })

  it('in a message with a placeholder', () => {
    const logs = captureLogs()
    logs.logger.info('paid %j', new Money(1))
    expect(logs.parsed()).toMatchObject([{ msg: 'paid {"amount":1,"currency":"EUR"}' }])
  })
})

describe('a subclass', () => {
  class Base {
    @LogField.int() id = 1
    @LogField.string() card = '4111111111111234'
    hidden = 'internal'
  }

  it('writes the fields of the class above it, and its own after them', () => {
    class Sub extends Base {
      @LogField.bool() isPaid = true
    }
    const fields = fieldsOf((log) => log.info('paid', new Sub()))
    expect(Object.entries(fields)).toEqual([
      ['id', 1],
      ['card', '4111111111111234'],
      ['isPaid', true],
    ])
  })

  it('that declares nothing writes those of the class above it', () => {
    class Sub extends Base {
      more = 'internal'
    }
    expect(fieldsOf((log) => log.info('paid', new Sub()))).toEqual({ id: 1, card: '4111111111111234' })
  })

  it('leaves the class above it as it was', () => {
    class Sub extends Base {
      @LogField.bool() isPaid = true
    }
    expect(new Sub().isPaid).toBe(true)
    expect(fieldsOf((log) => log.info('paid', new Base()))).toEqual({ id: 1, card: '4111111111111234' })
  })

  it.each([
    { name: 'masked', declare: LogField.string({ redact: 'mask' }), want: { id: 1, card: '[Redacted]' } },
    { name: 'cut to its end', declare: LogField.string({ redact: 'last4' }), want: { id: 1, card: '…1234' } },
    { name: 'removed', declare: LogField.string({ redact: 'remove' }), want: { id: 1 } },
    {
      name: 'masked under another key',
      declare: LogField.string('cardNumber2', { redact: 'mask' }),
      want: { id: 1, cardNumber2: '[Redacted]' },
    },
  ])('that declares a property anew has it $name, and no longer as above', ({ declare, want }) => {
    class Sub extends Base {
      @declare override card = '4111111111111234'
    }
    const fields = fieldsOf((log) => log.info('paid', new Sub()))
    expect(fields).toEqual(want)
    expect(JSON.stringify(fields)).not.toContain('41111111')
  })
})

describe('a declared property', () => {
  it('may be absent, have a symbol for a name, and be of every kind', () => {
    const secret = Symbol('mark')
    class Every {
      @LogField.string() s = 'text'
      @LogField.int({ coerce: Number }) i = '7'
      @LogField.float() f = 1.5
      @LogField.bool({ coerce: (text: string) => text === 'true' }) b = 'true'
      @LogField.bigint() n = 12n
      @LogField.timestamp() t = new Date(0)
      @LogField.duration() d = 2.5
      @LogField.error() e = new RangeError('too far')
      @LogField.any() a = [1]
      @LogField.string() none?: string;
      @LogField.string('marked') [secret] = 'by symbol'
    }
    const fields = fieldsOf((log) => log.info('paid', new Every()))
    expect(fields).toMatchObject({ s: 'text', i: 7, f: 1.5, b: true, n: 12, t: '1970-01-01T00:00:00.000Z', d: 2.5 })
    expect(fields).toMatchObject({ e: { type: 'RangeError' }, a: [1], marked: 'by symbol' })
    expect(fields).not.toHaveProperty('none')
  })

  it('named like a secret or like a part of the line is written as such', () => {
    class Login {
      @LogField.string() password = 's3cret'
      @LogField.string() level = 'high'
    }
    expect(fieldsOf((log) => log.info('paid', new Login()))).toEqual({ password: '[Redacted]', _level: 'high' })
  })
})

describe('a declared accessor', () => {
  class Card {
    @LogField.string({ redact: 'last4' }) accessor number = '4111111111111234'
    hidden = 'internal'

    @LogField.int('until')
    get year(): number {
      return 2026
    }
  }

  it('is written as a field is', () => {
    expect(fieldsOf((log) => log.info('paid', new Card()))).toEqual({ number: '…1234', until: 2026 })
  })
})

describe('a field of a kind of the application', () => {
  const money = fieldKind({ name: 'money', base: 'string', coerce: (sum: Money) => `${sum.amount} ${sum.currency}` })

  it('is declared by LogField.of', () => {
    class Order {
      @LogField.of(money({ key: 'price' })) total = new Money(5)
    }
    expect(fieldsOf((log) => log.info('paid', new Order()))).toEqual({ price: '5 EUR' })
    expect(() => LogField.of({} as never)).toThrow('LogField.of must be a declared field, such as int(), got an object')
  })
})

it('@LogField refuses what are no options beside a key', () => {
  expect(() => LogField.int('orderId', 5 as never)).toThrow('int must be an object, got 5')
  expect(() => LogField.int('orderId', { redat: 'mask' } as never)).toThrow('did you mean redact?')
})

describe('@LogField where no object of the class shows it', () => {
  it('is refused on a static property, and leaves functions as they were', () => {
    expect(() => {
      class Card {
        @LogField.string() static kind = 'card'
        readonly number = '4111'
      }
      return Card
    }).toThrow('@LogField.string on kind must be on a property of objects, neither static nor #private, got "kind"')
    const logs = captureLogs()
    logs.logger.info('m', { list: [() => 1] })
    expect(logs.parsed()[0]).toMatchObject({ list: [null] })
  })

  it('does not stand on anything but methods: @LogFields, @Logged', () => {
    expect(() => LogFields({})(undefined, 'x' as never)).toThrow('@LogFields must be on a method, got undefined')
    expect(() => Logged()({}, 'x', { get: () => 1 } as never)).toThrow('@Logged on x must be on a method')
  })
})
