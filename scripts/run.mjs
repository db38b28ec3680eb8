// Child processes of the scripts here. This folder keeps to syntax and imports that Node 12 reads, so that an old
// Node gets as far as the version check in install.mjs.
import { spawn } from 'child_process'
import os from 'os'
import path from 'path'
import { fileURLToPath } from 'url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** What to spawn for `npm ...args`: the very npm that runs us where there is one. */
export function npm(args) {
  const cli = process.env.npm_execpath || ''
  if (path.basename(cli) === 'npm-cli.js') return { command: process.execPath, args: [cli].concat(args) }
  return { command: 'npm', args, shell: process.platform === 'win32' }
}

/** What to spawn for `node ...args`. */
export function node(args) {
  return { command: process.execPath, args }
}

/** Ends the script with what `main` resolves to as its exit code. */
export function exitWith(main) {
  main().then(
    (code) => {
      process.exitCode = code
    },
    (error) => {
      process.stderr.write(`${error.stack}\n`)
      process.exitCode = 1
    },
  )
}

/**
 * Runs one program, in the root folder unless it says where, and resolves to its exit code. It has our stdin, stdout and stderr; with
 * `onOutput` it has no stdin and its output goes there instead.
 */
export function run(program, onOutput) {
  return new Promise((resolve, reject) => {
    const stdio = onOutput === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe']
    const cwd = program.cwd || root
    const child = spawn(program.command, program.args, { cwd, stdio, shell: Boolean(program.shell) })
    if (onOutput !== undefined) {
      child.stdout.on('data', onOutput)
      child.stderr.on('data', onOutput)
    }
    // Ctrl-C in a terminal reaches the child by itself; a second SIGINT from here would cut its shutdown short.
    const onInterrupt = () => process.stdin.isTTY || child.kill('SIGINT')
    const onTerminate = () => child.kill('SIGTERM')
    process.on('SIGINT', onInterrupt)
    process.on('SIGTERM', onTerminate)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      process.removeListener('SIGINT', onInterrupt)
      process.removeListener('SIGTERM', onTerminate)
      resolve(signal === null ? code : 128 + os.constants.signals[signal])
    })
  })
}
