import fs from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { type BufferMode, createLogger, file, json, type Logger } from 'wideline'
import { type Shim, shimWrites, systemError } from './descriptor-faults.js'
import { freshPath } from './folder.js'
import { lineProblems } from './numbered-lines.js'

let shim: Shim | undefined

afterEach(() => {
  shim?.restore()
  shim = undefined
})

function fileLogger(buffer: BufferMode): { logger: Logger; content: () => string; problems: string[] } {
  const target = freshPath()
  const problems: string[] = []
  const logger = createLogger({
    outputs: [{ output: file(target, { buffer }), encoder: json() }],
    onError: (problem) => problems.push(problem.message),
  })
  return { logger, content: () => fs.readFileSync(target, 'utf8'), problems }
}

const LINES = 40

describe.each(['none', 'tick', 'block'] as const)("a file with buffer '%s'", (buffer) => {
  it.each([1, 2, 3, 7, 61, 1000])('is whole when the kernel takes %i bytes at a time', async (most) => {
    shim = shimWrites((write, descriptor, bytes, offset, length) =>
      write(descriptor, bytes, offset, Math.min(most, length)),
    )
    const { logger, content, problems } = fileLogger(buffer)
    for (let n = 0; n < LINES; n++) logger.info('line', { n })
    await logger.close()
    expect(lineProblems(content(), LINES)).toEqual([])
    expect(problems).toEqual([])
    expect(logger.stats().outputs[0]).toMatchObject({ accepted: LINES, written: LINES, pending: 0, failed: 0 })
  })

  it('is whole when a write stops at every byte of a line in turn', async () => {
    const { logger, content } = fileLogger(buffer)
    let stop = 0
    shim = shimWrites((write, descriptor, bytes, offset, length) =>
      write(descriptor, bytes, offset, Math.min((stop++ % 90) + 1, length)),
    )
    for (let n = 0; n < 100; n++) logger.info('line', { n })
    await logger.close()
    expect(lineProblems(content(), 100)).toEqual([])
  })

  it.each(['EINTR', 'EAGAIN', 'EBUSY', 'EIO', 'ENOSPC'])(
    'is whole when every third write fails with %s',
    async (code) => {
      const { logger, content } = fileLogger(buffer)
      let count = 0
      shim = shimWrites((write, descriptor, bytes, offset, length) => {
        if (count++ % 3 === 0) throw systemError(code)
        return write(descriptor, bytes, offset, Math.min(300, length))
      })
      for (let n = 0; n < LINES; n++) logger.info('line', { n })
      logger.flushSync()
      await logger.close()
      expect(lineProblems(content(), LINES)).toEqual([])
    },
  )

  it.each(['EINTR', 'EAGAIN'])('reports nothing for %s, which is no fault', async (code) => {
    const { logger, problems } = fileLogger(buffer)
    let count = 0
    shim = shimWrites((write, ...call) => {
      if (count++ % 2 === 0) throw systemError(code)
      return write(...call)
    })
    for (let n = 0; n < LINES; n++) logger.info('line', { n })
    await logger.close()
    expect(problems).toEqual([])
  })

  it('takes a write of no bytes for a failure, not for an end or a reason to spin', async () => {
    const { logger, content } = fileLogger(buffer)
    let count = 0
    shim = shimWrites((write, ...call) => (count++ < 3 ? 0 : write(...call)))
    logger.info('line', { n: 0 })
    await logger.close()
    expect(lineProblems(content(), 1)).toEqual([])
    expect(count).toBeLessThan(100)
  })
})
