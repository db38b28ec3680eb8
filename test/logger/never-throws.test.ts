import { afterEach, describe, expect, it, vi } from 'vitest'
import fs from 'node:fs'
import { createLogger, json, type LoggerOptions, type Logger, memory } from 'wideline'
import { strictParse } from '../encoders/strict-json.js'
import { faultyEncoder, faultyOutput } from './faulty-parts.js'

const CALLS: ((logger: Logger) => void)[] = [
  (log) => log.info('message'),
  (log) => log.info('message', { bad: 1, good: 2 }),
  (log) => log.info({ bad: 1 }, 'message'),
  (log) => log.error(new Error('x')),
  (log) => log.info('%s %d', 'a', 1),
  (log) => log.at('info')?.int('bad', 1).msg('message'),
  (log) => log.child({ a: 1 }).info('message'),
]

const REASONS: unknown[] = [
  new Error('failed'),
  'a text',
  undefined,
  null,
  Object.create(null),
  { toString: () => fail() },
  new Proxy({}, { get: fail, getPrototypeOf: fail }),
]

function fail(): never {
  throw new Error('even this')
}

function callAll(options: LoggerOptions): Logger {
  const logger = createLogger(options)
  for (const call of CALLS) expect(() => call(logger)).not.toThrow()
  return logger
}

afterEach(() => vi.restoreAllMocks())

describe('no log call throws', () => {
  it.each(['begin', 'commit'] as const)(
    'when the output throws in %s, whatever it throws, and each is reported',
    (step) => {
      for (const reason of REASONS) {
        const problems: Error[] = []
        const logger = callAll({
          outputs: [{ output: faultyOutput(step, reason), encoder: json() }],
          onError: (problem) => problems.push(problem),
        })
        expect(problems).toHaveLength(CALLS.length)
        expect(problems.every((problem) => problem instanceof Error)).toBe(true)
        expect(logger.stats().problems).toBe(CALLS.length)
      }
    },
  )

  it('when an encoder throws, whatever it throws, and its line is written without its fields', () => {
    for (const reason of REASONS) {
      const problems: Error[] = []
      const output = memory()
      callAll({
        outputs: [{ output, encoder: faultyEncoder(false, reason) }],
        onError: (problem) => problems.push(problem),
      })
      expect(output.lines).toHaveLength(CALLS.length)
      const failed = strictParse(output.lines[1]) as Record<string, unknown>
      expect(failed).toMatchObject({ level: 'info', msg: 'message' })
      expect(failed['bad']).toBeUndefined()
      expect(typeof failed['loggingError']).toBe('string')
      expect(problems).toHaveLength(3)
    }
  })

  it('when an encoder throws for every line, and nothing of a line is written', () => {
    for (const reason of REASONS) {
      const problems: Error[] = []
      const output = memory()
      callAll({
        outputs: [{ output, encoder: faultyEncoder(true, reason) }],
        onError: (problem) => problems.push(problem),
      })
      expect(output.lines).toEqual([])
      expect(problems.length).toBeGreaterThanOrEqual(CALLS.length)
    }
  })

  it('when onError throws, and standard error tells instead', () => {
    const told: string[] = []
    vi.spyOn(fs, 'writeSync').mockImplementation((_, text) => told.push(String(text)))
    callAll({ outputs: [{ output: faultyOutput('commit'), encoder: json() }], onError: fail })
    expect(told).toHaveLength(1)
    expect(told[0]).toBe('wideline: commit failed\n')
  })

  it('when standard error is gone too', () => {
    vi.spyOn(fs, 'writeSync').mockImplementation(fail)
    const logger = callAll({ outputs: [{ output: faultyOutput('begin'), encoder: json() }] })
    expect(logger.stats().problems).toBe(CALLS.length)
  })

  it('when the clock throws, and each is reported and written', () => {
    const problems: Error[] = []
    const output = memory()
    callAll({ outputs: [output], clock: { now: fail }, onError: (problem) => problems.push(problem) })
    expect(problems).toHaveLength(CALLS.length)
    expect(output.lines).toHaveLength(CALLS.length)
    for (const line of output.lines) expect(line).toMatch(/"time":"20\d\d-/)
  })

  it('when the clock gives a promise, and each that fails is reported, ends no process and is written', async () => {
    const problems: Error[] = []
    const unhandled: unknown[] = []
    const output = memory()
    const later = (() => Promise.reject(new Error('late'))) as () => never
    const listen = (problem: unknown): number => unhandled.push(problem)
    process.on('unhandledRejection', listen)
    const logger = callAll({
      outputs: [output],
      clock: { now: later, ticks: later },
      onError: (problem) => problems.push(problem),
    })
    logger.unit('job', () => 1)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', listen)
    expect(unhandled).toEqual([])
    expect(output.lines).toHaveLength(CALLS.length + 1)
    for (const line of output.lines) expect(line).toMatch(/"time":"20\d\d-/)
    const told = new Set(problems.map(({ message }) => message))
    expect(told).toEqual(
      new Set(['now', 'ticks'].map((name) => `clock.${name}() gave a promise, which nothing waits for`)),
    )
  })

  it.each<[string, () => unknown]>([
    ['throws', fail],
    ['gives a bigint', () => 5n],
    ['gives a symbol', () => Symbol('now')],
  ])('nor a unit where its clock %s when it is asked for how long', async (_, ticks) => {
    const output = memory()
    const clock = { now: Date.now, ticks: ticks as () => number }
    const logger = createLogger({
      outputs: [output],
      clock,
      rateLimit: { perSecond: 10 },
      coalesce: {},
      onError: () => undefined,
    })
    expect(logger.unit('job', () => 1)).toBe(1)
    await expect(logger.unit('job', (unit) => unit.time('part', () => Promise.resolve(2)))).resolves.toBe(2)
    await logger.flush()
    expect(output.lines.filter((line) => line.includes('"unit":"job"'))).toHaveLength(2)
  })

  it('when the logger is closed', async () => {
    const logger = createLogger({ outputs: [memory()] })
    await logger.close()
    for (const call of CALLS) expect(() => call(logger)).not.toThrow()
  })
})

describe('a fault of one output', () => {
  it.each(['begin', 'commit'] as const)('in %s keeps no line from another', (step) => {
    const [before, after] = [memory(), memory()]
    callAll({
      outputs: [before, faultyOutput(step), after].map((output) => ({ output, encoder: json() })),
      onError: () => undefined,
    })
    expect(before.lines).toHaveLength(CALLS.length)
    expect(after.lines).toEqual(before.lines)
  })

  it('of its encoder changes nothing on the lines of another', () => {
    const [before, faulty, after] = [memory(), memory(), memory()]
    callAll({
      outputs: [
        { output: before, encoder: json() },
        { output: faulty, encoder: faultyEncoder() },
        { output: after, encoder: json() },
      ],
      onError: () => undefined,
    })
    expect(after.lines).toEqual(before.lines)
    expect(JSON.parse(faulty.lines[1])).toHaveProperty('loggingError')
  })

  it('leaves the logger as it was: later lines are whole, and no entry is lost', () => {
    const output = memory()
    const logger = createLogger({ outputs: [{ output, encoder: faultyEncoder() }], onError: () => undefined })
    for (let i = 0; i < 100; i++) logger.info('m', { bad: i })
    logger.info('after', { good: 1 })
    expect(strictParse(output.lines.at(-1) ?? '')).toMatchObject({ msg: 'after', good: 1 })
    expect(logger.stats().entries.outstanding).toBe(0)
  })
})
