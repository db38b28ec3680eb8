import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLogger, json, logfmt, memory, OptionError, sexpr } from '../../src/index.js'
import { capture } from './capture.js'

/** What plain JavaScript lets through, and would do nothing without a word. */
describe('a call that makes no sense says so', () => {
  const logger = createLogger({ outputs: [{ output: memory(), encoder: json() }] })
  const promise = Promise.resolve(1)

  it.each<[what: string, call: () => unknown, want: string]>([
    [
      'a stream in place of options',
      () => createLogger(new Writable() as never),
      'createLogger must be given its outputs as an option, such as outputs: [stream(out)] or [file(path)], got an object',
    ],
    [
      'a flush with a callback',
      () => (logger as { flush(done: () => void): unknown }).flush(() => undefined),
      'flush must be awaited, without a callback, got a function',
    ],
    [
      'a listener that is none',
      () => logger.levels.onChange('change' as never),
      'onChange(listener) must be a function, got "change"',
    ],
    [
      'a promise that is to be timed',
      () => logger.unit('job', (unit) => unit.time('db', promise as never)),
      'time(run) must be a function, got a promise',
    ],
    [
      "a unit's empty id",
      () => logger.unit('job', { id: '' }, () => undefined),
      'unit.id must be a string of 1 to 256 characters, got ""',
    ],
    [
      'a correlation that knows nothing',
      () => logger.correlate({} as never),
      'correlate(correlation) must be an object with its three names and position(), got an object',
    ],
    [
      'a correlation without all its names',
      () => logger.correlate({ names: { traceId: 't', spanId: '' }, position: () => undefined } as never),
      'correlate(correlation) must be',
    ],
    [
      'options of logfmt()',
      () => (logfmt as (options: object) => unknown)({ time: 'epochMs' }),
      'logfmt must be called without options, got an object',
    ],
    [
      'options of sexpr()',
      () => (sexpr as (options: object) => unknown)({}),
      'sexpr must be called without options, got an object',
    ],
  ])('%s', (_what, call, want) => {
    expect(call).toThrow(OptionError)
    expect(call).toThrow(want)
  })

  it("a hook's level that is none, and the line is written as it is", () => {
    const { logger: hooked, lines, problems } = capture()
    hooked.hooks.before((line) => {
      line.level = 'loud' as never
    })
    hooked.info('kept')
    expect(lines()).toMatchObject([{ level: 'info', msg: 'kept' }])
    expect(problems[0].message).toContain('line.level must be')
  })
})

it("a unit takes over a job's id, whatever its characters", () => {
  const { logger, lines } = capture()
  logger.unit('job', { id: 'repeat:42 "a"' }, (unit) => unit.info('inside'))
  expect(lines()).toMatchObject([{ unitId: 'repeat:42 "a"' }, { unitId: 'repeat:42 "a"' }])
})
