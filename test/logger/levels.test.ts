import { describe, expect, it } from 'vitest'
import { createLogger, json, Level, type LevelName, type Logger, memory, type Threshold } from 'wideline'
import { capture } from './capture.js'

const NAMES = Object.keys(Level) as LevelName[]

/** The levels that a logger writes, tried one by one. */
function admitted(logger: Logger, count: () => number): LevelName[] {
  return NAMES.filter((name) => {
    const before = count()
    logger.at(name)?.msg('m')
    return count() > before
  })
}

describe('the level of a logger', () => {
  it.each([...NAMES, 'silent'] as Threshold[])('%s admits itself and what is more severe', (level) => {
    const { logger, output } = capture({ level })
    const want = level === 'silent' ? [] : NAMES.slice(NAMES.indexOf(level))
    expect(admitted(logger, () => output.stats().accepted)).toEqual(want)
    expect(NAMES.filter((name) => logger.isEnabled(name))).toEqual(want)
    for (const name of NAMES.slice(0, 6) as Exclude<LevelName, 'panic'>[]) {
      const before = output.stats().accepted
      logger[name]('m')
      expect(output.stats().accepted - before).toBe(want.includes(name) ? 1 : 0)
    }
    expect(logger.level).toBe(level)
  })

  it('is info where none is set', () => {
    const logger = createLogger({ outputs: [memory()] })
    expect(logger.level).toBe('info')
    expect([logger.isEnabled('debug'), logger.isEnabled('info')]).toEqual([false, true])
  })

  it('can be changed while the program runs', () => {
    const { logger, output } = capture({ level: 'info' })
    logger.debug('off')
    logger.level = 'debug'
    logger.debug('on')
    logger.level = 'silent'
    logger.fatal('off')
    expect(output.parsed().map((line) => line['msg'])).toEqual(['on'])
  })

  it('is followed by children and their children, those made before the change too', () => {
    const { logger } = capture({ level: 'info' })
    const child = logger.child({ a: 1 })
    const grandchild = child.child({ b: 2 })
    expect(grandchild.isEnabled('debug')).toBe(false)
    logger.level = 'debug'
    expect([child.level, grandchild.level]).toEqual(['debug', 'debug'])
    expect([child, grandchild, grandchild.child()].map((each) => each.isEnabled('debug'))).toEqual([true, true, true])
    logger.level = 'error'
    expect([child, grandchild].map((each) => each.isEnabled('warn'))).toEqual([false, false])
  })

  it("is not followed by a child that has its own, nor by that one's children", () => {
    const { logger } = capture({ level: 'info' })
    const own = logger.child({}, { level: 'warn' })
    const below = own.child()
    logger.level = 'trace'
    expect([own.level, below.level]).toEqual(['warn', 'warn'])
    own.level = 'debug'
    expect([logger.level, own.level, below.level]).toEqual(['trace', 'debug', 'debug'])
    expect([own.isEnabled('trace'), below.isEnabled('debug'), logger.isEnabled('trace')]).toEqual([false, true, true])
  })

  it('can be more talkative in a child than in its parent', () => {
    const { logger, last } = capture({ level: 'error' })
    logger.child({}, { level: 'trace' }).trace('heard')
    expect(last()['msg']).toBe('heard')
  })

  it('does not change for a sibling', () => {
    const { logger } = capture({ level: 'info' })
    const [a, b] = [logger.child(), logger.child()]
    a.level = 'trace'
    expect([a.level, b.level, logger.level]).toEqual(['trace', 'info', 'info'])
  })

  it.each(['loud', 'INFO', '', 30, undefined, null, 'toString', '__proto__'])('refuses %j', (level) => {
    const { logger } = capture({ level: 'info' })
    expect(() => {
      logger.level = level as never
    }).toThrow(/^level must be 'trace', .* or 'silent', got /)
    expect(logger.level).toBe('info')
  })

  it('answers no for a level that is none', () => {
    const { logger } = capture()
    for (const name of ['silent', 'loud', '', 'toString']) {
      expect(logger.isEnabled(name as LevelName)).toBe(false)
      expect(logger.at(name as LevelName)).toBeUndefined()
    }
  })
})

describe('the level of an output', () => {
  it('keeps lines below it from that output alone', () => {
    const [all, warnings, none] = [memory(), memory(), memory()]
    const logger = createLogger({
      level: 'debug',
      outputs: [
        { output: all, encoder: json() },
        { output: warnings, encoder: json(), level: 'warn' },
        { output: none, encoder: json(), level: 'silent' },
      ],
    })
    for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) logger[level](level)
    expect(all.parsed().map((line) => line['msg'])).toEqual(['debug', 'info', 'warn', 'error'])
    expect(warnings.parsed().map((line) => line['msg'])).toEqual(['warn', 'error'])
    expect(none.lines).toEqual([])
  })

  it('turns a level off when no output wants it', () => {
    const output = memory()
    const logger = createLogger({ level: 'trace', outputs: [{ output, encoder: json(), level: 'error' }] })
    expect([logger.isEnabled('warn'), logger.isEnabled('error')]).toEqual([false, true])
    expect(logger.at('warn')).toBeUndefined()
  })
})
