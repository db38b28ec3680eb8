import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { levelOnSignal, OptionError } from 'wideline'
import { capture } from '../logger/capture.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.UTC(2026) })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a signal', () => {
  it('takes back what it set, and leaves what was set before', () => {
    const { logger } = capture({ level: 'info' })
    logger.setLevel('*', 'warn')
    const stop = levelOnSignal(logger)
    process.emit('SIGUSR2')
    expect(logger.level).toBe('debug')
    process.emit('SIGUSR2')
    expect(logger.level).toBe('warn')
    stop()
  })

  it('sets a level for some time, takes it back at the next, and tells of the levels each time', () => {
    const { logger, lines } = capture({ level: 'info', name: 'shop' })
    const db = logger.getLogger('app.db')
    const stop = levelOnSignal(logger, { names: 'app.*', forMs: 60_000 })
    process.emit('SIGUSR2')
    expect([db.level, logger.level]).toEqual(['debug', 'info'])
    process.emit('SIGUSR2')
    expect(db.level).toBe('info')
    process.emit('SIGUSR2')
    vi.advanceTimersByTime(60_000)
    expect(db.level).toBe('info')
    process.emit('SIGUSR2')
    expect(db.level).toBe('debug')
    stop()
    expect(process.listenerCount('SIGUSR2')).toBe(0)
    expect(lines()).toHaveLength(4)
    expect(lines()[0]).toMatchObject({
      level: 'warn',
      msg: 'log levels',
      signal: 'SIGUSR2',
      levels: [
        { name: 'app' },
        { name: 'app.db', level: 'debug', until: '2026-01-01T00:01:00.000Z' },
        { name: 'shop' },
      ],
    })
  })

  it('reaches the whole family where no names are given', () => {
    const { logger } = capture({ level: 'info' })
    const stop = levelOnSignal(logger, { signal: 'SIGHUP', level: 'trace' })
    process.emit('SIGHUP')
    expect([logger.level, logger.getLogger('a').level]).toEqual(['trace', 'trace'])
    stop()
  })

  it.each([undefined, {}, console])('refuses what is no logger: %s', (log) => {
    expect(() => levelOnSignal(log as never)).toThrow(
      /^levelOnSignal\(log\) must be a Logger made by createLogger\(\), got/,
    )
    expect(process.listenerCount('SIGUSR2')).toBe(0)
  })

  it.each([
    { options: { forMs: 0 }, want: 'levelOnSignal.forMs must be' },
    { options: { signal: 'SIGUSR3' as never }, want: 'levelOnSignal.signal must be a signal that can be listened to' },
    { options: { signal: 'SIGKILL' as const }, want: 'levelOnSignal.signal must be a signal that can be listened to' },
    { options: { names: 'a b' }, want: 'levelOnSignal.names must be' },
    { options: { level: 'loud' as never }, want: 'levelOnSignal.level must be' },
  ])('is refused: $want', ({ options, want }) => {
    expect(() => levelOnSignal(capture().logger, options)).toThrow(OptionError)
    expect(() => levelOnSignal(capture().logger, options)).toThrow(want)
    expect(process.listenerCount('SIGUSR2')).toBe(0)
  })
})
