import { describe, expect, it } from 'vitest'
import type { FieldWriter } from '../../src/entry/field.js'
import { fieldsOf, jsonOf, pairs } from './sets.js'

/** What untyped callers may hand to a typed writer. */
const wrong = (value: unknown): never => value as never

const WRITES: { name: string; input: (to: FieldWriter) => unknown; want: string }[] = [
  { name: 'a string', input: (to) => to.string('k', 'text'), want: '"k":"text"' },
  { name: 'an empty string', input: (to) => to.string('k', ''), want: '"k":""' },
  { name: 'a string that is null', input: (to) => to.string('k', null), want: '"k":null' },
  { name: 'a string that is undefined', input: (to) => to.string('k', undefined), want: '"k":null' },
  { name: 'a string that is a number', input: (to) => to.string('k', wrong(7)), want: '"k":7' },
  { name: 'a string that is an object', input: (to) => to.string('k', wrong({ a: 1 })), want: '"k":{"a":1}' },
  { name: 'an int', input: (to) => to.int('k', -42), want: '"k":-42' },
  { name: 'an int beyond 32 bits', input: (to) => to.int('k', 2 ** 53), want: '"k":9007199254740992' },
  { name: 'an int with a fraction', input: (to) => to.int('k', 1.5), want: '"k":1.5' },
  { name: 'an int that is NaN', input: (to) => to.int('k', NaN), want: '"k":null' },
  { name: 'an int that is null', input: (to) => to.int('k', null), want: '"k":null' },
  { name: 'an int that is text', input: (to) => to.int('k', wrong('7')), want: '"k":"7"' },
  { name: 'a float', input: (to) => to.float('k', 99.5), want: '"k":99.5' },
  { name: 'a float that is infinite', input: (to) => to.float('k', Infinity), want: '"k":null' },
  { name: 'minus zero', input: (to) => to.float('k', -0), want: '"k":0' },
  { name: 'a bool', input: (to) => to.bool('k', true), want: '"k":true' },
  { name: 'a bool that is false', input: (to) => to.bool('k', false), want: '"k":false' },
  { name: 'a bool that is undefined', input: (to) => to.bool('k', undefined), want: '"k":null' },
  { name: 'a bool that is text', input: (to) => to.bool('k', wrong('yes')), want: '"k":"yes"' },
  { name: 'a bigint', input: (to) => to.bigint('k', 2n ** 70n), want: '"k":1180591620717411303424' },
  { name: 'a bigint that is null', input: (to) => to.bigint('k', null), want: '"k":null' },
  { name: 'a bigint that is a number', input: (to) => to.bigint('k', wrong(7)), want: '"k":7' },
  { name: 'a timestamp', input: (to) => to.timestamp('k', 0), want: '"k":"1970-01-01T00:00:00.000Z"' },
  {
    name: 'a timestamp that is a Date',
    input: (to) => to.timestamp('k', new Date(1)),
    want: '"k":"1970-01-01T00:00:00.001Z"',
  },
  { name: 'a timestamp that is NaN', input: (to) => to.timestamp('k', NaN), want: '"k":null' },
  { name: 'an invalid Date', input: (to) => to.timestamp('k', new Date(NaN)), want: '"k":null' },
  { name: 'a timestamp that is null', input: (to) => to.timestamp('k', null), want: '"k":null' },
  { name: 'a duration', input: (to) => to.duration('k', 2.25), want: '"k":2.25' },
  { name: 'an error that is text', input: (to) => to.error('k', 'no'), want: '"k":{"type":"string","message":"no"}' },
  { name: 'an error that is null', input: (to) => to.error('k', null), want: '"k":{"type":"null","message":null}' },
  { name: 'any string', input: (to) => to.any('k', 'text'), want: '"k":"text"' },
  { name: 'any number', input: (to) => to.any('k', 0.1), want: '"k":0.1' },
  { name: 'any boolean', input: (to) => to.any('k', false), want: '"k":false' },
  { name: 'any bigint', input: (to) => to.any('k', 12n), want: '"k":12' },
  { name: 'any Date', input: (to) => to.any('k', new Date(0)), want: '"k":"1970-01-01T00:00:00.000Z"' },
  { name: 'any object', input: (to) => to.any('k', { a: [1, null] }), want: '"k":{"a":[1,null]}' },
  { name: 'any undefined', input: (to) => to.any('k', undefined), want: '"k":null' },
]

describe('a field', () => {
  it.each(WRITES)('of $name is written as $want', ({ input, want }) => {
    const fields = fieldsOf()
    expect(input(fields)).toBe(fields)
    expect(jsonOf(fields, 0)).toBe(want)
  })

  // Whatever stood in a row before, of whatever kind: nothing of it may shine through.
  it.each(WRITES)('of $name replaces one of any kind, in its place', ({ input, want }) => {
    for (const { input: before } of WRITES) {
      const fields = fieldsOf().int('first', 1)
      before(fields)
      fields.int('last', 2)
      input(fields)
      expect(fields.count).toBe(3)
      expect(jsonOf(fields, 1)).toBe(want)
    }
  })
})

describe('a bag of fields', () => {
  it('gives one field for each own enumerable property, in order', () => {
    const bag = Object.create({ inherited: 1 }) as Record<string, unknown>
    bag['b'] = 1
    bag['a'] = 'two'
    Object.defineProperty(bag, 'hidden', { value: 3, enumerable: false })
    expect(pairs(fieldsOf().all(bag))).toEqual([
      ['b', 1],
      ['a', 'two'],
    ])
  })

  it('leaves out what JSON.stringify leaves out', () => {
    const bag = { u: undefined, f: () => 1, s: Symbol('s'), kept: null, [Symbol('key')]: 1 }
    expect(Object.fromEntries(pairs(fieldsOf().all(bag)))).toEqual(JSON.parse(JSON.stringify(bag)))
  })

  it('leaves a field alone whose new value has no JSON form', () => {
    expect(pairs(fieldsOf().int('k', 1).all({ k: undefined }))).toEqual([['k', 1]])
  })

  it('may be an object without a prototype, an instance of a class, or hold __proto__ as a key', () => {
    class Order {
      id = 42
      total(): number {
        return this.id
      }
    }
    const bare = Object.assign(Object.create(null) as Record<string, unknown>, { a: 1 })
    const odd = JSON.parse('{"__proto__":{"x":1},"constructor":2,"toString":3}') as Record<string, unknown>
    expect(pairs(fieldsOf().all(bare))).toEqual([['a', 1]])
    expect(pairs(fieldsOf().all(new Order() as never))).toEqual([['id', 42]])
    const fields = fieldsOf().all(odd)
    expect([0, 1, 2].map((row) => jsonOf(fields, row))).toEqual([
      '"__proto__":{"x":1}',
      '"constructor":2',
      '"toString":3',
    ])
  })

  it('is not changed', () => {
    const bag = Object.freeze({ password: 'x', level: 1, deep: Object.freeze({ a: 1 }) })
    fieldsOf({ secrets: ['password'] }).all(bag)
    expect(bag).toEqual({ password: 'x', level: 1, deep: { a: 1 } })
  })
})
