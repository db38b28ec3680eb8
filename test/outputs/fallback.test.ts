import fs from 'node:fs'
import path from 'node:path'
import { Writable } from 'node:stream'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  type BufferMode,
  type ByteBuffer,
  createLogger,
  fallback,
  file,
  json,
  memory,
  type Output,
  split,
  stream,
} from 'wideline'
import { type Shim, shimWrites, systemError } from './descriptor-faults.js'
import { freshPath } from './folder.js'
import { lineProblems } from './numbered-lines.js'

let shim: Shim | undefined

afterEach(() => {
  shim?.restore()
  shim = undefined
  vi.useRealTimers()
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

  it('ends the torn line of the first when that takes lines again, though it failed once more', async () => {
    const { first, second, logger, log, read } = opened(buffer, 1)
    failWrites(first, 'ENOSPC', 30)
    await log(0, 2)
    await logger.flush()
    for (let n = 2; n < 6; n++) {
      await sleep(5)
      await log(n, n + 1)
      await logger.flush()
    }
    shim?.restore()
    await sleep(5)
    await log(6, 8)
    await logger.close()
    expect(lineProblems(read(second), 6)).toEqual([])
    expect(read(second)).not.toContain('\n\n')
    const [torn, ...rest] = read(first).trimEnd().split('\n')
    expect(torn).toHaveLength(30)
    expect(rest.map((line) => (JSON.parse(line) as { n: number }).n)).toEqual([6, 7])
    expect(logger.stats().outputs[0]).toMatchObject({ accepted: 8, written: 8, pending: 0, failed: 0 })
  })

  it.each([0, 30])('writes each line once where a value of one flushes, and %i bytes go to the first', async (part) => {
    const { first, second, logger, log, read } = opened(buffer, 60_000)
    failWrites(first, 'ENOSPC', part)
    await log(0, 3)
    for (const n of [3, 4]) {
      logger.info('line', {
        n,
        get flushed() {
          logger.flushSync()
          return true
        },
      })
    }
    await log(5, 8)
    await logger.flush()
    shim?.restore()
    expect(lineProblems(read(second), 8)).toEqual([])
    expect(logger.stats().outputs[0]).toMatchObject({ accepted: 8, written: 8, pending: 0, failed: 0 })
    await logger.close()
    expect(read(first)).toHaveLength(part === 0 ? 0 : part + 1)
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

  it('closes the second, and has it written, where the first throws at that', async () => {
    const broken = (): never => {
      throw new Error('broken')
    }
    const problems: string[] = []
    const second = file(freshPath())
    const output = fallback(Object.assign(memory(), { flushSync: broken, close: broken }), second)
    const logger = createLogger({ outputs: [output], onError: (problem) => problems.push(problem.message) })
    second.begin().text('waits\n')
    second.commit(10)
    logger.flushSync()
    expect(second.stats()).toMatchObject({ written: 1 })
    expect(problems).toEqual(['broken'])
    await logger.close()
    second.begin().text('late\n')
    second.commit(10)
    expect(second.stats()).toMatchObject({ accepted: 2, failed: 1 })
  })

  it('says of a flush that the first still has lines, which it does not give up', async () => {
    const logger = createLogger({ outputs: [fallback(stream(new Writable({ write: () => undefined })), memory())] })
    logger.info('line')
    await nextTurn()
    vi.useFakeTimers()
    const flushed = logger.flush().catch((problem: unknown) => String(problem))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await flushed).toContain('1 lines still wait to be written')
  })

  it('may have another as its second, not as its first', () => {
    const throwing = (): Output => {
      const output: Output = memory()
      output.begin = () => {
        throw new Error('broken')
      }
      return output
    }
    const last = memory()
    const output = fallback(throwing(), fallback(throwing(), last))
    const logger = createLogger({ outputs: [{ output, encoder: json() }], onError: () => undefined })
    for (let n = 0; n < 3; n++) logger.info('line', { n })
    expect(last.parsed().map((line) => line['n'])).toEqual([0, 1, 2])
    expect(() => fallback(fallback(memory(), memory()), memory())).toThrow(
      'fallback primary must be another output than a fallback(), as in fallback(a, fallback(b, c)), got an object',
    )
  })

  it('gives the second a line whose commit the first throws at, and counts one that is gone', () => {
    const second = memory()
    const first = memory()
    const { begin } = first
    let buffer: ByteBuffer | undefined
    let letsGo = false
    first.begin = () => (buffer = begin.call(first))
    first.commit = () => {
      if (letsGo) buffer!.length = 0
      throw new Error('broken')
    }
    const problems: string[] = []
    const onError = (problem: Error): void => void problems.push(problem.message)
    const output = fallback(first, second, { retryMs: 1 })
    const logger = createLogger({ outputs: [{ output, encoder: json() }], onError })
    logger.info('line', { n: 0 })
    expect(second.parsed().map((line) => line['n'])).toEqual([0])
    expect(problems).toEqual(['broken'])
    expect(logger.stats().outputs[0]).toMatchObject({ calls: 1, accepted: 1, written: 1, dropped: {} })
    letsGo = true
    const start = performance.now()
    while (performance.now() - start < 2);
    logger.info('line', { n: 1 })
    expect(problems).toEqual(['broken', 'broken'])
    expect(logger.stats().outputs[0]).toMatchObject({ calls: 2, accepted: 1, dropped: { error: 1 } })
  })

  it.each([
    { name: 'is destroyed', end: (target: Writable) => target.destroy() },
    { name: 'breaks', end: (target: Writable) => target.destroy(new Error('gone')) },
  ])('loses nothing when the stream of its first $name', async ({ end }) => {
    const second = memory()
    const taken: string[] = []
    const target = new Writable({
      highWaterMark: 1,
      // The second chunk is never called back for.
      write: (chunk: Buffer, _, done) => {
        if (taken.length > 0) return
        taken.push(chunk.toString())
        done()
      },
    })
    const output = fallback(stream(target), second, { retryMs: 1 })
    const logger = createLogger({ outputs: [{ output, encoder: json() }], onError: () => undefined })
    let n = 0
    const log = async (): Promise<void> => {
      logger.info('line', { n: n++ })
      logger.info('line', { n: n++ })
      await nextTurn()
      await nextTurn()
    }
    for (let turn = 0; turn < 3; turn++) await log()
    end(target)
    for (let turn = 0; turn < 3; turn++) await log()
    await logger.flush()
    expect(taken).toHaveLength(1)
    expect(lineProblems(taken.join('') + second.lines.map((line) => `${line}\n`).join(''), n)).toEqual([])
    expect(logger.stats().outputs[0]).toMatchObject({ calls: n, accepted: n, written: n, pending: 0, failed: 0 })
    await logger.close()
  })

  it('gives the second what waits in the parts of a split first', async () => {
    const first = freshPath()
    const second = memory()
    const output = fallback(split({ info: file(first), error: file(`${first}.errors`) }), second, { retryMs: 60_000 })
    const logger = createLogger({ outputs: [{ output, encoder: json() }], onError: () => undefined })
    failWrites(first, 'EPIPE')
    logger.info('line', { n: 0 })
    await logger.flush()
    expect(second.parsed().map((line) => line['n'])).toEqual([0])
    await logger.close()
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
