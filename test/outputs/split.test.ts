import { describe, expect, it } from 'vitest'
import { createLogger, file, json, memory, type Output, split } from 'wideline'
import { freshPath } from './folder.js'

describe('split() by level', () => {
  it('sends a line to the output of the highest level named that it reaches, and to no other', () => {
    const [some, grave] = [memory(), memory()]
    const output = split({ info: some, error: grave })
    const logger = createLogger({ level: 'trace', outputs: [{ output, encoder: json() }] })
    for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) logger[level](level)
    expect(some.parsed().map((line) => line['msg'])).toEqual(['info', 'warn'])
    expect(grave.parsed().map((line) => line['msg'])).toEqual(['error', 'fatal'])
    const [stats] = logger.stats().outputs
    expect(stats).toMatchObject({ calls: 5, accepted: 4, written: 4, filtered: 0, dropped: { belowLevel: 1 } })
    expect(stats.parts).toHaveLength(2)
  })
})

it.each(['flush', 'flushSync', 'close'] as const)(
  'split() has all its outputs %s, whatever one of them throws',
  async (step) => {
    const broken: Output = Object.assign(memory(), {
      [step]: () => {
        throw new Error('broken')
      },
    })
    const problems: string[] = []
    const rest = file(freshPath())
    const logger = createLogger({
      outputs: [split({ info: broken, error: rest })],
      onError: (problem) => problems.push(problem.message),
    })
    rest.begin().text('waits\n')
    rest.commit(10)
    expect(rest.stats()).toMatchObject({ written: 0 })
    if (step === 'flushSync') logger.flushSync()
    else await expect(logger[step]()).rejects.toThrow('broken')
    expect(rest.stats()).toMatchObject({ written: 1 })
    expect(problems).toEqual(step === 'flushSync' ? ['broken'] : [])
    await rest.close()
  },
)

it('split() waits for all its outputs together no longer than it may', () => {
  const given: (number | undefined)[] = []
  const slow = (): Output =>
    Object.assign(memory(), {
      flushSync: (limitMs?: number) => {
        given.push(limitMs)
        const until = performance.now() + 20
        while (performance.now() < until);
      },
    })
  split({ info: slow(), error: slow() }).flushSync(50)
  expect(given[0]).toBeLessThanOrEqual(50)
  expect(given[1]).toBeLessThanOrEqual(31)
})

describe('split() by a function', () => {
  it('sends a line where the function says', () => {
    const [audit, rest] = [memory(), memory()]
    const output = split(({ level, text }) => level === 'warn' || text.includes('"audit":true'), audit, rest)
    const logger = createLogger({ outputs: [{ output, encoder: json() }] })
    logger.info('a', { audit: true })
    logger.info('b')
    logger.warn('c')
    expect(audit.parsed().map((line) => line['msg'])).toEqual(['a', 'c'])
    expect(rest.parsed().map((line) => line['msg'])).toEqual(['b'])
  })

  it('sends it to the second, and reports, where the function throws', () => {
    const [first, second] = [memory(), memory()]
    const problems: string[] = []
    const output = split(
      () => {
        throw new Error('no choice')
      },
      first,
      second,
    )
    const onError = (problem: Error): void => void problems.push(problem.message)
    createLogger({ outputs: [{ output, encoder: json() }], onError }).info('a')
    expect(first.lines).toHaveLength(0)
    expect(second.lines).toHaveLength(1)
    expect(problems).toEqual(['no choice'])
  })
})

it.each([
  { call: () => split({} as never), want: 'split must be outputs by level, or a function' },
  { call: () => split({ loud: memory() } as never), want: 'split must be outputs under trace' },
  { call: () => split({ info: {} } as never), want: 'split.info must be an output' },
  { call: () => split(() => true, memory(), undefined as never), want: 'split output must be an output' },
])('split() refuses what it cannot use: $want', ({ call, want }) => {
  expect(call).toThrow(want)
})
