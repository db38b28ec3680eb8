import { describe, expect, it } from 'vitest'
import { loggable } from 'wideline'
import { LogField } from 'wideline/decorators'
import { captureLogs } from 'wideline/testing'
import { call } from '../decorators/serve.js'

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

type Log = ReturnType<typeof captureLogs>['logger']

/** The fields of one line, without what every line has. */
function fieldsOf(log: (logger: Log) => void): Record<string, unknown> {
  const logs = captureLogs()
  log(logs.logger)
  const [{ level: _level, time: _time, msg: _msg, ...fields }] = logs.parsed()
  return fields
}

describe('an object whose class declares fields in standard mode writes those and nothing else', () => {
  it.each<{ name: string; log: (logger: Log) => void; want: object }>([
    { name: 'beside a message', log: (log) => log.info('paid', new Payment()), want: paid },
    { name: 'before a message', log: (log) => log.info(new Payment(), 'paid'), want: paid },
    {
      name: 'under a key and in an array',
      log: (log) => log.info('paid', { one: new Payment(), list: [new Money(1), new Money(2)] }),
      want: {
        one: paid,
        list: [
          { amount: 1, currency: 'EUR' },
          { amount: 2, currency: 'EUR' },
        ],
      },
    },
    { name: 'on a typed line', log: (log) => log.at('info')?.all(new Payment()).msg('paid'), want: paid },
  ])('$name', ({ log, want }) => {
    expect(fieldsOf(log)).toEqual(want)
  })

  it('on the wide line of a request', async () => {
    const { line } = await call((req, response) => {
      req.log.set(new Payment())
      response.send('ok')
    })
    expect(line).toMatchObject(paid)
    for (const hidden of ['internal', '41111111', 'Ada']) expect(JSON.stringify(line)).not.toContain(hidden)
  })

  it('in every kind', () => {
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
      @LogField.string() none?: string
    }
    const fields = fieldsOf((log) => log.info('every', new Every()))
    expect(fields).toMatchObject({ s: 'text', i: 7, f: 1.5, b: true, n: 12, t: '1970-01-01T00:00:00.000Z', d: 2.5 })
    expect(fields).toMatchObject({ e: { type: 'RangeError' }, a: [1] })
    expect(fields).not.toHaveProperty('none')
  })
})

it('a class in standard mode that is logged while its first object is made has all of its fields then', () => {
  const logs = captureLogs()
  class Early {
    @LogField.int() id = 1
    seen: unknown = logs.logger.info('half', { early: this })
    @LogField.string() card = '4111111111111234'
  }
  logs.logger.info('whole', new Early())
  const [half, whole] = logs.parsed()
  expect(half).toMatchObject({ msg: 'half', early: { id: 1 } })
  expect(whole).toMatchObject({ msg: 'whole', id: 1, card: '4111111111111234' })
})

describe('a subclass in standard mode', () => {
  class Base {
    @LogField.int() id = 1
    @LogField.string() card = '4111111111111234'
    hidden = 'internal'
  }

  class Sub extends Base {
    @LogField.bool() isPaid = true
  }

  class Silent extends Base {
    more = 'internal'
  }

  it.each([
    { name: 'its own fields after those of the class above it', make: () => new Sub(), want: ['id', 'card', 'isPaid'] },
    { name: 'those of the class above it when it declares none', make: () => new Silent(), want: ['id', 'card'] },
    { name: 'nothing onto the class above it', make: () => new Base(), want: ['id', 'card'] },
  ])('writes $name', ({ make, want }) => {
    for (let time = 0; time < 2; time++) {
      expect(Object.keys(fieldsOf((log) => log.info('paid', make())))).toEqual(want)
    }
  })

  it.each([
    { name: 'masked', declare: LogField.string({ redact: 'mask' }), want: { id: 1, card: '[Redacted]' } },
    { name: 'removed', declare: LogField.string({ redact: 'remove' }), want: { id: 1 } },
    {
      name: 'masked under another key',
      declare: LogField.string('cardNumber2', { redact: 'mask' }),
      want: { id: 1, cardNumber2: '[Redacted]' },
    },
  ])('that declares a property anew has it $name, whether or not the class above it is in use', ({ declare, want }) => {
    class Again extends Base {
      @declare override card = '4111111111111234'
    }
    expect(fieldsOf((log) => log.info('paid', new Again()))).toEqual(want)
    expect(new Base().id).toBe(1)
    expect(fieldsOf((log) => log.info('paid', new Again()))).toEqual(want)
  })
})

describe('a class that is made in an unusual way', () => {
  function frozen(target: new () => object): void {
    Object.freeze(target.prototype)
  }

  it('may have a frozen prototype: its objects are made, and write what it declares', () => {
    @frozen
    class Frozen {
      @LogField.string({ redact: 'last4' }) card = '4111111111111234'
      more = 'internal'
    }
    for (let time = 0; time < 2; time++) {
      expect(fieldsOf((log) => log.info('paid', new Frozen()))).toEqual({ card: '…1234' })
    }
    expect(Object.keys(new Frozen())).toEqual(['card', 'more'])
  })

  it.each([
    { name: 'a plain object', made: () => ({}) },
    { name: 'an object without a class', made: () => Object.create(null) as object },
    { name: 'a list', made: () => [] },
    { name: 'a function', made: () => () => undefined },
  ])('may have a constructor above it that returns $name: others of that form are written as ever', ({ made }) => {
    const Maker = function () {
      return made()
    } as unknown as new () => object
    class Made extends Maker {
      @LogField.string() card = '4111111111111234'
    }
    expect(new Made().card).toBe('4111111111111234')
    const other = Object.assign(made(), { amount: 1 })
    expect(loggable in other).toBe(false)
    expect(fieldsOf((log) => log.info('paid', { amount: 1, inner: { list: [1] } }))).toEqual({
      amount: 1,
      inner: { list: [1] },
    })
  })
})
