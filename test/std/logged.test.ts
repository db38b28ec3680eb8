import { describe, expect, it } from 'vitest'
import { float, int, type Logger, string } from 'wideline'
import { LogContext, logContextOf, Logged, LogField, LogFields, withFields } from 'wideline/decorators'
import { captureLogs, fixedClock } from 'wideline/testing'
import { call } from '../decorators/serve.js'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

@LogContext({ component: 'billing' })
class Billing {
  constructor(readonly log: Logger) {}

  @Logged({ args: { card: string({ redact: 'last4' }), amount: float() }, result: { id: string.result('id') } })
  async charge(_card: string, amount: number): Promise<{ id: string }> {
    await turn()
    this.#note()
    return { id: `p-${amount}` }
  }

  @Logged()
  #note(): void {
    // Only its lines matter.
  }

  @Logged()
  *rows(count: number): Generator<number> {
    for (let i = 0; i < count; i++) yield i
  }

  @Logged({ logger: () => shared.logger })
  static of(): string {
    return this.name
  }

  @Logged({ level: 'info' })
  @LogFields({ paid: int.result((n) => n) })
  serve(n: number): number {
    return n
  }
}

const shared = captureLogs({ clock: fixedClock() })

describe('a logged method, in standard mode', () => {
  it('writes its lines, with its class, its fields and its caller', async () => {
    const logs = captureLogs({ clock: fixedClock() })
    expect(await new Billing(logs.logger).charge('4111111111111234', 5)).toEqual({ id: 'p-5' })
    expect(logs.parsed().map(({ time: _time, level: _level, ...rest }) => rest)).toEqual([
      { msg: 'enter Billing.charge', call: 'Billing.charge', depth: 1, component: 'billing', card: '…1234', amount: 5 },
      { msg: 'enter Billing.#note', call: 'Billing.#note', depth: 2, caller: 'Billing.charge', component: 'billing' },
      {
        msg: 'exit Billing.#note',
        call: 'Billing.#note',
        depth: 2,
        caller: 'Billing.charge',
        component: 'billing',
        durationMs: 0,
      },
      { msg: 'exit Billing.charge', call: 'Billing.charge', depth: 1, component: 'billing', durationMs: 0, id: 'p-5' },
    ])
  })

  it('is named after the class that declares it, not after the one of its object', () => {
    const { logger, parsed } = captureLogs({ level: 'debug' })
    class Base {
      @Logged({ logger })
      go(): string {
        return 'base'
      }

      @LogFields({ n: int.result((n) => n) })
      @Logged({ logger })
      count(): number {
        return 1
      }

      @Logged({ logger })
      static make(): Base {
        return new this()
      }
    }
    class Derived extends Base {
      @Logged({ logger })
      override go(): string {
        return `derived ${super.go()}`
      }
    }
    const derived = Derived.make()
    expect(derived.go()).toBe('derived base')
    derived.count()
    const strict = new Proxy(derived, {
      getPrototypeOf: () => {
        throw new Error('do not ask')
      },
    })
    expect(Base.prototype.go.call(strict)).toBe('base')
    expect(parsed().flatMap(({ msg }) => (String(msg).startsWith('enter') ? [msg] : []))).toEqual([
      'enter Base.make',
      'enter Derived.go',
      'enter Base.go',
      'enter Base.count',
      'enter go',
    ])
  })

  it('may be a generator, or static', () => {
    const logs = captureLogs({ clock: fixedClock() })
    expect([...new Billing(logs.logger).rows(3)]).toEqual([0, 1, 2])
    expect(logs.parsed()[1]).toMatchObject({ msg: 'exit Billing.rows', items: 3 })
    expect(Billing.of()).toBe('Billing')
    expect(shared.parsed()).toMatchObject([{ msg: 'enter Billing.of' }, { msg: 'exit Billing.of' }])
  })

  it('joins the request, whose wide line has the context of the class', async () => {
    const { line, lines } = await call((request, response) => {
      response.send(String(new Billing(request.log).serve(3)))
    })
    expect(line).toMatchObject({ paid: 3, component: 'billing' })
    expect(lines).toHaveLength(3)
    for (const each of lines) expect(each['requestId']).toBe(line['requestId'])
  })

  it('has the fields that its class declares for loggers of its own', () => {
    expect(logContextOf(Billing)).toEqual({ component: 'billing' })
    expect(logContextOf(new Map())).toBeUndefined()
    expect(logContextOf(undefined)).toBeUndefined()
  })
})

describe('declared accessors, in standard mode', () => {
  class Card {
    @LogField.string({ redact: 'last4' }) accessor number = '4111111111111234'
    hidden = 'internal'

    @LogField.int()
    get year(): number {
      return 2026
    }
  }

  it('are written as fields are', () => {
    const logs = captureLogs()
    logs.logger.info('card', new Card())
    logs.logger.info('card', new Card())
    for (const line of logs.parsed()) {
      expect(line).toMatchObject({ number: '…1234', year: 2026 })
      expect(line).not.toHaveProperty('hidden')
    }
  })
})

describe('a handler that is a function', () => {
  it('has its declared fields on the wide line', async () => {
    const handler = withFields(
      { id: int.param('id'), page: int.query('page'), count: int.result((list: string[]) => list.length) },
      async (_request: unknown, response: { send(text: string): unknown }) => {
        await turn()
        response.send('ok')
        return ['a', 'b']
      },
    )
    expect(handler).toHaveLength(2)
    const { line } = await call((request, response) => void handler(request, response), {
      route: '/:id',
      path: '/7?page=2',
    })
    expect(line).toMatchObject({ id: 7, page: 2, status: 200 })
  })
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

  it('is refused on a #private one', () => {
    expect(() => {
      class Card {
        @LogField.string() accessor #number = '4111'
        last(): string {
          return this.#number
        }
      }
      return new Card().last()
    }).toThrow('neither static nor #private, got "#number"')
  })

  it('does not stand on anything but methods: @LogFields, @Logged', () => {
    expect(() => LogFields({})(undefined, 'x' as never)).toThrow('@LogFields must be on a method, got undefined')
    expect(() => Logged()({}, 'x', { get: () => 1 } as never)).toThrow('@Logged on x must be on a method')
  })
})
