import { describe, expect, it } from 'vitest'
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
