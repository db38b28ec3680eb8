import { describe, expect, it } from 'vitest'
import { Context } from '../../src/entry/context.js'
import type { Entry } from '../../src/entry/entry.js'
import { EntryPool } from '../../src/entry/entry-pool.js'
import { Fields } from '../../src/entry/fields.js'
import { Level } from '../../src/entry/level.js'
import { pairs, table } from './sets.js'

const receiver = { receive: () => undefined }

function setUp() {
  const keys = table()
  const pool = new EntryPool(keys)
  const context = new Context(new Fields(keys).int('c', 1))
  const take = (): Entry => {
    const entry = pool.take()
    entry.begin(receiver, Level.info, 'shop', context)
    return entry
  }
  return { pool, take, context }
}

/** Everything of an entry that could keep an object of the application alive. */
function referencesOf(entry: Entry): unknown[] {
  return entry.values.filter((value) => value !== undefined)
}

describe('an entry that was given back', () => {
  it('holds no reference to what was logged', () => {
    const { pool, take, context } = setUp()
    const entry = take()
    entry.any('object', { large: true }).string('text', 'x'.repeat(100)).error('error', new Error('x'))
    for (let i = 0; i < 50; i++) entry.any(`more${i}`, [i])
    entry.message = 'the message'
    pool.give(entry)
    expect(referencesOf(entry)).toEqual([])
    expect(entry.message).toBeUndefined()
    expect(entry.context).not.toBe(context)
    expect(entry.count).toBe(0)
  })

  it('holds no reference that a value of another kind had covered', () => {
    const { pool, take } = setUp()
    const entry = take()
    entry.any('k', { large: true }).int('k', 1).bool('k', true)
    pool.give(entry)
    expect(referencesOf(entry)).toEqual([])
  })

  it('is found to hold one while it is in use (control)', () => {
    const { take } = setUp()
    expect(referencesOf(take().any('k', { large: true }))).toEqual([{ large: true }])
  })

  it('is empty for its next owner', () => {
    const { pool, take } = setUp()
    const first = take()
    first.int('k', 1)
    first.message = 'of the first line'
    pool.give(first)
    const second = take()
    expect(second).toBe(first)
    expect([second.count, second.message, second.level, second.logger]).toEqual([0, undefined, 30, 'shop'])
    second.int('j', 2)
    expect(pairs(second)).toEqual([['j', 2]])
  })

  it('carries nothing to its next owner that was set after it was given back', () => {
    const { pool, take } = setUp()
    const first = take()
    pool.give(first)
    first.string('stray', 'of the first line')
    first.message = 'of the first line'
    const second = take()
    expect(second.message).toBeUndefined()
    expect(pairs(second)).toEqual([])
  })
})

describe('an entry pool', () => {
  it('has two owners for two entries after a double release', () => {
    const { pool, take } = setUp()
    const entry = take()
    pool.give(entry)
    pool.give(entry)
    expect(take()).not.toBe(take())
    expect(pool.stats().outstanding).toBe(2)
  })

  it('counts hits, misses and what is outstanding', () => {
    const { pool, take } = setUp()
    const first = take()
    take()
    expect(pool.stats()).toEqual({ hits: 0, misses: 2, outstanding: 2 })
    pool.give(first)
    pool.give(first)
    expect(pool.stats()).toEqual({ hits: 0, misses: 2, outstanding: 1 })
    take()
    expect(pool.stats()).toEqual({ hits: 1, misses: 2, outstanding: 2 })
  })

  it('keeps no more than a few entries of a crowd', () => {
    const { pool, take } = setUp()
    const crowd = Array.from({ length: 1000 }, take)
    for (const entry of crowd) pool.give(entry)
    for (let i = 0; i < 1000; i++) take()
    expect(pool.stats().hits).toBeGreaterThan(0)
    expect(pool.stats().hits).toBeLessThanOrEqual(100)
  })

  it('does not keep an entry that has grown to a thousand rows', () => {
    const { pool, take } = setUp()
    const entry = take()
    for (let i = 0; i < 1000; i++) entry.int(`k${i}`, i)
    pool.give(entry)
    expect(take()).not.toBe(entry)
  })
})
