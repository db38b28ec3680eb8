import { EventEmitter } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import {
  BehaviorSubject,
  firstValueFrom,
  from,
  interval,
  lastValueFrom,
  map,
  of,
  range,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs'
import { describe, expect, it } from 'vitest'
import { bool, float, int, type Logger, OptionError, string } from 'wideline'
import { LogContext, Logged, LogField, LogFields } from 'wideline/decorators'
import { currentLog } from 'wideline/express'
import { type CapturedLogs, captureLogs, fixedClock } from 'wideline/testing'
import { call } from './serve.js'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

function raise(message: string): never {
  throw new Error(message)
}

type Line = Record<string, unknown>

/** The lines of one use, without what every line has. */
async function linesOf(use: (logs: CapturedLogs) => unknown, options: object = {}): Promise<Line[]> {
  const logs = captureLogs({ clock: fixedClock(), ...options })
  try {
    await use(logs)
  } catch {
    // What is thrown is the method's own affair: its line is what counts here.
  }
  return logs.parsed().map(({ level, time: _time, ...rest }) => (level === 'debug' ? rest : { level, ...rest }))
}

class Billing {
  constructor(readonly log: Logger) {}

  @Logged()
  add(a: number, b: number): number {
    return a + b
  }

  @Logged({ args: ['amount', 'currency'], result: true })
  async charge(amount: number, currency: string): Promise<{ id: string; card: { password: string } }> {
    await turn()
    return { id: `p-${amount}`, card: { password: `${currency}-secret` } }
  }

  @Logged({ args: { card: string({ redact: 'last4' }), amount: float(), last: int.arg(2, 'value') } })
  pay(_card: string, _amount: number, _options: { value: number }): string {
    return 'ok'
  }

  @Logged({ result: { id: string.result('id'), count: int.result((r) => r.items.length) } })
  find(): { id: string; items: string[] } {
    return { id: 'p-1', items: ['a', 'b'] }
  }

  @Logged({ args: true })
  fail(message: string): never {
    throw new RangeError(message)
  }

  @Logged({ errorLevel: 'error' })
  async reject(message: string): Promise<never> {
    await turn()
    throw new RangeError(message)
  }
}

describe('a logged method', () => {
  it('writes its enter and its exit, and gives its result', async () => {
    let result: unknown
    const lines = await linesOf(({ logger }) => (result = new Billing(logger).add(1, 2)))
    expect(result).toBe(3)
    expect(lines).toEqual([
      { msg: 'enter Billing.add', call: 'Billing.add', depth: 1 },
      { msg: 'exit Billing.add', call: 'Billing.add', depth: 1, durationMs: 0 },
    ])
  })

  it('writes arguments by their names, and its result, without secrets', async () => {
    const lines = await linesOf(({ logger }) => new Billing(logger).charge(5, 'EUR'))
    expect(lines).toMatchObject([
      { msg: 'enter Billing.charge', amount: 5, currency: 'EUR' },
      { msg: 'exit Billing.charge', result: { id: 'p-5', card: { password: '[Redacted]' } } },
    ])
  })

  it('writes declared fields of its arguments, in their order or by their index', async () => {
    const lines = await linesOf(({ logger }) => new Billing(logger).pay('4111111111111234', 5, { value: 7 }))
    expect(lines[0]).toMatchObject({ card: '…1234', amount: 5, last: 7 })
    expect(JSON.stringify(lines)).not.toContain('41111111')
  })

  it('writes fields of its result', async () => {
    const lines = await linesOf(({ logger }) => new Billing(logger).find())
    expect(lines[1]).toMatchObject({ id: 'p-1', count: 2 })
  })

  it.each([
    { name: 'throws', use: (billing: Billing) => billing.fail('no'), level: {}, msg: 'failed Billing.fail' },
    { name: 'rejects', use: (b: Billing) => b.reject('no'), level: { level: 'error' }, msg: 'failed Billing.reject' },
  ])('that $name has its error on its line, and hands it on', async ({ use, level, msg }) => {
    let thrown: unknown
    const lines = await linesOf(async ({ logger }) => {
      try {
        await use(new Billing(logger))
      } catch (error) {
        thrown = error
      }
    })
    expect(thrown).toBeInstanceOf(RangeError)
    expect(lines).toHaveLength(2)
    expect(lines[1]).toMatchObject({ ...level, msg, durationMs: 0, error: { type: 'RangeError', message: 'no' } })
  })

  it('writes nothing while its level is off, and does all it did', async () => {
    const lines = await linesOf(
      async ({ logger }) => {
        const billing = new Billing(logger)
        expect(billing.add(1, 2)).toBe(3)
        expect(await billing.charge(5, 'EUR')).toMatchObject({ id: 'p-5' })
        expect(() => billing.fail('no')).toThrow(RangeError)
        expect(logger.stats().lines.info).toBe(0)
      },
      { level: 'info' },
    )
    expect(lines).toEqual([])
  })

  it('writes its failures alone where their level is on and its own is off', async () => {
    const lines = await linesOf(({ logger }) => new Billing(logger).reject('no'), { level: 'info' })
    expect(lines).toMatchObject([{ level: 'error', msg: 'failed Billing.reject', error: { message: 'no' } }])
  })

  it('without any logger is just called', () => {
    class Plain {
      @Logged({ level: 'fatal' })
      add(a: number, b: number): number {
        return a + b
      }
    }
    expect(new Plain().add(1, 2)).toBe(3)
    expect(Plain.prototype.add.call(undefined as never, 1, 2)).toBe(3)
  })

  it.each<{ name: string; options: object; own?: PropertyDescriptor }>([
    { name: 'a function that throws', options: { logger: () => raise('no logger') } },
    { name: 'a function that gives a logger of another kind', options: { logger: () => console } },
    { name: 'a property that throws', options: {}, own: { get: () => raise('no logger') } },
  ])(
    'with $name for its logger is called all the same, and is on the lines of its unit',
    async ({ options, own = {} }) => {
      class Plain {
        @Logged(options)
        add(a: number, b: number): number {
          return a + b
        }
      }
      const plain = Object.defineProperty(new Plain(), 'log', own)
      expect(plain.add(1, 2)).toBe(3)
      const lines = await linesOf(({ logger }) => logger.unit('sum', () => plain.add(1, 2)), {
        onError: () => undefined,
      })
      expect(lines).toMatchObject([{ msg: 'enter Plain.add' }, { msg: 'exit Plain.add' }, { msg: 'unit completed' }])
    },
  )

  it('gives a result that throws when it is looked at', async () => {
    const strict = new Proxy(
      {},
      { get: (_target, name) => raise(`no ${String(name)}`), getPrototypeOf: () => raise('do not ask') },
    )
    class Plain {
      @Logged()
      settings(): object {
        return strict
      }

      @LogFields({ debug: bool.result('debug') })
      fields(): object {
        return strict
      }
    }
    const plain = new Plain()
    const use = (): void => {
      expect(plain.settings()).toBe(strict)
      expect(plain.fields()).toBe(strict)
    }
    const lines = await linesOf(({ logger }) => logger.unit('read', use), { onError: () => undefined })
    expect(lines).toMatchObject([
      { msg: 'enter Plain.settings' },
      { msg: 'exit Plain.settings' },
      { msg: 'unit completed', debugError: 'throws: no debug' },
    ])
  })

  it('keeps its name, its length, its `this` and any number of arguments', () => {
    class Plain {
      readonly base = 10
      readonly log = captureLogs().logger

      @Logged()
      sum(a: number, ...more: number[]): string {
        return `${this.base + a + more.reduce((x, y) => x + y, 0)} of ${arguments.length}`
      }
    }
    const plain = new Plain()
    expect(plain.sum(1)).toBe('11 of 1')
    expect(plain.sum(1, 2, 3, 4, 5, 6)).toBe('31 of 6')
    expect([plain.sum.name, plain.sum.length]).toEqual(['sum', 1])
  })

  it('may be static, and takes the logger of its class', async () => {
    const lines = await linesOf(({ logger }) => {
      class Registry {
        static readonly log = logger

        @Logged()
        static open(): Registry {
          return new Registry()
        }

        readonly isOpen = true
      }
      Registry.open()
    })
    expect(lines).toMatchObject([{ msg: 'enter Registry.open' }, { msg: 'exit Registry.open' }])
  })

  it('may be static, and takes the logger it is given where the object has none', async () => {
    const lines = await linesOf(({ logger }) => {
      class Registry {
        static readonly entries = 3

        @Logged({ logger, result: true })
        static count(): number {
          return this.entries
        }

        @Logged({ logger: (self: Registry) => self.own, args: true })
        one(..._args: unknown[]): void {
          // Only its lines matter.
        }

        readonly own = logger
      }
      Registry.count()
      new Registry().one(1, { password: 'hunter2' })
    })
    expect(lines).toMatchObject([
      { msg: 'enter Registry.count' },
      { msg: 'exit Registry.count', result: 3 },
      { msg: 'enter Registry.one', args: [1, { password: '[Redacted]' }] },
      { msg: 'exit Registry.one' },
    ])
  })

  it('is written at warn, and marked, where it is slow', async () => {
    const clock = fixedClock()
    class Slow {
      constructor(readonly log: Logger) {}

      @Logged({ slowMs: 100 })
      work(ms: number): void {
        clock.advance(ms)
      }
    }
    const use = ({ logger }: CapturedLogs) => {
      new Slow(logger).work(99.5)
      new Slow(logger).work(100)
    }
    expect(await linesOf(use, { clock, level: 'info' })).toEqual([
      { level: 'warn', msg: 'exit Slow.work', call: 'Slow.work', depth: 1, durationMs: 100, slow: true },
    ])
    expect(await linesOf(use, { clock })).toHaveLength(4)
  })

  it('has fields of decorated parameters', async () => {
    class Orders {
      constructor(readonly log: Logger) {}

      @Logged()
      pay(@LogField.int('orderId') _id: number, @LogField.string('card', { redact: 'last4' }) _card: string): void {
        // Only its lines matter.
      }
    }
    const lines = await linesOf(({ logger }) => new Orders(logger).pay(7, '4111111111111234'))
    expect(lines[0]).toMatchObject({ orderId: 7, card: '…1234' })
  })

  it('marks an argument of the wrong kind or that cannot be read, reports it once, and is called', async () => {
    const problems: string[] = []
    class Orders {
      constructor(readonly log: Logger) {}

      @Logged({
        args: { id: int(), name: string.arg(0, 'name') },
        result: {
          n: int.result(() => {
            throw new Error('no n')
          }),
        },
      })
      pay(_id: unknown): string {
        return 'paid'
      }
    }
    const hostile = new Proxy({}, { get: () => expect.fail('looked at') })
    const lines = await linesOf(
      ({ logger }) => {
        const orders = new Orders(logger)
        expect([orders.pay('x'), orders.pay(hostile), orders.pay('y')]).toEqual(['paid', 'paid', 'paid'])
      },
      { onError: ({ message }: Error) => problems.push(message) },
    )
    expect(lines).toHaveLength(6)
    expect(lines[0]).toMatchObject({ idError: 'expected int, got string "x"' })
    expect(lines[2]).toMatchObject({ idError: 'expected int, got object', nameError: 'throws: looked at' })
    expect(lines[1]).toMatchObject({ nError: 'throws: no n' })
    expect(problems).toEqual([
      'field id: expected int, got string "x"',
      'field n: throws: no n',
      'field name: throws: looked at',
    ])
  })
})

describe('logged methods that call each other', () => {
  it('say their depth and their caller, across promises, and apart from others', async () => {
    class Shop {
      constructor(readonly log: Logger) {}

      @Logged()
      async order(id: number): Promise<void> {
        await turn()
        await this.pay(id)
        this.note()
      }

      @Logged()
      async pay(id: number): Promise<void> {
        await turn()
        if (id > 0) this.note()
      }

      @Logged()
      note(): void {
        // Only its lines matter.
      }
    }
    const lines = await linesOf(({ logger }) => {
      const shop = new Shop(logger)
      return Promise.all([shop.order(1), shop.order(0)])
    })
    const enters = lines.filter(({ msg }) => String(msg).startsWith('enter'))
    expect(
      enters.map(({ call: name, depth, caller }) => `${String(name)} ${String(depth)} ${String(caller)}`).toSorted(),
    ).toEqual([
      'Shop.note 2 Shop.order',
      'Shop.note 2 Shop.order',
      'Shop.note 3 Shop.pay',
      'Shop.order 1 undefined',
      'Shop.order 1 undefined',
      'Shop.pay 2 Shop.order',
      'Shop.pay 2 Shop.order',
    ])
  })

  it('belong to the request they are called in', async () => {
    class Shop {
      @Logged({ level: 'info' })
      async pay(): Promise<void> {
        await turn()
        currentLog()?.set({ paid: true })
      }
    }
    const { line, lines } = await call(async (_request, response) => {
      await new Shop().pay()
      response.send('ok')
    })
    expect(line).toMatchObject({ paid: true, outcome: 'completed' })
    expect(lines).toMatchObject([
      { msg: 'enter Shop.pay', requestId: line['requestId'] },
      { msg: 'exit Shop.pay', requestId: line['requestId'] },
      { outcome: 'completed' },
    ])
  })
})

describe('a generator', () => {
  class Reports {
    constructor(readonly log: Logger) {}

    @Logged({ result: true })
    *rows(count: number): Generator<number, string, string | undefined> {
      let said = ''
      try {
        for (let i = 0; i < count; i++) said += (yield i) ?? ''
      } finally {
        this.note()
      }
      return said
    }

    @Logged()
    async *lines(count: number): AsyncGenerator<number> {
      for (let i = 0; i < count; i++) {
        await turn()
        if (i === 3) throw new RangeError('too many')
        yield i
      }
    }

    @Logged()
    note(): void {
      // Only its lines matter.
    }
  }

  it('is exited where it is done, with the count of its items and what it returns', async () => {
    const lines = await linesOf(({ logger }) => {
      const rows = new Reports(logger).rows(2)
      expect([rows.next(), rows.next('a'), rows.next('b')]).toEqual([
        { done: false, value: 0 },
        { done: false, value: 1 },
        { done: true, value: 'ab' },
      ])
      expect(rows.next()).toEqual({ done: true, value: undefined })
    })
    expect(lines.map(({ msg, depth }) => `${String(msg)} ${String(depth)}`)).toEqual([
      'enter Reports.rows 1',
      'enter Reports.note 2',
      'exit Reports.note 2',
      'exit Reports.rows 1',
    ])
    expect(lines[3]).toMatchObject({ items: 2, result: 'ab' })
  })

  it('is exited where its consumer leaves it, and goes through for…of and spread', async () => {
    const lines = await linesOf(({ logger }) => {
      const reports = new Reports(logger)
      for (const row of reports.rows(10)) if (row === 4) break
      expect([...reports.rows(3)]).toEqual([0, 1, 2])
    })
    const exits = lines.filter(({ msg }) => msg === 'exit Reports.rows')
    expect(exits.map(({ items }) => items)).toEqual([5, 3])
  })

  it('fails with what is thrown into it', async () => {
    const lines = await linesOf(({ logger }) => {
      const rows = new Reports(logger).rows(2)
      rows.next()
      expect(() => rows.throw(new Error('stop'))).toThrow('stop')
    })
    expect(lines.at(-1)).toMatchObject({ msg: 'failed Reports.rows', error: { message: 'stop' }, items: 1 })
  })

  it('may be asynchronous, and fail', async () => {
    const seen: number[] = []
    const lines = await linesOf(async ({ logger }) => {
      for await (const line of new Reports(logger).lines(2)) seen.push(line)
      for await (const line of new Reports(logger).lines(9)) seen.push(line)
    })
    expect(seen).toEqual([0, 1, 0, 1, 2])
    expect(lines.map(({ msg, items }) => `${String(msg)} ${String(items)}`)).toEqual([
      'enter Reports.lines undefined',
      'exit Reports.lines 2',
      'enter Reports.lines undefined',
      'failed Reports.lines 3',
    ])
  })
})

describe('a stream', () => {
  class Files {
    constructor(readonly log: Logger) {}

    @Logged()
    open(stream: Readable): Readable {
      return stream
    }

    @Logged()
    async openLater(stream: Readable): Promise<Readable> {
      await turn()
      return stream
    }

    @Logged()
    web(stream: ReadableStream<string>): ReadableStream<string> {
      return stream
    }
  }

  it.each(['open', 'openLater'] as const)('is exited where it ends, or fails: %s', async (method) => {
    const lines = await linesOf(async ({ logger }) => {
      const files = new Files(logger)
      const chunks: unknown[] = []
      for await (const chunk of await files[method](Readable.from(['a', 'b']))) chunks.push(chunk)
      expect(chunks).toEqual(['a', 'b'])
      const broken = new PassThrough()
      const opened = await files[method](broken)
      opened.once('error', () => undefined)
      broken.destroy(new Error('disk gone'))
      await turn()
    })
    expect(lines.map(({ msg }) => msg)).toEqual([
      `enter Files.${method}`,
      `exit Files.${method}`,
      `enter Files.${method}`,
      `failed Files.${method}`,
    ])
    expect(lines[3]).toMatchObject({ error: { message: 'disk gone' } })
  })

  it('does not keep an error that nobody handles from being thrown', async () => {
    const stream = new PassThrough()
    await linesOf(({ logger }) => new Files(logger).open(stream))
    expect(EventEmitter.listenerCount(stream, 'error')).toBe(0)
  })

  it('that is given away often has one pair of listeners, and ends every call up to a bound', async () => {
    const stream = new PassThrough()
    const lines = await linesOf(async (logs) => {
      const files = new Files(logs.logger)
      for (let i = 0; i < 101; i++) files.open(stream)
      expect(['end', 'close'].map((event) => EventEmitter.listenerCount(stream, event))).toEqual([1, 1])
      expect(logs.lines.filter((line) => line.includes('exit'))).toHaveLength(1)
      stream.destroy()
      await turn()
    })
    expect(lines.filter(({ msg }) => msg === 'exit Files.open')).toHaveLength(101)
    expect(lines).toHaveLength(202)
  })

  it('of the web is exited where it ends, is left, or fails, and is read no faster', async () => {
    let pulled = 0
    const source = (end: number) =>
      new ReadableStream<string>(
        {
          pull(controller) {
            pulled++
            if (pulled > end) controller.error(new Error('gone'))
            else if (pulled === end) controller.close()
            else controller.enqueue(`${pulled}`)
          },
        },
        { highWaterMark: 0 },
      )
    const lines = await linesOf(async ({ logger }) => {
      const files = new Files(logger)
      const whole: string[] = []
      for await (const chunk of files.web(source(3))) whole.push(chunk)
      expect(whole).toEqual(['1', '2'])
      pulled = 0
      const reader = files.web(source(9)).getReader()
      await reader.read()
      expect(pulled).toBe(1)
      await reader.cancel()
      pulled = 9
      await expect(files.web(source(3)).getReader().read()).rejects.toThrow('gone')
    })
    expect(lines.map(({ msg, items }) => `${String(msg)} ${(items as number | undefined) ?? ''}`)).toEqual([
      'enter Files.web ',
      'exit Files.web 2',
      'enter Files.web ',
      'exit Files.web 1',
      'enter Files.web ',
      'failed Files.web ',
    ])
  })
})

describe('a lazy query', () => {
  /** As query builders make them: built by its methods, and run by each `then()`. */
  class Query implements PromiseLike<string> {
    runs = 0
    #where = ''

    where(text: string): this {
      this.#where += text
      return this
    }

    // oxlint-disable-next-line unicorn/no-thenable -- a query of Knex, Drizzle or Mongoose is one
    then<A = string, B = never>(
      resolve?: ((value: string) => A | PromiseLike<A>) | null,
      reject?: ((reason: unknown) => B | PromiseLike<B>) | null,
    ): Promise<A | B> {
      this.runs++
      const rows = this.#where === 'wrong' ? Promise.reject(new Error('no such column')) : Promise.resolve(this.#where)
      return rows.then(resolve, reject)
    }
  }

  class Repository {
    constructor(readonly log: Logger) {}

    @Logged({ result: true })
    all(query: Query): Query {
      return query
    }
  }

  it('stays what it is, runs when its caller has it run, and is exited where it has', async () => {
    const query = new Query()
    const lines = await linesOf(async (logs) => {
      const given = new Repository(logs.logger).all(query)
      expect(given).toBe(query)
      expect(Object.keys(given)).toEqual(['runs'])
      await turn()
      expect([query.runs, logs.lines.length]).toEqual([0, 1])
      expect(await given.where('a').where('b')).toBe('ab')
      // Again, and to nobody's account.
      expect(await given.then()).toBe('ab')
      expect(query.runs).toBe(2)
    })
    expect(query.runs).toBe(2)
    expect(lines).toMatchObject([{ msg: 'enter Repository.all' }, { msg: 'exit Repository.all', result: 'ab' }])
    expect(lines).toHaveLength(2)
  })

  it('fails where it does, for its caller too', async () => {
    const lines = await linesOf(async ({ logger }) => {
      const repository = new Repository(logger)
      await expect(Promise.resolve(repository.all(new Query().where('wrong')))).rejects.toThrow('no such column')
      await expect(repository.all(new Query().where('wrong')).then(null)).rejects.toThrow('no such column')
    })
    expect(lines.map(({ msg }) => msg)).toEqual([
      'enter Repository.all',
      'failed Repository.all',
      'enter Repository.all',
      'failed Repository.all',
    ])
    expect(lines[1]).toMatchObject({ error: { message: 'no such column' } })
  })

  it('that is given away often ends every call when it runs, up to a bound', async () => {
    const query = new Query()
    const lines = await linesOf(async (logs) => {
      const repository = new Repository(logs.logger)
      for (let i = 0; i < 101; i++) repository.all(query)
      expect(logs.lines.filter((line) => line.includes('exit'))).toHaveLength(1)
      await query
    })
    expect(lines.filter(({ msg }) => msg === 'exit Repository.all')).toHaveLength(101)
    expect(query.runs).toBe(1)
  })

  it('that cannot be followed is exited at once', async () => {
    const query = new Query()
    Object.freeze(query)
    const lines = await linesOf(({ logger }) => {
      const repository = new Repository(logger)
      expect(repository.all(repository.all(query))).toBe(query)
    })
    expect(lines.map(({ msg }) => msg)).toEqual([
      'enter Repository.all',
      'exit Repository.all',
      'enter Repository.all',
      'exit Repository.all',
    ])
  })
})

describe('a stream of the web that is promised', () => {
  it('is the very one, for its caller to read, and the call is exited with the promise', async () => {
    const stream = new Blob(['text']).stream()
    class Files {
      constructor(readonly log: Logger) {}

      @Logged()
      async open(): Promise<ReadableStream> {
        await turn()
        return stream
      }
    }
    let text = ''
    const lines = await linesOf(async ({ logger }) => {
      const given = await new Files(logger).open()
      expect(given).toBe(stream)
      text = await new Response(given).text()
    })
    expect(text).toBe('text')
    expect(lines.map(({ msg }) => msg)).toEqual(['enter Files.open', 'exit Files.open'])
  })
})

describe('a stream of bytes', () => {
  class Bodies {
    constructor(readonly log: Logger) {}

    @Logged()
    body(): ReadableStream<Uint8Array> {
      return new Response('abcdef').body!
    }
  }

  it('is read into buffers of the reader, and exited at its end', async () => {
    const read: string[] = []
    const lines = await linesOf(async ({ logger }) => {
      const reader = new Bodies(logger).body().getReader({ mode: 'byob' })
      for (;;) {
        const { done, value } = await reader.read(new Uint8Array(4))
        if (done) break
        read.push(Buffer.from(value).toString())
      }
    })
    expect(read).toEqual(['abcd', 'ef'])
    expect(lines).toMatchObject([{ msg: 'enter Bodies.body' }, { msg: 'exit Bodies.body', items: 1 }])
  })

  it('is read as any other', async () => {
    let text = ''
    const lines = await linesOf(async ({ logger }) => {
      for await (const chunk of new Bodies(logger).body()) text += Buffer.from(chunk).toString()
    })
    expect(text).toBe('abcdef')
    expect(lines).toMatchObject([{ msg: 'enter Bodies.body' }, { msg: 'exit Bodies.body', items: 1 }])
  })
})

describe('an observable', () => {
  class Ticks {
    constructor(readonly log: Logger) {}

    @Logged({ result: true })
    all<T>(source: import('rxjs').Observable<T>): import('rxjs').Observable<T> {
      return source
    }

    @LogFields({ last: int.result((value: number) => value) })
    fields(source: import('rxjs').Observable<number>): import('rxjs').Observable<number> {
      return source
    }
  }

  it('is exited where it completes, or fails, for each subscriber', async () => {
    const lines = await linesOf(async ({ logger }) => {
      const ticks = new Ticks(logger)
      expect(
        await lastValueFrom(
          ticks.all(of(1, 2, 3)).pipe(
            map((n) => n * 2),
            toArray(),
          ),
        ),
      ).toEqual([2, 4, 6])
      await expect(lastValueFrom(ticks.all(throwError(() => new Error('no'))))).rejects.toThrow('no')
    })
    expect(lines.map(({ msg, items, result }) => [msg, items, result])).toEqual([
      ['enter Ticks.all', undefined, undefined],
      ['exit Ticks.all', 3, 3],
      ['enter Ticks.all', undefined, undefined],
      ['failed Ticks.all', undefined, undefined],
    ])
  })

  it('counts for each subscriber what that was given', async () => {
    const subject = new Subject<number>()
    const lines = await linesOf(async ({ logger }) => {
      const ticks = new Ticks(logger).all(subject)
      const [first, all] = [firstValueFrom(ticks), lastValueFrom(ticks)]
      subject.next(1)
      subject.next(2)
      subject.complete()
      expect(await Promise.all([first, all])).toEqual([1, 2])
      expect(await lastValueFrom(ticks, { defaultValue: 0 })).toBe(0)
    })
    expect(lines.map(({ msg, items, result }) => [msg, items, result])).toEqual([
      ['enter Ticks.all', undefined, undefined],
      ['exit Ticks.all', 1, 1],
      ['exit Ticks.all', 2, 2],
      ['exit Ticks.all', undefined, null],
    ])
  })

  it('stops where its subscriber has enough', async () => {
    const { logger } = captureLogs()
    const ticks = new Ticks(logger)
    expect(await lastValueFrom(ticks.all(range(0, Infinity)).pipe(take(2), toArray()))).toEqual([0, 1])
    expect(await lastValueFrom(ticks.all(interval(1)).pipe(take(2), toArray()))).toEqual([0, 1])
    const subject = new Subject<number>()
    const subscription = ticks.all(subject).subscribe()
    subscription.unsubscribe()
    expect(subject.observed).toBe(false)
    expect(await lastValueFrom(ticks.all(from(Promise.resolve(7))))).toBe(7)
  })

  it('is exited where its subscriber leaves it', async () => {
    const subject = new Subject<number>()
    const lines = await linesOf(async ({ logger }) => {
      const first = firstValueFrom(new Ticks(logger).all(subject))
      subject.next(7)
      expect(await first).toBe(7)
      subject.next(8)
    })
    expect(lines).toMatchObject([{ msg: 'enter Ticks.all' }, { msg: 'exit Ticks.all', items: 1, result: 7 }])
    expect(lines).toHaveLength(2)
  })

  it('stays what it is: a subject keeps its value, and takes others', async () => {
    class Gauge extends BehaviorSubject<number> {
      read(): number {
        return this.getValue() * 10
      }
    }
    const gauge = new Gauge(1)
    const seen: number[] = []
    const lines = await linesOf(({ logger }) => {
      const given = new Ticks(logger).all(gauge) as Gauge
      expect(given).toBeInstanceOf(Gauge)
      expect(given.read()).toBe(10)
      given.pipe(map((n) => n + 1)).subscribe((value) => seen.push(value))
      given.next(2)
      expect([given.value, gauge.value]).toEqual([2, 2])
      given.complete()
    })
    expect(seen).toEqual([2, 3])
    expect(lines).toMatchObject([{ msg: 'enter Ticks.all' }, { msg: 'exit Ticks.all', items: 2, result: 2 }])
  })

  it('gives the wide line its last value', async () => {
    const { logger } = captureLogs()
    const { line } = await call(async (_request, response) => {
      await lastValueFrom(new Ticks(logger).fields(of(1, 2, 3)))
      response.send('ok')
    })
    expect(line).toMatchObject({ last: 3 })
  })
})

describe('@LogContext', () => {
  @LogContext({ component: 'billing', tier: 1 })
  class Base {
    constructor(readonly log: Logger) {}

    @Logged()
    pay(): void {
      // Only its lines matter.
    }

    @LogFields({ paid: int.result((n) => n) })
    serve(n: number): number {
      return n
    }
  }

  @LogContext({ tier: 2 })
  class Refunds extends Base {}
  class Plain extends Base {}

  it('takes an object of fields only', () => {
    expect(() => LogContext(undefined as never)).toThrow(
      new OptionError('@LogContext', 'an object of fields', undefined),
    )
  })

  it('is on the lines of the logged methods of its class, and of those below it', async () => {
    const lines = await linesOf(({ logger }) => {
      new Base(logger).pay()
      new Refunds(logger).pay()
      new Plain(logger).pay()
    })
    expect(lines.map(({ component, tier }) => [component, tier])).toEqual(
      [1, 1, 2, 2, 1, 1].map((tier) => ['billing', tier]),
    )
  })

  it('is on the wide line of a request that a decorated handler of it serves', async () => {
    const { line } = await call((request, response) => {
      new Refunds(request.log).serve(3)
      response.send('ok')
    })
    expect(line).toMatchObject({ component: 'billing', tier: 2, paid: 3 })
  })
})

describe('@Logged()', () => {
  it.each<{ name: string; options: object; message: string }>([
    {
      name: 'an unknown option',
      options: { lvl: 'info' },
      message: 'Logged.lvl must be a known option (did you mean level?), got "lvl"',
    },
    { name: 'a promise', options: Promise.resolve({}), message: 'Logged must be an object, got a promise' },
    {
      name: 'no level',
      options: { level: 'loud' },
      message: 'Logged.level must be one of trace, debug, info, warn, error, fatal, panic, got "loud"',
    },
    {
      name: 'a negative time',
      options: { slowMs: -1 },
      message: 'Logged.slowMs must be a number of milliseconds, from 0, got -1',
    },
    {
      name: 'no logger',
      options: { logger: {} },
      message: 'Logged.logger must be a Logger, or a function that gives one, got an object',
    },
    {
      name: 'a map of arguments',
      options: { args: new Map([['amount', int()]]) },
      message: 'Logged.args must be true, false, a list of names or an object of fields, got a map',
    },
    {
      name: 'a list of results',
      options: { result: [int.result('id')] },
      message: 'Logged.result must be an object of fields, got an array',
    },
    { name: 'an empty name', options: { args: [''] }, message: 'Logged.args[0] must be a name, got ""' },
    {
      name: 'no field',
      options: { args: { a: 1 } },
      message: 'Logged.args.a must be a declared field, such as int(), got 1',
    },
    {
      name: 'a result without a source',
      options: { result: { a: int() } },
      message: "Logged.result.a must be a field with a source, such as int.param('id'), got an object",
    },
  ])('refuses $name', ({ options, message }) => {
    let refusal: unknown
    try {
      Logged(options as never)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(OptionError)
    expect((refusal as OptionError).message).toBe(message)
  })
})
