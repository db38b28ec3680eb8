// npm run build              ES modules, CommonJS and the examples, as far as they are out of date
// npm run build -- --fresh   all of it, with dist removed first
import fs from 'fs'
import path from 'path'
import { ensureInstalled } from './install.mjs'
import { exitWith, node, root, run } from './run.mjs'

async function build() {
  await ensureInstalled()
  const startedAt = Date.now()
  const dist = path.join(root, 'dist')
  if (process.argv.includes('--fresh')) fs.rmSync(dist, { recursive: true, force: true })
  const projects = ['esm', 'cjs', 'examples'].map((name) => `tsconfig/${name}.json`)
  const code = await run(node(['node_modules/typescript/bin/tsc', '-b'].concat(projects)))
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
  if (code !== 0) {
    process.stderr.write(`build: tsc failed after ${seconds} s\n`)
    return code
  }
  // The package is "type": "module"; this makes the .js files of the CommonJS half what they are.
  fs.writeFileSync(path.join(dist, 'cjs', 'package.json'), '{ "type": "commonjs" }\n')
  process.stdout.write(`build: dist/esm, dist/cjs, dist/examples in ${seconds} s\n`)
  return 0
}

exitWith(build)
