import { describe, expect, it } from 'vitest'
import { fieldsOf, pairs, RESERVED } from './sets.js'

describe('a field named like a reserved key', () => {
  it.each(RESERVED.map((name) => ({ name })))('"$name" gets an underscore, however it is set', ({ name }) => {
    const want = [[`_${name}`, 1]]
    expect(pairs(fieldsOf().int(name, 1))).toEqual(want)
    expect(pairs(fieldsOf().all({ [name]: 1 }))).toEqual(want)
    expect(pairs(fieldsOf().any(name, 1))).toEqual(want)
  })

  it('shares one key with a field of the underscored name, the last value winning', () => {
    expect(pairs(fieldsOf().int('level', 1).int('_level', 2))).toEqual([['_level', 2]])
    expect(pairs(fieldsOf().int('_level', 1).int('level', 2))).toEqual([['_level', 2]])
  })

  it('keeps its name inside a value', () => {
    expect(pairs(fieldsOf().any('order', { level: 1, msg: 'x', deep: [{ time: 2 }] }))).toEqual([
      ['order', { level: 1, msg: 'x', deep: [{ time: 2 }] }],
    ])
  })

  it('keeps its name where it differs in case', () => {
    expect(pairs(fieldsOf().int('Level', 1).int('MSG', 2))).toEqual([
      ['Level', 1],
      ['MSG', 2],
    ])
  })

  it('is censored when it is a secret too, with either name', () => {
    expect(
      pairs(
        fieldsOf({ secrets: ['msg'] })
          .string('msg', 'x')
          .all({ _msg: 'y' }),
      ),
    ).toEqual([['_msg', '[Redacted]']])
  })

  it('is any name where no encoder reserves it', () => {
    expect(pairs(fieldsOf({ reserved: [] }).int('level', 1))).toEqual([['level', 1]])
  })
})
