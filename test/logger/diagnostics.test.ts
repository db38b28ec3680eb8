import fs from 'node:fs'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLogger, json, type Logger, memory } from 'wideline'
import { faultyEncoder, faultyOutput } from './faulty-parts.js'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('problems without a listener', () => {
  it('go to standard error, a line a second at most, with the number of those it stands for', () => {
    const told: string[] = []
    vi.spyOn(fs, 'writeSync').mockImplementation((_, text) => told.push(String(text)))
    vi.useFakeTimers({ toFake: ['performance'] })
    const logger = createLogger({ outputs: [{ output: faultyOutput('commit'), encoder: json() }] })
    for (let i = 0; i < 5; i++) logger.info('m')
    vi.advanceTimersByTime(999)
    logger.info('m')
    vi.advanceTimersByTime(1)
    logger.info('m')
    expect(told).toEqual(['wideline: commit failed\n', 'wideline: commit failed (6 problems)\n'])
    expect(logger.stats().problems).toBe(7)
  })
})

/** What a listener may do that must not end in a loop. The time limit of vm ends it if it does. */
function callWithin(ms: number, call: () => void): void {
  runInNewContext('call()', { call }, { timeout: ms })
}

describe('a listener that logs to the logger that failed', () => {
  const cases: { name: string; make: (onError: (problem: Error) => void) => Logger }[] = [
    {
      name: 'in begin',
      make: (onError) => createLogger({ outputs: [{ output: faultyOutput('begin'), encoder: json() }], onError }),
    },
    {
      name: 'in commit',
      make: (onError) => createLogger({ outputs: [{ output: faultyOutput('commit'), encoder: json() }], onError }),
    },
    {
      name: 'in its encoder',
      make: (onError) => createLogger({ outputs: [{ output: memory(), encoder: faultyEncoder(true) }], onError }),
    },
  ]

  it.each(cases)('$name is told a few times, and the call ends', ({ make }) => {
    let told = 0
    const logger = make(() => {
      told++
      if (told < 100_000) logger.error('logging failed')
    })
    callWithin(2000, () => logger.info('m'))
    expect(told).toBeGreaterThan(0)
    expect(told).toBeLessThan(100)
  })

  it('gets its line onto the outputs that work', () => {
    const output = memory()
    const logger: Logger = createLogger({
      outputs: [
        { output: faultyOutput('commit'), encoder: json() },
        { output, encoder: json() },
      ],
      onError: (problem) => {
        if (output.lines.length < 100) logger.warn('logging failed', { problem: problem.message })
      },
    })
    callWithin(2000, () => logger.info('m'))
    const messages = output.parsed().map((line) => line['msg'])
    expect(messages).toContain('m')
    expect(messages).toContain('logging failed')
    expect(messages.length).toBeLessThan(100)
  })
})

describe('an output that logs to its own logger', () => {
  it('does not recurse without end, and both lines are whole', () => {
    const inner = memory()
    let calls = 0
    const logger: Logger = createLogger({
      outputs: [
        {
          encoder: json(),
          output: {
            begin: () => inner.begin(),
            flush: () => inner.flush(),
            flushSync: () => inner.flushSync(),
            close: () => inner.close(),
            stats: () => inner.stats(),
            commit: (level) => {
              inner.commit(level)
              if (calls++ < 3) logger.info('from within')
            },
          },
        },
      ],
    })
    callWithin(2000, () => logger.info('m'))
    expect(inner.parsed().map((line) => line['msg'])).toEqual(['m', 'from within', 'from within', 'from within'])
  })
})
