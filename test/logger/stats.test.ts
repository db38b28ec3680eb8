import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogger, json, type LevelName, Level, type LoggerStats, memory } from 'wideline'
import { faultyOutput } from './faulty-parts.js'
import { capture } from './capture.js'
import { runs } from '../runs.js'

const NAMES = Object.keys(Level) as LevelName[]

function lineCount(stats: LoggerStats): number {
  return Object.values(stats.lines).reduce((sum, count) => sum + count, 0)
}

describe('the statistics of a logger', () => {
  it('are zero at the beginning', () => {
    const { logger } = capture()
    expect(lineCount(logger.stats())).toBe(0)
    expect(logger.stats()).toMatchObject({
      problems: 0,
      entries: { outstanding: 0 },
      outputs: [{ accepted: 0, bytes: 0 }],
    })
  })

  it('count lines by level, those of children and typed ones too', () => {
    const { logger } = capture()
    logger.info('m')
    logger.child({ a: 1 }).info('m')
    logger.at('warn')?.msg('m')
    expect(logger.stats().lines).toEqual({ trace: 0, debug: 0, info: 2, warn: 1, error: 0, fatal: 0, panic: 0 })
  })

  it('conserve lines: what was called is accepted, and accepted is written, pending or failed', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...NAMES), { maxLength: 50 }), (levels) => {
        const [all, some] = [memory(), memory()]
        const logger = createLogger({
          level: 'debug',
          outputs: [
            { output: all, encoder: json() },
            { output: some, encoder: json(), level: 'error' },
          ],
        })
        for (const level of levels) logger.at(level)?.msg('m')
        const stats = logger.stats()
        const admitted = levels.filter((level) => Level[level] >= Level.debug)
        expect(lineCount(stats)).toBe(admitted.length)
        expect(stats.outputs.map((output) => output.accepted)).toEqual([
          admitted.length,
          admitted.filter((level) => Level[level] >= Level.error).length,
        ])
        for (const { calls, accepted, written, pending, failed, filtered } of stats.outputs) {
          expect(accepted).toBe(written + pending + failed)
          expect(calls).toBe(admitted.length)
          expect(calls).toBe(accepted + filtered)
        }
        expect(stats.entries.outstanding).toBe(0)
      }),
      { numRuns: runs(200) },
    )
  })

  it('count bytes as they are written', () => {
    const { logger, output } = capture()
    for (const message of ['a', 'é', '€', '\u2028']) logger.info(message)
    const bytes = output.lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
    expect(logger.stats().outputs[0].bytes).toBe(bytes)
  })

  it('take entries and buffers from their pools after the first line', () => {
    const { logger } = capture()
    for (let i = 0; i < 1000; i++) logger.at('info')?.int('i', i).msg('m')
    expect(logger.stats().entries).toMatchObject({ misses: 1, hits: 999, outstanding: 0 })
    for (let i = 0; i < 1000; i++) logger.info('m', { i })
    // A call of a message and fields that one json() writes needs none.
    expect(logger.stats().entries).toMatchObject({ misses: 1, hits: 999, outstanding: 0 })
    expect(logger.stats().buffers).toMatchObject({ misuses: 0 })
    expect(logger.stats().buffers.outstanding).toBeLessThanOrEqual(1)
  })

  it('are a picture: what comes later does not change it', () => {
    const { logger } = capture()
    const before = logger.stats()
    const copy = structuredClone(before)
    logger.info('m')
    expect(before).toEqual(copy)
  })

  it('count problems', () => {
    const logger = createLogger({
      outputs: [{ output: faultyOutput('commit'), encoder: json() }],
      onError: () => undefined,
    })
    logger.info('m')
    logger.reportProblem(new Error('of somebody else'))
    expect(logger.stats().problems).toBe(2)
  })
})
