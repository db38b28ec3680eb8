import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { audit, type AuditSync } from 'wideline/audit'
import { createLogger, worker } from 'wideline'
import { outputConformance } from 'wideline/testing'
import { freshPath, judge, linesOf, OPTIONS } from './support.js'

/** The entries of an audit file. */
function entriesOf(filePath: string): string {
  return linesOf(fs.readFileSync(filePath))
    .map(String)
    .filter((line) => !line.startsWith('{"@audit":"'))
    .join('')
}

it('audit() behind worker() is an output like any other, and its file is valid', async () => {
  const filePath = freshPath()
  const output = audit(filePath, { ...OPTIONS, sync: 'batch' })
  const log = createLogger({ outputs: [worker(output)] })
  for (let i = 0; i < 3_000; i++) log.info('line', { i })
  await log.close()
  expect(judge(fs.readFileSync(filePath), output.lastCheckpoint)).toEqual({ verdict: 'valid', problems: [] })
  expect(entriesOf(filePath).trimEnd().split('\n')).toHaveLength(3_000)
  expect(() => worker(output, { overflow: 'spill' } as never)).toThrow('worker.overflow')
  expect(() => worker(output, { overflow: 'drop-oldest' })).toThrow(
    'worker.overflow must be left out for audit(), which has no ring and drops no line, got "drop-oldest"',
  )
})

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
