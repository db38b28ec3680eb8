import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { expect } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')

// The examples are tested as they are built and against the built package. Vitest would take 'wideline' in them for the
// sources; Node's own require() leaves them alone, and gives the instance that import gives.
const loadNatively = createRequire(import.meta.url)

/** A module of the build, by its path in dist. */
export function built<T>(file: string): T {
  const full = path.join(root, 'dist', file)
  if (!fs.existsSync(full)) throw new Error(`${full} is missing: run npm run build`)
  return loadNatively(full) as T
}

export const wideline = built<typeof import('wideline')>('esm/src/index.js')
export const { fixedClock } = built<typeof import('wideline/testing')>('esm/src/testing/index.js')

/** JSON lines of a built logger under a fixed clock, and a way to wait for them. */
export class Lines {
  private readonly kept = wideline.memory()
  private waiting: (() => void)[] = []
  readonly logger: import('wideline').Logger

  constructor(name: string) {
    const { kept } = this
    const output = {
      begin: () => kept.begin(),
      commit: (level: number) => {
        kept.commit(level)
        for (const wake of this.waiting.splice(0)) wake()
      },
      flush: () => kept.flush(),
      flushSync: () => kept.flushSync(),
      close: () => kept.close(),
      stats: () => kept.stats(),
    }
    this.logger = wideline.createLogger({ name, clock: fixedClock('2026-11-23T02:52:15.206Z'), outputs: [output] })
  }

  get all(): readonly string[] {
    return this.kept.lines
  }

  /** Settles when there are as many wide lines. */
  async untilWide(count: number): Promise<void> {
    while (this.all.filter((line) => line.includes('"outcome":')).length < count) {
      await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }
}

/** A line with what differs each time out of it: ids of traces, and the frames of stacks, whose first lines stay. */
function masked(line: string): string {
  const still = line.replace(/"(traceId|spanId|parentSpanId|unitId)":"[0-9a-z]+"/g, '"$1":"…"')
  return still.replace(/("stack":"(?:[^"\\]|\\.)*?)\\n {4}at (?:[^"\\]|\\.)*"/g, '$1\\n    at …"')
}

/** Compares lines with a file beside the tests. UPDATE_GOLDEN=1 writes the file instead. */
export function expectGolden(name: string, lines: readonly string[]): void {
  const file = path.join(import.meta.dirname, 'golden', name)
  const text = `${lines.map(masked).join('\n')}\n`
  if (process.env['UPDATE_GOLDEN'] === '1') fs.writeFileSync(file, text)
  const golden = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
  const hint = `${name} differs. If the new lines are right: UPDATE_GOLDEN=1 npx vitest run test/examples, and review them`
  // oxlint-disable-next-line vitest/valid-expect -- vitest shows the message above the difference
  expect(text, hint).toBe(golden)
}

/** How a program ended, and what it said. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a built example without a terminal; `whileRunning` hears its output so far. */
export function runExample(
  file: string,
  env: Readonly<Record<string, string>> = {},
  whileRunning?: (stdout: string, child: ChildProcess) => void,
  timeoutMs = 20_000,
): Promise<Ended> {
  const child = spawn(process.execPath, [path.join(root, 'dist/examples', file)], {
    cwd: root,
    env: { ...process.env, PORT: '0', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // One that hangs fails by its exit code, before the test's own limit.
    timeout: timeoutMs,
  })
  const text = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk
    whileRunning?.(text.stdout, child)
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...text }))
  })
}
