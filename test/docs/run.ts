import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { compiledFile } from './compile.js'
import { ROOT } from './page.js'
import type { Program } from './program.js'

const WIDELINE = path.join(ROOT, 'dist/esm/src/audit/command/bin.js')
// Long, for a machine that others use too: one that hangs fails, and nothing else is to.
const TIMEOUT_MS = 50_000

/** How a program ended, and what it and the commands after it wrote. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly byCommands: string
}

/** Runs a compiled program in a folder of its own, sends it its requests, and runs its commands when it has ended. */
export async function run(program: Program): Promise<Ran> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-docs-'))
  try {
    const args = ['--import', path.join(ROOT, 'test/docs/visit.mjs'), compiledFile(program)]
    const ended = await end(process.execPath, args, folder, {
      ...program.env,
      WIDELINE_DOCS_VISITS: JSON.stringify(program.visits),
    })
    let { code, stderr } = ended
    let byCommands = ''
    for (const command of code === 0 ? program.commands : []) {
      const script = `npx() { shift; "${process.execPath}" "${WIDELINE}" "$@"; }\n${command}`
      const told = await end('/bin/sh', ['-c', script], folder, {})
      byCommands += told.stdout
      stderr += told.stderr
      code = told.code
    }
    return { code, stdout: ended.stdout, stderr, byCommands }
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
}

type Ended = Omit<Ran, 'byCommands'>

function end(file: string, args: string[], cwd: string, more: Record<string, string>): Promise<Ended> {
  // As a shell of one's own has it, not as vitest does.
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_ENV|NODE_OPTIONS|VITEST.*|WIDELINE_.*)$/.test(name),
  )
  const env = { ...Object.fromEntries(own), NO_COLOR: '1', TZ: 'UTC', ...more }
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS })
  const text = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.stderr += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, ...text }))
  })
}

/** What differs from run to run, and what stands for it. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g, 'TIME'],
  [/\b\d\d:\d\d:\d\d\.\d{3}\b/g, 'TIME'],
  [/"(\w*(?:Ms|pid|port))":[\d.]+/g, '"$1":0'],
  [/\b\d+(\.\d+)? ms\b/g, '0 ms'],
  [/"(requestId|unitId|parentId|traceId|spanId|parentSpanId|trace_id|span_id)":"[\w…-]+"/g, '"$1":"ID"'],
  [/\b(requestId|unitId|traceId|spanId|parentSpanId)=[\w…-]+/g, '$1=ID'],
  [/(?:\\n|\n) {4,}at [^"\n]*/g, '\\n    at …'],
]

function masked(text: string): string {
  return MASKS.reduce((all, [form, stands]) => all.replace(form, stands), text)
}

/**
 * What is wrong with lines that a page shows as those that were written. A line of `…` stands for any lines, `…`
 * within a line for any characters; times, durations, ids and the frames of stacks may differ.
 */
export function difference(shown: readonly string[], written: string): string | undefined {
  const form = masked(shown.join('\n'))
    .split('\n')
    .map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.split('…').map(escaped).join('.*')}\n`))
    .join('')
  const text = masked(written)
  if (new RegExp(`^${form}$`).test(text.endsWith('\n') || text === '' ? text : `${text}\n`)) return undefined
  return `shown:\n${shown.join('\n')}\nwritten:\n${written}`
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
