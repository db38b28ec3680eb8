import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  any,
  createLogger,
  type Encoder,
  type FieldWriter,
  fields as declare,
  json,
  type Logger,
  loggable,
  logfmt,
  memory,
  sexpr,
} from 'wideline'
import { readLogfmt } from '../encoders/logfmt-reader.js'
import { propertiesOf, readLisp } from '../encoders/sexpr-reader.js'
import { strictParse } from '../encoders/strict-json.js'
import { runs } from '../runs.js'

// Every source of fields at once, each of which may name what another names.

type Bag = Record<string, number>

interface Sources {
  readonly base: Bag
  readonly child: Bag
  readonly grandchild: Bag
  readonly call: Bag
  readonly more: Bag
  readonly hook: Bag
  readonly unit: Bag
  /** Without hooks and serializers lines take a shorter way. */
  readonly isPlain: boolean
}

const NAMES = ['a', 'b', 'level', '_level', 'msg', 'logger', 'a.b', '', '__proto__', 'constructor', '\ud800', '…']
/** What names the line itself has, and what it makes of names that are none. */
const RESERVED = ['level', 'msg', 'logger']
const written = (name: string): string => (RESERVED.includes(name) ? `_${name}` : name.toWellFormed())

const bag: fc.Arbitrary<Bag> = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), fc.nat({ max: 99 })), { maxLength: 5 })
  .map((pairs) => Object.fromEntries(pairs))
const sources = fc.record<Sources>({
  base: bag,
  child: bag,
  grandchild: bag,
  call: bag,
  more: bag,
  hook: bag,
  unit: bag,
  isPlain: fc.boolean(),
})

const Declared = declare({
  a: any({ optional: true }),
  b: any({ optional: true }),
  dotted: any({ key: 'a.b', optional: true }),
})
const declared = ({ a, b, 'a.b': dotted }: Bag): object => ({ a, b, dotted })
/** What of a bag the set declares. */
const ofDeclared = (values: Bag): Bag =>
  Object.fromEntries(Object.entries(values).filter(([name]) => ['a', 'b', 'a.b'].includes(name)))
const own = (values: Bag): object => ({ [loggable]: (writer: FieldWriter) => writer.all(values) })

/** Ways of a line, and what of its call stands on it, the nearest last. */
const WAYS: readonly { name: string; log: (log: Logger, from: Sources) => void; wins: (from: Sources) => Bag[] }[] = [
  { name: 'loose fields', log: (log, { call }) => log.info('m', call), wins: ({ call }) => [call] },
  {
    name: 'a declared set',
    log: (log, { call }) => log.info('m', Declared, declared(call)),
    wins: ({ call }) => [ofDeclared(call)],
  },
  { name: 'two bags', log: (log, { call, more }) => log.info(call, 'm', more), wins: ({ call, more }) => [call, more] },
  {
    name: 'a typed chain',
    log: (log, { call, more }) => {
      const line = log.at('info')!.all(call)
      for (const [name, value] of Object.entries(more)) line.int(name, value)
      line.msg('m')
    },
    wins: ({ call, more }) => [call, more],
  },
  {
    name: 'a declared set and loose fields',
    log: (log, { call, more }) => log.at('info')!.all(Declared, declared(call)).all(more).msg('m'),
    wins: ({ call, more }) => [ofDeclared(call), more],
  },
  {
    name: 'loose fields and a declared set',
    log: (log, { call, more }) => log.at('info')!.all(more).all(Declared, declared(call)).msg('m'),
    wins: ({ call, more }) => [more, ofDeclared(call)],
  },
  {
    name: 'an object that writes its own',
    log: (log, { call, more }) => log.info('m', call, own(more)),
    wins: ({ call, more }) => [call, more],
  },
]

/** As `json()` has them: each name once, with the last value; where a serializer is asked, with what it makes of it. */
function nearest({ base, child, grandchild, hook, isPlain }: Sources, bags: readonly Bag[]): Record<string, unknown> {
  const found = new Map<string, unknown>()
  for (const each of [base, child, grandchild, ...bags])
    for (const [name, value] of Object.entries(each)) found.set(written(name), value)
  if (isPlain) return Object.fromEntries(found)
  if (found.has('b')) found.set('b', `${found.get('b') as number}!`)
  for (const [name, value] of Object.entries(hook)) found.set(written(name), value)
  return Object.fromEntries(found)
}

function loggerOf(
  encoder: Encoder,
  { base, child, grandchild, hook, isPlain }: Sources,
): { log: Logger; lines: readonly string[] } {
  const output = memory()
  const root = createLogger({
    clock: { now: () => 0 },
    fields: base,
    ...(isPlain
      ? {}
      : { serializers: { b: (value: unknown) => `${value as number}!` }, hooks: { before: (line) => line.all(hook) } }),
    outputs: [{ output, encoder }],
  })
  return { log: root.child(child).child(grandchild), lines: output.lines }
}

describe('a line with fields from everywhere', () => {
  it.each(WAYS)('has each name once, of the nearest, in $name', ({ log: write, wins }) => {
    fc.assert(
      fc.property(sources, (from) => {
        const { log, lines } = loggerOf(json(), from)
        write(log, from)
        const { level: _, time, msg, ...found } = strictParse(lines[0]) as Record<string, unknown>
        expect([time, msg]).toEqual(['1970-01-01T00:00:00.000Z', 'm'])
        expect(found).toEqual(nearest(from, wins(from)))
      }),
      { numRuns: runs(100) },
    )
  })

  it.each<{ name: string; encoder: () => Encoder; read: (line: string) => unknown }>([
    ...(['pino', 'ecs', 'gcp', 'otel', 'datadog'] as const).map((preset) => ({
      name: preset,
      encoder: () => json({ preset }),
      read: strictParse,
    })),
    { name: 'logfmt()', encoder: logfmt, read: readLogfmt },
    { name: 'sexpr()', encoder: sexpr, read: (line) => propertiesOf(readLisp(line)) },
  ])('has none twice by $name, on lines and on that of a unit', ({ encoder, read }) => {
    fc.assert(
      fc.property(sources, (from) => {
        const { log, lines } = loggerOf(encoder(), from)
        for (const { log: write } of WAYS) write(log, from)
        log.unit('job', (unit) => {
          unit.set(from.unit)
          unit.child(from.more).info('within', from.call)
          unit.set(own(from.call))
        })
        expect(lines).toHaveLength(WAYS.length + 2)
        for (const line of lines) read(line)
      }),
      { numRuns: runs(40) },
    )
  })

  it('of a unit has what was set last, over its logger’s', () => {
    fc.assert(
      fc.property(sources, (from) => {
        const { log, lines } = loggerOf(json(), from)
        log.unit('job', (unit) => {
          unit.set(from.unit)
          unit.set(own(from.call))
        })
        const found = strictParse(lines[0]) as Record<string, unknown>
        expect(found).toMatchObject(nearest(from, [from.unit, from.call]))
      }),
      { numRuns: runs(100) },
    )
  })
})
