// Runs a writer to its end and checks what it left.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkFiles } from './checker.mjs'

export const LINES = 2_000

/** How a process ends, and what a shell sees of it. */
export const ENDINGS = {
  natural: { code: 0 },
  exit: { code: 7 },
  throw: { code: 1 },
  rejection: { code: 1 },
  'exit in toJSON': { code: 7 },
  SIGTERM: { code: 143 },
  SIGINT: { code: 130 },
  SIGKILL: { code: 137 },
  abort: { code: 134 },
}

/** Endings that no program can do anything about. */
export const ABRUPT = ['SIGKILL', 'abort']

/** Where standard output goes. */
const READERS = {
  pipe: (target) => `cat > '${target}'`,
  'slow pipe': (target) => `'${process.execPath}' '${here('../outputs/fixtures/slow-reader.mjs')}' '${target}'`,
}

function here(name) {
  return fileURLToPath(new URL(name, import.meta.url))
}

/** `{ ...what the checker found, code }` of one run. `sink` is file, pipe or slow pipe. */
export async function runToEnd({ sink, folder, ...settings }) {
  const target = path.join(folder, `${Math.random().toString(36).slice(2)}.log`)
  const all = { lines: LINES, ...settings, ...(sink === 'file' && { path: target }) }
  // No core dumps; and what a crash says of itself is not wanted here.
  const writer = `ulimit -c 0; '${process.execPath}' '${here('writer.mjs')}' '${JSON.stringify(all)}' 2>/dev/null`
  const command =
    sink === 'file' ? `${writer}; exit $?` : `{ ${writer}; echo $? > '${target}.code'; } | ${READERS[sink](target)}`
  const code = await new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', command], { stdio: 'ignore', timeout: 60_000, killSignal: 'SIGKILL' })
    child.on('error', reject).on('close', (status) => resolve(status))
  })
  if (!fs.existsSync(target)) fs.writeFileSync(target, '')
  const found = checkFiles([target], LINES)
  const status = sink === 'file' ? code : Number(fs.readFileSync(`${target}.code`, 'utf8'))
  fs.rmSync(target)
  return { ...found, code: status }
}
