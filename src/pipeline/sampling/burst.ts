import { checkOptions, integer } from '../../options/check.js'
import { BoundedKeys, type Forgettable } from '../bounded-keys.js'
import type { ReadableLine } from '../line-view.js'
import { Period, type Sampler } from './sampler.js'

/** Options of {@link burst}. */
export interface BurstOptions {
  /** Lines kept of each message and level in a period. Integer ≥ 0. */
  readonly first: number
  /** After these, keep one of this many. 0, the default, drops the rest. */
  readonly thereafter?: number
  /** Length of a period, in milliseconds. Default 1000. */
  readonly periodMs?: number
}

/** Messages that are counted apart from each other. */
const MAX_MESSAGES = 4096
/** A longer message is told by its beginning. */
const MAX_UNITS = 256
const DEFAULTS: BurstOptions = { first: 100, thereafter: 0, periodMs: 1000 }
const RULES = { first: integer(0, 1e9), thereafter: integer(0, 1e9), periodMs: integer(1, 86_400_000) }

/** Counts one message's lines in a period. */
export class BurstCounter implements Forgettable {
  private readonly period: Period
  private count = 0

  constructor(
    private readonly first: number,
    private readonly thereafter: number,
    periodMs: number,
  ) {
    this.period = new Period(periodMs)
  }

  admits(nowMs: number): boolean {
    if (this.period.begins(nowMs)) this.count = 0
    this.count++
    const more = this.count - this.first
    return more <= 0 || (this.thereafter > 0 && more % this.thereafter === 0)
  }

  isIdle(nowMs: number): boolean {
    return this.period.isOver(nowMs)
  }
}

/**
 * Keeps the first lines of each message and level in a period, then a share of the rest. Messages beyond 4,096 at a time
 * are counted together.
 *
 * @throws OptionError
 * @see zap's NewSamplerWithOptions, whose counting this follows.
 * @example createLogger({ sampling: { info: burst({ first: 100, thereafter: 10, periodMs: 1000 }) } })
 */
export function burst(options: BurstOptions): Sampler {
  const { first, thereafter, periodMs } = checkOptions('burst', options, DEFAULTS, RULES) as Required<BurstOptions>
  const make = (): BurstCounter => new BurstCounter(first, thereafter, periodMs)
  const levels = new Map<string, BoundedKeys<BurstCounter>>()
  return {
    admits(line: ReadableLine, nowMs: number): boolean {
      let counters = levels.get(line.level)
      if (counters === undefined) {
        counters = new BoundedKeys(MAX_MESSAGES, periodMs, make)
        levels.set(line.level, counters)
      }
      const message = line.message ?? ''
      return counters.of(message.length > MAX_UNITS ? message.slice(0, MAX_UNITS) : message, nowMs).admits(nowMs)
    },
  }
}
