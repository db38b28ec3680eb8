import { describe, expect, it } from 'vitest'
import type { FieldKindName } from '../../src/entry/field.js'
import { type FieldOptions, writeDeclared } from '../../src/entry/schema.js'
import { fieldsOf, pairs } from './sets.js'

function written(kind: FieldKindName, value: unknown, options: FieldOptions = {}): unknown {
  const fields = fieldsOf()
  writeDeclared(fields, 'k', { kind, options }, value)
  const found = pairs(fields)
  return found.length === 0 ? undefined : found[0][1]
}

const DATE = new Date('2026-11-23T02:52:15.206Z')

describe('a declared field', () => {
  it.each<{ kind: FieldKindName; name: string; input: unknown; want: unknown }>([
    { kind: 'string', name: 'text', input: 'paid', want: 'paid' },
    { kind: 'string', name: 'a number', input: 42, want: '42' },
    { kind: 'string', name: 'a boolean', input: true, want: 'true' },
    { kind: 'string', name: 'an object', input: { a: 1 }, want: { a: 1 } },
    { kind: 'int', name: 'a number', input: 42, want: 42 },
    { kind: 'int', name: 'digits', input: '42', want: 42 },
    { kind: 'int', name: 'digits with spaces', input: ' 42 ', want: 42 },
    { kind: 'int', name: 'text that is no number', input: '42a', want: '42a' },
    { kind: 'int', name: 'empty text', input: '', want: '' },
    { kind: 'int', name: 'spaces', input: '  ', want: '  ' },
    { kind: 'int', name: 'an infinite text', input: 'Infinity', want: 'Infinity' },
    { kind: 'int', name: 'a boolean', input: true, want: true },
    { kind: 'float', name: 'digits', input: '99.5', want: 99.5 },
    { kind: 'float', name: 'an array', input: [1], want: [1] },
    { kind: 'duration', name: 'a number', input: 12.5, want: 12.5 },
    { kind: 'duration', name: 'digits', input: '12.5', want: 12.5 },
    { kind: 'bool', name: 'true', input: true, want: true },
    { kind: 'bool', name: 'the text true', input: 'true', want: true },
    { kind: 'bool', name: 'the text false', input: 'false', want: false },
    { kind: 'bool', name: 'another text', input: 'yes', want: 'yes' },
    { kind: 'bool', name: 'a number', input: 1, want: 1 },
    { kind: 'timestamp', name: 'milliseconds', input: DATE.getTime(), want: DATE.toISOString() },
    { kind: 'timestamp', name: 'a Date', input: DATE, want: DATE.toISOString() },
    { kind: 'timestamp', name: 'ISO text', input: DATE.toISOString(), want: DATE.toISOString() },
    { kind: 'bigint', name: 'a bigint', input: 12n, want: 12 },
    { kind: 'error', name: 'a text', input: 'no', want: { type: 'string', message: 'no' } },
    { kind: 'any', name: 'an object', input: { a: [1] }, want: { a: [1] } },
  ])('of kind $kind writes $name as $want', ({ kind, input, want }) => {
    expect(written(kind, input)).toEqual(want)
  })

  it.each<FieldKindName>(['string', 'int', 'float', 'bool', 'bigint', 'timestamp', 'duration', 'any'])(
    'of kind %s writes null as null and leaves undefined out',
    (kind) => {
      expect(written(kind, null)).toBe(null)
      expect(written(kind, undefined)).toBeUndefined()
    },
  )

  it.each<{ name: string; options: FieldOptions; input: unknown; want: unknown }>([
    { name: 'masked', options: { redact: 'mask' }, input: 'hunter2', want: '[Redacted]' },
    { name: 'masked, an object', options: { redact: 'mask' }, input: { a: 1 }, want: '[Redacted]' },
    { name: 'masked, null', options: { redact: 'mask' }, input: null, want: null },
    { name: 'removed', options: { redact: 'remove' }, input: 'hunter2', want: undefined },
    { name: 'removed, null', options: { redact: 'remove' }, input: null, want: undefined },
    { name: 'cut to its last four', options: { redact: 'last4' }, input: '4111111111111234', want: '…1234' },
    { name: 'cut to its last four, a number', options: { redact: 'last4' }, input: 4111111111111234, want: '…1234' },
    { name: 'cut, of eight characters', options: { redact: 'last4' }, input: '12345678', want: '…5678' },
    { name: 'cut, of seven characters', options: { redact: 'last4' }, input: '1234567', want: '[Redacted]' },
    { name: 'cut, an object', options: { redact: 'last4' }, input: { number: '4111111111111234' }, want: '[Redacted]' },
    { name: 'cut, a bigint', options: { redact: 'last4' }, input: 4111111111111234n, want: '[Redacted]' },
  ])('is $name', ({ options, input, want }) => {
    expect(written('string', input, options)).toEqual(want)
    expect(written('any', input, options)).toEqual(want)
  })

  it('that is masked is masked whatever its kind', () => {
    for (const kind of ['int', 'float', 'bool', 'timestamp', 'duration', 'error'] as const) {
      expect(written(kind, 42, { redact: 'mask' })).toBe('[Redacted]')
    }
  })
})
