import { expect, it } from 'vitest'
import { built, expectGolden, Lines, runExample } from './support.js'

it('hello writes these lines', () => {
  const { hello } = built<typeof import('../../examples/hello/hello.js')>('examples/hello/hello.js')
  const lines = new Lines('hello')
  hello(lines.logger)
  expectGolden('hello.jsonl', lines.all)
})

it('as a program it writes the same to standard output, all of them before it ends, and no secret', async () => {
  const { code, stdout, stderr } = await runExample('hello/main.js')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const lines = stdout.trimEnd().split('\n')
  const fixed = lines.map((line) => line.replace(/"time":"[^"]+"/, '"time":"2026-11-23T02:52:15.206Z"'))
  expectGolden('hello.jsonl', fixed)
  expect(stdout).not.toMatch(/hunter2|"4242|"123"/)
})
