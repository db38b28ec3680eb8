import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { compiledFile } from './compile.js'
import { ROOT } from './page.js'
import type { Program } from './program.js'

const WIDELINE = path.join(ROOT, 'dist/esm/src/audit/command/bin.js')
/** How many processes run programs at a time. */
const LANES = 2
/** Long, for a machine that others use too: one that hangs fails, and nothing else is to. */
const TIMEOUT_MS = 50_000
/** What no program may do to those after it in the same process. */
const OWN_PROCESS = /node:test|process\.(exit|kill|on|once)\b/

/** How a program ended, and what it and the commands after it wrote. */
export interface Ran {
  /** Null: it was killed, because it did not end. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly byCommands: string
}

type Ended = Omit<Ran, 'byCommands'>

/** Runs compiled programs, each in a folder of its own, with its requests and its commands. Gives how each ended. */
export async function runAll(programs: readonly Program[]): Promise<ReadonlyMap<Program, Ran>> {
  const results = new Map<Program, Ran>()
  const isAlone = ({ source }: Program): boolean => source.some(({ text }) => OWN_PROCESS.test(text))
  const shared = programs.filter((program) => !isAlone(program))
  const half = Math.ceil(shared.length / LANES)
  const batches = [shared.slice(0, half), shared.slice(half), ...programs.filter(isAlone).map((program) => [program])]
  const lane = async (): Promise<void> => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) await runBatch(batch, results)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return results
}

/** Runs programs in one process; those after one that ends it, in another. */
async function runBatch(batch: readonly Program[], results: Map<Program, Ran>): Promise<void> {
  let rest = batch.map((program) => ({ program, folder: fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-docs-')) }))
  while (rest.length > 0) {
    const ended = await runHost(rest)
    for (const [i, { program, folder }] of rest.slice(0, ended.length).entries()) {
      results.set(program, await runCommands(program, folder, ended[i]))
      fs.rmSync(folder, { recursive: true })
    }
    rest = rest.slice(ended.length)
  }
}

/** Runs programs as `host.mjs` does, up to the first that ends the process. */
async function runHost(batch: readonly { program: Program; folder: string }[]): Promise<Ended[]> {
  const plan = batch.map(({ program, folder }) => {
    const { visits, env } = program
    return { file: compiledFile(program), folder, visits, env }
  })
  const host = path.join(ROOT, 'test/docs/host.mjs')
  const { code, stdout, stderr } = await end(process.execPath, [host, JSON.stringify(plan)], ROOT)
  // A mark after each that came to its end: its exit code.
  const wrote = stdout.split(/<<ended (\d+)>>\n/)
  const complained = stderr.split(/<<ended \d+>>\n/)
  const ended: Ended[] = []
  for (let i = 0; 2 * i + 1 < wrote.length; i++)
    ended.push({ code: Number(wrote[2 * i + 1]), stdout: wrote[2 * i], stderr: complained[i] })
  if (ended.length < batch.length) ended.push({ code, stdout: wrote.at(-1)!, stderr: complained.at(-1)! })
  return ended
}

async function runCommands({ commands }: Program, folder: string, ended: Ended): Promise<Ran> {
  let { code, stderr } = ended
  let byCommands = ''
  for (const command of code === 0 ? commands : []) {
    const script = `npx() { shift; "${process.execPath}" "${WIDELINE}" "$@"; }\n${command}`
    const told = await end('/bin/sh', ['-c', script], folder)
    byCommands += told.stdout
    stderr += told.stderr
    code = told.code
  }
  return { code, stdout: ended.stdout, stderr, byCommands }
}

/** Runs a process to its end, or until it has said nothing for too long. */
function end(file: string, args: string[], cwd: string): Promise<Ended> {
  // As a shell of one's own has it, not as vitest does.
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_ENV|NODE_OPTIONS|VITEST.*|WIDELINE_.*)$/.test(name),
  )
  const env = { ...Object.fromEntries(own), NO_COLOR: '1', TZ: 'UTC' }
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const text = { stdout: '', stderr: '' }
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS)
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk
    timer.refresh()
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, ...text })
    })
  })
}
