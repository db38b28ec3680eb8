// npm run test:consumers                  each consumer of scripts/consumers.mjs uses the package as npm would publish it
// npm run test:consumers -- --quick       those that CI tries with every change
// npm run test:consumers -- nest11 webpack     these, by name
//
// From one tarball, each in a folder of its own outside the work tree. A step is a program for Node; the first that fails
// is the last of its consumer. `isAlone`: the file is run where there is nothing else. Says how it gets on, and ends with
// a table and an exit code.
import fs from 'fs'
import os from 'os'
import path from 'path'
import { consumers } from './consumers.mjs'
import { nodeBinary } from './nodes.mjs'
import { exitWith, node, npm, root, run } from './run.mjs'

const given = process.argv.slice(2)
const names = given.filter((argument) => argument !== '--quick')
const sources = path.join(root, 'test', 'consumers')
let work = ''

/** The consumers that are asked for; all, without a name. */
function chosen() {
  const unknown = names.filter((name) => !consumers.some((consumer) => consumer.name === name))
  if (unknown.length > 0) {
    throw new Error(`no consumer ${unknown.join(', ')}; there are ${consumers.map(({ name }) => name).join(', ')}`)
  }
  const isQuick = given.includes('--quick')
  if (names.length === 0 && !isQuick) return consumers
  return consumers.filter((consumer) => names.includes(consumer.name) || (isQuick && consumer.isQuick))
}

/** Builds and packs; resolves to the tarball. */
async function pack() {
  if ((await run(node(['scripts/build.mjs']))) !== 0) throw new Error('the build failed')
  const packed = await quietly(npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', work]))
  if (packed.code !== 0) throw new Error(`npm pack failed\n${packed.output}`)
  return path.join(
    work,
    fs.readdirSync(work).find((name) => name.endsWith('.tgz')),
  )
}

/** Runs a program to its end; what it writes is for who asks why it failed. */
async function quietly(program) {
  let output = ''
  const code = await run(program, (chunk) => {
    output += chunk
  })
  return { code, output }
}

/** Puts a consumer's files, packages and the unpacked tarball into a folder. */
async function prepare(consumer, folder, tarball) {
  for (const source of [...(consumer.with ?? []), consumer.folder]) {
    fs.cpSync(path.join(sources, source), folder, {
      recursive: true,
      filter: (file) => path.basename(file) !== 'node_modules',
    })
  }
  if (fs.existsSync(path.join(folder, 'package-lock.json'))) {
    const install = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    const { code, output } = await quietly({ ...npm(install), cwd: folder })
    if (code !== 0) return { code, output }
  }
  for (const borrowed of consumer.borrows ?? []) {
    const { from, to } = typeof borrowed === 'string' ? { from: borrowed, to: borrowed } : borrowed
    fs.mkdirSync(path.join(folder, 'node_modules'), { recursive: true })
    fs.symlinkSync(path.join(root, 'node_modules', from), path.join(folder, 'node_modules', to), 'junction')
  }
  // Not by npm, which would write the tarball into the lock file.
  const unpacked = path.join(folder, 'node_modules', 'wideline')
  fs.mkdirSync(unpacked, { recursive: true })
  return quietly({ command: 'tar', args: ['-xzf', tarball, '-C', unpacked, '--strip-components=1'] })
}

/** Runs one step where the consumer is, or, alone, in an empty folder. */
function take(step, binary, folder) {
  if (!step.isAlone) return quietly({ command: binary, args: step.args, cwd: folder })
  const alone = fs.mkdtempSync(path.join(work, 'alone-'))
  const [file, ...args] = step.args
  fs.copyFileSync(path.join(folder, file), path.join(alone, path.basename(file)))
  return quietly({ command: binary, args: [path.basename(file), ...args], cwd: alone })
}

/** One row of the table: how far a consumer came. */
async function use(consumer, tarball) {
  const startedAt = Date.now()
  const row = (result, detail) => ({
    name: consumer.name,
    result,
    detail,
    seconds: ((Date.now() - startedAt) / 1000).toFixed(1),
  })
  const binary = consumer.node === undefined ? process.execPath : await nodeBinary(consumer.node)
  if (binary === undefined) return row('not to be had', `no Node.js ${consumer.node} for this machine`)
  const folder = fs.mkdtempSync(path.join(work, 'consumer-'))
  const steps = [{ name: 'prepare', take: () => prepare(consumer, folder, tarball) }].concat(
    consumer.steps.map((step) => ({ name: step.name, take: () => take(step, binary, folder) })),
  )
  for (const step of steps) {
    const { code, output } = await step.take()
    if (code === 0) continue
    process.stdout.write(`${output.trimEnd()}\n`)
    return row('failed', `${step.name}, exit code ${code}`)
  }
  fs.rmSync(folder, { recursive: true, force: true })
  return row('passed', consumer.steps.map((step) => step.name).join(', '))
}

async function test() {
  const asked = chosen()
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-consumers-'))
  try {
    const tarball = await pack()
    const rows = []
    for (const consumer of asked) {
      process.stdout.write(`[${rows.length + 1}/${asked.length}] ${consumer.name}\n`)
      const row = await use(consumer, tarball)
      process.stdout.write(`      ${row.result} after ${row.seconds} s: ${row.detail}\n`)
      rows.push(row)
    }
    const widest = Math.max(...rows.map((row) => row.name.length))
    const shown = rows.map((row) =>
      [row.name.padEnd(widest), row.result.padEnd(13), `${row.seconds} s`.padStart(8), ` ${row.detail}`].join('  '),
    )
    const passed = rows.filter((row) => row.result === 'passed').length
    process.stdout.write(`\n${shown.join('\n')}\n\ntest:consumers: ${passed} of ${rows.length} passed\n`)
    return rows.some((row) => row.result === 'failed') ? 1 : 0
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}

exitWith(test)
