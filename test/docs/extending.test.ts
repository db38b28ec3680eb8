import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { readPage, ROOT } from './page.js'

const shown = readPage('docs/extending.md').fences.map(({ code }) => code.join('\n'))

it.each(['examples/custom-encoder/array-encoder.ts', 'examples/custom-output/callback-output.ts'])(
  'docs/extending.md shows %s as it is',
  (file) => {
    expect(shown).toContain(fs.readFileSync(path.join(ROOT, file), 'utf8').trimEnd())
  },
)
