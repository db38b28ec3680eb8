// npm test: everything a change must pass, up to the first failure. Arguments go to vitest:
//   npm test -- test/bytes --reporter=verbose
import { exitWith, node, npm, run } from './run.mjs'

const steps = [
  { name: 'build', program: node(['scripts/build.mjs']) },
  { name: 'lint', program: npm(['run', '--silent', 'lint']) },
  { name: 'format check', program: npm(['run', '--silent', 'format:check']) },
  { name: 'type check', program: npm(['run', '--silent', 'typecheck']) },
  { name: 'tests', program: npm(['run', '--silent', 'test:unit', '--'].concat(process.argv.slice(2))) },
]

async function test() {
  for (const step of steps) {
    const startedAt = Date.now()
    const code = await run(step.program)
    if (code !== 0) {
      process.stderr.write(`test: ${step.name} failed\n`)
      return code
    }
    process.stdout.write(`test: ${step.name} passed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`)
  }
  return 0
}

exitWith(test)
