import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Fields } from '../../src/entry/fields.js'
import type { KeyRules, KeyTable } from '../../src/entry/key.js'
import { pairs, repeatedKeys, RESERVED, table } from './sets.js'
import { runs } from '../runs.js'

describe('two sets of fields from one table', () => {
  it('keep their keys unique when they are filled in turns', () => {
    const keys = table()
    const line = new Fields(keys)
    const request = new Fields(keys)
    line.int('x', 1)
    request.int('x', 2)
    line.int('x', 3)
    request.int('x', 4)
    expect([pairs(line), pairs(request)]).toEqual([[['x', 3]], [['x', 4]]])
  })

  it('keep their keys unique when the older one gets a key that the newer one has', () => {
    const keys = table()
    const older = new Fields(keys)
    const newer = new Fields(keys)
    newer.int('x', 1)
    older.int('x', 2)
    newer.int('x', 3)
    expect([pairs(older), pairs(newer)]).toEqual([[['x', 2]], [['x', 3]]])
  })

  it('keep their keys unique when one is made while a getter of the other is read', () => {
    const keys = table()
    const outer = new Fields(keys)
    outer.all({
      x: 1,
      get y() {
        new Fields(keys).all({ x: 2, y: 2 })
        return 1
      },
      z: 1,
    })
    outer.int('x', 3).int('y', 3).int('z', 3)
    expect(pairs(outer)).toEqual([
      ['x', 3],
      ['y', 3],
      ['z', 3],
    ])
  })

  it('keep their keys unique after one was emptied and filled again', () => {
    const fields = new Fields(table()).int('x', 1).int('y', 1)
    for (const renews of [true, false]) {
      fields.clear()
      if (renews) fields.renew()
      fields.int('x', 2).int('x', 3)
      expect(pairs(fields)).toEqual([['x', 3]])
    }
  })

  it('stay as they are when a snapshot of one goes its own way', () => {
    const fields = new Fields(table()).int('x', 1).string('y', 'a')
    const copy = fields.snapshot()
    copy.int('x', 2).int('z', 2)
    fields.string('y', 'b')
    expect([pairs(fields), pairs(copy)]).toEqual([
      [
        ['x', 1],
        ['y', 'b'],
      ],
      [
        ['x', 2],
        ['y', 'a'],
        ['z', 2],
      ],
    ])
  })
})

/** A set beside the model of it: a Map keeps the last value of a key in the place of its first. */
interface Subject {
  fields: Fields
  model: Map<string, unknown>
}

type Step = {
  subject: number
  other: number
  way: 'int' | 'any' | 'all' | 'append' | 'clear'
  key: string
  value: number
}

function play(keys: KeyTable, secrets: readonly string[], steps: readonly Step[]): void {
  const subjects: Subject[] = [0, 1, 2].map(() => ({ fields: new Fields(keys), model: new Map<string, unknown>() }))
  const set = (model: Map<string, unknown>, key: string, value: unknown): void => {
    const written = RESERVED.includes(key) ? `_${key}` : key
    model.set(written, secrets.includes(key) ? '[Redacted]' : value)
  }
  for (const { subject, other, way, key, value } of steps) {
    const { fields, model } = subjects[subject]
    if (way === 'clear') {
      fields.clear()
      fields.renew()
      model.clear()
    } else if (way === 'append') {
      const source = subjects[other === subject ? (other + 1) % 3 : other]
      fields.append(source.fields)
      for (const [name, each] of source.model) model.set(name, each)
    } else {
      if (way === 'all') fields.all({ [key]: value })
      else fields[way](key, value)
      set(model, key, value)
    }
    for (const each of subjects) expect(pairs(each.fields)).toEqual(Array.from(each.model))
  }
}

describe('sets of fields of one table', () => {
  const steps = fc.array(
    fc.record<Step>({
      subject: fc.nat({ max: 2 }),
      other: fc.nat({ max: 2 }),
      way: fc.constantFrom('int', 'int', 'any', 'all', 'append', 'clear'),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'level', '_level', 'msg', 'token', '…'),
      value: fc.nat({ max: 99 }),
    }),
    { maxLength: 30 },
  )
  const rules: { name: string; rules: Partial<KeyRules> }[] = [
    { name: 'as usual', rules: {} },
    { name: 'with a table that keeps two keys only', rules: { maxKeys: 2 } },
    { name: 'with a table that keeps none', rules: { maxKeys: 0 } },
  ]

  it.each(rules)('hold each key once with its last value, whatever the order of sources, $name', ({ rules: given }) => {
    const secrets = ['token']
    fc.assert(
      fc.property(steps, (each) => play(table({ ...given, secrets }), secrets, each)),
      { numRuns: runs(400) },
    )
  })

  it('are compared with a model that tells a repeated key (control)', () => {
    const fields = new Fields(table()).int('a', 1).int('b', 2)
    fields.keys[1] = fields.keys[0]
    expect(repeatedKeys(fields)).toEqual(['a'])
  })
})
