import { checkOptions, integer, text } from '../../options/check.js'
import { OptionError } from '../../options/option-error.js'
import { BoundedKeys } from '../bounded-keys.js'
import { readerOf } from '../field-reader.js'
import { BurstCounter } from './burst.js'
import type { Sampler } from './sampler.js'

/** Options of {@link byKey}. */
export interface ByKeyOptions {
  /** The field whose values are counted apart: `userId`, or `user.id` within an object. Lines without it are counted together. */
  readonly by: string
  /** Lines kept of each value in a period. Integer ≥ 0. */
  readonly first: number
  /** After these, keep one of this many. 0, the default, drops the rest. */
  readonly thereafter?: number
  /** Length of a period, in milliseconds. Default 60,000. */
  readonly periodMs?: number
  /** Values counted apart at a time; those beyond are counted together. Integer from 1 to 1,000,000. Default 10,000. */
  readonly maxKeys?: number
}

const DEFAULTS: Partial<ByKeyOptions> = { thereafter: 0, periodMs: 60_000, maxKeys: 10_000 }
const RULES = {
  by: text,
  first: integer(0, 1e9),
  thereafter: integer(0, 1e9),
  periodMs: integer(1, 86_400_000),
  maxKeys: integer(1, 1_000_000),
}
const MAX_UNITS = 256

/**
 * Keeps the first lines of each value of a field in a period, then a share of the rest: one noisy user is sampled, the
 * others are not.
 *
 * @throws OptionError
 * @example createLogger({ sampling: { info: byKey({ by: 'userId', first: 20, thereafter: 100 }) } })
 */
export function byKey(options: ByKeyOptions): Sampler {
  const checked = checkOptions<Partial<ByKeyOptions>>('byKey', options, DEFAULTS, RULES) as Required<ByKeyOptions>
  for (const name of ['by', 'first'] as const)
    if (checked[name] === undefined) throw new OptionError(`byKey.${name}`, RULES[name].expected, undefined)
  const { by, first, thereafter, periodMs, maxKeys } = checked
  const counters = new BoundedKeys(maxKeys, periodMs, () => new BurstCounter(first, thereafter, periodMs))
  const read = readerOf(by)
  return { admits: (line, nowMs) => counters.of(keyOf(read(line)), nowMs).admits(nowMs) }
}

/** What a value is told by: an object has no value of its own to go by. */
export function keyOf(value: unknown): unknown {
  if (typeof value === 'string') return value.length > MAX_UNITS ? value.slice(0, MAX_UNITS) : value
  return typeof value === 'object' || typeof value === 'function' ? undefined : value
}
