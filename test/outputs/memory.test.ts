import { describe, expect, it } from 'vitest'
import { createLogger, json, memory } from 'wideline'

describe('memory()', () => {
  it('keeps lines without their newlines, and parses them', () => {
    const output = memory()
    const logger = createLogger({ outputs: [{ output, encoder: json() }] })
    logger.info('one', { n: 1 })
    logger.info('two')
    expect(output.lines.every((line) => line.startsWith('{') && line.endsWith('}'))).toBe(true)
    expect(output.parsed().map((line) => line['msg'])).toEqual(['one', 'two'])
  })

  it('forgets the oldest lines beyond its bound, and counts them all', () => {
    const output = memory({ maxLines: 2 })
    const logger = createLogger({ outputs: [{ output, encoder: json() }] })
    for (const message of ['one', 'two', 'three']) logger.info(message)
    expect(output.parsed().map((line) => line['msg'])).toEqual(['two', 'three'])
    expect(output.stats()).toMatchObject({ accepted: 3, written: 3, pending: 0, failed: 0, dropped: {} })
  })

  it('forgets its lines on clear, and keeps its counts', () => {
    const output = memory()
    const logger = createLogger({ outputs: [{ output, encoder: json() }] })
    logger.info('one')
    const { bytes } = output.stats()
    output.clear()
    expect(output.lines).toEqual([])
    logger.info('two')
    expect(output.stats()).toMatchObject({ accepted: 2, bytes: 2 * bytes })
  })

  it('keeps a line that holds newlines of its own as one', () => {
    const output = memory()
    output.begin().text('first\n    second\n')
    output.commit(30)
    expect(output.lines).toEqual(['first\n    second'])
  })

  it.each([0, 1.5, -1, NaN, '5'])('refuses a bound of %j', (maxLines) => {
    expect(() => memory({ maxLines: maxLines as number })).toThrow(
      `memory.maxLines must be an integer from 1 to 1000000000, got ${JSON.stringify(maxLines) === 'null' ? 'NaN' : JSON.stringify(maxLines)}`,
    )
  })
})
