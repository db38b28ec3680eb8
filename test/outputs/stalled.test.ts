import fs from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLogger, file, type FileOptions, json } from 'wideline'
import { type Shim, shimWrites, systemError } from './descriptor-faults.js'
import { freshPath } from './folder.js'
import { lineProblems } from './numbered-lines.js'

let shim: Shim | undefined

afterEach(() => {
  shim?.restore()
  shim = undefined
})

/** A descriptor that takes nothing, as a full pipe or a full disk does. */
function stall(code: string): void {
  shim = shimWrites(() => {
    throw systemError(code)
  })
}

function endStall(): void {
  shim?.restore()
  shim = undefined
}

function fileLogger(options: FileOptions = {}) {
  const target = freshPath()
  const problems: string[] = []
  const output = file(target, options)
  const logger = createLogger({
    outputs: [{ output, encoder: json() }],
    onError: (problem) => problems.push(problem.message),
  })
  const log = (from: number, to: number): void => {
    for (let n = from; n < to; n++) logger.info('line', { n })
  }
  return { target, problems, output, logger, log, content: () => fs.readFileSync(target, 'utf8') }
}

function checkConserved(stats: ReturnType<ReturnType<typeof fileLogger>['output']['stats']>, calls: number): void {
  const { accepted, written, pending, failed, dropped } = stats
  expect(accepted).toBe(written + pending + failed)
  expect(accepted + (dropped['full'] ?? 0)).toBe(calls)
}

describe.each(['EAGAIN', 'ENOSPC', 'EIO'])('while the descriptor says %s', (code) => {
  it('no call throws, lines wait, and all arrive within a second of its end', async () => {
    const { logger, log, content, output } = fileLogger()
    log(0, 10)
    await logger.flush()
    stall(code)
    log(10, 300)
    await nextTurn()
    await nextTurn()
    logger.warn('line', { n: 300 })
    checkConserved(output.stats(), 301)
    expect(output.stats()).toMatchObject({ written: 10, pending: 291 })
    endStall()
    await vi.waitFor(() => expect(output.stats().written).toBe(301), { timeout: 1000, interval: 5 })
    expect(lineProblems(content(), 301)).toEqual([])
  })

  it('lines beyond the bound are dropped and counted, and the others stay whole and in order', async () => {
    const { logger, log, content, output } = fileLogger({ maxPendingBytes: 65_536 })
    stall(code)
    log(0, 5000)
    const { dropped, accepted } = output.stats()
    expect(dropped['full']).toBeGreaterThan(0)
    expect(accepted).toBeGreaterThan(500)
    checkConserved(output.stats(), 5000)
    endStall()
    await logger.flush()
    const lines = content().split('\n')
    const notice = `"msg":"dropped ${dropped['full']} lines"`
    expect(lines.filter((line) => line.includes(notice))).toHaveLength(1)
    expect(lineProblems(lines.filter((line) => !line.includes(notice)).join('\n'), accepted)).toEqual([])
  })

  it('two flushes and two closes settle after the bytes are written, not before', async () => {
    const { log, content, output } = fileLogger()
    stall(code)
    log(0, 3)
    const settled: string[] = []
    const all = [
      output.flush().then(() => settled.push('first flush')),
      output.flush().then(() => settled.push('second flush')),
      output.close().then(() => settled.push('first close')),
      output.close().then(() => settled.push('second close')),
    ]
    await nextTurn()
    await nextTurn()
    expect(settled).toEqual([])
    endStall()
    await Promise.all(all)
    expect(lineProblems(content(), 3)).toEqual([])
  })
})

describe('a fault', () => {
  it('that lasts is reported, but not for each line and not for each attempt of flushSync', async () => {
    const { logger, log, problems } = fileLogger()
    stall('ENOSPC')
    for (let i = 0; i < 20; i++) {
      log(i * 10, i * 10 + 10)
      logger.warn('line', { n: -1 })
      await nextTurn()
    }
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.length).toBeLessThanOrEqual(3)
    expect(problems[0]).toMatch(/^file .*app\.log: ENOSPC/)
    endStall()
    let attempts = 0
    shim = shimWrites((write, ...call) => {
      if (attempts++ < 100) throw systemError('ENOSPC')
      return write(...call)
    })
    logger.flushSync()
    expect(problems.length).toBeLessThanOrEqual(6)
  })

  it('that is final is reported once, and later lines are counted as failed', async () => {
    const { logger, log, problems, output } = fileLogger()
    log(0, 2)
    await logger.flush()
    stall('EPIPE')
    log(2, 5)
    await nextTurn()
    await nextTurn()
    endStall()
    log(5, 100)
    await expect(logger.flush()).resolves.toBeUndefined()
    checkConserved(output.stats(), 100)
    expect(output.stats()).toMatchObject({ written: 2, pending: 0, failed: 98 })
    expect(problems).toHaveLength(1)
  })

  it.each(['EBADF', 'ESTALE'])('of a descriptor that is gone (%s) has the file opened anew', async (code) => {
    const { logger, log, content, output } = fileLogger()
    log(0, 2)
    await logger.flush()
    stall(code)
    log(2, 5)
    await nextTurn()
    await nextTurn()
    endStall()
    log(5, 100)
    await vi.waitFor(() => expect(output.stats().pending).toBe(0), { timeout: 1000, interval: 5 })
    expect(lineProblems(content(), 100)).toEqual([])
  })

  it('that is final rejects a flush that waits', async () => {
    const { logger, log } = fileLogger()
    stall('EAGAIN')
    log(0, 1)
    const flushed = logger.flush()
    endStall()
    stall('EPIPE')
    await expect(flushed).rejects.toThrow('takes no more lines')
  })
})
