import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { createLogger, file, json } from 'wideline'
import { freshPath } from './folder.js'
import { lineProblems } from './numbered-lines.js'

function modeOf(target: string): string {
  return (fs.statSync(target).mode & 0o777).toString(8)
}

/** Permissions as they were asked for, whatever mask the tests run under. */
function unmasked<T>(run: () => T): T {
  const mask = process.umask(0)
  try {
    return run()
  } finally {
    process.umask(mask)
  }
}

async function appended(target: string, text: string): Promise<string> {
  const output = file(target)
  output.begin().text(text)
  output.commit(30)
  await output.close()
  return fs.readFileSync(target, 'utf8')
}

describe('file()', () => {
  it('opens its file at once', () => {
    const target = freshPath()
    file(target)
    expect(fs.existsSync(target)).toBe(true)
  })

  it('makes a new file 0640 and its directories 0750', () => {
    const target = path.join(freshPath('logs'), 'deep/app.log')
    unmasked(() => file(target))
    expect(modeOf(target)).toBe('640')
    expect(modeOf(path.dirname(target))).toBe('750')
    expect(modeOf(path.dirname(path.dirname(target)))).toBe('750')
  })

  it('makes a new file with the mode it is given, and leaves that of an old one alone', () => {
    const target = freshPath()
    unmasked(() => file(target, { mode: 0o600 }))
    expect(modeOf(target)).toBe('600')
    file(target, { mode: 0o644 })
    expect(modeOf(target)).toBe('600')
  })

  it('makes no directory when told not to', () => {
    const target = path.join(freshPath('logs'), 'app.log')
    expect(() => file(target, { mkdir: false })).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    expect(fs.existsSync(path.dirname(target))).toBe(false)
  })

  it('ends half a line that a process left, and leaves one alone that another is still writing', () => {
    const [left, written] = [freshPath(), freshPath()]
    for (const target of [left, written]) fs.writeFileSync(target, 'one\nha')
    file(left).flushSync()
    expect(fs.readFileSync(left, 'utf8')).toBe('one\nha\n')
    const read = fs.readSync.bind(fs) as (...call: unknown[]) => number
    const spy = vi.spyOn(fs, 'readSync').mockImplementation((...call: unknown[]) => {
      const length = read(...call)
      // The other process goes on as soon as somebody has seen the end of its half.
      if (call[4] === 5) fs.appendFileSync(written, 'lf\n')
      return length
    })
    try {
      file(written).flushSync()
      expect(fs.readFileSync(written, 'utf8')).toBe('one\nhalf\n')
    } finally {
      spy.mockRestore()
    }
  })

  it('makes its file and its folder anew when somebody removes them, within a second', async () => {
    const target = path.join(path.dirname(freshPath()), 'logs', 'app.log')
    const logger = createLogger({ outputs: [{ output: file(target), encoder: json() }], onError: () => undefined })
    for (const removed of [target, path.dirname(target)]) {
      logger.info('before')
      await logger.flush()
      fs.rmSync(removed, { recursive: true })
      const since = performance.now()
      await vi.waitFor(
        async () => {
          logger.info('after')
          await logger.flush()
          expect(fs.existsSync(target)).toBe(true)
        },
        { timeout: 5_000, interval: 20 },
      )
      expect(performance.now() - since).toBeLessThan(1_500)
      expect(fs.readFileSync(target, 'utf8')).toContain('after')
    }
    await logger.close()
  })

  it.each([
    { what: 'is missing', block: () => undefined, unblock: () => undefined },
    { what: 'is a file', block: (folder: string) => fs.writeFileSync(folder, ''), unblock: fs.rmSync },
  ])('has lines wait while its folder was removed and $what', async ({ block, unblock }) => {
    const folder = path.join(path.dirname(freshPath()), 'logs')
    const target = path.join(folder, 'app.log')
    fs.mkdirSync(folder)
    const output = file(target, { buffer: 'none', mkdir: false })
    const logger = createLogger({ outputs: [{ output, encoder: json() }], onError: () => undefined })
    fs.rmSync(folder, { recursive: true })
    block(folder)
    const end = performance.now() + 1_200
    // Past the time of the next look, and of several attempts after it.
    await sleep(510)
    for (let n = 0; performance.now() < end; n++) {
      logger.info('line', { n })
      await sleep(50)
    }
    const { accepted, pending } = output.stats()
    expect(pending).toBe(accepted)
    unblock(folder)
    fs.mkdirSync(folder)
    await logger.close()
    expect(lineProblems(fs.readFileSync(target, 'utf8'), accepted)).toEqual([])
  })

  it("with fsync 'interval' syncs what was written without being asked, and once", async () => {
    const beside = vi.spyOn(fs, 'fdatasync')
    const output = file(freshPath(), { fsync: 'interval', flushIntervalMs: 10 })
    const logger = createLogger({ outputs: [{ output, encoder: json() }] })
    try {
      logger.warn('line')
      logger.warn('line')
      await vi.waitFor(() => expect(beside).toHaveBeenCalledOnce(), { interval: 1 })
      await logger.close()
      expect(beside).toHaveBeenCalledOnce()
    } finally {
      beside.mockRestore()
    }
  })

  it('has a file on the disk before it lets go of it, also while a sync is under way, and closes it where that fails', async () => {
    const target = freshPath()
    const output = file(target, { fsync: 'interval', rotate: { maxBytes: 1_024 } })
    const problems: string[] = []
    const onError = (problem: Error): void => void problems.push(problem.message)
    const logger = createLogger({ outputs: [{ output, encoder: json() }], onError })
    const begun: number[] = []
    let land = (): void => undefined
    const beside = vi.spyOn(fs, 'fdatasync').mockImplementation((descriptor, done) => {
      begun.push(descriptor)
      land = () => done(null)
    })
    const synced: number[] = []
    const atOnce = vi.spyOn(fs, 'fdatasyncSync').mockImplementation((descriptor) => {
      synced.push(descriptor)
      throw Object.assign(new Error('EIO: injected'), { code: 'EIO' })
    })
    try {
      logger.warn('line', { n: 0 })
      const flushed = logger.flush()
      await vi.waitFor(() => expect(begun).toHaveLength(1), { interval: 1 })
      logger.warn('x'.repeat(1_000))
      expect(synced).toEqual(begun)
      expect(problems).toEqual([expect.stringContaining('EIO')])
      expect(() => fs.fstatSync(begun[0])).toThrow('EBADF')
      land()
      await flushed.catch(() => undefined)
    } finally {
      beside.mockRestore()
      atOnce.mockRestore()
    }
    await logger.close()
  })

  it('appends to what is there', async () => {
    const target = freshPath()
    fs.writeFileSync(target, 'first\n')
    expect(await appended(target, 'second\n')).toBe('first\nsecond\n')
  })

  it.each([
    { name: 'half a line', input: 'whole\nhalf a li', want: 'whole\nhalf a li\nnext\n' },
    { name: 'a single byte', input: 'x', want: 'x\nnext\n' },
    { name: 'a carriage return', input: 'x\r', want: 'x\r\nnext\n' },
    { name: 'half a letter', input: Buffer.from('é').subarray(0, 1), want: '\ufffd\nnext\n' },
    { name: 'a newline', input: 'whole\n', want: 'whole\nnext\n' },
    { name: 'nothing', input: '', want: 'next\n' },
  ])('begins a line of its own after $name', async ({ input, want }) => {
    const target = freshPath()
    fs.writeFileSync(target, input)
    expect(await appended(target, 'next\n')).toBe(want)
  })

  it('refuses a symbolic link, and leaves what it points to alone', () => {
    const target = freshPath()
    const link = freshPath('link.log')
    fs.writeFileSync(target, 'not ours')
    fs.symlinkSync(target, link)
    expect(() => file(link)).toThrow(expect.objectContaining({ code: 'ELOOP' }))
    expect(fs.readFileSync(target, 'utf8')).toBe('not ours')
  })

  it('refuses a link that points nowhere, and makes nothing there', () => {
    const target = freshPath()
    const link = freshPath('link.log')
    fs.symlinkSync(target, link)
    expect(() => file(link)).toThrow(expect.objectContaining({ code: 'ELOOP' }))
    expect(fs.existsSync(target)).toBe(false)
  })

  it('refuses a directory', () => {
    expect(() => file(path.dirname(freshPath()))).toThrow(expect.objectContaining({ code: 'EISDIR' }))
  })

  it('leaves no descriptor open when it cannot be opened or when it is closed', async () => {
    const descriptors = (): number => fs.readdirSync('/proc/self/fd').length
    const target = freshPath()
    const link = freshPath('link.log')
    fs.symlinkSync(target, link)
    const before = descriptors()
    for (let i = 0; i < 20; i++) {
      expect(() => file(link)).toThrow('ELOOP')
      await file(target).close()
    }
    expect(descriptors()).toBe(before)
  })

  it('has all bytes of UTF-8 as they were encoded', async () => {
    const target = freshPath()
    const output = file(target)
    const logger = createLogger({ outputs: [{ output, encoder: json() }] })
    logger.info('é€😀 \u2028', { größe: '½' })
    await logger.close()
    expect(JSON.parse(fs.readFileSync(target, 'utf8'))).toMatchObject({ msg: 'é€😀 \u2028', größe: '½' })
  })
})

describe('the options of file()', () => {
  it.each([
    { input: { bufferSize: 1023 }, want: 'file.bufferSize must be an integer from 1024 to 67108864, got 1023' },
    {
      input: { bufferSize: 1.5e4 + 0.5 },
      want: 'file.bufferSize must be an integer from 1024 to 67108864, got 15000.5',
    },
    { input: { flushIntervalMs: 0 }, want: 'file.flushIntervalMs must be an integer from 1 to 3600000, got 0' },
    { input: { maxPendingBytes: 1 }, want: 'file.maxPendingBytes must be an integer from 65536 to 4294967296, got 1' },
    { input: { buffer: 'lines' }, want: "file.buffer must be 'none', 'line', 'tick' or 'block', got \"lines\"" },
    { input: { mkdir: 'yes' }, want: 'file.mkdir must be true or false, got "yes"' },
    { input: { mode: -1 }, want: 'file.mode must be an integer from 0 to 4095, got -1' },
    {
      input: { bufferSise: 4096 },
      want: 'file.bufferSise must be a known option (did you mean bufferSize?), got "bufferSise"',
    },
  ])('are refused with their name, range and value: $want', ({ input, want }) => {
    const target = freshPath()
    expect(() => file(target, input as never)).toThrow(want)
    expect(fs.existsSync(target)).toBe(false)
  })

  it('are refused when the path is no text', () => {
    expect(() => file(undefined as never)).toThrow('file path must be a string, got undefined')
    expect(() => file('')).toThrow('file path must be the path of a file, got ""')
    expect(() => file('logs/\0')).toThrow('file path must be the path of a file')
  })
})
