import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { ROOT } from './page.js'

it.each([
  { page: 'README.md', results: [] },
  { page: 'docs/performance.md', results: ['bench/results/latest-node24.json'] },
])('the table of figures of $page is what bench/table.mjs prints', ({ page, results }) => {
  const printed = execFileSync(process.execPath, ['bench/table.mjs', ...results], { cwd: ROOT, encoding: 'utf8' })
  const text = fs.readFileSync(path.join(ROOT, page), 'utf8')
  const mark = ['bench/table.mjs', ...results].join(' ')
  const marked = text.slice(text.indexOf(`<!-- ${mark} -->`), text.indexOf('<!-- /bench/table.mjs -->'))
  expect(marked).toContain(printed)
  // The control: one figure that differs.
  expect(marked).not.toContain(printed.replace(/[\d.]+ ns/, '0 ns'))
})
