import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from './page.js'

it("README's table of figures is what bench/table.mjs prints", () => {
  const printed = execFileSync(process.execPath, ['bench/table.mjs'], { cwd: ROOT, encoding: 'utf8' })
  const readme = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8')
  const marked = /<!-- bench\/table\.mjs -->\n([^]*)<!-- \/bench\/table\.mjs -->/.exec(readme)?.[1]
  expect(marked).toContain(printed)
  // The control: one figure that differs.
  expect(marked).not.toContain(printed.replace(/\d+ ns/, '0 ns'))
})
