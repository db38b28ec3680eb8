import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createLogger, file, json, memory, type PoolLimits } from 'wideline'
import { freshPath } from '../outputs/folder.js'
import { lineProblems } from '../outputs/numbered-lines.js'

const POISONED = {
  poison: true,
  bufferBytes: 1024,
  maxBuffers: 2,
  maxRetainedBytes: 4096,
  maxTotalBytes: 8192,
} satisfies PoolLimits

/** Logs while it is read, so that a second buffer is taken and given back in the middle of a line. */
function loggingValue(log: () => void): object {
  return {
    get value() {
      log()
      return 'read'
    },
  }
}

describe('a logger whose pool fills released memory with 0xDB', () => {
  it('never writes a byte of it, whatever the sizes of lines and however they nest', async () => {
    const target = freshPath()
    const logger = createLogger({
      pool: POISONED,
      outputs: [{ output: file(target, { buffer: 'tick' }), encoder: json() }],
    })
    let n = 0
    for (let i = 0; i < 300; i++) {
      const fill = 'x'.repeat((i * 37) % 5000)
      const outer = n++
      logger.info('outer', { n: outer, fill, value: loggingValue(() => logger.info('inner', { n: n++, fill })) })
      if (i % 10 === 0) await logger.flush()
    }
    await logger.close()
    const bytes = fs.readFileSync(target)
    expect(bytes.includes(0xdb)).toBe(false)
    expect(lineProblems(bytes.toString(), n)).toEqual([])
  })

  it('has every buffer back after close, within its caps, and none given twice', async () => {
    const logger = createLogger({
      pool: POISONED,
      outputs: [file(freshPath()), file(freshPath(), { buffer: 'none' }), memory()].map((output) => ({
        output,
        encoder: json(),
      })),
    })
    for (let i = 0; i < 100; i++)
      logger.info('m', { value: loggingValue(() => logger.warn('inner', { fill: 'x'.repeat(i * 100) })) })
    await logger.close()
    const { buffers, entries } = logger.stats()
    expect(buffers).toMatchObject({ outstanding: 0, misuses: 0 })
    expect(buffers.retainedBytes).toBeLessThanOrEqual(POISONED.maxBuffers * POISONED.maxRetainedBytes)
    expect(entries.outstanding).toBe(0)
  })

  it('keeps the lines of a hundred thousand calls apart: each holds one letter only', () => {
    const output = memory({ maxLines: 100_000 })
    const logger = createLogger({ pool: POISONED, outputs: [{ output, encoder: json() }] })
    for (let i = 0; i < 100_000; i++) {
      const letter = String.fromCharCode(0x410 + (i % 32))
      logger.info(letter.repeat(1 + (i % 70)), { [letter]: letter.repeat(i % 50), deep: { letter } })
    }
    const mixed = output.lines.filter((line) => new Set(line.match(/[\u0410-\u042f]/g)).size !== 1)
    expect(mixed).toEqual([])
  })
})
