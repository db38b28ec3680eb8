import { describe, expect, it } from 'vitest'
import { Fields } from '../../src/entry/fields.js'
import { pairs, table } from './sets.js'

describe('fields of another root logger that are appended', () => {
  it('replace those of the same name', () => {
    const own = new Fields(table()).int('x', 1)
    own.append(new Fields(table()).int('x', 2).int('y', 2))
    expect(pairs(own)).toEqual([
      ['x', 2],
      ['y', 2],
    ])
  })

  it('are replaced by those of the same name that come later', () => {
    const own = new Fields(table()).append(new Fields(table()).int('x', 1)).int('x', 2)
    expect(pairs(own)).toEqual([['x', 2]])
  })

  it('are held to the secrets of the logger that writes them', () => {
    const strict = new Fields(table({ secrets: ['iban'] }))
    strict.append(new Fields(table()).string('iban', 'DE89 3704'))
    expect(pairs(strict)).toEqual([['iban', '[Redacted]']])
  })

  it('are held to the reserved names of the logger that writes them', () => {
    const strict = new Fields(table({ reserved: ['level'] }))
    strict.append(new Fields(table({ reserved: [] })).string('level', 'high'))
    expect(pairs(strict)).toEqual([['_level', 'high']])
  })

  it('do not weaken the rules of the logger they come from', () => {
    const strict = table({ secrets: ['iban'] })
    const loose = table()
    const lent = new Fields(strict).int('order', 1)
    new Fields(loose).append(lent).string('iban', 'of the other one')
    const later = new Fields(strict).int('order', 2).string('iban', 'DE89 3704')
    expect(pairs(later)).toEqual([
      ['order', 2],
      ['iban', '[Redacted]'],
    ])
  })

  it('get their underscore where the caller reserves their name', () => {
    const keys = table()
    const wide = new Fields(keys).string('method', 'GET')
    wide.append(new Fields(keys).string('method', 'mine').int('other', 1), new Set(['method']))
    expect(pairs(wide)).toEqual([
      ['method', 'GET'],
      ['_method', 'mine'],
      ['other', 1],
    ])
  })
})
