import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteBuffer } from '../../src/bytes/byte-buffer.js'
import { IsoClock, isIsoTime, ISO_LENGTH, writeIsoTime } from '../../src/bytes/iso-time.js'
import { runs } from '../runs.js'

const DAY = 86_400_000
const FIRST = Date.parse('0000-01-01T00:00:00.000Z')
const LAST = Date.parse('9999-12-31T23:59:59.999Z')
const EDGES = [
  '0000-01-01T00:00:00.000Z',
  '0099-12-31T23:59:59.999Z',
  '1899-12-31T23:59:59.999Z',
  '1969-12-31T23:59:59.999Z',
  '1970-01-01T00:00:00.000Z',
  '1999-12-31T23:59:59.999Z',
  '2024-02-28T23:59:59.999Z',
  '2024-02-29T23:59:59.999Z',
  '2026-11-23T02:52:15.206Z',
  '2026-12-31T23:59:59.999Z',
  '2038-01-19T03:14:07.999Z',
  '2100-02-28T23:59:59.999Z',
  '9999-12-31T23:59:59.999Z',
].map((text) => Date.parse(text))

function shown(clock: IsoClock, time: number): string {
  clock.set(Float64Array.of(time), 0)
  return clock.bytes.toString('latin1')
}

function written(time: number, clock = new IsoClock()): string {
  const out = new ByteBuffer(4)
  writeIsoTime(out, clock, Float64Array.of(0, time), 1)
  return out.toString()
}

describe('a clock of ISO times', () => {
  it.each([-1000, -1, 0, 1, 999, 1000, 60_000, DAY])('is right %i ms from every edge of the calendar', (step) => {
    const clock = new IsoClock()
    for (const edge of EDGES) {
      const time = Math.min(Math.max(edge + step, FIRST), LAST)
      expect(shown(clock, edge)).toBe(new Date(edge).toISOString())
      expect(shown(clock, time)).toBe(new Date(time).toISOString())
    }
  })

  it('is right for every millisecond of three seconds, forwards and back', () => {
    const clock = new IsoClock()
    const start = Date.parse('2026-12-31T23:59:58.500Z')
    for (let i = 0; i <= 3000; i++) expect(shown(clock, start + i)).toBe(new Date(start + i).toISOString())
    for (let i = 3000; i >= 0; i--) expect(shown(clock, start + i)).toBe(new Date(start + i).toISOString())
  })

  it('is right after any jump', () => {
    const time = fc.oneof(fc.integer({ min: FIRST, max: LAST }), fc.integer({ min: -5000, max: 5000 }))
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 20 }), (times) => {
        const clock = new IsoClock()
        for (const each of times) expect(shown(clock, each)).toBe(new Date(each).toISOString())
      }),
      { numRuns: runs(2000) },
    )
  })

  it.each([
    { name: 'after 1970', time: 1_795_402_335_206.75 },
    { name: 'before 1970', time: -1234.5 },
    { name: 'just before a second before 1970', time: -1000.25 },
  ])('cuts parts of a millisecond $name as Date does', ({ time }) => {
    expect(shown(new IsoClock(), time)).toBe(new Date(time).toISOString())
  })

  it('touches nothing before and after its own bytes', () => {
    const clock = new IsoClock(Buffer.alloc(ISO_LENGTH + 8, '.') as IsoClock['bytes'], 4)
    for (const edge of EDGES) expect(shown(clock, edge)).toBe(`....${new Date(edge).toISOString()}....`)
  })
})

describe('whether a time can be shown with a year of four digits', () => {
  it.each([
    { name: 'the first', time: FIRST, want: true },
    { name: 'before the first', time: FIRST - 1, want: false },
    { name: 'the last', time: LAST, want: true },
    { name: 'after the last', time: LAST + 1, want: false },
    { name: 'NaN', time: NaN, want: false },
    { name: 'infinity', time: Infinity, want: false },
  ])('$name: $want', ({ time, want }) => {
    expect(isIsoTime(time)).toBe(want)
  })
})

describe('a time as a value', () => {
  it.each([
    { name: 'a usual one', time: EDGES[8], want: '"2026-11-23T02:52:15.206Z"' },
    { name: 'one after the year 9999', time: LAST + 1, want: '"+010000-01-01T00:00:00.000Z"' },
    { name: 'one before the year 0', time: FIRST - 1, want: '"-000001-12-31T23:59:59.999Z"' },
    { name: 'the last of Date', time: 8.64e15, want: '"+275760-09-13T00:00:00.000Z"' },
    { name: 'one past the last of Date', time: 8.64e15 + 1, want: 'null' },
    { name: 'NaN', time: NaN, want: 'null' },
    { name: 'minus infinity', time: -Infinity, want: 'null' },
  ])('$name is written as $want', ({ time, want }) => {
    expect(written(time)).toBe(want)
  })

  it('is what Date says, or null, after one that cannot be shown', () => {
    const clock = new IsoClock()
    for (const time of [0, NaN, 0, 9e15, 1, LAST + 1, 1, -9e15, 2]) {
      expect(written(time, clock)).toBe(JSON.stringify(new Date(time)))
    }
  })
})
