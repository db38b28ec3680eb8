import fs from 'node:fs'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type BufferMode, createLogger, fallback, file, json, memory, type Output } from 'wideline'
import { type Shim, shimWrites, systemError } from './descriptor-faults.js'
import { freshPath } from './folder.js'
import { lineProblems } from './numbered-lines.js'

let shim: Shim | undefined

afterEach(() => {
  shim?.restore()
  shim = undefined
})

/** Fails every write to one file, or writes a part of it first. */
function failWrites(target: string, code: string, part = 0): void {
  const { ino } = fs.statSync(target)
  shim = shimWrites((write, descriptor, bytes, offset, length) => {
    if (fs.fstatSync(descriptor).ino !== ino) return write(descriptor, bytes, offset, length)
    if (part > 0 && length > part) {
      const written = write(descriptor, bytes, offset, part)
      part = 0
      return written
    }
    throw systemError(code)
  })
}

function opened(buffer: BufferMode, retryMs: number) {
  const first = freshPath()
  const second = path.join(path.dirname(first), 'second.log')
  const problems: string[] = []
  const output = fallback(file(first, { buffer }), file(second, { buffer }), { retryMs })
  const onError = (problem: Error): void => void problems.push(problem.message)
  const logger = createLogger({ outputs: [{ output, encoder: json() }], onError })
  const log = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n++) {
      logger.info('line', { n })
      if (n % 10 === 9) await nextTurn()
    }
  }
  const read = (target: string): string => fs.readFileSync(target, 'utf8')
  return { first, second, logger, log, problems, output, read }
}

describe.each(['none', 'tick', 'block'] as const)("a fallback of files with buffer '%s'", (buffer) => {
  it.each(['ENOSPC', 'EIO', 'EPIPE'])('loses nothing when the first says %s, and goes back to it', async (code) => {
    const { first, second, logger, log, problems, read } = opened(buffer, 30)
    await log(0, 100)
    await logger.flush()
    failWrites(first, code)
    await log(100, 200)
    await vi.waitFor(() => expect(read(second).length).toBeGreaterThan(0), { timeout: 5_000, interval: 10 })
    shim?.restore()
    const { size } = fs.statSync(first)
    let n = 200
    await vi.waitFor(
      async () => {
        await log(n, (n += 10))
        await logger.flush()
        expect(fs.statSync(first).size).toBeGreaterThan(size)
      },
      { timeout: 5_000, interval: 20 },
    )
    await logger.close()
    // In order within each, and all of them over both.
    const numbers = [first, second].map((target) =>
      read(target)
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { n: number }).n),
    )
    for (const each of numbers) expect(each).toEqual(each.toSorted((a, b) => a - b))
    expect(numbers.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.length).toBeLessThan(30)
    expect(logger.stats().outputs[0]).toMatchObject({ accepted: n, written: n, pending: 0, failed: 0, dropped: {} })
  })

  it('gives the second the whole line that the first took a part of', async () => {
    const { first, second, logger, log, read } = opened(buffer, 60_000)
    failWrites(first, 'ENOSPC', 30)
    await log(0, 20)
    await logger.flush()
    shim?.restore()
    expect(lineProblems(read(second), 20)).toEqual([])
    expect(read(first)).toHaveLength(30)
    await logger.close()
    expect(read(first).endsWith('\n')).toBe(true)
  })
})

describe('a fallback', () => {
  it('writes what is left at the end of the process to the second', () => {
    const { first, second, logger, read } = opened('tick', 60_000)
    failWrites(first, 'ENOSPC')
    for (let n = 0; n < 20; n++) logger.info('line', { n })
    logger.flushSync()
    expect(lineProblems(read(second), 20)).toEqual([])
  })

  it('goes to the second where the first throws', () => {
    const second = memory()
    const first: Output = memory()
    first.begin = () => {
      throw new Error('broken')
    }
    const logger = createLogger({ outputs: [{ output: fallback(first, second), encoder: json() }] })
    for (let n = 0; n < 3; n++) logger.info('line', { n })
    expect(second.parsed().map((line) => line['n'])).toEqual([0, 1, 2])
  })

  it('goes to the second when the first is slow, where it is told to', async () => {
    const first = freshPath()
    const second = memory()
    const output = fallback(file(first, { buffer: 'none', slowMs: 1 }), second, { whenSlow: true })
    const problems: string[] = []
    const onError = (problem: Error): void => void problems.push(problem.name)
    const logger = createLogger({ outputs: [{ output, encoder: json() }], onError })
    shim = shimWrites((write, ...call) => {
      const start = performance.now()
      while (performance.now() - start < 5);
      return write(...call)
    })
    for (let n = 0; n < 5; n++) logger.info('line', { n })
    expect(problems).toEqual(['SlowOutputError'])
    expect(second.parsed().map((line) => line['n'])).toEqual([1, 2, 3, 4])
    await logger.close()
  })
})
