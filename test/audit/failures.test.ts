import fs from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLogger, memory } from 'wideline'
import { audit, AuditError, type AuditFailure, type AuditSync, verifyAudit } from 'wideline/audit'
import { secondVerify } from './second-verifier.js'
import { freshPath, judge, linesOf, OPTIONS, TRUSTED, write } from './support.js'

afterEach(() => {
  vi.restoreAllMocks()
})

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: it does not work`), { code })
}

function entriesOf(filePath: string): string[] {
  return linesOf(fs.readFileSync(filePath))
    .map((line) => line.toString().trimEnd())
    .filter((line) => !line.startsWith('{"@audit":"'))
}

function expectClean(filePath: string, note: string | undefined): void {
  const bytes = fs.readFileSync(filePath)
  expect(judge(bytes, note)).toEqual({ verdict: 'valid', problems: [] })
  expect(secondVerify([bytes], [TRUSTED], note)).toBe('valid')
}

/** Makes the next writes fail: each takes so many bytes, and what follows it in the same turn fails. */
function failWrites(times: number, bytes: number): void {
  const real = fs.writeSync as (...args: unknown[]) => number
  let left = times
  let isShort = false
  vi.spyOn(fs, 'writeSync').mockImplementation(((
    descriptor: number,
    data: Uint8Array,
    from: number,
    length: number,
  ) => {
    if (left > 0 && typeof data !== 'string') {
      isShort = !isShort && bytes > 0
      if (isShort) return real(descriptor, data, from, Math.min(bytes, length - 1))
      left--
      throw failure('ENOSPC')
    }
    return real(descriptor, data, from, length)
  }) as never)
}

describe("sync: 'each'", () => {
  it('has fdatasync return before the call does', async () => {
    const filePath = freshPath()
    const output = audit(filePath, { ...OPTIONS, sync: 'each' })
    const order: string[] = []
    const real = fs.fdatasyncSync
    vi.spyOn(fs, 'fdatasyncSync').mockImplementation((descriptor) => {
      real(descriptor)
      order.push(`synced ${entriesOf(filePath).length}`)
    })
    for (let i = 1; i <= 3; i++) {
      write(output, `line ${i}`)
      order.push(`returned ${i}`)
    }
    expect(order).toEqual(['synced 1', 'returned 1', 'synced 2', 'returned 2', 'synced 3', 'returned 3'])
    await output.close()
  })

  it('never syncs a descriptor again whose sync failed', async () => {
    const filePath = freshPath()
    const output = audit(filePath, { ...OPTIONS, sync: 'each' })
    const real = fs.fdatasyncSync
    const synced: number[] = []
    let bad = -1
    vi.spyOn(fs, 'fdatasyncSync').mockImplementation((descriptor) => {
      synced.push(descriptor)
      if (bad < 0 && synced.length === 2) {
        bad = descriptor
        // Its number stays taken, so that no other file can get it and be taken for it.
        fs.openSync(filePath, 'r')
        throw failure('EIO')
      }
      real(descriptor)
    })
    const closeReal = fs.closeSync
    vi.spyOn(fs, 'closeSync').mockImplementation((descriptor) => {
      if (descriptor !== bad) closeReal(descriptor)
    })
    write(output, 'line 1')
    expect(() => write(output, 'line 2')).toThrow(AuditError)
    await vi.waitFor(() => write(output, 'line 3'), { timeout: 5_000, interval: 20 })
    expect(synced.slice(2)).not.toContain(bad)
    expect(synced.length).toBeGreaterThan(3)
    await output.close()
    expectClean(filePath, output.lastCheckpoint)
    // What could not be promised is in the file nevertheless, and the file says that it was found there.
    expect(entriesOf(filePath)).toEqual(['line 1', 'line 2', 'line 3'])
  })
})

describe("onFailure: 'throw'", () => {
  it.each([0, 3])(
    'throws to the log call when %i bytes of its line are written, and the others get the line',
    async (bytes) => {
      const filePath = freshPath()
      const output = audit(filePath, { ...OPTIONS, sync: 'each' })
      const other = memory()
      const log = createLogger({ outputs: [output, other], onError: () => undefined })
      log.info('first')
      failWrites(1, bytes)
      expect(() => log.info('refused')).toThrow(AuditError)
      vi.restoreAllMocks()
      await vi.waitFor(() => log.info('stored again'), { timeout: 5_000, interval: 20 })
      await log.close()
      expectClean(filePath, output.lastCheckpoint)
      expect(
        other
          .parsed<{ msg: string }>()
          .map(({ msg }) => msg)
          .slice(0, 2),
      ).toEqual(['first', 'refused'])
      const { accepted, written, pending, failed } = output.stats()
      expect({ accepted, pending, failed }).toEqual({ accepted: written, pending: 0, failed: 0 })
      const { files } = await verifyAudit(filePath, { publicKeys: [TRUSTED] })
      expect(files[0].restarts).toMatchObject([{ cause: 'ENOSPC', torn: bytes }])
    },
  )

  it('throws from typed lines too, and leaves the logger usable', async () => {
    const output = audit(freshPath(), { ...OPTIONS, sync: 'each' })
    const log = createLogger({ outputs: [output], onError: () => undefined })
    failWrites(1, 0)
    expect(() => log.at('info')?.int('n', 1).msg('typed')).toThrow(AuditError)
    vi.restoreAllMocks()
    expect(log.stats().entries.outstanding).toBe(0)
    await log.close().catch(() => undefined)
  })
})

describe.each([
  { sync: 'batch', onFailure: 'throw' },
  { sync: 'batch', onFailure: 'mark' },
  { sync: 'each', onFailure: 'mark' },
  { sync: 'each', onFailure: 'block' },
  { sync: 'never', onFailure: 'block' },
] as { sync: AuditSync; onFailure: AuditFailure }[])(
  'with sync $sync and onFailure $onFailure',
  ({ sync, onFailure }) => {
    it.each([0, 5])('stores every accepted line once, whatever part of a write failed (%i bytes)', async (bytes) => {
      const filePath = freshPath()
      const output = audit(filePath, { ...OPTIONS, sync, onFailure })
      let problems = 0
      output.open?.({
        pool: new (await import('../../src/bytes/buffer-pool.js')).BufferPool(),
        report: () => problems++,
      })
      const accepted: string[] = []
      for (let i = 0; i < 30; i++) {
        if (i === 10) failWrites(2, bytes)
        const before = output.stats().accepted
        try {
          write(output, `line ${i}`)
        } catch (error) {
          expect(error).toBeInstanceOf(AuditError)
        }
        if (output.stats().accepted > before) accepted.push(`line ${i}`)
        if (i % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      await vi.waitFor(() => output.flush(), { timeout: 5_000, interval: 50 })
      await output.close()
      expect(problems).toBeGreaterThan(0)
      expectClean(filePath, output.lastCheckpoint)
      expect(entriesOf(filePath).filter((line) => accepted.includes(line))).toEqual(accepted)
      if (onFailure !== 'throw') expect(accepted).toHaveLength(30)
      const stats = output.stats()
      expect(stats.accepted).toBe(stats.written + stats.failed)
    })
  },
)

describe("onFailure: 'mark'", () => {
  it('counts what finds no room, and the file tells of it', async () => {
    const filePath = freshPath()
    const output = audit(filePath, { ...OPTIONS, onFailure: 'mark', maxPendingBytes: 65_536 })
    failWrites(1_000_000, 0)
    for (let i = 0; i < 100; i++) write(output, 'x'.repeat(1_000), 50)
    const { dropped, pending } = output.stats()
    expect(dropped['full']).toBeGreaterThan(30)
    expect(pending + dropped['full']).toBe(100)
    vi.restoreAllMocks()
    await vi.waitFor(() => output.flush(), { timeout: 5_000, interval: 50 })
    await output.close()
    expectClean(filePath, output.lastCheckpoint)
    const { files } = await verifyAudit(filePath, { publicKeys: [TRUSTED] })
    expect(files[0].lostEntries).toBe(dropped['full'])
  })
})

describe('a sync that fails in the background', () => {
  it('makes what it covered be written again and synced by another descriptor', async () => {
    const filePath = freshPath()
    const output = audit(filePath, { ...OPTIONS, sync: 'batch', onFailure: 'mark' })
    const real = fs.fdatasync
    let isFirst = true
    vi.spyOn(fs, 'fdatasync').mockImplementation((descriptor, done) => {
      if (!isFirst) return real(descriptor, done)
      isFirst = false
      setImmediate(() => done(failure('EIO')))
    })
    const writes = vi.spyOn(fs, 'writeSync')
    write(output, 'line 1')
    await vi.waitFor(() => output.flush(), { timeout: 5_000, interval: 50 })
    // Written again at its place, by a descriptor that does not append.
    expect(
      writes.mock.calls.some((call: unknown[]) => typeof call[4] === 'number' && String(call[1]).includes('line 1')),
    ).toBe(true)
    await output.close()
    expectClean(filePath, output.lastCheckpoint)
    expect(entriesOf(filePath)).toEqual(['line 1'])
  })
})

describe('somebody else', () => {
  it('who appends to the file, cuts it or removes it is noticed with the next line', async () => {
    for (const [name, change] of [
      ['appends', (filePath: string) => fs.appendFileSync(filePath, '{"level":"info","msg":"forged"}\n')],
      ['cuts', (filePath: string) => fs.truncateSync(filePath, fs.statSync(filePath).size - 5)],
      ['removes', (filePath: string) => fs.rmSync(filePath)],
    ] as const) {
      const filePath = freshPath()
      const output = audit(filePath, { ...OPTIONS, sync: 'each' })
      write(output, 'line 1')
      change(filePath)
      expect(() => write(output, name)).toThrow(/somebody else|removed/)
      await output.close().catch(() => undefined)
    }
  })

  it('who appends makes lines that the file says were found, not written', async () => {
    const filePath = freshPath()
    const output = audit(filePath, { ...OPTIONS, sync: 'each' })
    write(output, 'line 1')
    fs.appendFileSync(filePath, 'forged\n')
    expect(() => write(output, 'line 2')).toThrow('somebody else')
    await vi.waitFor(() => write(output, 'line 3'), { timeout: 5_000, interval: 20 })
    await output.close()
    expectClean(filePath, output.lastCheckpoint)
    const { files } = await verifyAudit(filePath, { publicKeys: [TRUSTED] })
    expect(files[0].restarts).toMatchObject([{ cause: 'FOREIGN', foundFrom: 5, foundTo: 5 }])
  })
})

describe('a rotation that fails half-way', () => {
  it.each(['renameSync', 'fdatasyncSync'] as const)(
    'at %s is finished later, and every line is in one of the files',
    async (name) => {
      const filePath = freshPath()
      const output = audit(filePath, { ...OPTIONS, sync: 'batch', onFailure: 'mark' })
      write(output, 'before')
      await output.flush()
      let isFirst = true
      const real = fs[name] as (...args: unknown[]) => void
      vi.spyOn(fs, name).mockImplementation((...args: unknown[]) => {
        if (isFirst) {
          isFirst = false
          throw failure('EIO')
        }
        real(...args)
      })
      await expect(output.rotate()).rejects.toThrow('EIO')
      write(output, 'after')
      await vi.waitFor(() => output.flush(), { timeout: 5_000, interval: 50 })
      await output.close()
      const files = fs.existsSync(`${filePath}.000001`) ? [`${filePath}.000001`, filePath] : [filePath]
      const { verdict, problems } = await verifyAudit(files, {
        publicKeys: [TRUSTED],
        lastCheckpoint: output.lastCheckpoint!,
      })
      expect({ verdict, problems }).toEqual({ verdict: 'valid', problems: [] })
      expect(files.flatMap(entriesOf)).toEqual(['before', 'after'])
    },
  )
})

describe('a file that is removed under its writer', () => {
  it('makes a new log, and the loss is reported', async () => {
    const filePath = freshPath()
    const problems: string[] = []
    const output = audit(filePath, { ...OPTIONS, sync: 'each', onFailure: 'mark' })
    const log = createLogger({ outputs: [output], onError: (problem) => problems.push(problem.message) })
    log.info('lost')
    fs.rmSync(filePath)
    log.info('kept')
    await vi.waitFor(() => log.flush(), { timeout: 5_000, interval: 50 })
    await log.close()
    expectClean(filePath, output.lastCheckpoint)
    expect(entriesOf(filePath)).toHaveLength(1)
    expect(problems.join()).toContain('was removed')
  })
})
