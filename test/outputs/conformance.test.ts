import fs from 'node:fs'
import { PassThrough } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { type BufferMode, ByteBuffer, fallback, file, memory, type Output, split, stream, worker } from 'wideline'
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

/** memory() with a queue before it, which `send` empties when it is asked to. */
function queued(right: Output, send: (queue: string[], write: (line: string) => void) => Promise<void>) {
  const queue: string[] = []
  const line = new ByteBuffer(64)
  const write = (text: string): void => {
    right.begin().text(text)
    right.commit(30)
  }
  const flush = (): Promise<void> => send(queue, write)
  return {
    begin: () => {
      line.length = 0
      return line
    },
    commit: () => void queue.push(line.toString()),
    flushSync: () => queue.splice(0).forEach(write),
    flush,
    close: async () => {
      await flush()
      await right.close()
    },
    stats: () => {
      const { accepted, ...rest } = right.stats()
      return { ...rest, accepted: accepted + queue.length, pending: queue.length }
    },
  } satisfies Partial<Output>
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
  {
    name: 'forgets what comes while it sends',
    change: (right) =>
      queued(right, async (queue, write) => {
        const sending = [...queue]
        await nextTurn()
        sending.forEach(write)
        queue.length = 0
      }),
    want: 'while a flush is under way',
  },
  {
    name: 'takes a flush for done because another is under way',
    change: (right) => {
      let isSending = false
      return queued(right, async (queue, write) => {
        if (isSending) return
        isSending = true
        await nextTurn()
        queue.splice(0).forEach(write)
        isSending = false
      })
    },
    want: 'while a flush is under way',
  },
  {
    name: 'loses what waits when it is closed',
    change: (right) => ({
      ...queued(right, async (queue, write) => queue.splice(0).forEach(write)),
      close: () => right.close(),
    }),
    want: 'leaves nothing behind',
  },
  {
    name: 'counts a line as written while it waits',
    change: (right) => {
      const output = queued(right, async (queue, write) => queue.splice(0).forEach(write))
      return {
        ...output,
        stats: () => {
          const { pending, written, ...rest } = output.stats()
          return { ...rest, written: written + pending, pending: 0 }
        },
      }
    },
    want: 'counts as written',
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

  it.each<{ what: 'flush' | 'close' }>([{ what: 'flush' }, { what: 'close' }])(
    'catches a $what that never settles',
    async ({ what }) => {
      vi.useFakeTimers()
      const failed: unknown[] = []
      try {
        for (const { run } of outputConformance(() => broken(() => ({ [what]: () => new Promise(() => undefined) })))) {
          const running = Promise.resolve(run()).catch((problem: Error) => failed.push(problem.message))
          await vi.advanceTimersByTimeAsync(10_000)
          await running
        }
      } finally {
        vi.useRealTimers()
      }
      expect(failed).toContain(`${what}() did not settle in 4000 ms`)
    },
  )

  it('passes an output with a queue that does everything right', async () => {
    const make = () => broken((right) => queued(right, async (queue, write) => queue.splice(0).forEach(write)))
    for (const { run } of outputConformance(make)) expect(await run()).toBeUndefined()
  })

  it('passes an output that does everything right', async () => {
    const cases = outputConformance(() => broken(() => ({})))
    for (const { run } of cases) await run()
    expect(cases.length).toBeGreaterThan(4)
  })
})
