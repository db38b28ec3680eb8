import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PassThrough } from 'node:stream'
import { type BufferMode, fallback, file, memory, type Output, split, stream, worker } from 'wideline'
import { outputConformance, type OutputUnderTest } from 'wideline/testing'
import { freshPath } from './folder.js'

const OUTPUTS: { name: string; make: () => OutputUnderTest }[] = [
  ...(['none', 'line', 'tick', 'block'] as BufferMode[]).map((buffer) => ({
    name: `file() with buffer '${buffer}'`,
    make: () => fileUnderTest(buffer),
  })),
  ...(['none', 'tick', 'block'] as BufferMode[]).map((buffer) => ({
    name: `worker(file()) with buffer '${buffer}'`,
    make: () => {
      const { output, written } = fileUnderTest(buffer)
      return { output: worker(output), written }
    },
  })),
  {
    name: 'stream()',
    make: () => {
      const target = new PassThrough({ highWaterMark: 1_000_000 })
      let text = ''
      target.on('data', (chunk: Buffer) => (text += chunk.toString()))
      return { output: stream(target), written: () => text }
    },
  },
  {
    name: 'fallback()',
    make: () => {
      const { output, written } = fileUnderTest('tick')
      return { output: fallback(output, memory()), written }
    },
  },
  {
    name: 'split() by level',
    make: () => {
      const { output, written } = fileUnderTest('tick')
      return { output: split({ trace: output, panic: memory() }), written }
    },
  },
  {
    name: 'split() by a function',
    make: () => {
      const { output, written } = memoryUnderTest()
      return { output: split(() => true, output, memory()), written }
    },
  },
  { name: 'memory()', make: memoryUnderTest },
]

function fileUnderTest(buffer: BufferMode): OutputUnderTest {
  const path = freshPath()
  return { output: file(path, { buffer }), written: () => fs.readFileSync(path, 'utf8') }
}

function memoryUnderTest(): OutputUnderTest {
  const output = memory()
  return { output, written: () => output.lines.map((line) => `${line}\n`).join('') }
}

describe.each(OUTPUTS)('$name', ({ make }) => {
  it.each(outputConformance(make))('$name', async ({ run }) => {
    expect(await run()).toBeUndefined()
  })
})

/** memory(), with one thing done wrongly. */
function broken(change: (right: Output, lines: () => readonly string[]) => Partial<Output>): OutputUnderTest {
  const right = memory()
  const output: Output = {
    begin: () => right.begin(),
    commit: (level) => right.commit(level),
    flush: () => right.flush(),
    flushSync: () => right.flushSync(),
    close: () => right.close(),
    stats: () => right.stats(),
    ...change(right, () => right.lines),
  }
  return { output, written: () => right.lines.map((line) => `${line}\n`).join('') }
}

const MISTAKES: { name: string; change: Parameters<typeof broken>[0]; want: string }[] = [
  {
    name: 'drops a line',
    change: (right, lines) => ({
      commit: (level) => {
        if (lines().length === 500) right.begin()
        right.commit(level)
      },
    }),
    want: 'whole and in order',
  },
  {
    name: 'writes what was never committed',
    change: (right) => ({ flushSync: () => right.commit(30) }),
    want: 'begun and not committed',
  },
  {
    name: 'does not count',
    change: (right) => ({ stats: () => ({ ...right.stats(), accepted: 0, written: 1 }) }),
    want: 'accepted = written',
  },
  {
    name: 'rejects a second close',
    change: () => {
      let isClosed = false
      return {
        close: async () => {
          if (isClosed) throw new Error('closed already')
          isClosed = true
        },
      }
    },
    want: 'second close',
  },
]

describe('the conformance suite (control)', () => {
  it.each(MISTAKES)('catches an output that $name', async ({ change, want }) => {
    const failed: string[] = []
    for (const { name, run } of outputConformance(() => broken(change))) {
      try {
        await run()
      } catch {
        failed.push(name)
      }
    }
    expect(failed.join('; ')).toContain(want)
  })

  it('passes an output that does everything right', async () => {
    const cases = outputConformance(() => broken(() => ({})))
    for (const { run } of cases) await run()
    expect(cases.length).toBeGreaterThan(4)
  })
})
