import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createLogger, file, json, memory, type Output } from 'wideline'
import { freshPath } from '../outputs/folder.js'

function fileLogger() {
  const target = freshPath()
  const logger = createLogger({ outputs: [{ output: file(target, { buffer: 'block' }), encoder: json() }] })
  return { logger, content: () => fs.readFileSync(target, 'utf8').split('\n').length - 1 }
}

describe('close', () => {
  it('settles when every line is written', async () => {
    const { logger, content } = fileLogger()
    for (let i = 0; i < 10; i++) logger.info('m', { i })
    expect(content()).toBe(0)
    await logger.close()
    expect(content()).toBe(10)
  })

  it('may be called twice, at once and later, and by a child', async () => {
    const { logger, content } = fileLogger()
    logger.info('m')
    await Promise.all([logger.close(), logger.close(), logger.child().close()])
    await logger.close()
    expect(content()).toBe(1)
  })

  it('leaves later lines without a place: they are counted as failed', async () => {
    const { logger, content } = fileLogger()
    logger.info('m')
    await logger.close()
    logger.info('late')
    logger.child({ a: 1 }).warn('late')
    await logger.flush()
    logger.flushSync()
    expect(content()).toBe(1)
    expect(logger.stats().outputs[0]).toMatchObject({ accepted: 3, written: 1, pending: 0, failed: 2 })
  })

  it('gives all buffers back', async () => {
    const { logger } = fileLogger()
    logger.info('m')
    await logger.close()
    expect(logger.stats().buffers).toMatchObject({ outstanding: 0, misuses: 0 })
  })

  it('leaves no listener of the process behind', async () => {
    const before = process.listenerCount('exit')
    const loggers = Array.from({ length: 20 }, () => fileLogger().logger)
    expect(process.listenerCount('exit')).toBeLessThanOrEqual(before + 1)
    await Promise.all(loggers.map((logger) => logger.close()))
    expect(process.listenerCount('exit')).toBe(before)
  })

  const rejects = () => Promise.reject(new Error('cannot'))
  const throws = () => {
    throw new Error('cannot')
  }

  it.each([
    ['rejects', rejects],
    ['throws', throws],
  ])('flushes and closes every output although one %s, and tells', async (_how, fails) => {
    const done: string[] = []
    const output = (name: string): Output => {
      const inner = memory()
      const step = (what: string) => () => {
        done.push(`${name} ${what}`)
        return name === 'b' ? fails() : new Promise<void>((resolve) => setTimeout(resolve, 5))
      }
      return {
        begin: () => inner.begin(),
        commit: (level) => inner.commit(level),
        flush: step('flushed'),
        flushSync: () => inner.flushSync(),
        stats: () => inner.stats(),
        close: step('closed'),
      }
    }
    const logger = createLogger({ outputs: ['a', 'b', 'c'].map(output) })
    await expect(logger.flush()).rejects.toThrow('cannot')
    expect(done).toEqual(['a flushed', 'b flushed', 'c flushed'])
    await expect(logger.close()).rejects.toThrow('cannot')
    expect(done.slice(3)).toEqual(['a closed', 'b closed', 'c closed'])
  })
})

describe('flush', () => {
  it('settles when the lines so far are written, again and again', async () => {
    const { logger, content } = fileLogger()
    for (let i = 1; i <= 3; i++) {
      logger.info('m')
      await Promise.all([logger.flush(), logger.flush()])
      expect(content()).toBe(i)
    }
    await logger.flush()
    await logger.close()
  })

  it('has a way that returns when they are written', () => {
    const { logger, content } = fileLogger()
    logger.info('m')
    logger.flushSync()
    expect(content()).toBe(1)
  })
})
