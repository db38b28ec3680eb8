import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { readPage, ROOT } from './page.js'

/** Every source of the package, with what is put into its texts as `${}`. */
const sources = ['src', 'integrations']
  .flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => fs.readFileSync(path.join(ROOT, folder, name), 'utf8')),
  )
  .join('\n')
  .replaceAll(/\$\{(?:[^{}`]|\{[^{}]*\}|`[^`]*`)*\}/g, '${}')

/** Whether a quoted message stands in the sources: its pieces between `…` in one text, in their order. */
function isSaid(message: string): boolean {
  const pieces = message.split('…').map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(pieces.join('(?:\\$\\{\\})+')).test(sources)
}

/** The messages in the first column of the table at the page's end. */
function quoted(): string[] {
  const { prose } = readPage('docs/troubleshooting.md')
  const rows = prose.slice(prose.findIndex((line) => line.startsWith('| message |')) + 2)
  return rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, message]) => message))
}

it.each(quoted())('a message that docs/troubleshooting.md quotes is in the sources: %s', (message) => {
  expect(isSaid(message)).toBe(true)
})

it('a text that nothing says is found out, and one whose pieces stand apart (control)', () => {
  expect(quoted().length).toBeGreaterThan(10)
  expect(isSaid('the logger is not in the mood')).toBe(false)
  expect(isSaid('… takes no more … lines')).toBe(false)
})
