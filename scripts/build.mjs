// npm run build              the package as ES modules and CommonJS, and the examples, as far as they are out of date
// npm run build -- --fresh   all of it, with dist removed first
import fs from 'fs'
import path from 'path'
import { bundle } from './bundle.mjs'
import { ensureInstalled } from './install.mjs'
import { exitWith, node, root, run } from './run.mjs'

const steps = [
  { name: 'modules', run: () => compile('modules') },
  { name: 'bundles', run: () => bundle().then(() => 0) },
  { name: 'examples', run: () => compile('examples') },
  { name: 'examples of other loggers', run: () => compile('before') },
]

function compile(project) {
  return run(node(['node_modules/typescript/bin/tsc', '-b', `tsconfig/${project}.json`]))
}

async function build() {
  await ensureInstalled()
  const startedAt = Date.now()
  const seconds = () => ((Date.now() - startedAt) / 1000).toFixed(1)
  if (process.argv.includes('--fresh')) fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true })
  for (const step of steps) {
    const code = await step.run()
    if (code === 0) continue
    process.stderr.write(`build: ${step.name} failed after ${seconds()} s\n`)
    return code
  }
  process.stdout.write(`build: dist/esm, dist/cjs, dist/examples in ${seconds()} s\n`)
  return 0
}

exitWith(build)
