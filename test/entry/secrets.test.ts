import { describe, expect, it } from 'vitest'
import type { FieldWriter } from '../../src/entry/field.js'
import { loggable, type Loggable } from '../../src/entry/loggable.js'
import { fieldsOf, pairs } from './sets.js'

const PLANTED = 'hunter2'
const SECRETS = ['password', 'apiKey', 'X-Api-Token']

class Account implements Loggable {
  [loggable](fields: FieldWriter): void {
    fields.string('name', 'ann').string('password', PLANTED)
  }
}

/** Everything written of fields that were set in some way. */
function shown(fill: (to: FieldWriter) => unknown): string {
  const fields = fieldsOf({ secrets: SECRETS })
  fill(fields)
  return JSON.stringify(pairs(fields))
}

describe('the value of a secret key', () => {
  it.each([
    { name: 'as it is declared', key: 'password' },
    { name: 'in capitals', key: 'PASSWORD' },
    { name: 'in mixed case', key: 'PassWord' },
    { name: 'with its words apart', key: 'pass_word' },
    { name: 'with a hyphen where a capital was', key: 'api-key' },
    { name: 'with an underscore where a capital was', key: 'API_KEY' },
    { name: 'with dots', key: 'api.key' },
    { name: 'with spaces', key: 'api key' },
    { name: 'joined where it was declared apart', key: 'xApiToken' },
    { name: 'with an underscore in front', key: '_password' },
  ])('is censored when the key is written $name: $key', ({ key }) => {
    expect(shown((to) => to.string(key, PLANTED))).toBe(JSON.stringify([[key, '[Redacted]']]))
    expect(shown((to) => to.any('deep', { [key]: PLANTED }))).toContain('[Redacted]')
    expect(shown((to) => to.any('deep', { [key]: PLANTED }))).not.toContain(PLANTED)
  })

  it.each<{ name: string; fill: (to: FieldWriter) => unknown }>([
    { name: 'a string', fill: (to) => to.string('password', PLANTED) },
    { name: 'any', fill: (to) => to.any('password', PLANTED) },
    { name: 'an object', fill: (to) => to.any('password', { is: PLANTED }) },
    { name: 'an error', fill: (to) => to.error('password', new Error(PLANTED)) },
    { name: 'a bag', fill: (to) => to.all({ user: 'ann', password: PLANTED }) },
    {
      name: 'a bag whose getter throws',
      fill: (to) =>
        to.all({
          get password(): string {
            throw new Error(PLANTED)
          },
        }),
    },
    { name: 'a Loggable', fill: (to) => to.all(new Account()) },
    { name: 'a nested object', fill: (to) => to.any('a', { b: { c: { password: PLANTED } } }) },
    { name: 'an object in an array', fill: (to) => to.any('a', [[{ password: PLANTED }]]) },
    { name: 'a nested Loggable', fill: (to) => to.any('a', { account: new Account() }) },
    { name: 'what toJSON makes', fill: (to) => to.any('a', { toJSON: () => ({ password: PLANTED }) }) },
    { name: 'a Map', fill: (to) => to.any('a', new Map([['password', PLANTED]])) },
    { name: 'a Map in a Map', fill: (to) => to.any('a', new Map([['b', new Map([['password', PLANTED]])]])) },
    {
      name: 'a Map with other keys than strings',
      fill: (to) =>
        to.any(
          'a',
          new Map<unknown, string>([
            [1, 'x'],
            ['password', PLANTED],
          ]),
        ),
    },
    { name: 'a Set', fill: (to) => to.any('a', new Set([{ password: PLANTED }])) },
    {
      name: 'an object without a prototype',
      fill: (to) => to.any('a', Object.assign(Object.create(null) as object, { password: PLANTED })),
    },
    { name: 'an object under a secret key', fill: (to) => to.any('a', { password: { value: PLANTED } }) },
    {
      name: "an error's own property",
      fill: (to) => to.error('a', Object.assign(new Error('x'), { password: PLANTED })),
    },
    {
      name: "an error's request",
      fill: (to) => to.any('a', Object.assign(new Error('x'), { config: { headers: PLANTED } })),
    },
  ])('is censored in $name', ({ fill }) => {
    expect(shown(fill)).not.toContain(PLANTED)
  })

  it('is not looked for inside other names, so that "passwordless" and "tokens" stay readable', () => {
    expect(shown((to) => to.bool('passwordless', true).int('apiKeys', 2))).toBe('[["passwordless",true],["apiKeys",2]]')
  })

  it('holds one row for its key however often it is set', () => {
    const fields = fieldsOf({ secrets: SECRETS })
    fields.string('password', 'a').int('x', 1).string('password', 'b').any('Password', 'c')
    expect(pairs(fields)).toEqual([
      ['password', '[Redacted]'],
      ['x', 1],
      ['Password', '[Redacted]'],
    ])
  })

  it("never comes into the columns, so that a copy or an encoder of one's own has none", () => {
    const fields = fieldsOf({ secrets: SECRETS }).string('password', PLANTED).all({ password: PLANTED })
    expect(fields.values).not.toContain(PLANTED)
    expect(fields.snapshot().values).not.toContain(PLANTED)
  })

  it('is found by this test when nothing is secret (control)', () => {
    const fields = fieldsOf({ secrets: [] }).any('a', { password: PLANTED })
    expect(JSON.stringify(pairs(fields))).toContain(PLANTED)
  })
})
