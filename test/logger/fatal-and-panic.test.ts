import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createLogger, file, json, type Logger, memory, PanicError } from 'wideline'
import { freshPath } from '../outputs/folder.js'
import { capture } from './capture.js'

/** A logger whose file would not have its lines for an hour. */
function slowLogger(): { logger: Logger; messages: () => unknown[] } {
  const target = freshPath()
  const logger = createLogger({
    outputs: [{ output: file(target, { buffer: 'block', flushIntervalMs: 3_600_000 }), encoder: json() }],
  })
  const messages = (): unknown[] =>
    fs
      .readFileSync(target, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { msg?: unknown }).msg)
  return { logger, messages }
}

describe('fatal', () => {
  it.each<{ name: string; call: (logger: Logger) => void }>([
    { name: 'as a method', call: (log) => log.fatal('last words') },
    { name: 'as a typed line', call: (log) => log.at('fatal')?.msg('last words') },
    { name: 'of a child', call: (log) => log.child({ a: 1 }).fatal('last words') },
  ])('has its line, and all before it, written when it returns, $name', ({ call }) => {
    const { logger, messages } = slowLogger()
    logger.info('before')
    expect(messages()).toEqual([])
    call(logger)
    expect(messages()).toEqual(['before', 'last words'])
  })

  it('does not throw', () => {
    const { logger, last } = capture()
    logger.fatal(new Error('x'))
    expect(last()['msg']).toBe('x')
  })
})

describe('panic', () => {
  it('throws a PanicError when its line, and all before it, is written', () => {
    const { logger, messages } = slowLogger()
    logger.info('before')
    expect(() => logger.panic('cannot go on', { code: 7 })).toThrow(PanicError)
    expect(messages()).toEqual(['before', 'cannot go on'])
  })

  it('throws the message, with the error as its cause', () => {
    const { logger } = capture()
    const cause = new Error('disk')
    const thrown = (call: () => never): unknown => {
      try {
        return call()
      } catch (error) {
        return error
      }
    }
    expect(thrown(() => logger.panic('cannot go on'))).toMatchObject({ name: 'PanicError', message: 'cannot go on' })
    expect(thrown(() => logger.panic(cause))).toMatchObject({ name: 'PanicError', cause })
    expect(thrown(() => logger.panic(cause))).toBeInstanceOf(Error)
  })

  it('throws when its level is off too', () => {
    const output = memory()
    const logger = createLogger({ level: 'silent', outputs: [output] })
    expect(() => logger.panic('cannot go on')).toThrow(PanicError)
    expect(output.lines).toEqual([])
  })

  it('throws a PanicError and nothing else when the line cannot be written', () => {
    const { logger } = capture()
    const hostile = Proxy.revocable({}, {})
    hostile.revoke()
    expect(() => logger.panic('cannot go on', hostile.proxy)).toThrow(PanicError)
    expect(() => logger.panic(hostile.proxy)).toThrow(PanicError)
  })
})
