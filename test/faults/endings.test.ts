import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ENDINGS, runToEnd } from './endings.mjs'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-faults-'))

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const KEPT = { lost: 0, torn: 0, doubled: 0, disordered: 0, foreign: 0, isEndTorn: false }

/** The quick form: what test/outputs/endings.test.ts does not run already. The long one is npm run test:faults. */
const ROWS: { logger: string; sink: string; endings: (keyof typeof ENDINGS)[] }[] = [
  { logger: 'wideline worker', sink: 'file', endings: ['natural', 'exit', 'throw', 'SIGTERM', 'exit in toJSON'] },
  { logger: 'wideline worker(stdout)', sink: 'slow pipe', endings: ['natural', 'exit', 'rejection'] },
  { logger: 'wideline file, tick', sink: 'file', endings: ['SIGTERM', 'SIGINT'] },
  { logger: 'wideline file, block', sink: 'file', endings: ['SIGTERM', 'SIGINT'] },
  { logger: 'wideline stdout', sink: 'pipe', endings: ['SIGTERM'] },
  { logger: 'wideline file, none', sink: 'file', endings: ['SIGKILL', 'abort'] },
]

describe.concurrent.each(ROWS)('$logger to a $sink', ({ logger, sink, endings }) => {
  it.each(endings)('has every line, and ends as without a logger, after: %s', { timeout: 60_000 }, async (ending) => {
    const runs = await Promise.all([false, true].map((isWarm) => runToEnd({ sink, folder, logger, ending, isWarm })))
    for (const found of runs) expect(found).toMatchObject({ ...KEPT, code: ENDINGS[ending].code })
  })
})

it('a writer that loses lines is told from one that does not (control)', { timeout: 60_000 }, async () => {
  // The block waits for a minute in this process, which nobody can ask before it dies.
  const found = await runToEnd({
    sink: 'file',
    folder,
    logger: 'wideline file, block',
    ending: 'SIGKILL',
    isWarm: true,
  })
  expect(found.lost).toBeGreaterThan(0)
  expect(found).toMatchObject({ torn: 0, doubled: 0, disordered: 0, code: 137 })
})
