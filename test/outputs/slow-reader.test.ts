import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fixture, runCommand } from './child.js'
import { freshPath } from './folder.js'
import { lineProblems } from './numbered-lines.js'

const LINES = 1000

/** A program whose output goes through a pipe of the kernel to a reader that takes 64 KiB every 50 ms. */
async function throughSlowPipe(settings: object): Promise<{ problems: string[]; code: string }> {
  const target = freshPath()
  const program = `"${process.execPath}" "${fixture('lines.mjs')}" '${JSON.stringify({ lines: LINES, size: 1000, ...settings })}'`
  const reader = `"${process.execPath}" "${fixture('slow-reader.mjs')}" "${target}"`
  const { err } = await runCommand('sh', ['-c', `{ ${program}; echo "code $?" >&2; } | ${reader}`])
  return { problems: lineProblems(fs.readFileSync(target, 'utf8'), LINES), code: /code (\d+)/.exec(err)?.[1] ?? err }
}

describe('a pipe whose reader takes 64 KiB every 50 ms has every line of a mebibyte', () => {
  it.each([
    { ending: 'natural', code: '0' },
    { ending: 'exit', code: '7' },
    { ending: 'throw', code: '1' },
    { ending: 'rejection', code: '1' },
  ])('after the ending: $ending', async ({ ending, code }) => {
    // A stream made of standard output turns the pipe non-blocking: then the kernel takes parts, or nothing.
    const [blocking, nonBlocking] = await Promise.all([
      throughSlowPipe({ ending, touches: false }),
      throughSlowPipe({ ending, touches: true }),
    ])
    expect(blocking).toEqual({ problems: [], code })
    expect(nonBlocking).toEqual({ problems: [], code })
  })
})
