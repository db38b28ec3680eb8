import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../src/encoders/limits.js'
import { plainValues } from '../../src/encoders/plain-value.js'
import type { FieldWriter } from '../../src/entry/field.js'
import { isLoggable, loggable, type Loggable } from '../../src/entry/loggable.js'
import { fieldsOf, pairs, repeatedKeys, table } from './sets.js'

class Card implements Loggable {
  constructor(readonly number: string) {}

  [loggable](fields: FieldWriter): void {
    fields.string('last4', this.number.slice(-4)).int('digits', this.number.length)
  }
}

const WANT = { last4: '1111', digits: 16 }
const card = new Card('4111111111111111')
const literal = { number: card.number, [loggable]: (fields: FieldWriter) => card[loggable](fields) }

describe('a Loggable', () => {
  it('writes its own fields where it is given as the fields', () => {
    expect(Object.fromEntries(pairs(fieldsOf().all(card)))).toEqual(WANT)
  })

  it.each([
    { name: 'a field', input: card, want: WANT },
    { name: 'an item', input: [card, card], want: [WANT, WANT] },
    { name: 'a property', input: { card }, want: { card: WANT } },
    { name: 'a value of a Map', input: new Map([['card', card]]), want: { card: WANT } },
    { name: 'an object literal', input: literal, want: WANT },
  ])('writes its own fields as $name', ({ input, want }) => {
    expect(pairs(fieldsOf().any('value', input))).toEqual([['value', want]])
  })

  it('that is an object literal shows no more than it says where it is given as the fields', () => {
    expect(Object.fromEntries(pairs(fieldsOf().all(literal)))).toEqual(WANT)
  })

  it('writes an empty object when it writes nothing', () => {
    class Nothing implements Loggable {
      [loggable](): void {
        // Says nothing of itself.
      }
    }
    expect(pairs(fieldsOf().any('value', new Nothing()))).toEqual([['value', {}]])
  })

  it('holds no key twice when it sets one again, alone or on top of others', () => {
    class Again implements Loggable {
      [loggable](fields: FieldWriter): void {
        fields.int('x', 1).int('y', 1).int('x', 2).all({ y: 2 })
      }
    }
    expect(pairs(fieldsOf().any('value', new Again()))).toEqual([['value', { x: 2, y: 2 }]])
    const fields = fieldsOf().int('x', 0).all(new Again())
    expect(repeatedKeys(fields)).toEqual([])
    expect(pairs(fields)[0]).toEqual(['x', 2])
  })

  it('that keeps its writers reaches no other fields', () => {
    let kept: FieldWriter | undefined
    const fields = fieldsOf().all({
      [loggable]: (writer: FieldWriter) => {
        kept = writer.int('x', 1)
      },
    })
    expect(pairs(fields)).toEqual([['x', 1]])
    fields.renew()
    kept!.string('a', 'x').int('b', 1).float('c', 1).bool('d', true).bigint('e', 1n).timestamp('f', 0)
    kept!.duration('g', 1).error('h', new Error('late')).any('i', {}).all({ j: 1 })
    expect(pairs(fields)).toEqual([])
  })

  it('that gives a promise says so, keeps what it wrote before, and ends no process', async () => {
    const late = {
      [loggable]: async (writer: FieldWriter) => {
        writer.int('x', 1)
        await Promise.resolve()
        throw new Error('nobody waits')
      },
    }
    const text = '[Throws: a promise, which no field waits for]'
    expect(pairs(fieldsOf().all(late))).toEqual([
      ['x', 1],
      ['fields', text],
    ])
    expect(pairs(fieldsOf().any('value', late))).toEqual([['value', text]])
    expect(plainValues(DEFAULT_LIMITS).of(late, table())).toBe(text)
    await new Promise(setImmediate)
  })

  it('is known by its method, not by its class', () => {
    expect(isLoggable(card)).toBe(true)
    expect(isLoggable({})).toBe(false)
    expect(isLoggable({ [loggable]: 'no method' })).toBe(false)
    expect(loggable).toBe(Symbol.for('wideline.loggable'))
  })
})
