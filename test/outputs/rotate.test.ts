import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createLogger, file, type FileOptions, json, type Logger } from 'wideline'
import { expired } from '../../src/outputs/retention.js'
import { freshPath } from './folder.js'
import { lineProblems } from './numbered-lines.js'
import { allLines, logFiles } from './rotated.js'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function opened(options: FileOptions, target = freshPath()) {
  const problems: string[] = []
  const output = file(target, options)
  const onError = (problem: Error): void => void problems.push(problem.message)
  const logger = createLogger({ outputs: [{ output, encoder: json() }], onError })
  return { target, folder: path.dirname(target), problems, output, logger }
}

async function logTurns(logger: Logger, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    logger.info('line', { n })
    if (n % 50 === 49) await nextTurn()
  }
  await logger.flush()
}

describe.each(['none', 'tick', 'block'] as const)("a rotated file with buffer '%s'", (buffer) => {
  it.each([false, true])('keeps every line in order, and no file above its bound (symlink: %s)', async (symlink) => {
    const { folder, problems, logger, target } = opened({ buffer, rotate: { maxBytes: 20_000, symlink } })
    await logTurns(logger, 0, 2000)
    await logger.close()
    expect(problems).toEqual([])
    expect(lineProblems(allLines(folder), 2000)).toEqual([])
    const files = logFiles(folder)
    expect(files.length).toBeGreaterThan(5)
    for (const name of files) expect(fs.statSync(name).size).toBeLessThanOrEqual(20_000)
    expect(fs.realpathSync(target)).toBe(fs.realpathSync(files.at(-1) ?? ''))
    expect(fs.lstatSync(target).isSymbolicLink()).toBe(symlink)
  })

  it('gives a line that is larger than the bound a file of its own', async () => {
    const { folder, logger } = opened({ buffer, rotate: { maxBytes: 1_024 } })
    for (let n = 0; n < 10; n++) logger.info('line', { n, fill: 'x'.repeat(n % 2 === 0 ? 0 : 3_000) })
    await logger.close()
    expect(lineProblems(allLines(folder), 10)).toEqual([])
    for (const name of logFiles(folder)) {
      const text = fs.readFileSync(name, 'utf8')
      expect(text.length <= 1_024 || text.trimEnd().split('\n').length === 1).toBe(true)
    }
  })
})

describe('rotation by time', () => {
  it.each([
    { every: 'hour', stepMs: 3_600_000 },
    { every: 'day', stepMs: 86_400_000 },
    { every: 60_000, stepMs: 60_000 },
  ] as const)('begins a file for each period with lines (every: $every)', async ({ every, stepMs }) => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(2026, 0, 10, 12, 30, 30) })
    const { folder, logger } = opened({ buffer: 'none', rotate: { every } })
    for (let n = 0; n < 12; n++) {
      logger.info('line', { n })
      // Three lines a period; and a period without any.
      if (n % 3 === 2) vi.setSystemTime(Date.now() + stepMs * (n === 5 ? 2 : 1))
    }
    await logger.close()
    expect(logFiles(folder)).toHaveLength(4)
    expect(lineProblems(allLines(folder), 12)).toEqual([])
  })

  it('rotates, when it is opened, what was written in an earlier period', async () => {
    const target = freshPath()
    fs.writeFileSync(target, '{"n":0}\n')
    fs.utimesSync(target, new Date(2020, 0, 1), new Date(2020, 0, 1))
    const { folder, logger } = opened({ rotate: { every: 'day' } }, target)
    logger.info('line', { n: 1 })
    await logger.close()
    expect(logFiles(folder)).toHaveLength(2)
    expect(lineProblems(allLines(folder), 2)).toEqual([])
  })

  it.each(['hour', 'day', 3_600_000] as const)('goes on where the clock is set back (every: %s)', async (every) => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(2030, 5, 1) })
    const { folder, logger } = opened({ buffer: 'none', rotate: { every } })
    logger.info('line', { n: 0 })
    const start = new Date(2026, 5, 1).getTime()
    for (let n = 1; n < 4; n++) {
      vi.setSystemTime(start + n * 86_400_000)
      logger.info('line', { n })
    }
    // A second back, over the beginning of the period: that was rotated for already.
    vi.setSystemTime(start + 3 * 86_400_000 - 1_000)
    for (let n = 4; n < 6; n++) {
      logger.info('line', { n })
      vi.setSystemTime(Date.now() + 1_000)
    }
    await logger.close()
    expect(logFiles(folder)).toHaveLength(3)
    expect(lineProblems(allLines(folder), 6)).toEqual([])
  })

  it('names files so that they sort, even where the clock steps back', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 5, 1) })
    const { folder, logger } = opened({ buffer: 'none', rotate: { maxBytes: 1_024 } })
    for (let n = 0; n < 100; n++) {
      logger.info('line', { n })
      vi.setSystemTime(Date.now() - 3_600_000)
    }
    await logger.close()
    expect(lineProblems(allLines(folder), 100)).toEqual([])
  })

  it('goes on naming them where the clock stays behind for more than a thousand', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 5, 1) })
    const target = freshPath()
    const last = path.join(path.dirname(target), 'app.20990101T000000999Z-998.log')
    fs.writeFileSync(last, '')
    const { folder, logger, problems } = opened({ buffer: 'none', rotate: { maxBytes: 1_024 } }, target)
    const padding = 'x'.repeat(600)
    for (let n = 0; n < 5; n++) logger.info('line', { n, padding })
    await logger.close()
    expect(problems).toEqual([])
    expect(lineProblems(allLines(folder), 5)).toEqual([])
    expect(logFiles(folder).map((each) => path.basename(each))).toEqual([
      path.basename(last),
      'app.20990101T000000999Z-999.log',
      'app.20990101T000001000Z-000.log',
      'app.20990101T000001000Z-001.log',
      'app.20990101T000001000Z-002.log',
      'app.log',
    ])
  })
})

describe('retention', () => {
  const OTHERS = [
    'app.log.bak',
    'app.2026.log',
    'apx.20200101T000000000Z-000.log',
    'app.20200101T000000000Z-000.log.txt',
    'app.20201301T000000000Z-000.log',
    'app.99999999T999999999Z-999.log',
  ]

  it.each([
    { name: 'keep', rotate: { maxBytes: 4_096, keep: 3 }, most: 3 },
    { name: 'maxTotalBytes', rotate: { maxBytes: 4_096, maxTotalBytes: 13_000 }, most: 3 },
    { name: 'no copy', rotate: { maxBytes: 4_096, keep: 0 }, most: 0 },
  ])('by $name keeps the newest, and deletes only files that rotation named', async ({ rotate, most }) => {
    const { folder, logger, problems } = opened({ rotate })
    for (const name of OTHERS) fs.writeFileSync(path.join(folder, name), 'not ours')
    await logTurns(logger, 0, 1000)
    await logger.close()
    const rotated = logFiles(folder).filter(
      (name) => /Z-\d{3}\.log$/.test(name) && !OTHERS.includes(path.basename(name)),
    )
    expect(rotated.length).toBe(most)
    const numbers = allLines(folder).match(/"n":\d+/g) ?? []
    expect(numbers.at(-1)).toBe('"n":999')
    expect(problems).toEqual([])
    for (const name of OTHERS) expect(fs.readFileSync(path.join(folder, name), 'utf8')).toBe('not ours')
  })

  it('by bytes keeps what takes just as many', () => {
    const files = [1, 2, 3].map((time) => ({ time, bytes: 10 }))
    const rules = { keep: 9, maxAgeMs: 9, maxTotalBytes: 20 }
    expect(expired(files, rules, 3)).toEqual([files[0]])
  })

  it('by age deletes at the next rotation or opening', async () => {
    const target = freshPath()
    const old = path.join(path.dirname(target), 'app.20200101T000000000Z-000.log')
    fs.writeFileSync(old, '{}\n')
    const { logger } = opened({ rotate: { maxAgeMs: 3_600_000 } }, target)
    expect(fs.existsSync(old)).toBe(false)
    await logger.close()
  })

  it.each([false, true])('by age counts from the rotation (symlink: %s)', async (symlink) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 5, 1) })
    const { folder, logger } = opened({ buffer: 'none', rotate: { every: 3_600_000, maxAgeMs: 3_600_000, symlink } })
    for (let n = 0; n < 4; n++) {
      logger.info('line', { n })
      vi.setSystemTime(Date.now() + 3_600_000)
    }
    // Rotated by the line 3: that with the line 2, now; that with the line 1, an hour ago.
    expect(allLines(folder).match(/"n":\d/g)).toEqual(['"n":1', '"n":2', '"n":3'])
    await logger.close()
  })

  it('goes on where one file cannot be deleted', async () => {
    const target = freshPath()
    const folder = path.dirname(target)
    const old = (day: number): string => path.join(folder, `app.2020010${day}T000000000Z-000.log`)
    fs.mkdirSync(old(1))
    for (const day of [2, 3]) fs.writeFileSync(old(day), '{}\n')
    const { logger, problems } = opened({ rotate: { maxBytes: 4_096, keep: 1 } }, target)
    logger.info('line')
    await logger.close()
    expect(fs.readdirSync(folder).toSorted()).toEqual([path.basename(old(1)), path.basename(old(3)), 'app.log'])
    expect(problems).toEqual([expect.stringContaining(old(1))])
  })
})

describe('compression', () => {
  it('replaces what was rotated by a whole .gz, and loses nothing', async () => {
    const { folder, logger, problems } = opened({ rotate: { maxBytes: 20_000, compress: 'gzip' } })
    await logTurns(logger, 0, 1000)
    await vi.waitFor(
      () => {
        const names = logFiles(folder)
        expect(names.filter((name) => name.endsWith('.gz'))).toHaveLength(names.length - 1)
      },
      { timeout: 15_000, interval: 100 },
    )
    await logger.close()
    expect(problems).toEqual([])
    expect(lineProblems(allLines(folder), 1000)).toEqual([])
  })

  it('takes up what an earlier process left', async () => {
    const target = freshPath()
    const old = path.join(path.dirname(target), 'app.20260101T000000000Z-000.log')
    fs.writeFileSync(old, '{"n":0}\n')
    fs.writeFileSync(`${old}.gz.1`, 'half')
    for (const name of [old, `${old}.gz.1`]) fs.utimesSync(name, new Date(2026, 0, 1), new Date(2026, 0, 1))
    const { folder, logger } = opened({ rotate: { maxBytes: 20_000, compress: 'gzip' } }, target)
    await vi.waitFor(() => expect(fs.existsSync(old)).toBe(false), { timeout: 15_000, interval: 100 })
    expect(fs.readdirSync(folder).toSorted()).toEqual([`${path.basename(old)}.gz`, 'app.log'])
    await logger.close()
  })

  it('is not held up by another in its process, nor by what one of the same number left a moment ago', async () => {
    const target = freshPath()
    const old = path.join(path.dirname(target), 'app.20260101T000000000Z-000.log')
    fs.writeFileSync(old, '{"n":0}\n')
    fs.utimesSync(old, new Date(2026, 0, 1), new Date(2026, 0, 1))
    fs.writeFileSync(`${old}.gz.${process.pid}`, 'half')
    const all = [1, 2].map(() => opened({ rotate: { maxBytes: 20_000, compress: 'gzip' } }, target))
    await vi.waitFor(() => expect(fs.existsSync(old)).toBe(false), { timeout: 15_000, interval: 100 })
    for (const { logger, problems } of all) {
      await logger.close()
      expect(problems).toEqual([])
    }
    expect(lineProblems(allLines(path.dirname(target)), 1)).toEqual([])
  })

  it('goes on where one file cannot be compressed', async () => {
    const target = freshPath()
    const folder = path.dirname(target)
    const old = (day: number): string => path.join(folder, `app.2026010${day}T000000000Z-000.log`)
    fs.mkdirSync(old(1))
    fs.writeFileSync(old(2), '{"n":0}\n')
    for (const day of [1, 2]) fs.utimesSync(old(day), new Date(2026, 0, 1), new Date(2026, 0, 1))
    const { logger, problems } = opened({ rotate: { maxBytes: 20_000, compress: 'gzip' } }, target)
    await vi.waitFor(() => expect(fs.existsSync(old(2))).toBe(false), { timeout: 15_000, interval: 100 })
    await logger.close()
    expect(fs.existsSync(`${old(2)}.gz`)).toBe(true)
    expect(problems).toEqual([expect.stringContaining('EISDIR')])
  })
})

describe('a rotation whose process was killed between the two names', () => {
  it.each([
    { symlink: false, compress: undefined },
    { symlink: false, compress: 'gzip' as const },
    { symlink: true, compress: undefined },
  ])('is made up for, and no line is there twice (%o)', async ({ symlink, compress }) => {
    const rotate = { maxBytes: 20_000, symlink, ...(compress && { compress }) }
    const { folder, target, logger } = opened({})
    await logTurns(logger, 0, 50)
    await logger.close()
    const dated = path.join(folder, 'app.20251125T132455123Z-000.log')
    fs.linkSync(target, dated)
    const after = opened({ rotate }, target)
    await logTurns(after.logger, 50, 1000)
    await after.logger.close()
    expect(after.problems).toEqual([])
    expect(lineProblems(allLines(folder), 1000)).toEqual([])
    // Its file is closed: what came later is in others.
    const [first] = logFiles(folder)
    expect(first.replace(/\.gz$/, '')).toBe(dated)
    expect(fs.statSync(first).nlink).toBe(1)
  })

  it('holds nobody up whose files have other names of somebody else', async () => {
    const { folder, target, logger } = opened({})
    await logTurns(logger, 0, 50)
    await logger.close()
    fs.linkSync(target, path.join(folder, 'backup'))
    const after = opened({ rotate: { maxBytes: 20_000 } }, target)
    await logTurns(after.logger, 50, 60)
    await after.logger.close()
    expect(logFiles(folder)).toEqual([target])
    expect(lineProblems(allLines(folder), 60)).toEqual([])
  })
})

describe('a rotation that is not possible', () => {
  it('leaves the lines where they are, is reported, and is made up for', async () => {
    const { folder, logger, problems } = opened({ buffer: 'none', rotate: { maxBytes: 2_048 } })
    const real = fs.openSync.bind(fs)
    const spy = vi.spyOn(fs, 'openSync').mockImplementation((name, ...rest) => {
      if (String(name).endsWith('.next')) throw Object.assign(new Error('EMFILE: injected'), { code: 'EMFILE' })
      return real(name, ...rest)
    })
    for (let n = 0; n < 100; n++) logger.info('line', { n })
    expect(logFiles(folder)).toHaveLength(1)
    expect(problems.join()).toContain('EMFILE')
    spy.mockRestore()
    let n = 100
    await vi.waitFor(
      () => {
        logger.info('line', { n: n++ })
        expect(logFiles(folder).length).toBeGreaterThan(1)
      },
      { timeout: 5_000, interval: 50 },
    )
    await logger.close()
    expect(lineProblems(allLines(folder), n)).toEqual([])
    expect(fs.readdirSync(folder).filter((name) => name.includes('next') || name.includes('lock'))).toEqual([])
  })

  it('while another process holds the lock, and goes on when its owner is dead', async () => {
    const { folder, target, logger } = opened({ buffer: 'none', rotate: { maxBytes: 2_048 } })
    fs.symlinkSync(`${process.ppid}@${os.hostname()}`, `${target}.lock`)
    for (let n = 0; n < 100; n++) logger.info('line', { n })
    expect(logFiles(folder)).toHaveLength(1)
    fs.rmSync(`${target}.lock`)
    fs.symlinkSync(`999999999@${os.hostname()}`, `${target}.lock`)
    let n = 100
    await vi.waitFor(
      () => {
        logger.info('line', { n: n++ })
        expect(logFiles(folder).length).toBeGreaterThan(1)
      },
      { timeout: 5_000, interval: 20 },
    )
    await logger.close()
    expect(lineProblems(allLines(folder), n)).toEqual([])
  })

  it.each([false, true])(
    'does not wait for a lock of an earlier process of its number (symlink: %s)',
    async (symlink) => {
      const target = freshPath()
      fs.symlinkSync(`${process.pid}@${os.hostname()}`, `${target}.lock`)
      const before = Date.now() / 1_000 - process.uptime() - 1
      fs.lutimesSync(`${target}.lock`, before, before)
      const { folder, logger } = opened({ buffer: 'none', rotate: { maxBytes: 2_048, symlink } }, target)
      for (let n = 0; n < 100; n++) logger.info('line', { n })
      expect(logFiles(folder).length).toBeGreaterThan(1)
      await logger.close()
      expect(lineProblems(allLines(folder), 100)).toEqual([])
    },
  )

  it.each([
    { what: 'a file', make: (name: string) => fs.writeFileSync(name, '') },
    { what: 'a folder', make: (name: string) => fs.mkdirSync(name) },
  ])('where $what has the name of its lock is told', async ({ make }) => {
    const target = freshPath()
    make(`${target}.lock`)
    const { folder, logger, problems } = opened({ buffer: 'none', rotate: { maxBytes: 2_048 } }, target)
    for (let n = 0; n < 100; n++) logger.info('line', { n })
    expect(problems.join()).toContain('app.log.lock is in the way of rotation')
    expect(() => file(target, { rotate: { symlink: true } })).toThrow('app.log.lock is in the way of rotation')
    await logger.close()
    expect(lineProblems(allLines(folder), 100)).toEqual([])
  })

  it('refuses a link that rotation did not make', () => {
    const target = freshPath()
    fs.writeFileSync(`${target}.other`, '')
    fs.symlinkSync(`${target}.other`, target)
    expect(() => file(target)).toThrow('ELOOP')
    expect(() => file(target, { rotate: { maxBytes: 2_048, symlink: true } })).toThrow('rotation did not name')
  })
})

describe('the options of rotation', () => {
  it.each([
    { rotate: { maxBytes: 10 }, want: 'file.rotate.maxBytes must be an integer from 1024' },
    { rotate: { every: 'week' }, want: "file.rotate.every must be 'hour', 'day' or an integer" },
    { rotate: { keep: -1 }, want: 'file.rotate.keep must be an integer from 0' },
    { rotate: { compress: 'zip' }, want: "file.rotate.compress must be 'gzip'" },
    { rotate: { kepp: 3 }, want: 'did you mean keep?' },
  ])('are checked: $want', ({ rotate, want }) => {
    expect(() => file(freshPath(), { rotate: rotate as never })).toThrow(want)
  })
})
