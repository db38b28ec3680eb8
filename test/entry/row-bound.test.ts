import { describe, expect, it } from 'vitest'
import type { Fields } from '../../src/entry/fields.js'
import { fieldsOf, pairs, repeatedKeys } from './sets.js'

function filled(count: number, fields = fieldsOf()): Fields {
  for (let i = 0; i < count; i++) fields.int(`k${i}`, i)
  return fields
}

describe('a set of fields', () => {
  it('holds 999 fields without a mark', () => {
    expect(filled(999).count).toBe(999)
    expect(pairs(filled(999)).at(-1)).toEqual(['k998', 998])
  })

  it.each([1001, 1500, 5000])('holds a thousand rows of %i fields, the last row counting those left out', (count) => {
    const found = pairs(filled(count))
    expect(found.length).toBe(1000)
    expect(found.at(-2)).toEqual(['k998', 998])
    expect(found.at(-1)).toEqual(['…', count - 999])
  })

  it('takes a new value for a key it holds when it is full', () => {
    expect(Object.fromEntries(pairs(filled(1500).int('k0', -1)))).toMatchObject({ k0: -1, '…': 501 })
  })

  it('counts what has no room whatever its kind, and from whatever source', () => {
    const fields = filled(1100)
    fields.string('s', 'x').any('a', {}).error('e', new Error('x')).bool('b', true)
    fields.append(fieldsOf().int('f', 1).int('g', 2))
    expect(pairs(fields).at(-1)).toEqual(['…', 101 + 6])
  })

  it('says that there were more where it did not read a bag to its end', () => {
    const bag = Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`k${i}`, i]))
    const found = pairs(fieldsOf().all(bag))
    expect(found.length).toBe(1000)
    expect(found.at(-2)).toEqual(['k998', 998])
    expect(found.at(-1)).toEqual(['…', 'more'])
  })

  it('begins to count anew when it was emptied', () => {
    const fields = filled(1500)
    fields.clear()
    fields.renew()
    expect(pairs(filled(3, fields))).toEqual([
      ['k0', 0],
      ['k1', 1],
      ['k2', 2],
    ])
  })

  it('holds no key twice when a field is named like the mark', () => {
    const fields = filled(2000, fieldsOf().string('…', 'mine'))
    expect(repeatedKeys(fields)).toEqual([])
  })

  it('takes 100,000 fields of names never seen before within a second', () => {
    // Keys made of data, as in reliability.md: linear work, not a search among a thousand rows for each.
    const start = performance.now()
    filled(100_000)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
