import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { audit, type AuditSync } from 'wideline/audit'
import { outputConformance } from 'wideline/testing'
import { freshPath, linesOf, OPTIONS } from './support.js'

/** The entries of an audit file. */
function entriesOf(filePath: string): string {
  return linesOf(fs.readFileSync(filePath))
    .map(String)
    .filter((line) => !line.startsWith('{"@audit":"'))
    .join('')
}

describe.each(['batch', 'never'] as AuditSync[])("audit() with sync '%s'", (sync) => {
  it.each(
    outputConformance(() => {
      const filePath = freshPath()
      return { output: audit(filePath, { ...OPTIONS, sync }), written: () => entriesOf(filePath) }
    }),
  )('$name', async ({ run }) => {
    expect(await run()).toBeUndefined()
  })
})
