import { once } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { createLogger, json, SlowOutputError, stream, type StreamOptions } from 'wideline'
import { lineProblems } from './numbered-lines.js'

type Take = (chunk: Buffer, done: (error?: Error | null) => void) => void

function opened(
  take: Take,
  { autoDestroy = true, ...options }: StreamOptions & { autoDestroy?: boolean } = {},
  highWaterMark = 16_384,
) {
  const problems: Error[] = []
  const target = new Writable({
    autoDestroy,
    highWaterMark,
    write: (chunk: Buffer, _, done) => take(chunk, done),
  })
  const output = stream(target, options)
  const logger = createLogger({ outputs: [{ output, encoder: json() }], onError: (problem) => problems.push(problem) })
  const log = (from: number, to: number): void => {
    for (let n = from; n < to; n++) logger.info('line', { n })
  }
  return { target, output, logger, log, problems }
}

function checkConserved(stats: ReturnType<ReturnType<typeof opened>['output']['stats']>, calls: number): void {
  expect(stats.accepted).toBe(stats.written + stats.pending + stats.failed)
  expect(stats.accepted + (stats.dropped['full'] ?? 0)).toBe(calls)
}

function fail(): never {
  throw new Error('even this')
}

describe('stream()', () => {
  it('writes the lines of a turn in one piece, in order', async () => {
    const chunks: string[] = []
    const { log, logger, output } = opened((chunk, done) => {
      chunks.push(chunk.toString())
      done()
    })
    log(0, 10)
    expect(chunks).toEqual([])
    await nextTurn()
    await nextTurn()
    expect(chunks).toHaveLength(1)
    log(10, 500)
    await logger.close()
    expect(lineProblems(chunks.join(''), 500)).toEqual([])
    expect(output.stats()).toMatchObject({ accepted: 500, written: 500, pending: 0, failed: 0 })
  })

  it('keeps lines while the stream asks for a pause, drops them beyond its bound, and goes on in order', async () => {
    const text: string[] = []
    const held: (() => void)[] = []
    let isHolding = true
    const { log, logger, output, target } = opened(
      (chunk, done) => {
        text.push(chunk.toString())
        if (isHolding) held.push(() => done())
        else done()
      },
      { maxPendingBytes: 65_536 },
      1_000,
    )
    for (let turn = 0; turn < 100; turn++) {
      log(turn * 50, turn * 50 + 50)
      await nextTurn()
    }
    expect(target.writableLength).toBeLessThan(20_000)
    const { dropped, accepted } = output.stats()
    expect(dropped['full']).toBeGreaterThan(1_000)
    checkConserved(output.stats(), 5_000)
    isHolding = false
    for (const release of held) release()
    await logger.flush()
    expect(output.stats().pending).toBe(0)
    const lines = text.join('').trimEnd().split('\n')
    expect(lines.at(-1)).toContain(`"dropped":${dropped['full']}`)
    expect(lineProblems(`${lines.slice(0, -1).join('\n')}\n`, accepted)).toEqual([])
  })

  it.each([
    { name: 'calls back twice', take: ((_, done) => (done(), done())) as Take },
    {
      name: 'throws',
      take: (() => {
        throw new Error('thrown')
      }) as Take,
    },
    { name: 'fails', take: ((_, done) => done(new Error('failed'))) as Take },
  ])('survives a stream that $name, and counts', async ({ take }) => {
    const { log, logger, output, problems } = opened(take)
    log(0, 5)
    await nextTurn()
    await nextTurn()
    log(5, 10)
    await logger.close().catch(() => undefined)
    checkConserved(output.stats(), 10)
    expect(output.stats().pending).toBe(0)
    expect(problems.length).toBeGreaterThan(0)
  })

  it('goes on where write() was replaced by one that takes its callback third and returns nothing, as PM2 does', async () => {
    const chunks: string[] = []
    const { log, logger, output, target } = opened((_, done) => done())
    target.write = ((chunk: Buffer, _encoding: unknown, done?: () => void): void => {
      chunks.push(chunk.toString())
      if (done !== undefined) process.nextTick(done)
    }) as unknown as typeof target.write
    for (let n = 0; n < 3; n++) {
      log(n, n + 1)
      await nextTurn()
      await nextTurn()
    }
    expect(chunks).toHaveLength(3)
    await logger.close()
    expect(output.stats()).toMatchObject({ written: 3, pending: 0, failed: 0 })
  })

  it('writes each line once where a value of one flushes', async () => {
    const chunks: string[] = []
    const { log, logger, output } = opened((chunk, done) => {
      chunks.push(chunk.toString())
      done()
    })
    for (let n = 0; n < 20; n += 4) {
      log(n, n + 2)
      logger.info('line', {
        n: n + 2,
        get flushed() {
          logger.flushSync()
          return { toJSON: () => (logger.flushSync(), 'x'.repeat(n * 100)) }
        },
      })
      log(n + 3, n + 4)
      if (n > 4) await nextTurn()
    }
    await logger.close()
    expect(lineProblems(chunks.join(''), 20)).toEqual([])
    checkConserved(output.stats(), 20)
  })

  it('settles a flush of a stream that never calls back', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { log, logger, output } = opened(() => undefined)
    log(0, 5)
    const flushed = logger.flush().catch((problem: unknown) => String(problem))
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await flushed).toContain('5 lines still wait')
    vi.useRealTimers()
    checkConserved(output.stats(), 5)
  })

  it('leaves the stream open, and takes later lines for failed', async () => {
    const target = new PassThrough()
    const output = stream(target)
    const logger = createLogger({ outputs: [{ output, encoder: json() }] })
    logger.info('one')
    await logger.close()
    logger.info('late')
    expect(output.stats()).toMatchObject({ accepted: 2, written: 1, failed: 1 })
    expect(target.destroyed).toBe(false)
  })

  it.each([
    { name: 'ends', end: (target: Writable) => target.end() },
    { name: 'is destroyed', end: (target: Writable) => target.destroy() },
  ])('tells of lines that come after its stream $name', async ({ end }) => {
    const { log, logger, output, problems, target } = opened((_, done) => done())
    log(0, 1)
    await logger.flush()
    end(target)
    await once(target, 'close')
    expect(problems).toEqual([])
    log(1, 5)
    expect(problems.map(({ message }) => message)).toEqual(['stream: it has ended, and takes no more lines'])
    expect(output.stats()).toMatchObject({ accepted: 5, written: 1, failed: 4 })
    await logger.close()
    log(5, 6)
    expect(problems).toHaveLength(1)
  })

  it('takes a stream for ended that has failed, and keeps what it is given for ever', async () => {
    const { log, logger, output, target } = opened((_, done) => done(new Error('failed')), { autoDestroy: false })
    log(0, 1)
    await once(target, 'error')
    log(1, 5)
    await nextTurn()
    expect(target.destroyed).toBe(false)
    expect(output.stats()).toMatchObject({ accepted: 5, written: 0, pending: 0, failed: 5 })
    await logger.close()
  })

  it('rejects a flush of lines that its stream fails to take', async () => {
    const { log, logger } = opened((_, done) => setImmediate(done, new Error('failed')))
    log(0, 5)
    await expect(logger.flush()).rejects.toThrow('stream: lines could not be written')
  })

  it.each<[string, unknown]>([
    ['is no text', Object.create(null)],
    ['cannot be read', new Proxy({}, { get: fail, getPrototypeOf: fail })],
  ])('counts and reports lines that its stream fails to take, with what %s', async (_, reason) => {
    const { log, logger, problems, target } = opened((__, done) => done())
    target.write = ((__: Buffer, ___: string, done: (error: unknown) => void) => {
      done(reason)
      return true
    }) as typeof target.write
    log(0, 2)
    expect(() => logger.flushSync()).not.toThrow()
    target.write = () => {
      // Anything may be thrown: that is the point.
      // oxlint-disable-next-line typescript/only-throw-error
      throw reason
    }
    log(2, 3)
    expect(() => logger.flushSync()).not.toThrow()
    expect(logger.stats().outputs[0]).toMatchObject({ calls: 3, accepted: 3, pending: 0, failed: 3, dropped: {} })
    expect(problems.map(({ message }) => message)).toEqual(['stream: an unreadable error'])
    await logger.close()
  })

  it('tells of a write that took long', async () => {
    let release = (): void => undefined
    const { log, logger, output, problems } = opened((_, done) => (release = () => done()), { slowMs: 1 })
    log(0, 1)
    await nextTurn()
    await nextTurn()
    const start = performance.now()
    while (performance.now() - start < 5);
    release()
    await logger.close()
    expect(problems[0]).toBeInstanceOf(SlowOutputError)
    expect(output.stats().latencyMs?.p50).toBeGreaterThan(4)
  })

  it('takes a Writable only', () => {
    expect(() => stream({} as never)).toThrow('stream target must be a Writable, got an object')
  })
})
