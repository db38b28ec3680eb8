// npm run check:opentelemetry: the package as npm would publish it beside the newest OpenTelemetry API and SDK, which
// declare a newer Node.js than the oldest one supported here and so are no devDependencies.
import fs from 'fs'
import os from 'os'
import path from 'path'
import { exitWith, node, npm, root, run } from './run.mjs'

const source = path.join(root, 'test', 'opentelemetry', 'newest')
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-opentelemetry-'))
const unpacked = path.join(folder, 'node_modules', 'wideline')

const steps = [
  { name: 'build', run: () => run(node(['scripts/build.mjs'])) },
  { name: 'install', run: install },
  { name: 'pack', run: pack },
  { name: 'check', run: () => inFolder(node(['check.mjs'])) },
]

function install() {
  fs.cpSync(source, folder, { recursive: true })
  return inFolder(npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']))
}

// Not by npm, which would write the tarball into the lock file.
async function pack() {
  fs.mkdirSync(unpacked, { recursive: true })
  const code = await run(npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]))
  if (code !== 0) return code
  const tarball = fs.readdirSync(folder).find((name) => name.endsWith('.tgz'))
  return run({ command: 'tar', args: ['-xzf', path.join(folder, tarball), '-C', unpacked, '--strip-components=1'] })
}

function inFolder(program) {
  return run(Object.assign({ cwd: folder }, program))
}

async function check() {
  try {
    for (const step of steps) {
      const code = await step.run()
      if (code !== 0) {
        process.stderr.write(`check:opentelemetry: ${step.name} failed\n`)
        return code
      }
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
  process.stdout.write(`check:opentelemetry: ${steps.map((step) => step.name).join(', ')} passed\n`)
  return 0
}

exitWith(check)
