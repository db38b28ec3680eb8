import { afterEach, describe, expect, it, vi } from 'vitest'
import { anchoredClock, createLogger, memory, systemClock } from 'wideline'

describe('an anchored clock', () => {
  it('tells the time of the wall within a few milliseconds', () => {
    const clock = anchoredClock()
    for (let i = 0; i < 1000; i++) expect(Math.abs(clock.now() - Date.now())).toBeLessThan(50)
  })

  it('never goes back within a second', () => {
    const clock = anchoredClock()
    let last = clock.now()
    for (let i = 0; i < 10_000; i++) {
      const now = clock.now()
      expect(now).toBeGreaterThanOrEqual(last)
      last = now
    }
  })

  it.each([
    { name: 'systemClock', clock: systemClock },
    { name: 'anchoredClock()', clock: anchoredClock() },
  ])('$name stands on the lines, in whole milliseconds', ({ clock }) => {
    const output = memory()
    const before = Date.now()
    createLogger({ clock, outputs: [output] }).info('now')
    const time = new Date(output.parsed<{ time: string }>()[0].time).getTime()
    expect(time).toBeGreaterThanOrEqual(before - 50)
    expect(time).toBeLessThanOrEqual(Date.now() + 50)
  })
})

describe.each([
  { name: 'systemClock', clock: systemClock },
  { name: 'anchoredClock()', clock: anchoredClock() },
])('$name under a test that sets the time', ({ clock }) => {
  afterEach(() => void vi.useRealTimers())

  function shown(): string {
    const output = memory()
    createLogger({ clock, outputs: [output] }).info('now')
    return output.parsed<{ time: string }>()[0].time
  }

  it('tells that time on the lines, and the real one afterwards', () => {
    shown()
    vi.useFakeTimers({ now: Date.UTC(2020) })
    // The second that an anchored clock goes without a look at the wall.
    vi.advanceTimersByTime(3_600_000)
    expect(shown()).toBe('2020-01-01T01:00:00.000Z')
    vi.advanceTimersByTime(1_500)
    expect(shown()).toBe('2020-01-01T01:00:01.500Z')
    vi.useRealTimers()
    expect(Math.abs(Date.parse(shown()) - Date.now())).toBeLessThan(1_000)
  })
})

it('a clock read for the first time under fake timers is the real one after them', async () => {
  vi.useFakeTimers({ now: Date.UTC(2020) })
  vi.resetModules()
  const { systemClock: fresh } = await import('../../src/entry/clock.js')
  expect(fresh).not.toBe(systemClock)
  vi.useRealTimers()
  expect(Math.abs(fresh.now() - Date.now())).toBeLessThan(1_000)
})
