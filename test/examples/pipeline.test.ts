import { describe, expect, it } from 'vitest'
import type { Logger, LoggerOptions } from 'wideline'
import { built, expectGolden, fixedClock, runExample, wideline } from './support.js'

interface Example {
  readonly name: string
  run(base: LoggerOptions): Logger | Promise<Logger>
}

const { hooks } = built<typeof import('../../examples/hooks/hooks.js')>('examples/hooks/hooks.js')
const { sampling } = built<typeof import('../../examples/sampling/sampling.js')>('examples/sampling/sampling.js')
const { levels } = built<typeof import('../../examples/levels/levels.js')>('examples/levels/levels.js')
const { redaction } = built<typeof import('../../examples/redaction/redaction.js')>('examples/redaction/redaction.js')
const { checks } = built<typeof import('../../examples/testing/checks.js')>('examples/testing/checks.js')

const problems: string[] = []
const EXAMPLES: Example[] = [
  { name: 'hooks', run: (base) => hooks({ ...base, onError: () => undefined }, problems) },
  { name: 'sampling', run: sampling },
  { name: 'levels', run: levels },
  { name: 'redaction', run: redaction },
]

describe.each(EXAMPLES)('the example $name', ({ name, run }) => {
  it('writes these lines', async () => {
    const output = wideline.memory()
    await run({ name, clock: fixedClock('2026-11-23T02:52:15.206Z'), outputs: [output] })
    expectGolden(`${name}.jsonl`, output.lines)
  })

  it('runs as a program', async () => {
    const { code, stdout } = await runExample(`${name}/main.js`)
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n').length).toBeGreaterThan(5)
  })
})

it('the example hooks heard of the hook that threw', () => {
  expect(problems).toEqual(['hook broken failed: lookup failed'])
})

it('the example redaction writes no secret', async () => {
  const { stdout } = await runExample('redaction/main.js')
  expect(stdout).not.toMatch(/hunter2|ann@|birthday|DE8937|s-123|call me|4242 4242|t-1|t-2/)
})

it('the example testing says what its checks say', async () => {
  expectGolden('testing.txt', await checks())
  const { code, stdout } = await runExample('testing/main.js')
  expect({ code, lines: stdout.trimEnd() }).toEqual({ code: 0, lines: (await checks()).join('\n') })
})
