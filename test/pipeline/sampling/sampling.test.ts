import { describe, expect, it } from 'vitest'
import { burst, everyNth, type LoggerOptions, probability, type SamplingOption } from 'wideline'
import { capture } from '../../logger/capture.js'

const none = probability(0)

function kept(
  sampling: SamplingOption,
  log: (logger: ReturnType<typeof capture>['logger']) => void,
  more: LoggerOptions = {},
): unknown[] {
  const { logger, lines } = capture({ noticeEveryMs: 0, ...more, sampling })
  log(logger)
  return lines().map(({ msg }) => msg)
}

describe('sampling', () => {
  it('by one sampler takes all levels below error', () => {
    expect(
      kept(none, (log) => {
        log.debug('1')
        log.warn('2')
        log.error('3')
        log.fatal('4')
      }),
    ).toEqual(['3', '4'])
  })

  it('by level leaves the others alone', () => {
    expect(
      kept({ debug: none }, (log) => {
        log.debug('1')
        log.info('2')
      }),
    ).toEqual(['2'])
  })

  it('counts for the children of the logger it was given to together, and for its parent not at all', () => {
    const { logger, lines } = capture({ noticeEveryMs: 0 })
    const sampled = logger.child({}, { sampling: everyNth(2) })
    const one = sampled.child({ of: 1 })
    const other = sampled.child({ of: 2 })
    for (let i = 0; i < 4; i++) {
      one.info('one')
      other.info('other')
      logger.info('parent')
    }
    expect(lines().filter(({ msg }) => msg === 'parent')).toHaveLength(4)
    expect(lines().filter(({ msg }) => msg === 'one')).toHaveLength(4)
    expect(lines().filter(({ msg }) => msg === 'other')).toHaveLength(0)
  })

  it("of a parent counts for its children too, and a child's own is added", () => {
    const { logger, lines } = capture({ noticeEveryMs: 0, sampling: everyNth(2) })
    const child = logger.child({}, { sampling: everyNth(2) })
    for (let i = 0; i < 8; i++) child.info('m')
    expect(lines()).toHaveLength(2)
  })

  it('uses the clock of the logger', () => {
    const { logger, lines } = capture({ noticeEveryMs: 0, sampling: burst({ first: 1, periodMs: 1000 }) })
    logger.info('m')
    logger.info('m')
    expect(lines()).toHaveLength(1)
  })
})

describe('rules that win over samplers', () => {
  it.each<{
    name: string
    sampling: SamplingOption
    log: (log: ReturnType<typeof capture>['logger']) => void
    want: string[]
  }>([
    {
      name: 'a level',
      sampling: { info: none, warn: none, always: { from: 'warn' } },
      log: (log) => (log.info('1'), log.warn('2')),
      want: ['2'],
    },
    {
      name: 'a sampled trace, as OpenTelemetry writes it',
      sampling: none,
      log: (log) => (
        log.info('1', { trace_flags: '01' }),
        log.info('2', { trace_flags: '00' }),
        log.info('3', { traceFlags: 1 })
      ),
      want: ['1', '3'],
    },
    {
      name: 'a sampled trace in the context',
      sampling: none,
      log: (log) => log.child({ trace_flags: '01' }).info('1'),
      want: ['1'],
    },
    {
      name: 'no trace where that is off',
      sampling: { info: none, always: { traced: false } },
      log: (log) => log.info('1', { trace_flags: '01' }),
      want: [],
    },
    {
      name: 'a filter',
      sampling: { info: none, always: { when: "tenant = 'acme'" } },
      log: (log) => (log.info('1'), log.info('2', { tenant: 'acme' })),
      want: ['2'],
    },
    {
      name: 'a predicate, and one that throws loses nothing',
      sampling: {
        info: none,
        always: {
          when: (line) => {
            if (line.message === '3') throw new Error('no')
            return line.get('vip') === true
          },
        },
      },
      log: (log) => (log.info('1'), log.info('2', { vip: true }), log.info('3')),
      want: ['2', '3'],
    },
  ])('$name', ({ sampling, log, want }) => {
    expect(kept(sampling, log)).toEqual(want)
  })

  it('see what a before hook added', () => {
    const hooks = {
      before: (line: { string(key: string, value: string): unknown }) => line.string('trace_flags', '01'),
    }
    expect(kept(none, (log) => log.info('1'), { hooks })).toEqual(['1'])
  })
})

it('a sampler that throws is reported and loses no line', () => {
  const { logger, lines, problems } = capture({
    sampling: {
      admits: () => {
        throw new Error('broken')
      },
    },
  })
  logger.info('m')
  expect(lines()).toHaveLength(1)
  expect(problems.map(({ message }) => message)).toEqual(['broken'])
})

it('a sampler that does not say is reported and loses no line', () => {
  for (const answer of [undefined, 1, 'no']) {
    const { logger, lines, problems } = capture({ sampling: { admits: () => answer as never } })
    logger.info('m')
    expect(lines()).toHaveLength(1)
    expect(problems.map(({ message }) => message)).toEqual([
      `admits() of a sampler must be true or false, got ${typeof answer}`,
    ])
  }
})

it.each([
  ['admits', (answer: () => never) => ({ admits: answer })],
  ['sampling.always.when', (answer: () => never) => ({ info: { admits: () => false }, always: { when: answer } })],
])('%s() that is async and fails is reported, loses no line and ends no process', async (name, sampling) => {
  const { logger, lines, problems } = capture({
    sampling: sampling(() => Promise.reject(new Error('hostile')) as never),
  })
  const unhandled: unknown[] = []
  const listen = (problem: unknown): number => unhandled.push(problem)
  process.on('unhandledRejection', listen)
  logger.info('m')
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', listen)
  expect(unhandled).toEqual([])
  expect(lines()).toHaveLength(1)
  expect(problems.map(({ message }) => message)).toEqual([`${name}() gave a promise, which nothing waits for`])
})

it('stats() tells by level what passed and what was dropped', () => {
  const { logger } = capture({ sampling: { info: everyNth(2), always: { when: 'vip exists' } } })
  for (let i = 0; i < 4; i++) logger.info('m')
  logger.info('m', { vip: 1 })
  logger.debug('m')
  expect(logger.stats().gates).toEqual([
    {
      kind: 'sampling',
      passed: 4,
      dropped: 2,
      parts: { debug: { passed: 1, dropped: 0 }, info: { passed: 3, dropped: 2 }, always: 1 },
    },
  ])
})

it.each([
  { sampling: { info: 0.5 }, want: 'sampling.info must be a sampler, got 0.5' },
  { sampling: { infos: none }, want: 'sampling.infos must be a known option (did you mean info?)' },
  { sampling: { always: { from: 'loud' } }, want: 'sampling.always.from must be' },
  { sampling: { always: { when: 'a = ' } }, want: 'sampling.always.when, column 5, must be a value' },
])('refuses $want', ({ sampling, want }) => {
  expect(() => capture({ sampling: sampling as never })).toThrow(want)
})
