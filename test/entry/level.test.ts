import { describe, expect, it } from 'vitest'
import {
  Level,
  LEVEL_NAMES,
  levelName,
  SILENT,
  thresholdName,
  thresholdNumber,
  THRESHOLDS,
} from '../../src/entry/level.js'

describe('levels', () => {
  it("are the seven of the design, with pino's numbers", () => {
    expect(Level).toEqual({ trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, panic: 70 })
    expect(LEVEL_NAMES).toEqual(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'panic'])
    expect(THRESHOLDS).toEqual([...LEVEL_NAMES, 'silent'])
  })

  it('cannot be changed', () => {
    expect([Level, LEVEL_NAMES, THRESHOLDS].every((each) => Object.isFrozen(each))).toBe(true)
  })

  it.each(LEVEL_NAMES.map((name) => ({ name })))('$name has a number that gives its name', ({ name }) => {
    expect(levelName(Level[name])).toBe(name)
    expect(thresholdName(thresholdNumber(name))).toBe(name)
  })

  it('are all below silent', () => {
    expect(SILENT).toBeGreaterThan(Math.max(...Object.values(Level)))
    expect(thresholdNumber('silent')).toBe(SILENT)
    expect(thresholdName(SILENT)).toBe('silent')
    expect(thresholdName(Infinity)).toBe('silent')
  })
})
