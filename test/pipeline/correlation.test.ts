import { describe, expect, it } from 'vitest'
import { createLogger, json, logfmt, type Logger, memory, type SinkOptions, type TracePosition } from 'wideline'
import { fixedClock } from 'wideline/testing'
import { NOW, write } from '../encoders/lines.js'

const AT: TracePosition = { traceId: 'trace', spanId: 'span', traceFlags: '01' }
const names = { traceId: 't', spanId: 's', traceFlags: 'f' }

/** Lines without what stands before their messages. */
function messages(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^.*?"msg"/, '{"msg"'))
}

/** Entries that lines took. */
function taken(logger: Logger): number {
  const { hits, misses } = logger.stats().entries
  return hits + misses
}

describe('a correlation of the application', () => {
  it('is asked for each line', () => {
    const { logger, lines } = write(json())
    let asked = 0
    logger.correlate({ names, position: () => (asked++ === 1 ? undefined : AT) })
    logger.info('m')
    logger.info('m', { a: 1 })
    logger.at('info')?.int('a', 1).msg('m')
    logger.info('m', { a: 1 })
    expect(messages(lines)).toEqual([
      '{"msg":"m","t":"trace","s":"span","f":"01"}',
      '{"msg":"m","a":1}',
      '{"msg":"m","t":"trace","s":"span","f":"01","a":1}',
      '{"msg":"m","t":"trace","s":"span","f":"01","a":1}',
    ])
    expect(asked).toBe(4)
  })

  it.each<[string, (logger: Logger) => void, string]>([
    ['fields', (logger) => logger.info('m', { s: 'mine', a: 1 }), '"t":"trace","f":"01","s":"mine","a":1}'],
    ['a typed chain', (logger) => logger.at('info')?.string('t', 'mine').msg('m'), '"s":"span","f":"01","t":"mine"}'],
    [
      "a unit's line",
      (logger) => logger.unit('job', { id: '7' }, (unit) => unit.info('m', { f: 'mine' })),
      '"unitId":"7","t":"trace","s":"span","f":"mine"}',
    ],
  ])('leaves what %s names itself', (_, log, want) => {
    const { logger, lines } = write(json())
    logger.correlate({ names, position: () => AT })
    log(logger)
    expect(lines[0]).toContain(want)
  })

  it('wins over a context', () => {
    const { logger, lines } = write(json())
    logger.correlate({ names, position: () => AT })
    const child = logger.child({ t: 'older', tenant: 'acme' })
    child.info('m')
    child.info('m', { a: 1 })
    child.at('info')?.int('a', 1).msg('m')
    expect(messages(lines)).toEqual([
      '{"msg":"m","tenant":"acme","t":"trace","s":"span","f":"01"}',
      '{"msg":"m","tenant":"acme","a":1,"t":"trace","s":"span","f":"01"}',
      '{"msg":"m","tenant":"acme","a":1,"t":"trace","s":"span","f":"01"}',
    ])
  })

  it('costs a line no entry, whatever the span, the logger, the unit and the encoder', () => {
    const { logger, lines } = write(json())
    let at = AT
    let want: string[] = []
    logger.correlate({ names, position: () => at })
    const child = logger.child({ tenant: 'acme' })
    logger.unit('outer', { id: '1' }, (outer) => {
      logger.unit('inner', { id: '2' }, (inner) => {
        const before = taken(logger)
        for (const spanId of ['x', 'y', 'x']) {
          at = { traceId: 'trace', spanId, traceFlags: '00' }
          for (const log of [logger, child, outer, inner, inner.child({ tenant: 'b' }), logger]) log.info('m', { a: 1 })
          const ids = `"t":"trace","s":"${spanId}","f":"00","a":1}`
          want = [
            ...want,
            `{"msg":"m",${ids}`,
            `{"msg":"m","tenant":"acme",${ids}`,
            `{"msg":"m","unitId":"1",${ids}`,
            `{"msg":"m","unitId":"2",${ids}`,
            `{"msg":"m","tenant":"b","unitId":"2",${ids}`,
            `{"msg":"m",${ids}`,
          ]
        }
        expect(taken(logger)).toBe(before)
      })
    })
    expect(messages(lines).slice(0, want.length)).toEqual(want)
  })

  it('is on lines of typed chains as it is on others, whatever the span and the logger', () => {
    const { logger, lines } = write(json())
    let at = AT
    logger.correlate({ names, position: () => at })
    const child = logger.child({ tenant: 'acme', a: 'of the child' })
    for (const spanId of ['x', 'x', 'y', 'x']) {
      at = { traceId: 'trace', spanId, traceFlags: '00' }
      for (const log of [logger, child]) {
        log.at('info')?.msg('m')
        log.info('m')
        log.at('info')?.int('a', 1).string('s', 'mine').msg('m')
        log.info('m', { a: 1, s: 'mine' })
      }
    }
    const of = (rest: number): string[] => messages(lines).filter((_, i) => i % 2 === rest)
    expect(of(0)).toEqual(of(1))
    expect(messages(lines).slice(-4)[0]).toBe(
      '{"msg":"m","tenant":"acme","a":"of the child","t":"trace","s":"x","f":"00"}',
    )
  })

  it('has ids of any text, wherever they come to stand', () => {
    const { logger, lines } = write(json())
    let at = AT
    logger.correlate({ names, position: () => at })
    for (let i = 0; i < 16; i++) {
      at = {
        traceId: `${'x'.repeat(i)}\u{1f4b6}\u007f\u{10ffff}\u007f`,
        spanId: '\u007f'.repeat(i),
        traceFlags: '\ud800',
      }
      logger.info('m')
      logger.info('m')
      expect(lines.slice(-2).map((line) => JSON.parse(line) as object)).toEqual(
        Array(2).fill(expect.objectContaining({ t: at.traceId, s: at.spanId, f: '\ufffd' })),
      )
    }
  })

  it('hides no field of a context from a filter or another encoder', () => {
    const [filtered, other] = [memory(), memory()]
    const log = (options: SinkOptions[]): void => {
      const logger = createLogger({ outputs: options, clock: fixedClock(NOW) })
      logger.correlate({ names, position: () => AT })
      logger.child({ tenant: 'acme' }).at('info')?.int('a', 1).msg('m')
    }
    log([{ output: filtered, encoder: json(), filter: 'tenant == "acme"' }])
    log([{ output: other, encoder: logfmt() }])
    expect(messages(filtered.lines)).toEqual(['{"msg":"m","tenant":"acme","a":1,"t":"trace","s":"span","f":"01"}'])
    expect(other.lines[0]).toMatch(/ msg=m tenant=acme a=1 t=trace s=span f="01"$/)
  })

  it('writes no name twice where the loggers of a unit take turns', () => {
    const { logger, lines } = write(json())
    logger.correlate({ names, position: () => AT })
    logger.unit('job', { id: '7' }, (unit) => {
      unit.info('m', { a: 1 })
      unit.child({ a: 2 }).info('m', { a: 1 })
    })
    const want = '{"msg":"m","unitId":"7","t":"trace","s":"span","f":"01","a":1}'
    expect(messages(lines).slice(0, 2)).toEqual([want, want])
  })

  it.each<[string, (logger: Logger) => void]>([
    ['a logger', (logger) => logger.info('m')],
    ['a typed chain', (logger) => logger.at('info')?.msg('m')],
    ['a unit', (logger) => logger.unit('job', { id: '7' }, (unit) => unit.info('m'))],
  ])('writes no name twice on lines of %s where an output takes one, and it becomes another of them', (_, log) => {
    const { logger, lines } = write(json())
    logger.correlate({ names: { traceId: '_t', spanId: 't', traceFlags: 'f' }, position: () => AT })
    log(logger)
    logger.setOutputs('other', [{ output: memory(), encoder: json({ keys: { level: 't' } }) }])
    const before = lines.length
    log(logger)
    expect(lines[before]).toContain('"_t":"span","f":"01"')
    expect(lines[before]).not.toContain('"trace"')
  })

  it('is told where a unit stands, and of none where it ends while the unit goes on', () => {
    const { logger, lines } = write(json())
    logger.unit('job', { id: '7' }, (unit) => {
      unit.info('before')
      const end = logger.correlate({ names, position: (own) => own })
      unit.info('m')
      unit.at('info')?.msg('m')
      const { traceId, spanId } = unit.traceContext
      const want = `{"msg":"m","unitId":"7","t":"${traceId}","s":"${spanId}","f":"03"}`
      expect(messages(lines).slice(1)).toEqual([want, want])
      end()
      unit.info('after')
    })
    expect(lines[0]).toContain('"msg":"before","unitId":"7"}')
    expect(lines[3]).not.toContain('"s":')
  })

  it('has its ids on lines that a flight recorder held back', () => {
    const { logger, lines } = write(json())
    logger.correlate({ names, position: () => AT })
    const failing = (): void =>
      logger.unit('job', { id: '7', recorder: { level: 'debug' } }, (unit) => {
        unit.debug('m')
        unit.debug('m', { a: 1 })
        throw new Error('no')
      })
    expect(failing).toThrow('no')
    expect(messages(lines).slice(0, 2)).toEqual([
      '{"msg":"m","unitId":"7","t":"trace","s":"span","f":"01"}',
      '{"msg":"m","unitId":"7","t":"trace","s":"span","f":"01","a":1}',
    ])
  })

  it('does not put one span on the line of another, where a value of a line logs', () => {
    const { logger, lines } = write(json())
    let at = AT
    logger.correlate({ names, position: () => at })
    const value = {
      toJSON: () => {
        at = { traceId: 'trace', spanId: 'inner', traceFlags: '01' }
        logger.info('inner', { a: 1 })
        at = AT
        return 1
      },
    }
    const inner = '{"msg":"inner","a":1,"t":"trace","s":"inner","f":"01"}'
    logger.at('info')?.any('value', value).int('b', 2).msg('outer')
    logger.at('info')?.any('value', value).string('t', 'mine').msg('outer')
    expect(messages(lines)).toEqual([
      '{"msg":"outer","t":"trace","s":"span","f":"01","value":1,"b":2}',
      inner,
      '{"msg":"outer","s":"span","f":"01","value":1,"t":"mine"}',
      inner,
    ])
    const before = lines.length
    // A name of the context: its bytes are written anew behind the value.
    logger.child({ tenant: 'acme' }).info('outer', { value, tenant: 'b' })
    logger.info('outer', { value })
    expect(messages(lines).slice(before)).toEqual([
      '{"msg":"outer","t":"trace","s":"span","f":"01","value":1,"tenant":"b"}',
      '{"msg":"inner","t":"trace","s":"inner","f":"01","a":1}',
      '{"msg":"outer","t":"trace","s":"span","f":"01","value":1}',
      '{"msg":"inner","t":"trace","s":"inner","f":"01","a":1}',
    ])
  })

  it.each<[string, (logger: Logger) => void]>([
    ['a logger', (logger) => logger.info('m', { a: 1 })],
    ['a child', (logger) => logger.child({ tenant: 'acme' }).info('m')],
    ['a typed chain', (logger) => logger.at('info')?.msg('m')],
    ['a logger with a hook', (logger) => logger.child({}, { hooks: { before: () => undefined } }).info('m')],
    ['a held log', (logger) => logger.hold({}).fatal('m')],
    ['a unit', (logger) => logger.unit('job', (unit) => unit.info('m', { a: 1 }))],
  ])('that throws costs no line of %s, no call and no entry, and is told of', (_, log) => {
    const { logger, lines, problems } = write(json())
    logger.correlate({
      names,
      position: () => {
        throw new Error('no tracer')
      },
    })
    // More than calls may stand in one another: none is taken to be under way still.
    for (let i = 0; i < 10; i++) log(logger)
    expect(lines.filter((line) => line.includes('"msg":"m"')).length).toBe(10)
    expect(problems[0].message).toBe('no tracer')
    expect(logger.stats()).toMatchObject({ dropped: 0, entries: { outstanding: 0 } })
  })

  it('that logs in a unit ends, and throws nothing', () => {
    const { logger, lines, problems } = write(json())
    let log: Logger = logger
    logger.correlate({ names, position: () => log.info('within') as undefined })
    logger.unit('job', (unit) => {
      log = unit
      unit.info('m')
    })
    expect(lines.filter((line) => line.includes('"msg":"m"')).length).toBe(1)
    expect(lines.length).toBeLessThan(1000)
    expect(problems).toEqual([])
    expect(logger.stats().entries.outstanding).toBe(0)
  })
})
