import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { expectGolden } from './support.js'

// Never written from here, even when the others are to be updated.
beforeEach(() => {
  vi.stubEnv('UPDATE_GOLDEN', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const golden = fs
  .readFileSync(path.join(import.meta.dirname, 'golden/hello.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')

it('a golden file accepts its own lines, with any frames in their stacks', () => {
  expectGolden('hello.jsonl', golden)
  expectGolden(
    'hello.jsonl',
    golden.map((line) => line.replaceAll('    at …', String.raw`    at f (/a \"b\".js:1:2)\n    at g (c.js:3:4)`)),
  )
})

it.each([
  { name: 'a changed value', change: (lines: string[]) => lines.map((line) => line.replace('99.5', '99.6')) },
  { name: 'a lost line', change: (lines: string[]) => lines.slice(1) },
  { name: 'one line more', change: (lines: string[]) => [...lines, lines[0] ?? ''] },
  {
    name: 'a changed message of a stack',
    change: (lines: string[]) => lines.map((line) => line.replace('Error: gate', 'Error: Gate')),
  },
])('a golden file refuses $name, and says how to update it', ({ change }) => {
  expect(() => expectGolden('hello.jsonl', change([...golden]))).toThrow(
    /UPDATE_GOLDEN=1 npx vitest run test\/examples/,
  )
})
