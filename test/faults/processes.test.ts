import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { allLines, logFiles } from '../outputs/rotated.js'
import { checkBytes } from './checker.mjs'

const writer = fileURLToPath(new URL('writer.mjs', import.meta.url))
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-faults-'))
const isLong = process.env['WIDELINE_LONG'] !== undefined

afterAll(() => fs.rmSync(root, { recursive: true, force: true }))

function freshFolder(): string {
  return fs.mkdtempSync(path.join(root, 'run-'))
}

function start(settings: object, shell = ''): ChildProcess {
  const command = `${shell} exec '${process.execPath}' '${writer}' '${JSON.stringify(settings)}'`
  return spawn('bash', ['-c', command], { stdio: ['ignore', 'ignore', 'inherit'] })
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve))
}

describe('processes that log to one file', { timeout: 120_000 }, () => {
  it.each([
    { logger: 'appending', processes: 8 },
    { logger: 'appending, block', processes: 8 },
    { logger: 'rotating', processes: 2 },
    { logger: 'rotating, block', processes: 2 },
  ])('tear, lose, double and swap no line ($processes, $logger)', async ({ logger, processes }) => {
    const folder = freshFolder()
    const lines = isLong ? 20_000 : 2_000
    const children = Array.from({ length: processes }, (_, i) =>
      start({ logger, path: path.join(folder, 'app.log'), lines, producer: `p${i}`, isWarm: true }),
    )
    expect(await Promise.all(children.map(ended))).toEqual(children.map(() => 0))
    const found = checkBytes(Buffer.from(allLines(folder)), lines, processes)
    // One that has not looked yet goes on in the file that the other rotated: files, not lines, may be out of order.
    const isRotating = logger.startsWith('rotating')
    expect(found).toMatchObject({ lost: 0, torn: 0, doubled: 0, foreign: 0, isEndTorn: false })
    expect(isRotating || found.disordered === 0).toBe(true)
    expect(logFiles(folder).length > 1).toBe(isRotating)
    expect(fs.readdirSync(folder).filter((name) => /lock|next/.test(name))).toEqual([])
  })
})

describe('a process that is killed at any moment', { timeout: 120_000 }, () => {
  it.each(['appending', 'appending, block', 'rotating', 'wideline worker'])(
    'leaves half a line at most, which the next one ends (%s)',
    async (logger) => {
      const folder = freshFolder()
      const target = path.join(folder, 'app.log')
      const rounds = isLong ? 30 : 3
      let size = 0
      for (let round = 0; round < rounds; round++) {
        const child = start({ logger, path: target, lines: 0, producer: `p${round}`, forEver: true })
        const gone = ended(child)
        await vi.waitFor(() => expect(allLines(folder).length).toBeGreaterThan(size + 5_000), {
          timeout: 30_000,
          interval: 5,
        })
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 20))
        child.kill('SIGKILL')
        await gone
        size = allLines(folder).length
      }
      await ended(start({ logger, path: target, lines: 10, producer: 'last' }))
      const { doubled, disordered, torn, whole, isEndTorn } = checkBytes(Buffer.from(allLines(folder)), 0)
      expect({ doubled, disordered, isEndTorn }).toEqual({ doubled: 0, disordered: 0, isEndTorn: false })
      expect(torn).toBeLessThanOrEqual(rounds)
      expect(whole).toBeGreaterThan(rounds * 20)
      expect(allLines(folder)).toContain('"p":"last","n":9')
    },
  )
})

describe('a file that may grow no further', { timeout: 60_000 }, () => {
  it('holds whole lines up to there and half a line at most, and the process ends as it would', async () => {
    const folder = freshFolder()
    const target = path.join(folder, 'app.log')
    // In blocks of 1,024 bytes; the signal that comes with it is ignored, as services do.
    const child = start({ logger: 'wideline file, tick', path: target, lines: 2_000 }, `trap '' XFSZ; ulimit -f 100;`)
    expect(await ended(child)).toBe(0)
    const { torn, doubled, disordered, whole } = checkBytes(fs.readFileSync(target), 2_000)
    expect({ torn, doubled, disordered }).toEqual({ torn: 0, doubled: 0, disordered: 0 })
    expect(fs.statSync(target).size).toBe(100 * 1024)
    expect(whole).toBeGreaterThan(300)
  })
})
