import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type RateLimitOption } from 'wideline'
import { fixedClock } from 'wideline/testing'
import { Buckets } from '../../../src/pipeline/limits/rate-limit.js'
import { capture } from '../../logger/capture.js'
import { runs } from '../../runs.js'

const steps = fc.array(fc.nat(400), { maxLength: 200 })

/**
 * A bucket too simple to be wrong: it moves on by one millisecond at a time, in whole units of token × millisecond.
 */
function model(
  gaps: readonly number[],
  bounds: readonly { rate: number; periodMs: number; capacity: number }[],
): boolean[] {
  const held = bounds.map(({ capacity, periodMs }) => capacity * periodMs)
  return gaps.map((gap, index) => {
    // The first call is when a bucket begins.
    const elapsed = index === 0 ? 0 : gap
    for (let ms = 0; ms < elapsed; ms++) {
      bounds.forEach(({ rate, periodMs, capacity }, i) => {
        held[i] = Math.min(capacity * periodMs, held[i] + rate)
      })
    }
    const isAdmitted = bounds.every(({ periodMs }, i) => held[i] >= periodMs)
    if (isAdmitted) bounds.forEach(({ periodMs }, i) => (held[i] -= periodMs))
    return isAdmitted
  })
}

function admitted(buckets: Buckets, gaps: readonly number[]): boolean[] {
  let at = 1000
  return gaps.map((gap) => buckets.admits((at += gap)))
}

describe('token buckets', () => {
  it('let pass what a model lets pass that counts every millisecond', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 30 }), (gaps, perSecond, burst) => {
        const want = model(gaps, [{ rate: perSecond, periodMs: 1000, capacity: burst }])
        expect(admitted(new Buckets({ perSecond, burst }), gaps)).toEqual(want)
      }),
    )
  })

  it('of several periods take a token of each, or of none', () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 60 }),
        (gaps, perSecond, perMinute) => {
          const want = model(gaps, [
            { rate: perSecond, periodMs: 1000, capacity: perSecond },
            { rate: perMinute, periodMs: 60_000, capacity: perMinute },
          ])
          expect(admitted(new Buckets({ perSecond, perMinute }), gaps)).toEqual(want)
        },
      ),
    )
  })

  it('never let more pass in any span than their capacity and what came in meanwhile', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 30 }), (gaps, perSecond, burst) => {
        const got = admitted(new Buckets({ perSecond, burst }), gaps)
        let at = 0
        const times = gaps.map((gap) => (at += gap))
        for (let from = 0; from < got.length; from++) {
          let count = 0
          for (let to = from; to < got.length; to++) {
            if (got[to]) count++
            expect(count).toBeLessThanOrEqual(burst + ((times[to] - times[from]) * perSecond) / 1000)
          }
        }
      }),
      { numRuns: runs(30) },
    )
  })

  it('give nothing for a clock that goes back, and take nothing', () => {
    const buckets = new Buckets({ perSecond: 1 })
    expect([5000, 0, 0, 500, 1000].map((at) => buckets.admits(at))).toEqual([true, false, false, false, true])
  })

  it.each([NaN, Infinity, -Infinity])('go on behind a clock that said %d', (said) => {
    const buckets = new Buckets({ perSecond: 1 })
    const got = [0, said, said, 1000, 2000, 3000].map((at) => buckets.admits(at))
    expect(got.slice(4)).toEqual([true, true])
  })
})

describe('a rate limit', () => {
  function written(
    rateLimit: RateLimitOption,
    log: (logger: ReturnType<typeof capture>['logger'], clock: ReturnType<typeof fixedClock>) => void,
  ): string[] {
    const clock = fixedClock()
    const { logger, lines } = capture({ clock, noticeEveryMs: 0, rateLimit })
    log(logger, clock)
    return lines().map(({ msg, level }) => `${String(level)} ${String(msg)}`)
  }

  it('bounds all levels together, and lets them go on with time', () => {
    const got = written({ perSecond: 2 }, (log, clock) => {
      log.info('1')
      log.error('2')
      log.info('3')
      clock.advance(500)
      log.info('4')
      log.info('5')
    })
    expect(got).toEqual(['info 1', 'error 2', 'info 4'])
  })

  it('by level leaves the others alone', () => {
    const got = written({ debug: { perHour: 1 } }, (log) => {
      for (const text of ['1', '2']) log.debug(text)
      for (const text of ['1', '2']) log.info(text)
    })
    expect(got).toEqual(['debug 1', 'info 1', 'info 2'])
  })

  it('by a field bounds each of its values for itself, and those beyond the bound together', () => {
    const got = written({ perMinute: 1, by: 'tenant', maxKeys: 2 }, (log) => {
      for (const tenant of ['a', 'a', 'b', 'c', 'd']) log.info(tenant, { tenant })
    })
    expect(got).toEqual(['info a', 'info b', 'info c'])
  })

  it('by a field within an object, or of that very name, bounds each of its values for itself', () => {
    const got = written({ perMinute: 1, by: 'user.id' }, (log) => {
      for (const id of [1, 1, 2]) log.info(`within ${id}`, { user: { id } })
      for (const id of [3, 3, 1]) log.info(`named ${id}`, { 'user.id': id })
    })
    expect(got).toEqual(['info within 1', 'info within 2', 'info named 3'])
  })

  it('never stands in the way of a fatal line', () => {
    expect(written({ perHour: 1 }, (log) => (log.info('1'), log.fatal('2')))).toEqual(['info 1', 'fatal 2'])
  })

  it('tells in stats() what it did', () => {
    const { logger } = capture({ noticeEveryMs: 0, rateLimit: { perHour: 1 } })
    for (let i = 0; i < 3; i++) logger.info('m')
    expect(logger.stats().gates).toEqual([
      { kind: 'rateLimit', passed: 1, dropped: 2, parts: { info: { passed: 1, dropped: 2 } } },
    ])
  })

  it.each([
    { rateLimit: {}, want: 'rateLimit must be an object with perSecond, perMinute or perHour' },
    { rateLimit: { perSecond: 0 }, want: 'rateLimit.perSecond must be an integer from 1' },
    { rateLimit: { persecond: 1 }, want: 'did you mean perSecond?' },
    { rateLimit: { debug: { burst: 1 } }, want: 'rateLimit.debug must be an object with perSecond' },
    { rateLimit: { debug: { perHour: 1 }, perHour: 1 }, want: 'rateLimit.perHour must be' },
  ])('refuses $want', ({ rateLimit, want }) => {
    expect(() => capture({ rateLimit: rateLimit as never })).toThrow(want)
  })
})
