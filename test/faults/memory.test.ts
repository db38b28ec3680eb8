import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readSlowly } from '../../bench/outputs/reader.mjs'

const isLong = process.env['WIDELINE_LONG'] !== undefined
const MIB = 1024 * 1024
/** The ring, what the pool may keep, and 32 MiB. */
const BOUND = 4 * MIB + 8 * MIB + 32 * MIB

describe('50 MB a second, of which the reader takes one', { timeout: 300_000 }, () => {
  it.each(['block', 'drop-newest', 'drop-oldest', 'drop-below-level'])(
    "stay within the memory that was set aside (overflow '%s'), and every line is accounted for",
    async (overflow) => {
      const settings = { logger: 'worker', overflow, linesPerSecond: 50_000, size: 950, ms: isLong ? 120_000 : 1_000 }
      const told = await readSlowly({ settings, bytesPerSecond: 1e6 })
      expect(told.maxRss - told.baseRss).toBeLessThan(BOUND)
      const { calls, accepted, filtered, written, pending, failed, dropped } = told.atExit
      expect(accepted).toBe(written + pending + failed)
      expect(calls).toBe(accepted + filtered + Object.values(dropped).reduce((sum, lines) => sum + lines, 0))
      // At the end all that was accepted comes out, the reader being willing then.
      expect(told.lines).toBe(accepted)
      expect(told.code).toBe(0)
    },
  )
})

it('20,000 lines a second while the reader stalls hold up nothing, and all arrive', { timeout: 120_000 }, async () => {
  const ms = isLong ? 10_000 : 1_500
  const settings = { logger: 'worker', ringBytes: 64 * MIB, linesPerSecond: 20_000, size: 100, ms }
  const { lines, offered, atExit } = await readSlowly({ settings, stallMs: ms + 1_000 })
  expect(lines).toBe(offered + 100)
  expect(atExit.dropped).toEqual({})
})

it('a million lines in one loop are all there after a natural end', { timeout: 120_000 }, () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-faults-'))
  const program = fileURLToPath(new URL('../../bench/outputs/million.mjs', import.meta.url))
  for (const entrant of ['tick', 'block', 'worker']) {
    const target = path.join(folder, `${entrant}.log`)
    execFileSync(process.execPath, [program, entrant, target])
    expect(execFileSync('sh', ['-c', `wc -l < '${target}'; tail -n 1 '${target}'`], { encoding: 'utf8' })).toMatch(
      /^1000000\n.*"n":999999\}\n$/,
    )
  }
  fs.rmSync(folder, { recursive: true })
})
