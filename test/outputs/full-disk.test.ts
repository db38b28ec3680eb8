import { describe, expect, it } from 'vitest'
import { runFixture } from './child.js'

/** Longer than flushSync waits for a descriptor that takes nothing (5 s), with room for a busy machine. */
const TIMEOUT_MS = 12_000

interface Told {
  reports: number
  problems: number
  output: { accepted: number; written: number; pending: number; failed: number; dropped: Record<string, number> }
}

function checkConserved({ output }: Told): void {
  expect(output.accepted).toBe(output.written + output.pending + output.failed)
  expect(output.accepted + (output.dropped['full'] ?? 0)).toBe(101)
  expect(output.written).toBe(0)
}

describe.concurrent('a program that logs to a full disk', { timeout: 30_000 }, () => {
  it('ends as it would without a logger, whatever the buffer mode, and reports the fault now and then', async () => {
    const cases = [
      { buffer: 'tick', ending: 'natural', code: 0 },
      { buffer: 'none', ending: 'natural', code: 0 },
      { buffer: 'tick', ending: 'exit', code: 7 },
      { buffer: 'block', ending: 'exit', code: 7 },
    ]
    // Together, because each may wait until flushSync gives up.
    const ended = await Promise.all(
      cases.map(({ buffer, ending }) =>
        runFixture('full-disk.mjs', { buffer, ending, listens: true }, { timeoutMs: TIMEOUT_MS }),
      ),
    )
    expect(ended.map(({ code, signal, err }) => ({ code, signal, err }))).toEqual(
      cases.map(({ code }) => ({ code, signal: null, err: '' })),
    )
    for (const { out } of ended) {
      const told = JSON.parse(out) as Told
      checkConserved(told)
      expect(told.reports).toBeGreaterThan(0)
      // Tried anew four times a second for five seconds, it may be reported as often; never for each line or attempt.
      expect(told.reports).toBeLessThanOrEqual(30)
    }
  })

  it('tells on standard error, at most a line a second, where nobody listens', async () => {
    const { code, out, err } = await runFixture(
      'full-disk.mjs',
      { buffer: 'tick', ending: 'exit', listens: false },
      { timeoutMs: TIMEOUT_MS },
    )
    expect(code).toBe(7)
    checkConserved(JSON.parse(out) as Told)
    const lines = err.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^wideline: file \/dev\/full: ENOSPC/)
    expect(lines.length).toBeLessThanOrEqual(7)
  })
})
