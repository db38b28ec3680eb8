import { setImmediate } from 'node:timers/promises'
import { NestLogger } from 'wideline/nestjs'
import { captureLogs } from 'wideline/testing'
import { describe, expect, it } from 'vitest'
import { err, ERROR, failed, info, type Shape, written } from './nest-logger-shapes.js'

class Order {
  readonly id = 1
}

const plain: Shape[] = [
  { name: "log('m')", write: (log) => log.log('m'), want: info({ msg: 'm' }) },
  { name: "log('m', 'Ctx')", write: (log) => log.log('m', 'Ctx'), want: info({ logger: 'Ctx', msg: 'm' }) },
  { name: "log('m', undefined)", write: (log) => log.log('m', undefined), want: info({ msg: 'm' }) },
  { name: "log('', 'Ctx')", write: (log) => log.log('', 'Ctx'), want: info({ logger: 'Ctx', msg: '' }) },
  {
    name: "log('100% of %s', 'Ctx')",
    write: (log) => log.log('100% of %s', 'Ctx'),
    want: info({ logger: 'Ctx', msg: '100% of %s' }),
  },
  { name: 'log({ a })', write: (log) => log.log({ a: 1 }), want: info({ a: 1 }) },
  { name: "log({ a }, 'Ctx')", write: (log) => log.log({ a: 1 }, 'Ctx'), want: info({ logger: 'Ctx', a: 1 }) },
  {
    name: "log({ a }, 'm', 'Ctx')",
    write: (log) => log.log({ a: 1 }, 'm', 'Ctx'),
    want: info({ logger: 'Ctx', msg: 'm', a: 1 }),
  },
  { name: "log('m', { a })", write: (log) => log.log('m', { a: 1 }), want: info({ msg: 'm', a: 1 }) },
  {
    name: "log('m', { a }, 'Ctx')",
    write: (log) => log.log('m', { a: 1 }, 'Ctx'),
    want: info({ logger: 'Ctx', msg: 'm', a: 1 }),
  },
  {
    name: "log('m', { a, b }, { b }, 'Ctx'), the later of two values",
    write: (log) => log.log('m', { a: 1, b: 1 }, { b: 2 }, 'Ctx'),
    want: info({ logger: 'Ctx', msg: 'm', a: 1, b: 2 }),
  },
  {
    name: "log('one', 'two', 'three', 'Ctx'), all of its messages",
    write: (log) => log.log('one', 'two', 'three', 'Ctx'),
    want: info({ logger: 'Ctx', msg: 'one two three' }),
  },
  {
    name: "log('m', 'more', { a }, 'Ctx')",
    write: (log) => log.log('m', 'more', { a: 1 }, 'Ctx'),
    want: info({ logger: 'Ctx', msg: 'm more', a: 1 }),
  },
  {
    name: "log('%s is %d', 'it', 7, 'Ctx')",
    write: (log) => log.log('%s is %d', 'it', 7, 'Ctx'),
    want: info({ logger: 'Ctx', msg: 'it is 7' }),
  },
  {
    name: "log(undefined, 'Ctx')",
    write: (log) => log.log(undefined, 'Ctx'),
    want: info({ logger: 'Ctx', msg: 'undefined' }),
  },
  { name: "log(null, 'Ctx')", write: (log) => log.log(null, 'Ctx'), want: info({ logger: 'Ctx', msg: 'null' }) },
  { name: "log(7, 'Ctx')", write: (log) => log.log(7, 'Ctx'), want: info({ logger: 'Ctx', msg: '7' }) },
  {
    name: "log(['a', 'b'], 'Ctx')",
    write: (log) => log.log(['a', 'b'], 'Ctx'),
    want: info({ logger: 'Ctx', msg: '["a","b"]' }),
  },
  { name: 'log(a class)', write: (log) => log.log(Order), want: info({ msg: 'Order' }) },
  {
    name: "warn('m', { err }), an error under any key",
    write: (log) => log.warn('m', { err }, 'Ctx'),
    want: { level: 'warn', logger: 'Ctx', msg: 'm', err: ERROR },
  },
]

const levels: Shape[] = [
  {
    name: 'verbose as trace',
    write: (log) => log.verbose('m', 'Ctx'),
    want: { level: 'trace', logger: 'Ctx', msg: 'm' },
  },
  { name: 'debug as debug', write: (log) => log.debug('m', 'Ctx'), want: { level: 'debug', logger: 'Ctx', msg: 'm' } },
  { name: 'log as info', write: (log) => log.log('m', 'Ctx'), want: { level: 'info', logger: 'Ctx', msg: 'm' } },
  { name: 'warn as warn', write: (log) => log.warn('m', 'Ctx'), want: { level: 'warn', logger: 'Ctx', msg: 'm' } },
  {
    name: 'error as error',
    write: (log) => log.error('m', undefined, 'Ctx'),
    want: { level: 'error', logger: 'Ctx', msg: 'm' },
  },
  { name: 'fatal as fatal', write: (log) => log.fatal('m', 'Ctx'), want: { level: 'fatal', logger: 'Ctx', msg: 'm' } },
]

describe('NestLogger', () => {
  it.each(levels)('writes $name', ({ write, want }) => {
    expect(written(write)).toEqual([want])
  })

  it.each(plain)('writes one line for $name', ({ write, want }) => {
    expect(written(write)).toEqual([want])
  })

  it.each([undefined, { level: 'info' }, console])('refuses what is no logger at once: %o', (given) => {
    expect(() => new NestLogger(given as never)).toThrow('NestLogger.logger must be a Logger made by createLogger()')
  })

  it('keeps the name of the root logger on lines without a context', () => {
    const logs = captureLogs({ name: 'shop' })
    const log = new NestLogger(logs.logger)
    log.log('m')
    log.log('m', 'Ctx')
    expect(logs.parsed().map((line) => line['logger'])).toEqual(['shop', 'Ctx'])
  })
})

describe('a message that is a function', () => {
  it('is called once, when its level is on', () => {
    let calls = 0
    const message = (): string => `lazy ${++calls}`
    expect(written((log) => log.log(message, 'Ctx'))).toEqual([info({ logger: 'Ctx', msg: 'lazy 1' })])
    const quiet = captureLogs({ level: 'warn' })
    new NestLogger(quiet.logger).log(message, 'Ctx')
    expect(calls).toBe(1)
    expect(quiet.lines).toEqual([])
  })

  it('may give fields or an error', () => {
    expect(written((log) => log.log(() => ({ a: 1 }), 'Ctx'))).toEqual([info({ logger: 'Ctx', a: 1 })])
    expect(written((log) => log.error(() => err, undefined, 'Ctx'))).toEqual([
      failed({ logger: 'Ctx', msg: 'boom', error: ERROR }),
    ])
  })

  it('may throw without harm to its caller, and leaves a line that says so', () => {
    const lines = written((log) =>
      log.log(() => {
        throw new Error('not so lazy')
      }, 'Ctx'),
    )
    expect(lines).toHaveLength(1)
    expect(JSON.stringify(lines)).toContain('not so lazy')
  })

  it('may be asynchronous and fail: its line says that it came too late, and the process goes on', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    const late = (): Promise<string> => Promise.reject(new Error('too late'))
    expect(written((log) => log.log(late, 'Ctx'))).toEqual([
      info({ logger: 'Ctx', msg: '[Throws: a promise, which no line waits for]' }),
    ])
    // Node tells of rejections after the microtasks of a turn.
    await setImmediate()
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})

describe('setLogLevels', () => {
  const all = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
  it.each([
    { levels: ['verbose'], on: all },
    { levels: ['log'], on: all.slice(2) },
    { levels: ['error', 'warn'], on: all.slice(3) },
    { levels: ['log', 'error', 'debug'], on: ['debug', 'info', 'error', 'fatal'] },
    { levels: ['fatal'], on: all.slice(5) },
    { levels: [], on: [] },
  ] as const)('$levels lets $on through', ({ levels: given, on }) => {
    const lines = written((log) => {
      log.log('before', 'Ctx')
      log.setLogLevels([...given])
      for (const name of ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] as const) log[name]('m', 'Ctx')
    })
    expect(lines.slice(1).map((line) => line['level'])).toEqual(on)
  })

  it.each([[['loud']], [['log', undefined]], ['warn']])('refuses %j', (given) => {
    const log = new NestLogger(captureLogs().logger)
    expect(() => log.setLogLevels(given as never)).toThrow(
      "setLogLevels(levels) must be an array of 'verbose', 'debug'",
    )
  })
})

it('a logger of a context is made once, and never too many are kept', () => {
  const logs = captureLogs()
  const log = new NestLogger(logs.logger)
  for (let i = 0; i < 3000; i++) log.log('m', `Ctx ${i % 1500}`)
  expect(logs.parsed().every((line, i) => line['logger'] === `Ctx ${i % 1500}`)).toBe(true)
})
