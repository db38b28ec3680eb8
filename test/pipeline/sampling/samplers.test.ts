import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adaptive, burst, byKey, everyNth, OptionError, probability, type ReadableLine, type Sampler } from 'wideline'
import { line } from './line.js'
import { runs } from '../../runs.js'

/** Calls as steps of time and what they are about. */
const calls = fc.array(fc.record({ after: fc.nat(700), of: fc.constantFrom('a', 'b', 'c') }), { maxLength: 300 })

interface Call {
  readonly at: number
  readonly of: string
}

function inTime(steps: readonly { after: number; of: string }[]): Call[] {
  let at = 0
  return steps.map(({ after, of }) => ({ at: (at += after), of }))
}

function run(sampler: Sampler, all: readonly Call[], lineOf: (of: string) => ReadableLine): boolean[] {
  return all.map(({ at, of }) => sampler.admits(lineOf(of), at))
}

/** Too simple to be wrong: looks at every earlier call again. */
function modelOfBurst(all: readonly Call[], first: number, thereafter: number, periodMs: number): boolean[] {
  return all.map((call, index) => {
    let start = -Infinity
    let count = 0
    for (const other of all.slice(0, index + 1).filter(({ of }) => of === call.of)) {
      if (other.at - start >= periodMs) {
        start = other.at
        count = 0
      }
      count++
    }
    return count <= first || (thereafter > 0 && (count - first) % thereafter === 0)
  })
}

describe('burst', () => {
  it('keeps what a simple model keeps: the first of each message in a period, then one of so many', () => {
    fc.assert(
      fc.property(
        calls,
        fc.nat(5),
        fc.nat(4),
        fc.integer({ min: 1, max: 2000 }),
        (steps, first, thereafter, periodMs) => {
          const all = inTime(steps)
          const got = run(burst({ first, thereafter, periodMs }), all, (of) => line({}, of))
          expect(got).toEqual(modelOfBurst(all, first, thereafter, periodMs))
        },
      ),
    )
  })

  it('counts levels apart', () => {
    const sampler = burst({ first: 1 })
    expect([sampler.admits(line(), 0), sampler.admits(line({}, 'm', 'warn'), 0), sampler.admits(line(), 0)]).toEqual([
      true,
      true,
      false,
    ])
  })

  it('stays within its bound of messages, and the rest share one count', () => {
    const sampler = burst({ first: 1, periodMs: 1000 })
    let kept = 0
    for (let i = 0; i < 10_000; i++) if (sampler.admits(line({}, `message ${i}`), 0)) kept++
    expect(kept).toBe(4096 + 1)
    expect(sampler.admits(line({}, 'another'), 1000)).toBe(true)
  })
})

function fail(): never {
  throw new Error('hostile')
}

describe('byKey', () => {
  it('keeps what the same model keeps for each value of the field', () => {
    fc.assert(
      fc.property(
        calls,
        fc.nat(5),
        fc.nat(4),
        fc.integer({ min: 1, max: 2000 }),
        (steps, first, thereafter, periodMs) => {
          const all = inTime(steps)
          const got = run(byKey({ by: 'userId', first, thereafter, periodMs }), all, (userId) => line({ userId }))
          expect(got).toEqual(modelOfBurst(all, first, thereafter, periodMs))
        },
      ),
    )
  })

  it('finds a field within an object, and none where reading it throws', () => {
    const hostile = new Proxy({}, { getOwnPropertyDescriptor: () => fail() })
    const sampler = byKey({ by: 'user.id', first: 1 })
    const admits = [{ id: 1 }, { id: 2 }, { id: 1 }, hostile, {}].map((user) => sampler.admits(line({ user }), 0))
    expect(admits).toEqual([true, true, false, true, false])
  })

  it('takes lines without the field, and with an object there, together', () => {
    const sampler = byKey({ by: 'userId', first: 1 })
    expect(
      [line(), line({ userId: {} }), line({ userId: 1 }), line({ userId: '1' })].map((each) => sampler.admits(each, 0)),
    ).toEqual([true, false, true, true])
  })
})

describe('everyNth', () => {
  it('keeps the first and each nth after it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(200), (n, count) => {
        const sampler = everyNth(n)
        const got = Array.from({ length: count }, () => sampler.admits(line(), 0))
        expect(got).toEqual(got.map((_, i) => i % n === 0))
      }),
    )
  })
})

describe('probability', () => {
  it('keeps a line whose number is below the share', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true })),
        (share, numbers) => {
          let at = 0
          const sampler = probability(share, () => numbers[at++])
          expect(numbers.map(() => sampler.admits(line(), 0))).toEqual(numbers.map((number) => number < share))
        },
      ),
    )
  })

  it.each([
    { share: 0, least: 0, most: 0 },
    { share: 0.1, least: 800, most: 1200 },
    { share: 1, least: 10_000, most: 10_000 },
  ])('keeps about $share of ten thousand', ({ share, least, most }) => {
    const sampler = probability(share)
    const kept = Array.from({ length: 10_000 }, () => sampler.admits(line(), 0)).filter(Boolean).length
    expect(kept).toBeGreaterThanOrEqual(least)
    expect(kept).toBeLessThanOrEqual(most)
  })
})

describe('adaptive', () => {
  const WINDOW = 1000

  /** Lines kept in each window, at an even load. */
  function keptByWindow(perSecond: number, loads: readonly number[]): number[] {
    const sampler = adaptive({ perSecond })
    return loads.map((load, window) => {
      let kept = 0
      for (let i = 0; i < load; i++) if (sampler.admits(line(), window * WINDOW + (i * WINDOW) / load)) kept++
      return kept
    })
  }

  it('never keeps more in a window than its rate, whatever the load', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.array(fc.nat(2000), { maxLength: 12 }), (perSecond, loads) => {
        for (const kept of keptByWindow(perSecond, loads)) expect(kept).toBeLessThanOrEqual(perSecond)
      }),
      { numRuns: runs(40) },
    )
  })

  it('keeps every line of a load below its rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (load) => {
        expect(keptByWindow(100, [load, load, load, load])).toEqual([load, load, load, load])
      }),
      { numRuns: runs(20) },
    )
  })

  it('settles near its rate under a steady flood, spread over the window and not at its start', () => {
    const kept = keptByWindow(
      100,
      Array.from({ length: 10 }, () => 5000),
    )
    for (const count of kept.slice(1)) expect(count).toBeGreaterThan(90)
    const sampler = adaptive({ perSecond: 100 })
    let late = 0
    for (let i = 0; i < 50_000; i++) {
      const at = i / 5
      if (sampler.admits(line(), at) && at > 9500) late++
    }
    expect(late).toBeGreaterThan(40)
  })

  it('keeps everything again once the flood is over', () => {
    const kept = keptByWindow(100, [5000, 5000, 50, 50, 50, 50, 50, 50, 50, 50])
    expect(kept.at(-1)).toBe(50)
    const sampler = adaptive({ perSecond: 10 })
    for (let i = 0; i < 10_000; i++) sampler.admits(line(), i / 10)
    expect([sampler.admits(line(), 3_600_000), sampler.admits(line(), 3_600_001)]).toEqual([true, true])
  })
})

describe('a clock that goes back', () => {
  it.each<{ name: string; make: () => Sampler }>([
    { name: 'burst', make: () => burst({ first: 1 }) },
    { name: 'byKey', make: () => byKey({ by: 'u', first: 1 }) },
    { name: 'adaptive', make: () => adaptive({ perSecond: 1 }) },
  ])('silences $name for no longer than a period', ({ make }) => {
    const sampler = make()
    expect(sampler.admits(line(), 1e9)).toBe(true)
    expect(sampler.admits(line(), 5)).toBe(true)
  })
})

describe('a sampler is refused', () => {
  it.each<{ make: () => unknown; want: string }>([
    { make: () => probability(2), want: 'probability(share) must be a number from 0 to 1, got 2' },
    { make: () => everyNth(0), want: 'everyNth(n) must be an integer from 1 to 1000000000, got 0' },
    { make: () => burst({ first: -1 }), want: 'burst.first must be an integer from 0' },
    { make: () => burst({ first: 1, after: 1 } as never), want: 'burst.after must be one of' },
    { make: () => byKey({ first: 1 } as never), want: 'byKey.by must be a string, got undefined' },
    { make: () => adaptive({} as never), want: 'adaptive.perSecond must be a number above 0, got undefined' },
  ])('$want', ({ make, want }) => {
    expect(make).toThrow(OptionError)
    expect(make).toThrow(want)
  })
})
