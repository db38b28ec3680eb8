import fs from 'node:fs'
import path from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { createLogger, fallback, file, type FileOptions, json, Level, type Logger, type Output, worker } from 'wideline'
import { BlockOutput } from '../../src/outputs/block-output.js'
import { DRAIN_SOURCE } from '../../src/outputs/drain-thread.js'
import { RingOutput, type RingOptions } from '../../src/outputs/ring-output.js'
import { freshPath } from './folder.js'
import { lineProblems } from './numbered-lines.js'
import { allLines, logFiles } from './rotated.js'

const SLEEP = 'const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);'

interface Setup extends Partial<RingOptions> {
  readonly source?: string
  readonly file?: FileOptions
}

function ringOn(target: string, { source, file: fileOptions, ...ring }: Setup): Output {
  const inner = file(target, fileOptions)
  if (!(inner instanceof BlockOutput)) throw new Error('file() is no BlockOutput')
  const options = { ringBytes: 65_536, overflow: 'block', dropBelow: Level.warn, stallMs: 5_000, ...ring } as const
  return new RingOutput(inner, options, source)
}

function opened(setup: Setup = {}) {
  const target = freshPath()
  const problems: string[] = []
  const output = ringOn(target, setup)
  const onError = (problem: Error): void => void problems.push(problem.message)
  const logger = createLogger({ level: 'debug', outputs: [{ output, encoder: json() }], onError })
  return { target, problems, output, logger, content: () => fs.readFileSync(target, 'utf8') }
}

async function logTurns(logger: Logger, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    logger.info('line', { n })
    if (n % 100 === 99) await nextTurn()
  }
}

function checkConserved(output: Output, calls: number): void {
  const { accepted, written, pending, failed, dropped } = output.stats()
  expect(accepted).toBe(written + pending + failed)
  expect(accepted + Object.values(dropped).reduce((sum, some) => sum + some, 0)).toBe(calls)
}

/** How many dropped lines the log tells of. */
function told(text: string): number {
  return [...text.matchAll(/"dropped":(\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0)
}

describe.each(['none', 'tick', 'block'] as const)("a worker for a file with buffer '%s'", (buffer) => {
  it('counts a line as written when the file has it, and not before', async () => {
    const { logger, output, content } = opened({ file: { buffer } })
    for (let n = 0; n < 30; n++) {
      logger.info('line', { n })
      const { written } = output.stats()
      expect(content().split('\n').length - 1).toBeGreaterThanOrEqual(written)
      if (n % 10 !== 9) continue
      await logger.flush()
      expect(output.stats()).toMatchObject({ accepted: n + 1, written: n + 1, pending: 0 })
    }
    await logger.close()
  })

  it('writes every line in order through a ring that is much smaller', async () => {
    const { logger, output, content, problems } = opened({ file: { buffer } })
    await logTurns(logger, 0, 5_000)
    await logger.close()
    expect(problems).toEqual([])
    expect(lineProblems(content(), 5_000)).toEqual([])
    expect(output.stats()).toMatchObject({ accepted: 5_000, written: 5_000, pending: 0, failed: 0, dropped: {} })
    expect(output.stats().bytes).toBe(content().length)
  })

  it('keeps files within their bound when they are rotated', async () => {
    const { logger, target } = opened({ file: { buffer, rotate: { maxBytes: 20_000 } } })
    await logTurns(logger, 0, 3_000)
    await logger.close()
    expect(lineProblems(allLines(path.dirname(target)), 3_000)).toEqual([])
    const files = logFiles(path.dirname(target))
    expect(files.length).toBeGreaterThan(8)
    for (const name of files) expect(fs.statSync(name).size).toBeLessThanOrEqual(20_000)
  })
})

describe('a line that is larger than a block of the ring', () => {
  it('goes over several, whole and in order', async () => {
    const { logger, content } = opened()
    for (let n = 0; n < 200; n++) {
      logger.info('line', { n, fill: 'x'.repeat(n % 7 === 0 ? 20_000 : n * 10) })
      if (n % 20 === 19) await nextTurn()
    }
    await logger.close()
    expect(lineProblems(content(), 200)).toEqual([])
  })

  it('is dropped and counted where it does not fit the ring at all', async () => {
    const { logger, output, content } = opened()
    logger.info('line', { n: 0 })
    for (let i = 0; i < 3; i++) logger.info('too large', { fill: 'x'.repeat(60_000) })
    logger.info('line', { n: 1 })
    await logger.close()
    expect(output.stats().dropped).toEqual({ tooLarge: 3 })
    const lines = content().trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines.join()).toContain('"dropped 3 lines"')
  })
})

/** Programs in place of the worker's own: what may become of a thread. */
const ENDS = [
  { name: 'throws at once', source: 'throw new Error("broken")' },
  { name: 'exits at once', source: 'process.exit(3)' },
  { name: 'is no program', source: 'this is no program' },
  { name: 'never begins', source: `${SLEEP} sleep(1e8)` },
  { name: 'spins', source: 'for (;;) {}' },
  { name: 'runs out of memory', source: 'const all = []; for (;;) all.push(new Array(1e6).fill(1.5))' },
  {
    name: 'throws after some writes',
    source: `const fs = require('node:fs'); const real = fs.writeSync; let calls = 0
      fs.writeSync = (...call) => { if (++calls === 3) throw undefined; return real(...call) };${DRAIN_SOURCE}`,
  },
  {
    name: 'exits in the middle of a write, after the kernel has the bytes',
    source: `const fs = require('node:fs'); const real = fs.writeSync; let calls = 0
      fs.writeSync = (...call) => { const n = real(...call); if (++calls === 3) process.exit(1); return n };${DRAIN_SOURCE}`,
  },
  {
    name: 'exits in the middle of a write, of which the kernel has a part',
    source: `const fs = require('node:fs'); const real = fs.writeSync; let calls = 0
      fs.writeSync = (fd, bytes, from, length) => {
        if (++calls === 3) { real(fd, bytes, from, length >> 1); process.exit(1) }
        return real(fd, bytes, from, length) };${DRAIN_SOURCE}`,
  },
  {
    name: 'exits in the middle of a write, before the kernel has the bytes',
    source: `const fs = require('node:fs'); const real = fs.writeSync; let calls = 0
      fs.writeSync = (...call) => { if (++calls === 3) process.exit(1); return real(...call) };${DRAIN_SOURCE}`,
  },
]

/** Ends when it has written some lines and half of the next one. */
const DIES_WITHIN_A_LINE = `const fs = require('node:fs'); const real = fs.writeSync
  fs.writeSync = (fd, bytes, from, length) => {
    const line = Buffer.from(bytes.buffer, from, length).indexOf(10) + 1
    real(fd, bytes, from, Math.min(length, line + 30)); process.exit(1) };${DRAIN_SOURCE}`

describe('a worker that fails loses nothing and writes nothing twice', { timeout: 60_000 }, () => {
  it.each(ENDS)('$name', async ({ source }) => {
    const { logger, output, content } = opened({ source })
    await logTurns(logger, 0, 3_000)
    await logger.flush()
    await logTurns(logger, 3_000, 4_000)
    await logger.close()
    expect(lineProblems(content(), 4_000)).toEqual([])
    checkConserved(output, 4_000)
    expect(output.stats()).toMatchObject({ written: 4_000, failed: 0, dropped: {} })
  })

  it('nor does one that is found to have failed while a value of a line is read', async () => {
    const { logger, output, content } = opened({ source: `${SLEEP} sleep(1e8)` })
    await logTurns(logger, 0, 3)
    logger.info('line', {
      n: 3,
      get flushed() {
        logger.flushSync()
        return true
      },
    })
    await logTurns(logger, 4, 6)
    await logger.close()
    expect(lineProblems(content(), 6)).toEqual([])
    expect(output.stats()).toMatchObject({ accepted: 6, written: 6, failed: 0, dropped: {} })
  })

  it('nor does one that leaves half a line in a file which was rotated since', async () => {
    const { logger, output, target, content } = opened({
      source: DIES_WITHIN_A_LINE,
      file: { buffer: 'block', rotate: { maxBytes: 2_000 } },
    })
    await logTurns(logger, 0, 200)
    await logger.close()
    const texts = logFiles(path.dirname(target)).map((each) => fs.readFileSync(each, 'utf8'))
    expect(texts.length).toBeGreaterThan(5)
    for (const text of texts) expect(text).toMatch(/^$|\n$/)
    expect(lineProblems(texts.join(''), 200)).toEqual([])
    expect(content().length).toBeLessThanOrEqual(2_000)
    expect(output.stats()).toMatchObject({ written: 200, failed: 0, dropped: {} })
  })

  it.each([
    { name: 'a line', length: 10 },
    { name: 'a line of several blocks', length: 20_000 },
  ])('nor does one that leaves half of $name to a fallback', async ({ length }) => {
    const [first, second] = [freshPath(), freshPath()]
    const primary = ringOn(first, { source: DIES_WITHIN_A_LINE, file: { buffer: 'block', flushIntervalMs: 20 } })
    const output = fallback(primary, file(second), { retryMs: 60_000 })
    const logger = createLogger({ outputs: [{ output, encoder: json() }], onError: () => undefined })
    for (let n = 0; n < 20; n++) logger.info('line', { n, text: 'x'.repeat(length) })
    await vi.waitFor(() => expect(fs.readFileSync(second, 'utf8')).not.toBe(''), { timeout: 10_000 })
    await logger.close()
    const [torn, ...more] = fs.readFileSync(first, 'utf8').trimEnd().split('\n').toReversed()
    expect(() => JSON.parse(torn) as unknown).toThrow(SyntaxError)
    expect(
      lineProblems(
        more
          .toReversed()
          .map((line) => `${line}\n`)
          .join('') + fs.readFileSync(second, 'utf8'),
        20,
      ),
    ).toEqual([])
    expect(output.stats()).toMatchObject({ written: 20, failed: 0, dropped: {} })
  })

  it('tells that it has ended', async () => {
    const { logger, problems } = opened({ source: 'process.exit(0)' })
    await logTurns(logger, 0, 10)
    await vi.waitFor(() => expect(problems.join()).toContain('the main thread goes on'), { timeout: 10_000 })
    await logger.close()
  })
})

describe('a full ring', () => {
  // The worker begins late; until then nothing is taken.
  const late = `${SLEEP} sleep(1500);${DRAIN_SOURCE}`

  it("with 'block' has the call wait, and loses nothing", async () => {
    const { logger, content, output } = opened({ source: late })
    for (let n = 0; n < 3_000; n++) logger.info('line', { n })
    await logger.close()
    expect(lineProblems(content(), 3_000)).toEqual([])
    expect(output.stats().dropped).toEqual({})
  })

  it("with 'block' waits no longer than it is told to, and once for a worker that does not get on", async () => {
    const { logger, output, content, problems } = opened({ source: late, stallMs: 100 })
    const start = performance.now()
    for (let n = 0; n < 3_000; n++) logger.info('line', { n })
    expect(performance.now() - start).toBeLessThan(1_500)
    const { full = 0 } = output.stats().dropped
    expect(full).toBeGreaterThan(100)
    checkConserved(output, 3_000)
    await logger.close()
    expect(problems.join()).toContain('a write took')
    const lines = content().trimEnd().split('\n')
    expect(told(content())).toBe(full)
    expect(lineProblems(lines.filter((line) => line.includes('"n":')).join('\n') + '\n', 3_000 - full)).toEqual([])
  })

  it("with 'drop-newest' keeps the oldest lines, and tells how many went", async () => {
    const { logger, output, content } = opened({ source: late, overflow: 'drop-newest' })
    for (let n = 0; n < 3_000; n++) logger.info('line', { n })
    const { full = 0 } = output.stats().dropped
    expect(full).toBeGreaterThan(1_000)
    checkConserved(output, 3_000)
    await logger.flush()
    await logger.close()
    const lines = content().trimEnd().split('\n')
    expect(told(content())).toBe(full)
    const kept = lines.filter((line) => line.includes('"n":'))
    expect(lineProblems(`${kept.join('\n')}\n`, 3_000 - full)).toEqual([])
  })

  it("with 'drop-oldest' keeps the newest lines, whole and in order", async () => {
    const { logger, output, content } = opened({ source: late, overflow: 'drop-oldest' })
    for (let n = 0; n < 3_000; n++) logger.info('line', { n })
    const { oldest = 0 } = output.stats().dropped
    expect(oldest).toBeGreaterThan(1_000)
    checkConserved(output, 3_000)
    await logger.close()
    const numbers = [...content().matchAll(/"n":(\d+)\}/g)].map((match) => Number(match[1]))
    expect(numbers).toEqual(Array.from({ length: 3_000 - oldest }, (_, i) => oldest + i))
    expect(told(content())).toBe(oldest)
  })

  it("with 'drop-oldest' drops a line of several blocks as a whole", async () => {
    const { logger, output, content } = opened({ source: late, overflow: 'drop-oldest' })
    for (let n = 0; n < 300; n++) logger.info('line', { n, fill: 'x'.repeat(n % 3 === 0 ? 20_000 : 500) })
    await logger.close()
    checkConserved(output, 300 + (content().match(/"dropped":/g)?.length ?? 0))
    for (const line of content().trimEnd().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow()
    const numbers = [...content().matchAll(/"n":(\d+)/g)].map((match) => Number(match[1]))
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(numbers.at(-1)).toBe(299)
  })

  it("with 'drop-below-level' drops what is below, early, and keeps the rest", async () => {
    const { logger, output, content } = opened({ source: late, overflow: 'drop-below-level', dropBelow: Level.warn })
    for (let n = 0; n < 3_000; n++) {
      if (n % 30 === 0) logger.warn('line', { n })
      else logger.info('line', { n })
    }
    const { belowLevel = 0 } = output.stats().dropped
    expect(belowLevel).toBeGreaterThan(1_000)
    checkConserved(output, 3_000)
    await logger.close()
    const warned = [...content().matchAll(/"warn".*"n":(\d+)\}/g)].map((match) => Number(match[1]))
    expect(warned).toEqual(Array.from({ length: 100 }, (_, i) => i * 30))
    expect(told(content())).toBe(belowLevel)
  })
})

describe('what a worker does for its output', () => {
  it('follows the path where somebody renames the file', async () => {
    const { logger, target, content } = opened({ file: { buffer: 'none' } })
    await logTurns(logger, 0, 10)
    await logger.flush()
    fs.renameSync(target, `${target}.1`)
    let n = 10
    await vi.waitFor(
      async () => {
        for (let i = 0; i < 200; i++) logger.info('line', { n: n++ })
        await nextTurn()
        expect(fs.existsSync(target)).toBe(true)
      },
      { timeout: 5_000, interval: 50 },
    )
    await logger.close()
    expect(lineProblems(fs.readFileSync(`${target}.1`, 'utf8') + content(), n)).toEqual([])
  })

  it.each(['none', 'tick', 'block'] as const)(
    "follows the path before a block is full, with buffer '%s'",
    async (buffer) => {
      const { logger, target, content } = opened({ file: { buffer, reopenOn: 'SIGHUP' } })
      for (const change of [() => fs.rmSync(target), () => fs.renameSync(target, `${target}.1`)]) {
        logger.info('before')
        await logger.flush()
        change()
        await sleep(510)
        logger.info('line', { n: 0 })
        await logger.flush()
        expect(lineProblems(content(), 1)).toEqual([])
      }
      fs.renameSync(target, `${target}.2`)
      process.emit('SIGHUP')
      logger.info('line', { n: 0 })
      await logger.flush()
      expect(lineProblems(content(), 1)).toEqual([])
      await logger.close()
    },
  )

  it('rotates its file when a period is over, before a block is full', async () => {
    const { logger, output, target } = opened({ file: { buffer: 'none', rotate: { every: 1_000 } } })
    for (let n = 0; n < 3; n++) {
      logger.info('line', { n })
      await logger.flush()
      await sleep(1_001 - (Date.now() % 1_000))
    }
    await logger.close()
    expect(logFiles(path.dirname(target)).length).toBe(3)
    checkConserved(output, 3)
  })

  it('has lines wait while its file was deleted and cannot be made anew', async () => {
    const target = path.join(path.dirname(freshPath()), 'logs', 'app.log')
    fs.mkdirSync(path.dirname(target))
    const output = ringOn(target, { file: { mkdir: false } })
    const logger = createLogger({ outputs: [{ output, encoder: json() }], onError: () => undefined })
    fs.rmSync(path.dirname(target), { recursive: true })
    await sleep(1_500)
    for (let n = 0; n < 10; n++) {
      logger.info('line', { n })
      await sleep(50)
    }
    expect(output.stats()).toMatchObject({ accepted: 10, pending: 10 })
    fs.mkdirSync(path.dirname(target))
    await logger.close()
    expect(lineProblems(fs.readFileSync(target, 'utf8'), 10)).toEqual([])
    checkConserved(output, 10)
  })

  it('settles flushes at once, idle flushes and a second close', async () => {
    const { logger, output, content } = opened()
    logger.info('line', { n: 0 })
    await Promise.all([logger.flush(), output.flush()])
    await logger.flush()
    await Promise.all([logger.close(), output.close()])
    logger.info('late')
    expect(output.stats()).toMatchObject({ accepted: 2, written: 1, failed: 1 })
    expect(lineProblems(content(), 1)).toEqual([])
  })

  describe('when the worker has written everything and does not come to say so', () => {
    const source = `${SLEEP} const { states } = require('node:worker_threads').workerData
      const real = Atomics.compareExchange
      Atomics.compareExchange = (words, at, from, to) => {
        if (from === states.writing) sleep(150)
        return real(words, at, from, to)
      };${DRAIN_SOURCE}`

    it('closes with the lines counted as written', async () => {
      const { logger, output, content } = opened({ source })
      logger.info('line', { n: 0 })
      await logger.close()
      expect(output.stats()).toMatchObject({ accepted: 1, written: 1, failed: 0 })
      expect(lineProblems(content(), 1)).toEqual([])
    })

    it('has later lines of an ending process written by this thread', () => {
      const { logger, output, content } = opened({ source })
      logger.info('line', { n: 0 })
      output.flushSync()
      output.endBuffering!()
      logger.info('line', { n: 1 })
      expect(lineProblems(content(), 2)).toEqual([])
    })
  })

  it('has everything after flushSync', () => {
    const { logger, content } = opened()
    for (let n = 0; n < 100; n++) logger.info('line', { n })
    logger.flushSync()
    expect(lineProblems(content(), 100)).toEqual([])
  })

  it('takes only outputs that it can do the work of', () => {
    expect(() => worker({} as never)).toThrow('worker output must be file(), stdout() or stderr(), got an object')
    expect(() => worker(file(freshPath()), { ringBytes: 10 })).toThrow('worker.ringBytes must be an integer from 65536')
    expect(() => worker(file(freshPath()), { overflow: 'drop' as never })).toThrow("worker.overflow must be 'block'")
  })
})
