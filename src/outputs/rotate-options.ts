import { checkOptions, flag, integer, oneOf, type Rule, type Rules } from '../options/check.js'

/** When a file is exchanged for a fresh one, and what becomes of the old ones. */
export interface RotateOptions {
  /** Rotates before a write that would make the file larger, 1024 or more. A longer line gets a file of its own. */
  readonly maxBytes?: number
  /** Rotates when an hour or a day of local time is over, or so many milliseconds since 1970, 1000 or more. */
  readonly every?: 'hour' | 'day' | number
  /** Rotated files kept at most. */
  readonly keep?: number
  /** Rotated files are deleted so many milliseconds after their rotation. */
  readonly maxAgeMs?: number
  /** Bytes that all rotated files together may take; the oldest are deleted first. */
  readonly maxTotalBytes?: number
  /** Compresses a rotated file once nobody has written to it for two seconds. */
  readonly compress?: 'gzip'
  /**
   * Gives every file its dated name from the beginning, and makes the path a symbolic link to the one in use. Default
   * false: the file in use has the path's own name and gets a dated one when it is rotated.
   */
  readonly symlink?: boolean
}

const NEVER = Number.MAX_SAFE_INTEGER

/** As {@link RotateOptions}, where what is not asked for never happens. */
export interface RotateRules {
  readonly maxBytes: number
  readonly every: 'hour' | 'day' | number
  readonly keep: number
  readonly maxAgeMs: number
  readonly maxTotalBytes: number
  readonly compress: 'gzip' | 'none'
  readonly symlink: boolean
}

const DEFAULTS: RotateRules = Object.freeze({
  maxBytes: NEVER,
  every: NEVER,
  keep: NEVER,
  maxAgeMs: NEVER,
  maxTotalBytes: NEVER,
  compress: 'none',
  symlink: false,
})

const milliseconds = integer(1_000, NEVER)

const every: Rule = {
  expected: `'hour', 'day' or ${milliseconds.expected}`,
  accepts: (value) => value === 'hour' || value === 'day' || milliseconds.accepts(value),
}

const RULES: Rules<RotateRules> = {
  maxBytes: integer(1_024, NEVER),
  every,
  keep: integer(0, NEVER),
  maxAgeMs: milliseconds,
  maxTotalBytes: integer(0, NEVER),
  compress: oneOf('gzip'),
  symlink: flag,
}

/** @throws OptionError for the first option that is wrong. */
export function checkRotate(given: unknown): RotateRules {
  return checkOptions('file.rotate', given, DEFAULTS, RULES)
}

/** When the period that holds `now` is over, both as epoch milliseconds. */
export function periodEnd(rule: RotateRules['every'], now: number): number {
  if (typeof rule === 'number') return rule === NEVER ? Infinity : (Math.floor(now / rule) + 1) * rule
  const at = new Date(now)
  if (rule === 'day') return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).getTime()
  at.setMinutes(60, 0, 0)
  return at.getTime()
}
