import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogger, json, type Logger, memory } from 'wideline'
import { strictParse } from './strict-json.js'
import { runs } from '../runs.js'

/**
 * A logger remembers: keys and what followed them, messages that came twice, bytes of contexts. Whatever it remembers
 * of the lines before, a line must be what it would have been as the first of all.
 */
const KEYS = ['a', 'b', 'level', '_level', 'msg', 'token', '\ud800', '…', '__proto__', 'k'.repeat(300)]

/** What a call is made of. */
interface Values {
  readonly text: string
  readonly name: string
  readonly first: Record<string, unknown>
  readonly second: Record<string, unknown>
}

type Call = (log: Logger, values: Values) => void

const SHAPES: Record<string, Call> = {
  fields: (log, { text, first }) => log.info(text, first),
  'two sets of fields': (log, { first, second }) => log.info('m', first, second),
  context: (log, { text, first }) => log.child(first).warn(text),
  'context and fields': (log, { first, second }) => log.child(first, { name: 'child' }).info('m', second),
  error: (log, { text, first }) => log.info(text, new Error('x', { cause: first })),
  typed: (log, { name, first }) => log.at('info')?.any(name, first).int('a', 7).msg('m'),
  printf: (log, { first }) => log.info('%j', first),
  append: (log, { first }) =>
    log
      .at('info')
      ?.append(log.createFields().all(first), new Set(['a']))
      .msg('m'),
}

const key = fc.constantFrom(...KEYS)
const leaf = fc.constantFrom<unknown>(1, 'text', null, undefined, true, 1.5)
const bag = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> =>
  fc.array(fc.tuple(key, value), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs))
const asMap = (value: Record<string, unknown>): Map<string, unknown> => new Map(Object.entries(value))
const inner = fc.oneof(leaf, bag(leaf), bag(leaf).map(asMap), fc.array(bag(leaf), { maxLength: 2 }))
const fields = bag(fc.oneof(inner, bag(inner)))

const call = fc.record({
  shape: fc.constantFrom(...Object.keys(SHAPES)),
  text: fc.constantFrom('one', 'two', 'three "quoted"', ''),
  name: key,
  first: fields,
  second: fields,
})

function setUp(): { logger: Logger; last: () => string; count: () => number } {
  const output = memory({ maxLines: 1 })
  const logger = createLogger({ clock: { now: () => 0 }, outputs: [{ output, encoder: json() }] })
  return { logger, last: () => withoutStacks(output.lines[0]), count: () => output.stats().accepted }
}

/** Where an error was made is not the matter here. */
function withoutStacks(line: string): string {
  return line.replace(/"stack":"(?:[^"\\]|\\.)*"/g, '"stack":""')
}

describe('a line', () => {
  it('is what it would be as the first, whatever was logged before it', () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 2, maxLength: 8 }), (calls) => {
        const used = setUp()
        for (const [i, each] of calls.entries()) {
          SHAPES[each.shape](used.logger, each)
          const fresh = setUp()
          SHAPES[each.shape](fresh.logger, each)
          expect(used.count()).toBe(i + 1)
          strictParse(used.last())
          expect(used.last()).toBe(fresh.last())
        }
      }),
      { numRuns: runs(1500) },
    )
  })

  it.each<{ name: string; calls: ((log: Logger) => void)[]; want: object }>([
    {
      name: 'a reserved name after the same name inside a value',
      calls: [(log) => log.info('m', { o: { a: 1, level: 2 } }), (log) => log.info('m', { a: 1, level: 2 })],
      want: { level: 'info', msg: 'm', a: 1, _level: 2 },
    },
    {
      name: 'a name inside a value after the same name on the line',
      calls: [(log) => log.info('m', { a: 1, level: 2 }), (log) => log.info('m', { o: { a: 1, level: 2 } })],
      want: { level: 'info', msg: 'm', o: { a: 1, level: 2 } },
    },
    {
      name: 'a secret after the same key with another next to it',
      calls: [(log) => log.info('m', { a: 1, b: 2 }), (log) => log.info('m', { a: 1, token: 'x' })],
      want: { level: 'info', msg: 'm', a: 1, token: '[Redacted]' },
    },
    {
      name: 'a name that repeats what came before it',
      calls: [
        (log) => log.info('m', { a: 1, b: 2 }),
        (log) => log.at('info')?.int('a', 1).int('a', 2).int('b', 3).msg('m'),
      ],
      want: { level: 'info', msg: 'm', a: 2, b: 3 },
    },
  ])('has $name rightly', ({ calls, want }) => {
    const { logger, last } = setUp()
    for (const each of calls) each(logger)
    const { time: _, ...line } = strictParse(last()) as Record<string, unknown>
    expect(line).toEqual(want)
  })
})
