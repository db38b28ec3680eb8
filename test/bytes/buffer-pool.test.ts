import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BufferPool, type PoolLimits, type PoolStats } from '../../src/bytes/buffer-pool.js'
import { ByteBuffer } from '../../src/bytes/byte-buffer.js'
import { runs } from '../runs.js'

const LIMITS: PoolLimits = { bufferBytes: 16, maxBuffers: 3, maxRetainedBytes: 64, maxTotalBytes: 1000, poison: false }

type Step = 'take' | 'take large' | 'give' | 'give again' | 'grow'

/** What a pool should have done, by counting alone. */
class Model {
  readonly taken: ByteBuffer[] = []
  readonly given: ByteBuffer[] = []
  readonly kept = new Set<ByteBuffer>()
  stats: Record<Exclude<keyof PoolStats, 'capacity' | 'retained'>, number> = {
    hits: 0,
    misses: 0,
    outstanding: 0,
    highWater: 0,
    retainedBytes: 0,
    dropped: 0,
    misuses: 0,
  }

  take(buffer: ByteBuffer): void {
    if (this.kept.delete(buffer)) {
      this.stats.hits++
      this.stats.retainedBytes -= buffer.bytes.length
    } else this.stats.misses++
    this.taken.push(buffer)
    this.stats.outstanding++
    this.stats.highWater = Math.max(this.stats.highWater, this.stats.outstanding)
  }

  give(buffer: ByteBuffer, limits: PoolLimits): void {
    this.taken.splice(this.taken.indexOf(buffer), 1)
    this.given.push(buffer)
    this.stats.outstanding--
    const { length } = buffer.bytes
    const hasRoom = this.kept.size < limits.maxBuffers && this.stats.retainedBytes + length <= limits.maxTotalBytes
    if (hasRoom && length <= limits.maxRetainedBytes) {
      this.kept.add(buffer)
      this.stats.retainedBytes += buffer.bytes.length
    } else this.stats.dropped++
  }
}

/** What the buffers of a pool take, by its counts of each size. */
function bytesIn(retained: PoolStats['retained']): number {
  return Object.entries(retained).reduce((sum, [size, count]) => sum + Number(size) * count, 0)
}

function play(pool: BufferPool, limits: PoolLimits, steps: readonly { step: Step; pick: number }[]): void {
  const model = new Model()
  for (const { step, pick } of steps) {
    const { taken } = model
    if (step === 'take' || step === 'take large') {
      const bytes = step === 'take' ? limits.bufferBytes : pick
      const buffer = pool.take(bytes)
      expect(buffer.bytes.length).toBeGreaterThanOrEqual(bytes)
      expect(taken).not.toContain(buffer)
      expect(buffer.length).toBe(0)
      expect(buffer.isTaken).toBe(true)
      model.take(buffer)
    } else if (step === 'give again') {
      const idle = model.given.filter((buffer) => !taken.includes(buffer))
      if (idle.length === 0) continue
      pool.give(idle[pick % idle.length])
      model.stats.misuses++
    } else if (taken.length > 0) {
      const buffer = taken[pick % taken.length]
      if (step === 'grow') buffer.text('x'.repeat(pick))
      else {
        model.give(buffer, limits)
        pool.give(buffer)
      }
    }
    expect(pool.stats()).toMatchObject(model.stats)
    expect(pool.stats().retainedBytes).toBeLessThanOrEqual(
      Math.min(limits.maxBuffers * limits.maxRetainedBytes, limits.maxTotalBytes),
    )
    expect(bytesIn(pool.stats().retained)).toBe(model.stats.retainedBytes)
  }
}

describe('a buffer pool', () => {
  const step = fc.record({
    step: fc.constantFrom<Step>('take', 'take', 'take large', 'give', 'give', 'give again', 'grow'),
    pick: fc.nat({ max: 100 }),
  })

  it.each([
    { name: 'a small pool', limits: LIMITS },
    { name: 'a pool that keeps nothing', limits: { ...LIMITS, maxBuffers: 0 } },
    { name: 'a pool whose buffers are too large to keep', limits: { ...LIMITS, maxRetainedBytes: 8 } },
    { name: 'a pool with little room in all', limits: { ...LIMITS, maxTotalBytes: 40 } },
    { name: 'a pool that poisons', limits: { ...LIMITS, poison: true } },
  ])('counts what a model counts, whatever is done to $name', ({ limits }) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => play(new BufferPool(limits), limits, steps)),
      { numRuns: runs(500) },
    )
  })

  it('gives back a buffer that was released, empty', () => {
    const pool = new BufferPool(LIMITS)
    const first = pool.take()
    first.text('of the first owner')
    pool.give(first)
    const second = pool.take()
    expect(second).toBe(first)
    expect(second.toString()).toBe('')
  })

  it('gives out the smallest buffer that is large enough', () => {
    const pool = new BufferPool(LIMITS)
    const [small, large] = [pool.take(32), pool.take(60)]
    pool.give(large)
    pool.give(small)
    expect(pool.stats().retained).toEqual({ 32: 1, 64: 1 })
    expect(pool.take(33)).toBe(large)
    expect(pool.take(1)).toBe(small)
    expect(pool.stats()).toMatchObject({ hits: 2, misses: 2, retainedBytes: 0 })
  })

  it('never hands one buffer to two owners after a double release', () => {
    const pool = new BufferPool(LIMITS)
    const buffer = pool.take()
    pool.give(buffer)
    pool.give(buffer)
    expect(pool.take()).not.toBe(pool.take())
    expect(pool.stats()).toMatchObject({ misuses: 1, outstanding: 2 })
  })

  it('tells about the first misuse and counts the others', () => {
    const problems: string[] = []
    const pool = new BufferPool(LIMITS, (problem) => problems.push(problem))
    const buffer = pool.take()
    for (let i = 0; i < 4; i++) pool.give(buffer)
    expect(problems).toEqual(['a buffer was released that was not taken'])
    expect(pool.stats().misuses).toBe(3)
  })

  it('counts a buffer that it never gave out as misuse and does not take it', () => {
    const pool = new BufferPool(LIMITS)
    const foreign = new ByteBuffer(16)
    pool.give(foreign)
    expect(pool.stats()).toMatchObject({ misuses: 1, outstanding: 0, retainedBytes: 0 })
    expect(pool.take()).not.toBe(foreign)
  })

  it('fills what is released with 0xDB when asked to', () => {
    const pool = new BufferPool({ ...LIMITS, poison: true })
    const buffer = pool.take()
    buffer.text('a secret of the last owner')
    pool.give(buffer)
    expect(Array.from(buffer.bytes)).toEqual(Array.from(buffer.bytes, () => 0xdb))
  })

  it('leaves what is released alone when not', () => {
    const pool = new BufferPool(LIMITS)
    const buffer = pool.take()
    buffer.text('same')
    pool.give(buffer)
    expect(buffer.bytes.toString('latin1', 0, 4)).toBe('same')
  })
})
