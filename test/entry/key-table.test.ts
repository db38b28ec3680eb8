import { describe, expect, it } from 'vitest'
import { Fields } from '../../src/entry/fields.js'
import { jsonOf, pairs, table } from './sets.js'

const NAMES = Array.from({ length: 10_000 }, (_, i) => `user-${i}`)

describe('a table of keys', () => {
  it('gives one object for one name, as long as it keeps names', () => {
    const keys = table()
    expect(keys.intern('a')).toBe(keys.intern('a'))
    expect(keys.intern('a')).not.toBe(keys.intern('b'))
  })

  it('does not keep 10,000 names made of data', () => {
    const keys = table()
    const kept = NAMES.filter((name) => keys.intern(name).isKept)
    expect(kept.length).toBeGreaterThan(1000)
    expect(kept.length).toBeLessThanOrEqual(4096)
    expect(keys.intern(NAMES[9999])).not.toBe(keys.intern(NAMES[9999]))
  })

  it('writes every one of 10,000 names rightly, kept or not', () => {
    const keys = table()
    const wrong = NAMES.filter((name) => JSON.stringify(pairs(new Fields(keys).int(name, 7))) !== `[["${name}",7]]`)
    expect(wrong).toEqual([])
  })

  it('keeps names unique, reserved and secret when it is full', () => {
    const keys = table({ secrets: ['token'] })
    for (const name of NAMES) keys.intern(name)
    const fields = new Fields(keys).string('Token', 'hidden').int('level', 1).int('late', 1)
    fields.all({ late: 2, Token: 'hidden', _level: 2, 'user-1': 3 })
    expect(pairs(fields)).toEqual([
      ['Token', '[Redacted]'],
      ['_level', 2],
      ['late', 2],
      ['user-1', 3],
    ])
  })

  it.each([
    { name: 'quotes and backslashes', input: 'a"b\\c', want: '"a\\"b\\\\c":' },
    { name: 'a newline', input: 'a\nb', want: '"a\\nb":' },
    { name: 'a terminal sequence', input: '\u001b[31m', want: '"\\u001b[31m":' },
    { name: 'a bidi control', input: 'a\u202eb', want: '"a\\u202eb":' },
    { name: 'a lone surrogate', input: 'a\ud800', want: '"a\ufffd":' },
    { name: 'nothing', input: '', want: '"":' },
    { name: 'letters beyond ASCII', input: 'größe', want: '"größe":' },
  ])('escapes a name with $name', ({ input, want }) => {
    expect(jsonOf(new Fields(table()).int(input, 1), 0)).toBe(`${want}1`)
  })

  it('cuts a name of a mebibyte', () => {
    const key = table().intern('n'.repeat(1 << 20))
    expect(key.name.length).toBeLessThan(300)
    expect(key.name.endsWith('…')).toBe(true)
  })

  it('tells names apart that differ in case, accents or form only', () => {
    const names = ['a', 'A', 'é', 'e\u0301', 'ａ']
    const fields = new Fields(table())
    names.forEach((name, i) => fields.int(name, i))
    expect(pairs(fields).map(([name]) => name)).toEqual(names)
  })

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf'])(
    'takes %s as a name like any other',
    (name) => {
      const keys = table()
      expect(keys.intern(name).name).toBe(name)
      expect(keys.intern(name)).toBe(keys.intern(name))
    },
  )

  it('follows calls that repeat, and calls that change, alike', () => {
    const keys = table()
    const orders = [
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
      ['a', 'c', 'b'],
      ['b', 'a'],
      ['a', 'b', 'level', 'c'],
      ['a', 'b', 'c'],
    ]
    for (const names of orders) {
      const fields = new Fields(keys)
      names.forEach((name, i) => fields.int(name, i))
      const want = names.map((name, i) => [name === 'level' ? '_level' : name, i])
      expect(pairs(fields)).toEqual(want)
    }
  })
})
