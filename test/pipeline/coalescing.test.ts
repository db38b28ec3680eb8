import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLogger, memory } from 'wideline'
import { fixedClock } from 'wideline/testing'
import { capture } from '../logger/capture.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const clock = fixedClock()
const START = clock.now()
afterEach(() => clock.advance(START - clock.now()))

const iso = (ms: number): string => new Date(START + ms).toISOString()

describe('identical lines in a window', () => {
  it('become one, with their count and the first and last time', () => {
    const { logger, lines } = capture({ clock, coalesce: {} })
    for (let i = 0; i < 3; i++) {
      logger.warn('gateway slow', { gateway: 'eu', tries: [1, 2] })
      clock.advance(100)
    }
    logger.info('other')
    expect(lines()).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: iso(0),
        msg: 'gateway slow',
        gateway: 'eu',
        tries: [1, 2],
        count: 3,
        firstTime: iso(0),
        lastTime: iso(200),
      },
      { level: 'info', time: iso(300), msg: 'other' },
    ])
    expect(logger.stats().gates).toEqual([{ kind: 'coalescing', passed: 2, dropped: 2, parts: { holding: 0 } }])
    expect(logger.stats().entries.outstanding).toBe(0)
  })

  it('of the next window are another line', () => {
    const { logger, lines } = capture({ clock, coalesce: { windowMs: 50 } })
    logger.info('m')
    vi.advanceTimersByTime(50)
    logger.info('m')
    logger.info('m')
    vi.advanceTimersByTime(50)
    expect(lines().map(({ count }) => count)).toEqual([undefined, 2])
  })

  it.each<{ name: string; log: (log: ReturnType<typeof capture>['logger'], i: number) => void; lines: number }>([
    { name: 'differ in level', log: (log, i) => (i === 0 ? log.info('m') : log.warn('m')), lines: 2 },
    { name: 'differ in message', log: (log, i) => log.info(`m${i}`), lines: 2 },
    { name: 'differ in a field', log: (log, i) => log.info('m', { i }), lines: 2 },
    { name: 'differ deep in a field', log: (log, i) => log.info('m', { a: { b: [i] } }), lines: 2 },
    { name: 'differ in the logger', log: (log, i) => log.child({}, { name: `n${i}` }).info('m'), lines: 2 },
    {
      name: 'differ in what their separator could hide',
      log: (log, i) => log.info(`m${'\u0000'.repeat(i)}`, { a: i === 0 ? '\u0000' : '' }),
      lines: 2,
    },
    {
      name: 'differ in ids of traces and requests alone',
      log: (log, i) => log.info('m', { trace_id: i, requestId: i, durationMs: i }),
      lines: 1,
    },
    { name: 'differ in their context alone', log: (log, i) => log.child({ request: i }).info('m'), lines: 1 },
    { name: 'are long and differ at their end', log: (log, i) => log.info(`${'x'.repeat(5000)}${i}`), lines: 2 },
    { name: 'are long and equal', log: (log) => log.info('x'.repeat(5000)), lines: 1 },
    { name: 'have equal errors', log: (log) => log.error('m', error), lines: 1 },
  ])('that $name are $lines', ({ log, lines: want }) => {
    const { logger, lines } = capture({ clock, coalesce: {} })
    log(logger, 0)
    log(logger, 1)
    vi.advanceTimersByTime(1000)
    expect(lines()).toHaveLength(want)
  })
})

const error = new Error('refused')

describe('a line that is held', () => {
  it('is as it was when it was logged, whatever the caller does to its objects', () => {
    const { logger, lines } = capture({ clock, coalesce: {} })
    const order = { state: 'open', card: { password: 'hunter2' } }
    logger.info('m', { order, nothing: { toJSON: () => undefined } })
    order.state = 'paid'
    vi.advanceTimersByTime(1000)
    expect(lines()).toMatchObject([{ order: { state: 'open', card: { password: '[Redacted]' } } }])
    expect(lines()[0]).not.toHaveProperty('nothing')
  })

  it.each<{ name: string; end: (log: ReturnType<typeof capture>['logger']) => unknown }>([
    { name: 'flush()', end: (log) => log.flush() },
    { name: 'flushSync()', end: (log) => log.flushSync() },
    { name: 'close()', end: (log) => log.close() },
    { name: 'a fatal line', end: (log) => log.fatal('end') },
    { name: 'the end of the process', end: () => process.emit('exit', 0) },
  ])('is written at $name', async ({ end }) => {
    const { logger, lines } = capture({ clock, coalesce: { windowMs: 60_000 } })
    logger.info('m')
    await end(logger)
    expect(lines().some(({ msg }) => msg === 'm')).toBe(true)
    await logger.close()
  })

  it('goes through after hooks and keeps its context', () => {
    const seen: unknown[] = []
    const { logger, lines } = capture({ clock, coalesce: {}, hooks: { after: (line) => seen.push(line.get('count')) } })
    const child = logger.child({ tenant: 'acme' })
    child.info('m')
    child.info('m')
    vi.advanceTimersByTime(1000)
    expect(lines()).toMatchObject([{ tenant: 'acme', count: 2 }])
    expect(seen).toEqual([2])
  })

  it('finds room for so many different ones; the others go at once', () => {
    const { logger, lines } = capture({ clock, coalesce: { maxLines: 2 } })
    for (let i = 0; i < 5; i++) logger.info(`m${i}`)
    expect(lines()).toHaveLength(3)
    vi.advanceTimersByTime(1000)
    expect(lines()).toHaveLength(5)
  })

  it('that a hook logs again while it goes out is held anew, without end', () => {
    const { logger, lines } = capture({ clock, coalesce: {} })
    logger.hooks.after(() => logger.info('m'))
    logger.info('m')
    vi.advanceTimersByTime(3000)
    expect(lines()).toHaveLength(3)
  })
})

describe('coalescing at once', () => {
  it('writes the first as it comes, and its repetitions as one line of what cannot have changed', () => {
    const { logger, lines } = capture({ clock, coalesce: { immediate: true } })
    logger.info('once')
    for (let i = 0; i < 3; i++) logger.error('m', { a: 1, at: new Date(0), deep: { b: 1 } })
    expect(lines()).toHaveLength(2)
    vi.advanceTimersByTime(1000)
    expect(lines()).toHaveLength(3)
    expect(lines().at(-1)).toEqual({
      level: 'error',
      time: iso(0),
      msg: 'm',
      a: 1,
      count: 3,
      firstTime: iso(0),
      lastTime: iso(0),
    })
    expect(logger.stats().entries.outstanding).toBe(0)
  })
})

describe('lines that were dropped are told of', () => {
  it('once in a period, by gate and level, and not while nothing was', () => {
    const { logger, lines } = capture({
      clock,
      name: 'shop',
      rateLimit: { perHour: 1 },
      sampling: { debug: { admits: () => false } },
    })
    logger.info('m')
    expect(vi.getTimerCount()).toBe(0)
    for (let i = 0; i < 3; i++) logger.info('m')
    logger.child().debug('m')
    clock.advance(10_000)
    vi.advanceTimersByTime(10_000)
    expect(lines().slice(1)).toEqual([
      {
        level: 'warn',
        time: iso(10_000),
        logger: 'shop',
        msg: 'suppressed 4 lines',
        suppressed: 4,
        by: { rateLimit: 3, sampling: 1 },
        levels: { debug: 1, info: 3 },
        forMs: 10_000,
      },
    ])
    vi.advanceTimersByTime(60_000)
    expect(lines()).toHaveLength(2)
  })

  it('at the end, and never where that is off', async () => {
    const output = memory()
    const logger = createLogger({ outputs: [output], rateLimit: { perHour: 1 } })
    const quiet = capture({ rateLimit: { perHour: 1 }, noticeEveryMs: 0 })
    for (const log of [logger, quiet.logger]) for (let i = 0; i < 3; i++) log.info('m')
    await logger.close()
    await quiet.logger.close()
    expect(output.parsed()).toMatchObject([{ msg: 'm' }, { msg: 'suppressed 2 lines' }])
    expect(quiet.lines()).toHaveLength(1)
  })

  it('not where a filter dropped them: nobody wants to see those', async () => {
    const { logger, lines } = capture({ filter: 'a exists' })
    logger.info('m')
    await logger.close()
    expect(lines()).toEqual([])
  })
})

it.each([
  { coalesce: { windowMs: 1 }, want: 'coalesce.windowMs must be an integer from 10' },
  { coalesce: { window: 1 }, want: 'did you mean windowMs?' },
])('refuses $want', ({ coalesce, want }) => {
  expect(() => capture({ coalesce })).toThrow(want)
})
