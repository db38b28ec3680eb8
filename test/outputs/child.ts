import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What became of a process. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
  readonly ms: number
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const BUILT = `${ROOT}dist/esm/src/index.js`

/** The path of a program of `fixtures`. They run on the built files, as users do: `npm run build` first. */
export function fixture(name: string): string {
  if (!fs.existsSync(BUILT)) throw new Error(`${BUILT} is missing: npm run build makes it`)
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
}

interface ChildOptions {
  /** After this the child is killed, and its signal tells. */
  readonly timeoutMs?: number
  /** Called with each piece of standard output, and a way to close the reading end. */
  readonly onOut?: (text: string, close: () => void) => void
}

/** Runs a command to its end. */
export function runCommand(command: string, args: readonly string[], options: ChildOptions = {}): Promise<Ended> {
  const { timeoutMs = 20_000, onOut } = options
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    const out: Buffer[] = []
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk)
      onOut?.(chunk.toString(), () => child.stdout.destroy())
    })
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, out: Buffer.concat(out).toString(), err, ms: performance.now() - start })
    })
  })
}

/** Runs a program of `fixtures` with its settings. */
export function runFixture(name: string, settings: object, options?: ChildOptions): Promise<Ended> {
  return runCommand(process.execPath, [fixture(name), JSON.stringify(settings)], options)
}
