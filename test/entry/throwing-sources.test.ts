import { describe, expect, it } from 'vitest'
import type { FieldBag, FieldWriter } from '../../src/entry/field.js'
import { loggable, type Loggable } from '../../src/entry/loggable.js'
import { fieldsOf, pairs } from './sets.js'

function bagThatThrows(reason: unknown): FieldBag {
  return {
    before: 1,
    get bad(): unknown {
      throw reason
    },
    after: 2,
  }
}

function trap(name: 'ownKeys' | 'getPrototypeOf' | 'getOwnPropertyDescriptor'): FieldBag {
  return new Proxy(
    { a: 1 },
    {
      [name]: () => {
        throw new Error('trapped')
      },
    },
  )
}

function revoked(): FieldBag {
  const { proxy, revoke } = Proxy.revocable({ a: 1 }, {})
  revoke()
  return proxy
}

const unreadable = new Error('x')
Object.defineProperty(unreadable, 'message', {
  get: () => {
    throw new Error('y')
  },
})

describe('a getter that throws', () => {
  it.each([
    { name: 'an error', input: new Error('no connection'), want: '[Throws: no connection]' },
    { name: 'a text', input: 'no', want: '[Throws: no]' },
    { name: 'undefined', input: undefined, want: '[Throws: undefined]' },
    { name: 'an object without a prototype', input: Object.create(null), want: '[Throws: an unreadable error]' },
    { name: 'an error that cannot be read', input: unreadable, want: '[Throws: an unreadable error]' },
  ])('$name leaves its mark in its place and the other fields alone', ({ input, want }) => {
    expect(pairs(fieldsOf().all(bagThatThrows(input)))).toEqual([
      ['before', 1],
      ['bad', want],
      ['after', 2],
    ])
  })

  it('inside a value leaves its mark there', () => {
    expect(pairs(fieldsOf().any('order', { id: 1, nested: bagThatThrows(new Error('no')) }))).toEqual([
      ['order', { id: 1, nested: { before: 1, bad: '[Throws: no]', after: 2 } }],
    ])
  })
})

/** Fails half-way. */
class HalfLoggable implements Loggable {
  [loggable](fields: FieldWriter): void {
    fields.int('first', 1)
    throw new Error('half-way')
  }
}

describe('a bag that cannot be read', () => {
  it.each([
    { name: 'a revoked proxy', make: revoked },
    { name: 'a proxy that does not tell its keys', make: () => trap('ownKeys') },
    { name: 'a proxy that does not tell its prototype', make: () => trap('getPrototypeOf') },
    { name: 'a proxy that does not tell its properties', make: () => trap('getOwnPropertyDescriptor') },
    { name: 'a Loggable that throws', make: () => new HalfLoggable() },
  ])('$name does not throw into the caller, and leaves the fields before it alone', ({ make }) => {
    const fields = fieldsOf().int('kept', 1)
    expect(() => fields.all(make())).not.toThrow()
    expect(pairs(fields)[0]).toEqual(['kept', 1])
  })
})
