import { describe, expect, it } from 'vitest'
import { fixture, runCommand, runFixture } from './child.js'

interface Told {
  calls: number
  output: { accepted: number; written: number; pending: number; failed: number; dropped: Record<string, number> }
}

function checkEnd(code: number | null, err: string): void {
  const lines = err.trimEnd().split('\n')
  const stats = lines.pop() ?? ''
  expect(stats).toMatch(/^stats /)
  const { calls, output } = JSON.parse(stats.slice(6)) as Told
  expect(output.accepted).toBe(output.written + output.pending + output.failed)
  expect(output.accepted + (output.dropped['full'] ?? 0)).toBe(calls)
  expect(output.failed).toBeGreaterThan(0)
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/^wideline: stdout: EPIPE/)
  expect(code).toBe(0)
}

describe('a program whose reader goes away', () => {
  it('goes on without an exception, reports it once, and ends by itself', async () => {
    const { code, err } = await runFixture('closed-reader.mjs', {}, { onOut: (_, close) => close() })
    checkEnd(code, err)
  })

  it('does so on a pipe of a shell too', async () => {
    const program = `"${process.execPath}" "${fixture('closed-reader.mjs')}"`
    const { err, out } = await runCommand('sh', ['-c', `{ ${program}; echo "code $?" >&2; } | head -n 1`])
    const code = /code (\d+)\n$/.exec(err)
    checkEnd(Number(code?.[1]), err.replace(/code \d+\n$/, ''))
    expect(out).toMatch(/^\{.*"n":0\}\n$/)
  })
})
