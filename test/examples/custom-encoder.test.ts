import { describe, expect, it } from 'vitest'
import { built, expectGolden, runExample } from './support.js'

const { ArrayEncoder } = built<typeof import('../../examples/custom-encoder/array-encoder.js')>(
  'examples/custom-encoder/array-encoder.js',
)
const { encoderConformance } = built<typeof import('wideline/testing')>('esm/src/testing/index.js')

describe('the encoder of one’s own', () => {
  it.each(encoderConformance(() => new ArrayEncoder()))('$name', async ({ run }) => {
    expect(await run()).toBeUndefined()
  })
})

it('custom-encoder writes these lines', async () => {
  const { code, stdout, stderr } = await runExample('custom-encoder/main.js', {})
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expectGolden(
    'custom-encoder.txt',
    stdout
      .replace(/"\d{4}-[^"]+"/g, '"…"')
      .trimEnd()
      .split('\n'),
  )
})
