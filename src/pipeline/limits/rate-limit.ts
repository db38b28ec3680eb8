import type { Entry } from '../../entry/entry.js'
import { Level, LEVEL_NAMES, type LevelName } from '../../entry/level.js'
import { checkOptions, having, integer, type Rule, text } from '../../options/check.js'
import { isRecord } from '../../options/is-object.js'
import { OptionError } from '../../options/option-error.js'
import { BoundedKeys, type Forgettable } from '../bounded-keys.js'
import { readerOf } from '../field-reader.js'
import { type Gate, type GateStats, LevelCounts, type Verdict } from '../gate.js'
import type { ReadableLine } from '../line-view.js'
import { keyOf } from '../sampling/by-key.js'
import { TokenBucket } from './token-bucket.js'

/** How many lines may be written. Every bound that is given holds. */
export interface RateLimit {
  /** Lines a second. Integer ≥ 1. */
  readonly perSecond?: number
  /** Lines a minute. Integer ≥ 1. */
  readonly perMinute?: number
  /** Lines an hour. Integer ≥ 1. */
  readonly perHour?: number
  /** Lines at once, after a quiet time, under the shortest of these bounds. Default: as many as that bound's period. */
  readonly burst?: number
  /** The field whose values are limited each for itself: `tenant`, or `user.id` within an object. */
  readonly by?: string
  /** Values limited apart at a time; those beyond share one limit. Integer from 1 to 1,000,000. Default 10,000. */
  readonly maxKeys?: number
}

/** One limit for all lines together, or one for each of some levels. */
export type RateLimitOption = RateLimit | Partial<Record<LevelName, RateLimit>>

const PERIODS = [
  ['perSecond', 1000],
  ['perMinute', 60_000],
  ['perHour', 3_600_000],
] as const
const count = integer(1, 1e9)
const RULES = {
  perSecond: count,
  perMinute: count,
  perHour: count,
  burst: count,
  by: text,
  maxKeys: integer(1, 1_000_000),
}
const LEVEL_RULES = Object.fromEntries(LEVEL_NAMES.map((name) => [name, having('an object')])) as Record<
  LevelName,
  Rule
>
const SWEEP_EVERY_MS = 1000

/** The buckets of one limit: a line needs a token of each, and takes one of each or none. */
export class Buckets implements Forgettable {
  private readonly buckets: readonly TokenBucket[]

  constructor(limit: RateLimit) {
    let burst = limit.burst
    this.buckets = PERIODS.flatMap(([name, periodMs]) => {
      const rate = limit[name]
      if (rate === undefined) return []
      const bucket = new TokenBucket(rate, periodMs, burst ?? rate)
      burst = undefined
      return [bucket]
    })
  }

  admits(nowMs: number): boolean {
    for (const bucket of this.buckets) if (!bucket.has(nowMs)) return false
    for (const bucket of this.buckets) bucket.take()
    return true
  }

  isIdle(nowMs: number): boolean {
    return this.buckets.every((bucket) => bucket.isFull(nowMs))
  }
}

/** Limits the lines of one or all levels. */
class Limiter {
  private readonly whole: Buckets
  private readonly keys: BoundedKeys<Buckets> | undefined
  private readonly read: ReturnType<typeof readerOf>

  constructor(limit: RateLimit) {
    const { by, maxKeys = 10_000 } = limit
    this.whole = new Buckets(limit)
    this.keys = by === undefined ? undefined : new BoundedKeys(maxKeys, SWEEP_EVERY_MS, () => new Buckets(limit))
    this.read = readerOf(by ?? '')
  }

  admits(line: ReadableLine, nowMs: number): boolean {
    if (this.keys === undefined) return this.whole.admits(nowMs)
    return this.keys.of(keyOf(this.read(line)), nowMs).admits(nowMs)
  }
}

/** Lets no more lines pass than its limits allow. Lines at fatal and above never come here. */
export class RateLimitGate implements Gate {
  readonly kind = 'rateLimit'
  private readonly limiters: readonly (Limiter | undefined)[]
  private readonly counts = new LevelCounts()

  /** @throws OptionError */
  constructor(option: RateLimitOption) {
    const given: unknown = option
    const isByLevel =
      isRecord(given) && Object.keys(given).some((name) => (LEVEL_NAMES as readonly string[]).includes(name))
    if (!isByLevel) {
      const limiter = new Limiter(checked('rateLimit', option as RateLimit))
      this.limiters = LEVEL_NAMES.map(() => limiter)
      return
    }
    const byLevel = checkOptions<Partial<Record<LevelName, RateLimit>>>('rateLimit', option, {}, LEVEL_RULES)
    this.limiters = LEVEL_NAMES.map((name) => {
      const limit = byLevel[name]
      return limit === undefined ? undefined : new Limiter(checked(`rateLimit.${name}`, limit))
    })
  }

  decide(entry: Entry, line: ReadableLine, ticks: number): Verdict {
    const limiter = this.limiters[entry.level / Level.trace - 1]
    return this.counts.count(entry.level, limiter === undefined || limiter.admits(line, ticks))
  }

  stats(): GateStats {
    return this.counts.stats(this.kind)
  }
}

function checked(where: string, limit: RateLimit): RateLimit {
  const result = checkOptions<RateLimit>(where, limit, {}, RULES)
  if (PERIODS.every(([name]) => result[name] === undefined))
    throw new OptionError(where, 'an object with perSecond, perMinute or perHour', limit)
  return result
}
