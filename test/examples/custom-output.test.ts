import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { OutputUnderTest } from 'wideline/testing'
import { built, expectGolden, runExample } from './support.js'

const { CallbackOutput } = built<typeof import('../../examples/custom-output/callback-output.js')>(
  'examples/custom-output/callback-output.js',
)
const { outputConformance } = built<typeof import('wideline/testing')>('esm/src/testing/index.js')

function underTest(): OutputUnderTest {
  let text = ''
  return { output: new CallbackOutput((line) => (text += line)), written: () => text }
}

describe('the output of one’s own', () => {
  it.each(outputConformance(underTest))('$name', async ({ run }) => {
    expect(await run()).toBeUndefined()
  })
})

it('custom-output writes these lines', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-example-'))
  const target = path.join(folder, 'shop.log')
  const { code, stdout, stderr } = await runExample('custom-output/main.js', { LOG_FILE: target })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const fixed = `${stdout}${fs.readFileSync(target, 'utf8')}`.replace(/"time":"[^"]+"/g, '"time":"…"')
  expectGolden('custom-output.txt', fixed.trimEnd().split('\n'))
  fs.rmSync(folder, { recursive: true })
})
