// npm run test:node -- 24 [vitest arguments]: the core's tests on another Node.js, which is fetched into dist/nodes once.
// Without arguments for vitest: bytes, entries, encoders, loggers, and what each call allocates.
import { nodeBinary } from './nodes.mjs'
import { exitWith, node, run } from './run.mjs'

const [major, ...given] = process.argv.slice(2)
const chosen =
  given.length > 0 ? given : ['test/bytes', 'test/entry', 'test/encoders', 'test/logger', 'test/allocation']

async function test() {
  if (!/^\d+$/.test(major ?? '')) {
    process.stderr.write('usage: npm run test:node -- MAJOR [vitest arguments], such as npm run test:node -- 24\n')
    return 2
  }
  const binary = await nodeBinary(major)
  if (binary === undefined) return 1
  const built = await run(node(['scripts/build.mjs']))
  if (built !== 0) return built
  process.env.WIDELINE_TEST_NODE = binary
  return run({ command: binary, args: ['node_modules/vitest/vitest.mjs', 'run', ...chosen] })
}

exitWith(test)
