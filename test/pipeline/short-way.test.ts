import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bool,
  createLogger,
  duration,
  type Encoder,
  fields,
  float,
  int,
  json,
  LineRefused,
  logfmt,
  type Logger,
  memory,
  type MemoryOutput,
  type Output,
  PanicError,
  split,
  string,
} from 'wideline'
import { fixedClock } from 'wideline/testing'
import { ByteBuffer } from '../../src/bytes/byte-buffer.js'
import { LEVEL_NAMES } from '../../src/entry/level.js'
import { runs } from '../runs.js'
import { errorAt, NOW, write, type Written } from '../encoders/lines.js'

/*
 * A call takes no entry when one json() alone reads it: its fields are written from where they stand (src/pipeline/short-way.ts,
 * src/encoders/json-bag.ts), and else by way of the columns. Both are asked here for the same lines; a hook is what makes the
 * difference.
 */

v8.setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const columns = { hooks: { before: () => undefined } }

function both(options: Parameters<typeof write>[1] = {}): { short: Written; long: Written } {
  return { short: write(json(), options), long: write(json(), { ...options, ...columns }) }
}

const names = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'orderId',
    'status',
    'user',
    'tenant',
    '7',
    '__proto__',
    'constructor',
    'toJSON',
    'é',
    'a"b',
  ),
  // Secret, of the line itself, and what that is called then.
  fc.constantFrom('password', 'api_key', 'level', '_level', 'msg', '__level', 'time'),
  fc.string({ unit: 'binary', maxLength: 12 }),
  // Cut, and so perhaps the same.
  fc.constantFrom('n'.repeat(300), `${'n'.repeat(299)}m`, `${'n'.repeat(256)}…`),
)
const scalars = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 150 }),
  fc.constantFrom('ok', 'paid', 'EUR', 'an url that is long '.repeat(6), '\ud800'),
  fc.integer(),
  fc.double(),
  fc.constantFrom(-0, NaN, Infinity, 2 ** 31, -(2 ** 31), 2 ** 53, null, undefined, true, false),
)
const values = fc.oneof(
  { weight: 4, arbitrary: scalars },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.anything({ maxDepth: 2 }),
      fc.constant({ password: 'hush', id: 7 }),
      fc.constant({ toJSON: () => ['made'] }),
      fc.constant(() => 1),
      fc.constant(Symbol('no')),
      fc.constant(12n),
    ),
  },
)
const bags = fc.array(fc.tuple(names, values), { maxLength: 14 }).map((pairs) => {
  const bag: Record<string, unknown> = {}
  for (const [name, value] of pairs)
    Object.defineProperty(bag, name, { value, enumerable: true, configurable: true, writable: true })
  return bag
})

describe('fields of a call that takes no entry', () => {
  it('give the lines that columns give, of 5,000 random objects on a logger and on a child', () => {
    const { short, long } = both()
    const children = [short, long].map(({ logger }) => logger.child({ tenant: 'acme', a: 1, password: 'x' }))
    fc.assert(
      fc.property(bags, fc.boolean(), (bag, isChild) => {
        const [one, other] = isChild ? children : [short.logger, long.logger]
        one.info('order paid', bag)
        other.info('order paid', bag)
        expect(short.lines.at(-1)).toBe(long.lines.at(-1))
        one.info(bag)
        other.info(bag)
        expect(short.lines.at(-1)).toBe(long.lines.at(-1))
      }),
      { numRuns: runs(5000) },
    )
    expect(short.problems).toEqual([])
    expect(short.lines.length).toBe(long.lines.length)
    // Each went the way it is meant to go: a name that is `constructor` makes an object no literal.
    expect(short.logger.stats().entries.hits).toBeLessThan(short.lines.length / 5)
    expect(long.logger.stats().entries.hits).toBe(long.lines.length - 1)
    expect(short.logger.stats().lines).toEqual(long.logger.stats().lines)
  })

  it('stand behind messages that are ready and behind those that are not, on a logger and on a child', () => {
    const { short, long } = both({ fields: { tenant: 'acme' }, name: 'app' })
    const messages = fc.oneof(
      fc.constantFrom('order paid', '', 'x'.repeat(200), '100 %', '%s', '\ud800'),
      fc.string({ unit: 'binary' }),
    )
    fc.assert(
      fc.property(messages, fc.constantFrom(...LEVEL_NAMES), fc.boolean(), (message, level, isChild) => {
        for (const { logger } of [short, long]) {
          const each = isChild ? logger.child({ list: [1, { a: 'b' }], n: 1 }).child({ tenant: 'other' }) : logger
          if (level === 'panic') expect(() => each.panic(message)).toThrow(PanicError)
          else each[level](message)
          each.info(message, { a: 1 })
        }
        expect(short.lines.slice(-2)).toEqual(long.lines.slice(-2))
      }),
      { numRuns: runs(1000) },
    )
    expect(short.lines).toEqual(long.lines)
  })

  it('give the lines that columns give, of a declared set', () => {
    const shape = {
      orderId: int(),
      amount: float(),
      status: string({ key: 'state' }),
      isGift: bool(),
      took: duration(),
    }
    const [one, other] = [fields(shape), fields(shape)]
    const { short, long } = both()
    const declared = fc
      .array(fc.tuple(fc.constantFrom(...Object.keys(shape), 'undeclared'), values), { maxLength: 7 })
      .map((pairs) => Object.fromEntries(pairs) as never)
    fc.assert(
      fc.property(declared, (bag) => {
        short.logger.info('order paid', one, bag)
        long.logger.info('order paid', other, bag)
        expect(short.lines.at(-1)).toBe(long.lines.at(-1))
        expect(one.invalid).toBe(other.invalid)
      }),
      { numRuns: runs(3000) },
    )
  })

  it.each([
    ['a name of the line', { a: 1, level: 'x', b: 2 }],
    ['that name, and what it is called then', { _level: 1, level: 2 }],
    ['the same the other way round', { level: 2, _level: 1 }],
    ['names that are the same when they are cut', { [`${'n'.repeat(256)}…`]: 1, ['n'.repeat(300)]: 2 }],
    ['a secret between others', { a: 1, password: 'hush', b: { c: [1] }, d: null }],
    ['a name of the context behind a nested object', { a: { b: 1 }, tenant: 'other' }],
    [
      'a getter that throws behind a nested object',
      {
        a: { b: 1 },
        get c(): never {
          throw new Error('no')
        },
        d: 1,
      },
    ],
    ['three hundred fields', Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${i}`, i]))],
    ['two thousand', Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`f${i}`, i]))],
    ['a long text', { a: 'x'.repeat(100_000), b: 1 }],
    [
      'more than a line has room for',
      Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`f${i}`, 'x'.repeat(60_000)])),
    ],
    ['a list', [1, 2]],
    ['nothing', {}],
    ['what it inherits', Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } })],
  ])('give the line that columns give of %s', (_, bag) => {
    const { short, long } = both({ fields: { tenant: 'acme' } })
    for (const { logger } of [short, long]) {
      logger.info('m', bag)
      // What follows which name is known the second time.
      logger.info('m', bag)
      logger.info(bag, 'm')
    }
    expect(short.lines).toEqual(long.lines)
    expect(short.logger.stats().redacted).toEqual(long.logger.stats().redacted)
  })

  it('are read once, and hide what they hide once', () => {
    let reads = 0
    const bag = {
      get order() {
        reads++
        return { password: 'hush', toJSON: undefined }
      },
      status: 'ok',
      password: 'hush',
    }
    const { short } = both()
    short.logger.info('m', bag)
    expect(short.lines[0]).toContain('"order":{"password":"[Redacted]"},"status":"ok","password":"[Redacted]"')
    expect(reads).toBe(1)
    short.logger.child({ status: 'x' }).info('m', bag)
    expect(reads).toBe(2)
    expect(short.logger.stats().redacted).toEqual({ secrets: 4 })
  })

  it.each([
    ['the context has a name', { tenant: 'other' }, ''],
    ['the context has the name of a secret', { api_key: 'hush' }, ''],
    [
      'one throws',
      {
        get bad(): never {
          throw new Error('no')
        },
      },
      '',
    ],
    [
      'one that is secret throws',
      {
        get token(): never {
          throw new Error('no')
        },
      },
      '',
    ],
    [
      'one that the context has throws',
      {
        get tenant(): never {
          throw new Error('no')
        },
      },
      '',
    ],
    ['one is too long', { long: 'x'.repeat(5000), after: 1, gone: undefined, last: () => 1 }, ''],
    [
      'a nested one is too long',
      { long: { a: 'x'.repeat(900), b: ['y'.repeat(900)], c: 'z'.repeat(900) }, after: 1 },
      '',
    ],
    ['many are', Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`f${i}`, `${i}`.padEnd(60, 'x')])), ''],
    ['the last is', { almost: 'x'.repeat(1700), last: 'y'.repeat(400) }, ''],
    ['the line is too long before them', { after: 1, tenant: 2 }, 'x'.repeat(3000)],
  ])('are read, told and hidden once where %s', (_, bag, more) => {
    const encoder = () => json({ limits: { maxLineBytes: 2048 } })
    const context = { tenant: 'acme', api_key: 'x', list: [1], more }
    const [short, long] = [{}, columns].map((options) => {
      const redact = { keys: { card: () => 'hidden' } }
      const { logger, lines } = write(encoder(), { ...options, redact })
      let reads = 0
      const whole = Object.defineProperties(
        {
          get first() {
            logger.info('inner')
            return ++reads
          },
          nested: { token: 'hush', toJSON: undefined, card: '4111' },
          password: 'hush',
          card: '4111',
        },
        Object.getOwnPropertyDescriptors(bag),
      )
      const plain = Object.defineProperties(
        { a: 1, nested: { toJSON: () => ++reads } },
        Object.getOwnPropertyDescriptors(bag),
      )
      for (const each of [logger, logger.child(context), logger.child(context).child({ a: 2, after: 0 })]) {
        each.info('m', whole)
        each.info('m', whole)
        each.info(plain, 'm')
      }
      return { lines: lines.toSorted(), redacted: logger.stats().redacted, reads }
    })
    expect(short).toEqual(long)
  })

  it.each([
    ['all of them', { a: 'a'.repeat(900), big: 1, b: 2 }],
    ['not all of them', { a: 'a'.repeat(900), b: 'b'.repeat(1500), big: 1, c: 3 }],
    ['all of them, and one is too long for both', { a: 'a'.repeat(900), big: 'b'.repeat(1500), c: 3 }],
    ['not the first', { a: 'a'.repeat(2500), big: 1, b: 2 }],
  ])('make room for %s where they take a long one out of the context', (_, bag) => {
    const [short, long] = [{}, columns].map((options) => {
      const { logger, lines } = write(json({ limits: { maxLineBytes: 2048 } }), {
        ...options,
        fields: { tenant: 'acme', big: 'x'.repeat(1500), z: 1 },
      })
      for (let i = 0; i < 3; i++) logger.info('m', bag)
      return lines
    })
    expect(short).toEqual(long)
  })

  it.each<[string, Record<string, unknown>]>([
    ...[256, 257, 300, 998, 999, 1000, 2000].map((count): [string, Record<string, unknown>] => [
      `they are ${count}, and two`,
      { no: () => 1, ...Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i])) },
    ]),
    [
      'a thousand have a secret early',
      { token: 'x', ...Object.fromEntries(Array.from({ length: 999 }, (_, i) => [i, i])) },
    ],
    [
      'many have the name of what counts the rest',
      { '…': 1, ...Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`f${i}`, i])) },
    ],
    ['two names become one', { _level: 1, between: 2, level: 3 }],
    ['two names become one the other way round', { level: 1, between: 2, _level: 3 }],
    ['two names are one when they are cut', { [`${'n'.repeat(256)}…`]: 1, between: 2, ['n'.repeat(300)]: 3 }],
    ['two names are one when they are well-formed', { '\ufffd': 1, between: 2, '\ud800': 3, '\udc00': 4 }],
  ])('are read and hidden once where %s', (_, bag) => {
    const [short, long] = [{}, columns].map((options) => {
      const { logger, lines } = write(json(), options)
      let reads = 0
      const whole = {
        get first() {
          return ++reads
        },
        nested: { token: 'hush' },
      }
      Object.defineProperties(whole, Object.getOwnPropertyDescriptors(bag))
      for (const each of [logger, logger.child({ tenant: 'acme', f7: 'x' })]) {
        each.info('m', whole)
        each.info('m', whole)
      }
      return { lines, redacted: logger.stats().redacted, reads }
    })
    expect(short.reads).toBe(4)
    expect(short).toEqual(long)
  })

  it('are written once where an encoder that comes later writes a name of theirs itself', () => {
    const { short } = both()
    let reads = 0
    const bag = {
      get _pid() {
        return ++reads
      },
      pid: 'x',
    }
    short.logger.info('m', bag)
    const later = memory()
    short.logger.addOutput({ output: later, encoder: json({ preset: 'pino' }) })()
    short.logger.info('m', bag)
    expect(short.lines[1]).toContain('"msg":"m","_pid":"x"}')
    expect(reads).toBe(2)
  })

  it('keep their message where their object answers one question only', () => {
    const bag = new Proxy(
      {},
      {
        get: (_target, name) => {
          if (name === 'constructor') return Object
          throw new Error('no')
        },
      },
    )
    const { short } = both()
    short.logger.info('m', bag)
    short.logger.info(bag, 'm')
    for (const line of short.lines) expect(line).toContain('"msg":"m","fields":"[Throws: no]"')
  })

  it.each([
    ['a name of the context', { a: 1, tenant: 'other', b: true }],
    [
      'more than a line has room for',
      {
        a: 1,
        tenant: 'x'.repeat(60_000),
        c: 'y'.repeat(60_000),
        d: 'z'.repeat(60_000),
        e: 'n'.repeat(60_000),
        f: 'm'.repeat(60_000),
        b: false,
      },
    ],
    [
      'texts that the buffer grows for',
      { c: 'é'.repeat(700), d: 'x'.repeat(9_000), a: 2, e: '"'.repeat(90), f: 'short', b: true },
    ],
    ['names that are not declared, and others in another order', { no: 1, f: 'x', a: 3, neither: { a: 1 }, c: 'ok' }],
    ['null and undefined', { a: null, c: undefined, d: null, b: null, f: 'x' }],
    ['an integer that is none, between others', { a: 1.5, b: true, c: 'x' }],
  ])('give the line that columns give of a declared set with %s', (_, bag) => {
    const shape = { a: int(), tenant: string(), c: string(), d: string(), e: string(), f: string(), b: bool() }
    const lines = [both(), both({ fields: { tenant: 'acme', z: 1 } })].map(({ short, long }) => {
      for (const { logger } of [short, long]) {
        const Order = fields(shape)
        for (let i = 0; i < 3; i++) logger.info('m', Order, bag as never)
        logger.child({ b: 'of the child' }).info('m', Order, bag as never)
      }
      expect(short.lines).toEqual(long.lines)
      return short.lines
    })
    expect(lines[0].length + lines[1].length).toBe(8)
  })

  it.each<[string, (read: () => number) => object]>([
    [
      'one is of another kind',
      (read) => ({
        get a() {
          return read()
        },
        get b() {
          return String(read())
        },
        c: 'x',
      }),
    ],
    [
      'one that is of another kind moves behind the others when it is read',
      (read) => ({
        get b() {
          const self = this as Record<string, unknown>
          delete self['b']
          return (self['b'] = `x${read()}`)
        },
        get a() {
          return read()
        },
      }),
    ],
    [
      'one throws',
      (read) => ({
        get a() {
          return read()
        },
        get b(): never {
          throw new Error(`no ${read()}`)
        },
        no: 1,
        d: 'y',
      }),
    ],
    [
      'the context has a name',
      (read) => ({
        get a() {
          return read()
        },
        tenant: 'other',
        d: 'y',
      }),
    ],
    [
      'the line is too long',
      (read) => ({
        get a() {
          return read()
        },
        c: 'x'.repeat(1500),
        d: 'y'.repeat(800),
        b: true,
        tenant: 'z',
      }),
    ],
  ])('are read once of a declared set where %s, and counted once', (_, make) => {
    const [short, long] = [{}, columns].map((options) => {
      const encoder = json({ limits: { maxLineBytes: 2048 } })
      const { logger, lines } = write(encoder, { ...options, fields: { tenant: 'acme' } })
      const Order = fields({ a: int(), b: bool(), tenant: string(), c: string(), d: string() })
      let reads = 0
      const read = () => {
        logger.info('inner')
        return ++reads
      }
      for (let i = 0; i < 3; i++) logger.info('m', Order, make(read) as never)
      return { lines: lines.toSorted(), reads, invalid: Order.invalid }
    })
    expect(short).toEqual(long)
  })

  it('have no key twice where that of one field tells of another one', () => {
    const { short, long } = both()
    const Order = fields({ a: int(), aError: string() })
    for (const { logger } of [short, long]) logger.info('m', Order, { aError: 'mine', a: 1.5 })
    expect(short.lines).toEqual(long.lines)
    expect(short.lines[0].match(/"aError"/g)).toHaveLength(1)
  })

  it('make their buffer grow', () => {
    const lines: string[] = []
    let out = new ByteBuffer(64)
    const output: Output = {
      isTerminal: false,
      begin: () => (out = new ByteBuffer(64)),
      commit: () => void lines.push(out.toString()),
      flush: () => Promise.resolve(),
      flushSync: () => undefined,
      close: () => Promise.resolve(),
      stats: () => ({ accepted: 0, written: 0, pending: 0, failed: 0, dropped: {}, bytes: 0 }),
    }
    const logger = createLogger({ clock: fixedClock(NOW), outputs: [output] })
    const bag = {
      a: 'é'.repeat(700),
      b: 7,
      c: 'x'.repeat(9_000),
      d: true,
      e: { f: 'y'.repeat(900) },
      g: 'short',
      h: 1.5,
    }
    const declared = { a: bag.a, b: 7, c: bag.c, d: true, g: 'short', h: 1.5 }
    logger.info('m', bag)
    const Order = fields({ a: string(), b: int(), c: string(), d: bool(), g: string(), h: float() })
    logger.info('m', Order, declared)
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining(bag),
      expect.objectContaining(declared),
    ])
  })

  it('are not seen by an encoder that was made of another', () => {
    const seen: number[] = []
    const whole = json()
    const encode: Encoder['encode'] = (entry, out) => {
      seen.push(entry.count)
      whole.encode(entry, out)
    }
    for (const encoder of [
      { ...whole, encode, encodeField: whole.encodeField.bind(whole) },
      Object.create(whole, { encode: { value: encode } }) as Encoder,
      new Proxy(whole, {
        get: (target, name: keyof Encoder) => (name === 'encode' ? encode : target[name]),
      }),
    ]) {
      const { logger, lines } = write(encoder)
      logger.info('m', { a: 1, b: 'x' })
      expect(lines[0]).toContain('"msg":"m","a":1,"b":"x"')
    }
    expect(seen).toEqual([2, 2, 2])
  })

  it('go to an output that comes while the line is under way', () => {
    const first = memory()
    const later = memory()
    let logger: Logger | undefined
    const clock = {
      now: () => {
        logger?.addOutput({ output: later, encoder: json() })
        logger = undefined
        return 0
      },
    }
    const made = createLogger({ clock, outputs: [{ output: first, encoder: json() }] })
    made.info('m', { a: 1 })
    logger = made
    made.info('m', { a: 2 })
    made.info('m', { a: 3 })
    expect(first.lines.length).toBe(3)
    expect(later.lines.map((line) => (JSON.parse(line) as { a: number }).a)).toContain(3)
    for (const line of [...first.lines, ...later.lines]) expect(line).toMatch(/"a":\d/)
  })

  it('lose no line that a value of theirs logs before it changes the outputs', () => {
    const { logger, lines } = write(json())
    const later = memory()
    let reads = 0
    const change = () => {
      if (reads++ > 0) return
      logger.info('inner')
      logger.setOutputs('', [{ output: later, encoder: json() }])
    }
    logger.info('outer', fields({ a: int(), b: int() }), {
      get a() {
        change()
        return 1
      },
      b: 'no integer' as never,
    })
    expect(reads).toBe(1)
    expect(lines.map((line) => /"msg":"(\w+)"/.exec(line)?.[1])).toEqual(['outer', 'inner'])
    expect(lines[0]).toContain('"msg":"outer","a":1,"bError":')
    expect(later.lines).toEqual([])
    expect(logger.stats().buffers.outstanding).toBe(0)
  })

  it('lose none either where it takes an entry after all', () => {
    const { logger, lines } = write(json())
    const later = memory()
    let asked = 0
    const bag = new Proxy(
      {},
      {
        ownKeys: () => {
          if (asked++ === 0) {
            logger.info('inner')
            logger.setOutputs('', [{ output: later, encoder: json() }])
          }
          throw new Error('no')
        },
      },
    )
    logger.info('outer', bag)
    expect(asked).toBe(2)
    expect(lines.join()).toContain('"msg":"inner"')
    expect(later.lines.join()).toContain('"msg":"outer","fields":"[Throws: no]"')
    expect(logger.stats().buffers.outstanding).toBe(0)
  })

  it('end where a value brings an output, and logs one that does the same', () => {
    const { logger } = write(json())
    let reads = 0
    const made: MemoryOutput[] = []
    const bag = () => ({
      get a() {
        if (++reads > 1000) throw new Error('it does not end')
        const output = memory()
        made.push(output)
        logger.setOutputs('', [{ output, encoder: json() }])
        logger.info('inner', bag())
        return 1
      },
    })
    logger.info('outer', bag())
    expect(reads).toBeLessThan(20)
    expect(logger.stats().dropped).toBe(1)
    expect(made.flatMap((output) => output.lines).length).toBeGreaterThan(1)
  })

  it('follow those of a correlation, which leaves out what they name', () => {
    const { short } = both()
    short.logger.correlate({
      names: { traceId: 't', spanId: 's', traceFlags: 'f' },
      position: () => ({ traceId: 'trace', spanId: 'span', traceFlags: '01' }),
    })
    short.logger.info('m', { s: 'mine', a: 1 })
    expect(short.lines[0]).toMatch(/"msg":"m","t":"trace","f":"01","s":"mine","a":1\}$/)
  })

  it('are written once for outputs whose lines are the same, each by its level', () => {
    const open = (options: object, ...encoders: Encoder[]) => {
      const [all, few] = [memory(), memory()]
      const logger = createLogger({
        clock: fixedClock(NOW),
        fields: { tenant: 'acme' },
        ...options,
        outputs: [
          { output: all, encoder: encoders[0] },
          { output: few, encoder: encoders[1], level: 'warn' },
        ],
      })
      return { logger, all, few }
    }
    let made = 0
    const bag = { a: 1, long: 'x'.repeat(3000), é: 'é', nested: { toJSON: () => ++made }, password: 'hush' }
    const one = json()
    for (const encoders of [
      [json(), json()],
      [one, one],
    ]) {
      const short = open({}, ...encoders)
      const long = open(columns, ...encoders)
      for (const { logger } of [short, long]) {
        made = 0
        logger.info('m', bag)
        logger.child({ a: 0 }).warn('m', bag)
        logger.warn('m')
        logger.error({ b: 2 })
      }
      expect(short.all.lines.length).toBe(4)
      expect(short.few.lines).toEqual(short.all.lines.slice(1))
      // The hook's way reads them once for each output.
      const withoutMade = (lines: readonly string[]) => lines.map((line) => line.replace(/"nested":\d/, ''))
      expect(withoutMade(short.all.lines)).toEqual(withoutMade(long.all.lines))
      expect(short.all.lines[1]).toContain('"nested":2')
      expect(short.logger.stats().entries).toEqual({ hits: 0, misses: 0, outstanding: 0 })
      expect(short.logger.stats().outputs).toEqual(long.logger.stats().outputs)
      expect(short.logger.stats().lines).toEqual(long.logger.stats().lines)
    }
    for (const encoders of [
      [json(), json({ time: 'epochMs' })],
      [json(), json({ limits: { maxDepth: 2 } })],
      [json(), logfmt()],
    ]) {
      const { logger, all, few } = open({}, ...encoders)
      logger.warn('m', { a: { b: { c: { d: 1 } } } })
      expect(few.lines).not.toEqual(all.lines)
      expect(logger.stats().entries.misses).toBe(1)
    }
  })

  it('are whole on each of two outputs, though a value logs and one output fails', () => {
    const [first, last] = [memory(), memory()]
    let isBroken = false
    const broken: Output = {
      ...first,
      begin: () => first.begin(),
      commit(level) {
        if (isBroken) throw new Error('gone')
        first.commit(level)
      },
      flush: () => Promise.resolve(),
      flushSync: () => undefined,
      close: () => Promise.resolve(),
      stats: () => first.stats(),
    }
    const problems: Error[] = []
    const logger = createLogger({
      clock: fixedClock(NOW),
      outputs: [broken, last],
      onError: (problem) => problems.push(problem),
    })
    const bag = {
      get a() {
        logger.info('inner', { b: 1 })
        return 1
      },
    }
    logger.info('outer', bag)
    const messages = (lines: readonly string[]) => lines.map((line) => line.replace(/^.*?"msg"/, '{"msg"')).toSorted()
    expect(messages(first.lines)).toEqual(['{"msg":"inner","b":1}', '{"msg":"outer","a":1}'])
    expect(last.lines).toEqual(first.lines)
    isBroken = true
    logger.info('outer')
    expect(first.lines.length).toBe(2)
    expect(last.lines.length).toBe(3)
    expect(problems.map(({ message }) => message)).toEqual(['gone'])
    const [failed, whole] = logger.stats().outputs
    expect(failed).toMatchObject({ calls: 3, dropped: { error: 1 } })
    expect(whole).toMatchObject({ calls: 3, accepted: 3 })
  })

  it('are not kept, with what they hold, once the line is written', async () => {
    const { short } = both({ fields: { tenant: 'acme' } })
    const log = (): WeakRef<object> => {
      const value = { a: 1 }
      short.logger.info('m', { tenant: 'other', value })
      return new WeakRef(value)
    }
    const value = log()
    await new Promise(setImmediate)
    gc()
    expect(value.deref()).toBeUndefined()
  })

  it('are written, though a line that they logged is refused and they need an entry after all', () => {
    const kept = memory()
    const output: Output = {
      begin: () => kept.begin(),
      commit: (level) => {
        if (level >= 50) throw new LineRefused('no')
        kept.commit(level)
      },
      flush: () => kept.flush(),
      flushSync: () => kept.flushSync(),
      close: () => kept.close(),
      stats: () => kept.stats(),
    }
    const logger = createLogger({ outputs: [{ output, encoder: json() }] })
    let hasLogged = false
    const bag = new Proxy(
      { a: 1 },
      {
        ownKeys: () => {
          if (!hasLogged) {
            hasLogged = true
            logger.error('inner')
          }
          throw new Error('unreadable')
        },
      },
    )
    expect(() => logger.info('m', bag)).toThrow(LineRefused)
    expect(kept.parsed()).toMatchObject([{ msg: 'm', fields: '[Throws: unreadable]' }])
  })

  it('are written to an output that hands lines to others, and to one beside it', () => {
    const [first, last] = [memory(), memory()]
    const outputs = [split({ info: first }), last].map((output) => ({ output, encoder: json() }))
    const logger = createLogger({ clock: fixedClock(NOW), outputs })
    logger.info('m', { a: 1 })
    logger.info('m', { a: 2 })
    expect(first.parsed()).toMatchObject([{ a: 1 }, { a: 2 }])
    expect(last.lines).toEqual(first.lines)
  })

  it('have no message of their own but that of an error among them', () => {
    const { short, long } = both({ fields: { tenant: 'acme' } })
    const error = errorAt(new Error('no card'), 'pay (pay.js:1:1)')
    for (const { logger } of [short, long]) {
      logger.info({ a: 1 })
      logger.error({ err: error, a: 1 })
      logger.error({ a: 1, error })
      logger.error({ a: 1, failed: error })
      logger.info({ err: 'a text', a: 1 })
      logger.info(Object.create({ err: error }, { a: { value: 1, enumerable: true } }) as object)
      logger.info(
        new Proxy(
          { a: 1 },
          {
            has: () => {
              throw new Error('no')
            },
          },
        ),
      )
    }
    expect(short.lines).toEqual(long.lines)
    expect(short.lines[1]).toContain('"msg":"no card"')
    expect(short.lines[3]).not.toContain('"msg":')
    // The first, and the one whose error is named otherwise.
    expect(short.logger.stats().entries).toMatchObject({ hits: 4, misses: 1 })
  })

  it('go the short way with a correlation, which is asked for each', () => {
    const { short } = both()
    let isIdle = true
    const at = { traceId: 'trace', spanId: 'span', traceFlags: '01' }
    const stop = short.logger.correlate({
      names: { traceId: 't', spanId: 's', traceFlags: 'f' },
      position: () => (isIdle ? undefined : at),
    })
    const taken = () => short.logger.stats().entries.hits + short.logger.stats().entries.misses
    short.logger.info('m', { a: 1 })
    short.logger.info('m')
    expect(taken()).toBe(0)
    isIdle = false
    short.logger.info('m', { a: 1 })
    short.logger.info('m')
    stop()
    short.logger.info('m')
    expect(taken()).toBe(0)
    expect(short.lines.map((line) => line.replace(/^.*?"msg"/, '{"msg"'))).toEqual([
      '{"msg":"m","a":1}',
      '{"msg":"m"}',
      '{"msg":"m","t":"trace","s":"span","f":"01","a":1}',
      '{"msg":"m","t":"trace","s":"span","f":"01"}',
      '{"msg":"m"}',
    ])
  })

  it.each<[string, (logger: Logger) => void]>([
    ['logs', (logger) => logger.info('inner')],
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
  ])('are written once, whole and without an error, where a correlation %s when it is asked', (_, asked) => {
    const { short } = both()
    short.logger.correlate({
      names: { traceId: 't', spanId: 's', traceFlags: 'f' },
      position: () => asked(short.logger) as undefined,
    })
    short.logger.info('outer', { a: 1 })
    const outer = short.lines.filter((line) => line.includes('"outer"'))
    expect(outer.map((line) => line.replace(/^.*?"msg"/, '{"msg"'))).toEqual(['{"msg":"outer","a":1}'])
    expect(short.lines.length).toBeLessThan(10)
  })

  it.each<[string, (made: () => Logger) => number]>([
    ['logs', (made) => (made().info('from the clock'), 0)],
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['gives nonsense', () => NaN],
  ])('end where the clock %s, as by way of columns', (_, now) => {
    const [short, long] = [{}, columns].map((options) => {
      const { logger, lines, problems } = write(json(), { ...options, clock: { now: () => now((): Logger => logger) } })
      logger.info('m', { a: 1 })
      logger.info('m')
      return {
        texts: lines.map((line) => line.replace(/^.*?"msg"/, '{"msg"')),
        dropped: logger.stats().dropped > 0,
        problems: problems.length > 0,
      }
    })
    expect(new Set(short.texts)).toEqual(new Set(long.texts))
    expect({ ...short, texts: 0 }).toEqual({ ...long, texts: 0 })
  })

  it('give way to names that an encoder brings later', () => {
    const Order = fields({ severity: string(), a: int() })
    const { short } = both()
    short.logger.info('m', Order, { severity: 'high', a: 1 })
    short.logger.info('m', { severity: 'high' })
    const stop = short.logger.addOutput({ output: memory(), encoder: json({ keys: { level: 'severity' } }) })
    stop()
    short.logger.info('m', Order, { severity: 'high', a: 1 })
    short.logger.info('m', { severity: 'high' })
    expect(short.lines.map((line) => /"(_?severity)"/.exec(line)?.[1])).toEqual([
      'severity',
      'severity',
      '_severity',
      '_severity',
    ])
  })

  it.each<[string, (child: Logger) => void]>([
    ['before', () => undefined],
    ['after a line', (child) => child.info('m')],
    ['after a line with its own', (child) => child.info('m', { pid: 1 })],
    ['after a line with what it is called then', (child) => child.info('m', { _pid: 1 })],
  ])('take their place in the context where an encoder that comes later writes their name itself, %s', (_, first) => {
    const Order = fields({ pid: int() })
    const { short, long } = both()
    for (const { logger } of [short, long]) {
      const child = logger.child({ tenant: 'acme', pid: 0 })
      first(child)
      logger.addOutput({ output: memory(), encoder: json({ preset: 'pino' }) })()
      child.info('m', { pid: 2 })
      child.info('m', { _pid: 2 })
      child.info('m', Order, { pid: 2 })
      logger.child({ pid: 0 }).info('m', { pid: 2, tenant: 'acme' })
      child.at('info')?.int('tenant', 1).int('pid', 2).msg('m')
    }
    expect(short.lines).toEqual(long.lines)
    for (const line of short.lines.slice(-5)) expect(line.match(/_?pid":\d/g)).toEqual(['_pid":2'])
  })

  it('may log while they are read', () => {
    const { logger, lines } = write(json())
    const other = createLogger({ clock: fixedClock(NOW), outputs: [memory()] })
    logger.info('outer', {
      a: 1,
      get b() {
        logger.info('inner', { c: { d: 1 }, e: 2 })
        other.info('elsewhere', { f: 1 })
        return 2
      },
      g: { toJSON: () => (logger.info('deep', { h: 1 }), 'made') },
    })
    const short = lines.map((line) => line.replace(/^.*?"msg"/, '{"msg"'))
    expect(short.toSorted()).toEqual([
      '{"msg":"deep","h":1}',
      '{"msg":"inner","c":{"d":1},"e":2}',
      '{"msg":"outer","a":1,"b":2,"g":"made"}',
    ])
  })
})
