import { describe, expect, it } from 'vitest'
import { Logger } from 'wideline'
import { capture } from './capture.js'

describe('a child', () => {
  it('is a logger with the same methods', () => {
    const { logger } = capture()
    const child = logger.child({ a: 1 })
    expect(child).toBeInstanceOf(Logger)
    expect(child.child().child({ b: 2 })).toBeInstanceOf(Logger)
  })

  it('keeps the name of its parent, or takes its own', () => {
    const { logger, last } = capture({ name: 'shop' })
    logger.child({}).info('m')
    expect(last()['logger']).toBe('shop')
    const db = logger.child({}, { name: 'shop.db' })
    db.info('m')
    expect([db.name, last()['logger']]).toEqual(['shop.db', 'shop.db'])
    db.child({ a: 1 }).info('m')
    expect(last()['logger']).toBe('shop.db')
  })

  it('carries its fields on every line and leaves those of its parent alone', () => {
    const { logger, lines } = capture()
    const child = logger.child({ requestId: 'r-1' })
    logger.info('parent')
    child.info('child')
    child.at('info')?.int('n', 1).msg('typed')
    child.error(new Error('x'))
    expect(lines().map((line) => line['requestId'])).toEqual([undefined, 'r-1', 'r-1', 'r-1'])
  })

  it('carries errors, dates and nested values', () => {
    const { logger, last } = capture()
    logger.child({ cause: new Error('why'), at: new Date(0), deep: { a: [1] } }).info('m')
    expect(last()).toMatchObject({ cause: { message: 'why' }, at: '1970-01-01T00:00:00.000Z', deep: { a: [1] } })
  })

  it('is counted with its family', () => {
    const { logger } = capture()
    const child = logger.child({ a: 1 })
    child.info('m')
    logger.warn('m')
    expect(child.stats()).toEqual(logger.stats())
    expect(logger.stats().lines).toMatchObject({ info: 1, warn: 1 })
  })

  it.each([
    { input: { name: 5 }, want: 'child.name must be a string, got 5' },
    {
      input: { level: 'loud' },
      want: "child.level must be 'trace', 'debug', 'info', 'warn', 'error', 'fatal', 'panic' or 'silent', got \"loud\"",
    },
    { input: { levle: 'info' }, want: 'child.levle must be a known option (did you mean level?), got "levle"' },
    { input: 'db', want: 'child must be an object, got "db"' },
  ])('refuses options: $want', ({ input, want }) => {
    expect(() => capture().logger.child({}, input as never)).toThrow(want)
  })

  it('of ten generations still writes every field once', () => {
    const { logger, last } = capture()
    let child = logger
    for (let i = 0; i < 10; i++) child = child.child({ generation: i, [`own${i}`]: i })
    child.info('m')
    expect(last()).toMatchObject({ generation: 9, own0: 0, own9: 9 })
  })
})
