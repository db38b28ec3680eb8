import { createServer } from 'node:http'
import { expect as jestExpect } from 'expect'
import request from 'supertest'
import { describe, expect, it, vi } from 'vitest'
import { createLogger, json, memory } from 'wideline'
import {
  captureLogs,
  encoderConformance,
  expectLine,
  fixedClock,
  fixedIds,
  LineError,
  type LogMatchers,
  logMatchers,
  outputConformance,
} from 'wideline/testing'

declare module 'vitest' {
  // oxlint-disable-next-line typescript/no-explicit-any, typescript/no-empty-object-type -- as vitest declares it
  interface Matchers<T = any> extends LogMatchers<T> {}
}

expect.extend(logMatchers)
jestExpect.extend(logMatchers)

function shop(): ReturnType<typeof captureLogs> {
  const logs = captureLogs({ name: 'shop', clock: fixedClock() })
  logs.logger.info('order placed', { orderId: 41 })
  logs.logger.info('order paid', { orderId: 42, lines: [{ sku: 'a' }], card: { last4: '4242', exp: '12/30' } })
  return logs
}

describe('captureLogs', () => {
  it('makes a logger of every level, whatever the environment says', () => {
    vi.stubEnv('WIDELINE_LEVEL', 'silent')
    const logs = captureLogs()
    logs.logger.trace('m')
    expect(logs.lines).toHaveLength(1)
    vi.unstubAllEnvs()
  })

  it('of a logger captures what it and its children write, besides their outputs, until it stops', () => {
    const output = memory()
    const log = createLogger({ outputs: [{ output, encoder: json() }] })
    const child = log.child({ tenant: 'acme' })
    const logs = captureLogs(child)
    log.info('not this')
    child.child().info('this')
    logs.stop()
    child.info('nor this')
    expect(logs.parsed()).toMatchObject([{ msg: 'this', tenant: 'acme' }])
    expect(output.lines).toHaveLength(3)
  })

  it('of a function captures what it logs and awaits, and nothing of others at the same time', async () => {
    const log = createLogger({ outputs: [memory()] })
    let go: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (go = resolve))
    const work = (name: string) => async (): Promise<void> => {
      log.info(`${name} begins`)
      await gate
      log.info(`${name} ends`)
    }
    const both = Promise.all([captureLogs(log, work('one')), captureLogs(log, work('other'))])
    log.info('outside')
    go()
    const [one, other] = await both
    expect(one.parsed().map(({ msg }) => msg)).toEqual(['one begins', 'one ends'])
    expect(other.parsed().map(({ msg }) => msg)).toEqual(['other begins', 'other ends'])
    expect(log.stats().outputs).toHaveLength(1)
  })

  it("waits for what is waited for like a promise, such as supertest's requests, within the capture", async () => {
    const log = createLogger({ outputs: [memory()] })
    const server = createServer((_request, response) => {
      log.info('asked')
      response.end()
    })
    const logs = await captureLogs(log, () => request(server).get('/').expect(200))
    log.info('after')
    expect(logs.parsed()).toMatchObject([{ msg: 'asked' }])
    await expect(captureLogs(log, () => request(server).get('/').expect(404))).rejects.toThrow('expected 404')
  })

  it('of a function that returns at once gives the lines at once', () => {
    const log = createLogger({ outputs: [memory()] })
    const logs = captureLogs(log, () => log.info('m'))
    log.info('later')
    expect(logs.lines).toHaveLength(1)
  })

  it('of a function that throws or rejects passes that on and stops', async () => {
    const log = createLogger({ outputs: [memory()] })
    const refused = new Error('refused')
    expect(() =>
      captureLogs(log, () => {
        throw refused
      }),
    ).toThrow(refused)
    await expect(captureLogs(log, () => Promise.reject(refused))).rejects.toBe(refused)
    expect(log.stats().outputs).toHaveLength(1)
  })
})

describe('expectLine', () => {
  it.each<{ name: string; expected: Parameters<typeof expectLine>[1] }>([
    { name: 'level, message and logger', expected: { level: 'info', msg: 'order paid', logger: 'shop' } },
    { name: 'a pattern for the message', expected: { msg: /^order p.*d$/ } },
    { name: 'some of its fields', expected: { fields: { orderId: 42, card: { last4: '4242' } } } },
    { name: 'a whole array', expected: { fields: { lines: [{ sku: 'a' }] } } },
    {
      name: "a runner's matchers",
      expected: { fields: { orderId: expect.any(Number) as unknown, card: { exp: /30$/ } } },
    },
    { name: 'a field that is not there', expected: { msg: 'order paid', fields: { error: undefined } } },
  ])('finds a line by $name', ({ expected }) => {
    expect(expectLine(shop(), expected)['msg']).toMatch(/^order p/)
  })

  it('compares what JSON has no word for by what a line has of it', () => {
    const logs = captureLogs()
    const values = { at: new Date(0), big: 5n, map: new Map([['a', 1]]), set: new Set([1]), error: new RangeError('x') }
    const numbers = { nan: NaN, endless: -Infinity, zero: -0, none: [NaN] }
    logs.logger.info('m', { ...values, ...numbers })
    expectLine(logs, { fields: { ...values, ...numbers } })
    expect(() => expectLine(logs, { fields: { zero: NaN } })).toThrow(LineError)
    for (const fields of [
      { at: new Date(1) },
      { big: 6n },
      { map: new Map([['a', 2]]) },
      { set: new Set([2]) },
      { error: new RangeError('y') },
      { error: new Error('x') },
    ])
      expect(() => expectLine(logs, { fields })).toThrow(LineError)
  })

  it.each([/paid/, 'order paid', undefined, { fields: new Map([['orderId', 1]]) }])(
    'refuses %o, which says nothing',
    (given) => {
      expect(() => expectLine(shop(), given as never)).toThrow(/^expected(\.fields)? must be an object such as/)
    },
  )

  it('takes lines of any kind: texts, parsed ones', () => {
    expect(expectLine(['{"level":"info","msg":"a"}'], { msg: 'a' })).toEqual({ level: 'info', msg: 'a' })
    expect(expectLine([{ level: 'info', msg: 'a' }], { level: 'info' })).toEqual({ level: 'info', msg: 'a' })
  })

  it('says which line is nearest, and where it differs', () => {
    const want = { level: 'info', msg: 'order paid', fields: { orderId: 43, card: { last4: /^0/ }, sum: 1 } } as const
    let error: unknown
    try {
      expectLine(shop(), want)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(LineError)
    expect((error as Error).message).toBe(
      [
        'no line matches {"level":"info","msg":"order paid","fields":{"orderId":43,"card":{"last4":"/^0/"},"sum":1}}',
        'nearest of 2 lines, {"level":"info","time":"2026-01-01T00:00:00.000Z","logger":"shop","msg":"order paid","orderId":42,"lines":[{"sku":"a"}],"card":{"last4":"4242","exp":"12/30"}}, differs:',
        '  orderId',
        '    - expected 43',
        '    + got      42',
        '  card.last4',
        '    - expected "/^0/"',
        '    + got      "4242"',
        '  sum',
        '    - expected 1',
        '    + got      nothing',
      ].join('\n'),
    )
  })

  it('says so when there are no lines', () => {
    expect(() => expectLine([], { msg: 'a' })).toThrow('there are no lines')
  })
})

describe.each([
  { name: 'vitest', expectIn: expect as unknown as (value: unknown) => LogMatchers & { not: LogMatchers } },
  { name: 'Jest', expectIn: jestExpect as unknown as (value: unknown) => LogMatchers & { not: LogMatchers } },
])('the matchers in $name', ({ expectIn }) => {
  it('pass for lines that are there, and for none that is not', () => {
    expect(logMatchers.toHaveLine(shop(), { msg: 'order paid' }).pass).toBe(true)
    expectIn(shop()).toHaveLine({ msg: 'order paid' })
    expectIn(shop()).not.toHaveLine({ level: 'error' })
    expectIn(shop()).toHaveLines([{ msg: 'order placed' }, { fields: { orderId: 42 } }])
    expectIn(shop()).not.toHaveLines([{ msg: 'order paid' }, { msg: 'order placed' }])
  })

  it('fail with the same words as expectLine', () => {
    const words = (check: () => void): string => {
      try {
        check()
      } catch (error) {
        return (error as Error).message
      }
      return 'passed'
    }
    expect(words(() => expectIn(shop()).toHaveLine({ msg: 'order lost' }))).toContain(
      'no line matches {"msg":"order lost"}',
    )
    expect(words(() => expectIn(shop()).not.toHaveLine({ msg: 'order paid' }))).toContain('a line matches and must not')
    expect(words(() => expectIn(shop()).toHaveLines([{ msg: 'order paid' }, { msg: 'order placed' }]))).toContain(
      'line 2 of 2',
    )
  })
})

describe('the matchers of vitest', () => {
  it('are typed', () => {
    expect(shop()).toHaveLine({ msg: 'order paid', fields: { orderId: 42 } })
  })
})

it('fixedClock refuses what is no time', () => {
  expect(() => fixedClock('tomorrow')).toThrow('fixedClock(start) must be a date')
  expect(() => fixedClock().advance('1' as never)).toThrow('advance(ms) must be a number of milliseconds')
})

it.each([
  ['captureLogs', () => captureLogs(null as never), 'a Logger made by createLogger(), or options of one, got null'],
  ['captureLogs', () => captureLogs('shop' as never), 'a Logger made by createLogger(), or options of one, got "shop"'],
  [
    'captureLogs',
    () => captureLogs(console as never),
    'a Logger made by createLogger(), or options of one, got an object',
  ],
  ['captureLogs', () => captureLogs({} as never, () => 1), 'a Logger made by createLogger(), got an object'],
  ['captureLogs(run)', () => captureLogs(captureLogs().logger, 5 as never), 'a function, got 5'],
  ['lines', () => expectLine(undefined as never, {}), 'what captureLogs() gave, or an array of lines, got undefined'],
  [
    'lines',
    () => expectLine(captureLogs().logger as never, {}),
    'what captureLogs() gave, or an array of lines, got an object',
  ],
  ['lines', () => expect('{}').toHaveLine({}), 'what captureLogs() gave, or an array of lines, got "{}"'],
  ['fixedIds(prefix)', () => fixedIds(5 as never), 'a string, got 5'],
  ['encoderConformance(make)', () => encoderConformance(json() as never), 'a function, got an object'],
  ['outputConformance(make)', () => outputConformance(memory() as never), 'a function, got an object'],
])('%s refuses what it cannot use', (option, use, message) => {
  expect(use).toThrow(`${option} must be ${message}`)
})

it('fixedIds counts', () => {
  const next = fixedIds('req')
  expect([next(), next(), fixedIds()()]).toEqual(['req-1', 'req-2', 'id-1'])
})
