// npm run test:node -- 24 [vitest arguments]: the core's tests on another Node.js, which is fetched into dist/nodes once.
// Without arguments for vitest: bytes, entries, encoders, loggers, and what each call allocates.
import fs from 'fs'
import path from 'path'
import { exitWith, node, npm, root, run } from './run.mjs'

const [major, ...given] = process.argv.slice(2)
const chosen =
  given.length > 0 ? given : ['test/bytes', 'test/entry', 'test/encoders', 'test/logger', 'test/allocation']

async function test() {
  if (!/^\d+$/.test(major ?? '')) {
    process.stderr.write('usage: npm run test:node -- MAJOR [vitest arguments], such as npm run test:node -- 24\n')
    return 2
  }
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const folder = path.join(root, 'dist', 'nodes', major)
  const binary = path.join(folder, 'node_modules', name, 'bin', 'node')
  if (!fs.existsSync(binary)) {
    fs.mkdirSync(folder, { recursive: true })
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n')
    process.stdout.write(`fetching Node.js ${major}\n`)
    const code = await run(
      npm(['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `${name}@${major}`]),
    )
    if (code !== 0) return code
  }
  const built = await run(node(['scripts/build.mjs']))
  if (built !== 0) return built
  process.env.WIDELINE_TEST_NODE = binary
  return run({ command: binary, args: ['node_modules/vitest/vitest.mjs', 'run', ...chosen] })
}

exitWith(test)
