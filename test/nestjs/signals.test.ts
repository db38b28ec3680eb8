import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Line } from './lines.js'
import { type Answer, ask } from './support.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PROGRAM = fileURLToPath(new URL('fixtures/serving.mjs', import.meta.url))

let folder = ''
beforeAll(() => {
  if (!fs.existsSync(`${ROOT}dist/esm/src/index.js`)) throw new Error('npm run build first: the program is built')
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-signals-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true }))

interface Settings {
  readonly adapter: 'express' | 'fastify'
  readonly output: 'file' | 'worker'
  readonly hooks: object | false
  /** A signal, or `close`: the program then closes its application, and ends when nothing keeps it. */
  readonly ends: NodeJS.Signals | 'close'
}

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly err: string
  /** What the client of the slow request saw. */
  readonly slow: Answer | undefined
  readonly lines: Line[]
}

let runs = 0

/** Runs the program, asks it twice, and ends it while the second request is under way. */
async function run(settings: Settings): Promise<Ended> {
  const name = path.join(folder, `${++runs}.log`)
  const { ends } = settings
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify({ ...settings, path: name })], { cwd: ROOT })
  let out = ''
  let err = ''
  let slow: Promise<Answer> | undefined
  let hasEntered = false
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    const port = Number(/port (\d+)/.exec(out)?.[1])
    if (port > 0 && slow === undefined) slow = ask(port, '/orders').then(() => ask(port, '/orders/slow'))
    if (!out.includes('entered') || hasEntered) return
    hasEntered = true
    if (ends === 'close') child.stdin.end()
    else child.kill(ends)
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), 100_000)
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('close', (...how) => resolve(how))
  })
  clearTimeout(timer)
  const text = fs.readFileSync(name, 'utf8').trimEnd()
  const lines = text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Line)
  return { code, signal, err, slow: await slow, lines }
}

/** The lines of the application itself, in brief. */
function brief(lines: readonly Line[]): string[] {
  return lines
    .filter(({ logger, outcome }) => logger === 'Worker' || outcome !== undefined)
    .map((line) =>
      ['route', 'status', 'msg', 'signal'].flatMap((key) => (key in line ? [String(line[key])] : [])).join(' '),
    )
}

const IN_ORDER = ['/orders 200 request completed', 'destroyed', '/orders/slow 200 request completed', 'shut down']

function wanted(signal: string | undefined): string[] {
  const [orders, destroyed, slow, shutDown] = IN_ORDER
  return [orders, destroyed, signal === undefined ? 'shutting down' : `shutting down ${signal}`, slow, shutDown]
}

describe.each(['express', 'fastify'] as const)(
  'an application on %s with enableShutdownHooks',
  { timeout: 120_000 },
  (adapter) => {
    it.each([
      { signal: 'SIGTERM', output: 'file' },
      { signal: 'SIGINT', output: 'worker' },
    ] as const)('that gets $signal ends by it with every line in its $output', async ({ signal, output }) => {
      const ended = await run({ adapter, output, hooks: {}, ends: signal })
      expect(ended).toMatchObject({ code: null, signal, err: '', slow: { status: 200 } })
      expect(brief(ended.lines)).toEqual(wanted(signal))
      expect(ended.lines[0]).toMatchObject({ logger: 'NestFactory' })
    })

    it('that is to end by process.exit() ends with 0 and every line', async () => {
      const ended = await run({ adapter, output: 'file', hooks: { useProcessExit: true }, ends: 'SIGTERM' })
      expect(ended).toMatchObject({ code: 0, signal: null, err: '', slow: { status: 200 } })
      expect(brief(ended.lines)).toEqual(wanted('SIGTERM'))
    })

    it('that is closed ends by itself: nothing keeps it', async () => {
      const ended = await run({ adapter, output: 'worker', hooks: {}, ends: 'close' })
      expect(ended).toMatchObject({ code: 0, signal: null, err: '', slow: { status: 200 } })
      expect(brief(ended.lines)).toEqual(wanted(undefined))
    })
  },
)

describe('an application without enableShutdownHooks', { timeout: 120_000 }, () => {
  it('that gets SIGTERM ends by it at once, with the lines so far and one of the request that was cut short', async () => {
    const ended = await run({ adapter: 'express', output: 'file', hooks: false, ends: 'SIGTERM' })
    expect(ended).toMatchObject({ code: null, signal: 'SIGTERM', slow: { status: 0 } })
    expect(brief(ended.lines)).toEqual(['/orders 200 request completed', '/orders/slow request aborted'])
    expect(ended.lines.at(-1)).toMatchObject({ shutdown: true })
  })
})
