import { execFileSync, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { fixture } from './child.js'
import { freshPath } from './folder.js'
import { lineProblems } from './numbered-lines.js'

/** Where a program of this name is, or nothing. */
function find(name: string): string | undefined {
  return ['/usr/sbin', '/usr/bin', '/sbin', '/bin']
    .map((folder) => path.join(folder, name))
    .find((file) => fs.existsSync(file))
}

/** A test with a real program; it says so where that is not installed. */
function withProgram(name: string, test: (program: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const program = find(name)
    if (program === undefined) process.stdout.write(`skipped: there is no ${name} here; .ci/run installs it\n`)
    else await test(program)
  }
}

/** A program that logs numbered lines, until it is told to end by a line on its standard input. */
function startLogging(settings: object): { pid: number; end: () => Promise<number> } {
  const child = spawn(process.execPath, [fixture('steady.mjs'), JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return {
    pid: child.pid ?? 0,
    end: () =>
      new Promise((resolve, reject) => {
        let told = ''
        child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()))
        child.on('error', reject).on('close', () => resolve(Number(told)))
        child.stdin.end('end\n')
      }),
  }
}

function rotateWith(logrotate: string, target: string, directives: string): void {
  const folder = path.dirname(target)
  const configuration = path.join(folder, 'rotate.conf')
  fs.writeFileSync(configuration, `"${target}" {\n  rotate 100\n  missingok\n  ${directives}\n}\n`)
  fs.chmodSync(configuration, 0o644)
  execFileSync(logrotate, ['-f', '-s', path.join(folder, 'state'), configuration], { stdio: 'inherit' })
}

/** Lines of all the files that logrotate made of one, oldest first. */
function rotatedText(target: string): string {
  const folder = path.dirname(target)
  const base = path.basename(target)
  const names = fs.readdirSync(folder).filter((name) => name.startsWith(`${base}.`))
  const number = (name: string): number => Number(name.slice(base.length + 1))
  return [...names.toSorted((a, b) => number(b) - number(a)), base]
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'))
    .join('')
}

describe('logrotate', () => {
  describe.each(['none', 'tick', 'block', 'worker'])('with buffer %s', (buffer) => {
    it(
      'renames, makes a new file and sends SIGHUP, and no line is lost',
      { timeout: 60_000 },
      withProgram('logrotate', async (logrotate) => {
        const target = freshPath()
        const logging = startLogging({ path: target, buffer, reopenOn: 'SIGHUP' })
        await vi.waitFor(() => expect(fs.statSync(target).size).toBeGreaterThan(0), { timeout: 20_000, interval: 20 })
        for (let i = 0; i < 4; i++) {
          rotateWith(logrotate, target, `create\n  postrotate\n    kill -HUP ${logging.pid}\n  endscript`)
          await vi.waitFor(() => expect(fs.statSync(target).size).toBeGreaterThan(0), { timeout: 20_000, interval: 20 })
        }
        // How many there are by now is the machine's affair.
        const written = (): number => rotatedText(target).split('\n').length - 1
        await vi.waitFor(() => expect(written()).toBeGreaterThan(100), { timeout: 20_000, interval: 20 })
        const lines = await logging.end()
        expect(lines).toBeGreaterThan(100)
        expect(lineProblems(rotatedText(target), lines)).toEqual([])
      }),
    )
  })

  it(
    'renames without telling, and no line is lost',
    { timeout: 60_000 },
    withProgram('logrotate', async (logrotate) => {
      const target = freshPath()
      const logging = startLogging({ path: target, buffer: 'tick' })
      for (let i = 0; i < 3; i++) {
        await vi.waitFor(() => expect(fs.statSync(target).size).toBeGreaterThan(0), { timeout: 20_000, interval: 20 })
        rotateWith(logrotate, target, 'create')
      }
      await vi.waitFor(() => expect(fs.statSync(target).size).toBeGreaterThan(0), { timeout: 20_000, interval: 20 })
      const lines = await logging.end()
      expect(lineProblems(rotatedText(target), lines)).toEqual([])
    }),
  )

  it(
    'copies and cuts the file; what comes later is at its beginning, without holes',
    { timeout: 60_000 },
    withProgram('logrotate', async (logrotate) => {
      const target = freshPath()
      const logging = startLogging({ path: target, buffer: 'tick' })
      for (let i = 0; i < 3; i++) {
        await vi.waitFor(() => expect(fs.statSync(target).size).toBeGreaterThan(0), { timeout: 20_000, interval: 20 })
        rotateWith(logrotate, target, 'copytruncate')
      }
      // A line after the last cut: what falls between it and its copy is lost.
      await vi.waitFor(() => expect(fs.statSync(target).size).toBeGreaterThan(0), { timeout: 20_000, interval: 20 })
      const lines = await logging.end()
      const text = rotatedText(target)
      expect(text).not.toContain('\0')
      // Between its copy and its cut logrotate itself loses what is written: lines may be missing there, never torn.
      const numbers = text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { n: number }).n)
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
      expect(numbers.at(-1)).toBe(lines - 1)
    }),
  )
})

describe('rsyslog', () => {
  it(
    'reads every line of a file that is written and rotated (imfile)',
    { timeout: 60_000 },
    withProgram('rsyslogd', async (rsyslogd) => {
      const target = freshPath()
      const folder = path.dirname(target)
      const received = path.join(folder, 'received')
      const configuration = path.join(folder, 'rsyslog.conf')
      fs.writeFileSync(
        configuration,
        `global(workDirectory="${folder}")
module(load="imfile" mode="inotify")
template(name="line" type="string" string="%msg%\\n")
input(type="imfile" File="${target}" Tag="wideline" reopenOnTruncate="on" ruleset="all")
ruleset(name="all") { action(type="omfile" file="${received}" template="line") }
`,
      )
      const daemon = spawn(rsyslogd, ['-n', '-f', configuration, '-i', path.join(folder, 'pid')], { stdio: 'inherit' })
      try {
        const logging = startLogging({ path: target, buffer: 'tick', everyMs: 20, rotate: { maxBytes: 30_000 } })
        const read = (): string => (fs.existsSync(received) ? fs.readFileSync(received, 'utf8') : '')
        await vi.waitFor(() => expect(read().length).toBeGreaterThan(60_000), { timeout: 40_000, interval: 100 })
        const lines = await logging.end()
        await vi.waitFor(() => expect(read().split('\n').length).toBeGreaterThan(lines), {
          timeout: 20_000,
          interval: 100,
        })
        expect(lineProblems(read(), lines)).toEqual([])
      } finally {
        daemon.kill()
        await new Promise((resolve) => daemon.once('close', resolve))
      }
    }),
  )
})

describe('the journal', () => {
  it(
    'takes every line from a pipe, in order',
    { timeout: 60_000 },
    withProgram('journalctl', async (journalctl) => {
      const daemon = await startJournal()
      if (daemon === undefined) {
        process.stdout.write('skipped: there is no journal here, and none can be started\n')
        return
      }
      try {
        const id = `wideline-${process.pid}-${Date.now()}`
        const program = `"${process.execPath}" "${fixture('lines.mjs')}" '{"lines":200,"ending":"exit"}'`
        spawnSync('sh', ['-c', `${program} | systemd-cat -t ${id}`])
        const read = (): string => execFileSync(journalctl, ['-t', id, '-o', 'cat', '--no-pager'], { encoding: 'utf8' })
        await vi.waitFor(() => expect(read().split('\n').length).toBeGreaterThan(200), {
          timeout: 20_000,
          interval: 200,
        })
        expect(lineProblems(read(), 200)).toEqual([])
      } finally {
        await daemon.end()
      }
    }),
  )
})

/** The journal that runs here, or one that is started for the test where that is allowed. */
async function startJournal(): Promise<{ end: () => Promise<void> } | undefined> {
  const isThere = (): boolean => spawnSync('systemd-cat', ['-t', 'wideline-test', 'true']).status === 0
  if (isThere()) return { end: () => Promise.resolve() }
  const program = '/lib/systemd/systemd-journald'
  if (process.getuid?.() !== 0 || !fs.existsSync(program)) return undefined
  const daemon = spawn(program, { stdio: 'ignore' })
  for (let i = 0; i < 50 && !isThere(); i++) await sleep(100)
  return {
    end: async () => {
      daemon.kill()
      await new Promise((resolve) => daemon.once('close', resolve))
    },
  }
}
