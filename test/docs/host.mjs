// Runs programs of the docs one after another, each in its folder and to its end: until nothing is left to wait for. Node
// would exit then; here the listeners for that are called, a mark is written to both outputs, and the next one begins.
// They share a process because most of what a small program takes is loading the package.
import fs from 'node:fs'
import { pathToFileURL } from 'node:url'
import { expectVisits } from './visit.mjs'

/** What Node exits with when a module waits for something that never comes. */
const NEVER_SETTLED = 13

const programs = JSON.parse(process.argv[2])
const env = { ...process.env }
let running

process.on('beforeExit', () => {
  if (running !== undefined) finish()
  const next = programs.shift()
  if (next !== undefined) begin(next)
})

function begin({ file, folder, visits, env: own }) {
  process.chdir(folder)
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env, own)
  expectVisits(visits)
  // A turn to come, so that 'beforeExit' does too: a module may load and end within this one.
  setImmediate(() => undefined)
  running = { code: NEVER_SETTLED }
  const program = running
  import(pathToFileURL(file).href).then(
    () => (program.code = 0),
    (error) => {
      program.code = 1
      console.error(error)
    },
  )
}

function finish() {
  const code = running.code === 0 ? (process.exitCode ?? 0) : running.code
  process.exitCode = undefined
  process.emit('exit', code)
  const mark = `<<ended ${code}>>\n`
  fs.writeSync(1, mark)
  fs.writeSync(2, mark)
  running = undefined
}
