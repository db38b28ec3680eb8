import type { LogLevel } from '@nestjs/common'
import { Level, type LevelName, OptionError } from '../../src/index.js'

/** Nest's levels by ours, from the lowest. */
export const LEVELS: Readonly<Record<LogLevel, LevelName>> = {
  verbose: 'trace',
  debug: 'debug',
  log: 'info',
  warn: 'warn',
  error: 'error',
  fatal: 'fatal',
}

const NEST_LEVELS = Object.keys(LEVELS) as LogLevel[]

/** The variable by which Nest's own logger, too, is told its levels. */
const VARIABLE = 'NEST_LOG_LEVEL'

/** The lowest of some of Nest's levels, by our name. */
export function lowestOf(levels: readonly LogLevel[]): LevelName {
  return LEVELS[NEST_LEVELS.find((level) => levels.includes(level)) ?? 'fatal']
}

/** Those that Nest takes a list of levels to switch on: each of them, and everything above the highest. */
export function enabledBy(levels: readonly LogLevel[]): ReadonlySet<LogLevel> {
  const highest = Math.max(...levels.map((level) => Level[LEVELS[level]]))
  return new Set(NEST_LEVELS.filter((level) => levels.includes(level) || Level[LEVELS[level]] >= highest))
}

/**
 * The levels of `NEST_LOG_LEVEL`: a level and what is above it, a list of levels, or a threshold such as `>=warn`.
 *
 * @returns undefined when the variable is not set or says something else.
 */
export function levelsOfEnvironment(environment: NodeJS.ProcessEnv = process.env): LogLevel[] | undefined {
  const text = (environment[VARIABLE] ?? '').replaceAll(' ', '').toLowerCase()
  const [, sign = '', names = ''] = /^(>=?)?(.+)$/.exec(text) ?? []
  const given = names.split(',')
  if (!given.every(isNestLevel)) return undefined
  if (given.length > 1) return sign === '' ? given : undefined
  const from = NEST_LEVELS.indexOf(given[0])
  return NEST_LEVELS.slice(sign === '>' ? from + 1 : from)
}

/** @throws OptionError for what is no list of Nest's levels. */
export function checkNestLevels(option: string, levels: unknown): void {
  if (Array.isArray(levels) && levels.every(isNestLevel)) return
  const wrong: unknown = Array.isArray(levels) ? levels.find((level) => !isNestLevel(level)) : levels
  throw new OptionError(option, `an array of ${NEST_LEVELS.map((level) => `'${level}'`).join(', ')}`, wrong)
}

function isNestLevel(name: unknown): name is LogLevel {
  return typeof name === 'string' && Object.hasOwn(LEVELS, name)
}
