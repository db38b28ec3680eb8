import fs from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { file, type FileOptions, Level, type Output } from 'wideline'
import { freshPath } from './folder.js'

function opened(options: FileOptions): {
  output: Output
  write: (text: string, level?: number) => void
  content: () => string
} {
  const target = freshPath()
  const output = file(target, options)
  return {
    output,
    write: (text, level = Level.info) => {
      output.begin().text(`${text}\n`)
      output.commit(level)
    },
    content: () => fs.readFileSync(target, 'utf8'),
  }
}

describe('a file', () => {
  it.each(['none', 'line'] as const)("with buffer '%s' has each line at once", (buffer) => {
    const { write, content } = opened({ buffer })
    write('one', Level.trace)
    expect(content()).toBe('one\n')
    write('two')
    expect(content()).toBe('one\ntwo\n')
  })

  it("with buffer 'tick' has the lines of a turn when the turn is over", async () => {
    const { write, content, output } = opened({ buffer: 'tick' })
    write('one')
    write('two')
    expect(content()).toBe('')
    expect(output.stats()).toMatchObject({ accepted: 2, written: 0, pending: 2, bytes: 0 })
    await nextTurn()
    await nextTurn()
    expect(content()).toBe('one\ntwo\n')
    expect(output.stats()).toMatchObject({ accepted: 2, written: 2, pending: 0, bytes: 8 })
  })

  it("with buffer 'tick' has a warning, and what came before it, at once", () => {
    const { write, content } = opened({ buffer: 'tick' })
    write('one')
    write('two', Level.warn)
    expect(content()).toBe('one\ntwo\n')
  })

  it("with buffer 'block' has lines when the block is full, whatever their level", async () => {
    const { write, content } = opened({ buffer: 'block', bufferSize: 1024, flushIntervalMs: 3_600_000 })
    write('x'.repeat(1000), Level.error)
    await nextTurn()
    expect(content()).toBe('')
    write('y'.repeat(100))
    expect(content()).toBe(`${'x'.repeat(1000)}\n${'y'.repeat(100)}\n`)
  })

  it.each([
    { buffer: 'tick', bytes: 16_384 },
    { buffer: 'block', bytes: 65_536 },
  ] as const)(
    "with buffer '$buffer' gathers $bytes bytes before it writes, unless it is told otherwise",
    async (row) => {
      const { write, output } = opened({ buffer: row.buffer, flushIntervalMs: 3_600_000 })
      write('x'.repeat(row.bytes - 2))
      expect(output.stats()).toMatchObject({ written: 0, pending: 1 })
      write('')
      await vi.waitFor(() => expect(output.stats()).toMatchObject({ written: 2, pending: 0 }))
      expect(output.stats().bytes).toBe(row.bytes)
    },
  )

  it("with buffer 'block' has lines when the interval is over", async () => {
    const { write, content } = opened({ buffer: 'block', flushIntervalMs: 20 })
    write('one')
    expect(content()).toBe('')
    await vi.waitFor(() => expect(content()).toBe('one\n'))
    write('two')
    await vi.waitFor(() => expect(content()).toBe('one\ntwo\n'))
  })

  it.each(['tick', 'block'] as const)(
    "with buffer '%s' has everything after flushSync, and after flush",
    async (buffer) => {
      const { write, content, output } = opened({ buffer })
      write('one')
      output.flushSync()
      expect(content()).toBe('one\n')
      write('two')
      await output.flush()
      expect(content()).toBe('one\ntwo\n')
    },
  )

  it.each(['none', 'tick', 'block'] as const)("with buffer '%s' has lines of any size whole", async (buffer) => {
    const { write, content, output } = opened({ buffer, bufferSize: 1024 })
    const lines = [0, 1, 1022, 1023, 1024, 1025, 5000, 300_000, 7, 1_000_000, 3].map((size, i) =>
      String(i % 10).repeat(size),
    )
    for (const line of lines) write(line)
    await output.close()
    expect(content()).toBe(lines.map((line) => `${line}\n`).join(''))
  })

  it.each(['tick', 'block'] as const)(
    "with buffer '%s' has what came since the flush of an ending process",
    (buffer) => {
      const { output, write, content } = opened({ buffer })
      write('one')
      output.flushSync()
      write('two')
      output.endBuffering!()
      expect(content()).toBe('one\ntwo\n')
    },
  )

  it('goes on after a line as large as its memory was not meant for, with a small buffer again', async () => {
    const { write, content, output } = opened({ buffer: 'tick' })
    write('x'.repeat(1_000_000))
    await output.flush()
    write('small')
    await output.flush()
    expect(content().endsWith('\nsmall\n')).toBe(true)
    expect(output.stats()).toMatchObject({ accepted: 2, written: 2, bytes: 1_000_007 })
  })
})
