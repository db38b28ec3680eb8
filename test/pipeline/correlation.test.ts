import { describe, expect, it } from 'vitest'
import { type Entry, json, type Logger } from 'wideline'
import { write } from '../encoders/lines.js'

const names = { traceId: 't', spanId: 's', traceFlags: 'f' }

/** Lines without what stands before their messages. */
function messages(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^.*?"msg"/, '{"msg"'))
}

describe('a correlation of the application', () => {
  it.each<[string, object]>([
    ['has no isIdle', {}],
    ['has it as a method', { isIdle: () => false }],
  ])('that %s is asked for each line', (_, given) => {
    const { logger, lines } = write(json())
    logger.correlate({ names, ...given, mark: (entry: Entry) => void entry.string('t', 'trace') } as never)
    logger.info('m')
    logger.info('m', { a: 1 })
    expect(messages(lines)).toEqual(['{"msg":"m","t":"trace"}', '{"msg":"m","a":1,"t":"trace"}'])
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
      isIdle: false,
      mark: () => {
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
    logger.correlate({ names, isIdle: false, mark: () => log.info('within') })
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
