import { checkOptions, integer } from '../../options/check.js'
import { OptionError } from '../../options/option-error.js'
import { Period, type Sampler } from './sampler.js'

/** Options of {@link adaptive}. */
export interface AdaptiveOptions {
  /** Lines to keep in a second, at most and, where there are so many, about. More than 0. */
  readonly perSecond: number
  /** How long one share counts, in milliseconds. Integer from 100 to 600,000. Default 1000. */
  readonly windowMs?: number
}

const rate = {
  expected: 'a number above 0',
  accepts: (value: unknown) => typeof value === 'number' && value > 0 && value <= 1e9,
}
const DEFAULTS: Partial<AdaptiveOptions> = { windowMs: 1000 }
const RULES = { perSecond: rate, windowMs: integer(100, 600_000) }
/** How much the last window counts in what the next one is expected to bring. */
const WEIGHT = 0.5

/**
 * Keeps a share of the lines that is fitted, window by window, to how many there are: all of them on a calm day, evenly
 * one of many in a flood. In no window more than `perSecond` allows.
 *
 * @throws OptionError
 * @example createLogger({ sampling: { info: adaptive({ perSecond: 100 }) } })
 */
export function adaptive(options: AdaptiveOptions): Sampler {
  const checked = checkOptions<Partial<AdaptiveOptions>>('adaptive', options, DEFAULTS, RULES)
  if (checked.perSecond === undefined) throw new OptionError('adaptive.perSecond', rate.expected, undefined)
  return new AdaptiveSampler(checked.perSecond, checked.windowMs!)
}

class AdaptiveSampler implements Sampler {
  private readonly window: Period
  /** Lines one window may keep. */
  private readonly budget: number
  private offered = 0
  private kept = 0
  /** Lines expected in a window; none were seen yet. */
  private expected = 0
  private share = 1
  /** What the share left over: lines are kept evenly, not by chance. */
  private credit = 0
  /** Windows without a line tell that the flood is over. */
  private lastWindowAt = -Infinity

  constructor(perSecond: number, windowMs: number) {
    this.window = new Period(windowMs)
    this.budget = Math.max(1, Math.floor((perSecond * windowMs) / 1000))
  }

  admits(_line: unknown, nowMs: number): boolean {
    if (this.window.begins(nowMs)) this.fit(nowMs)
    this.offered++
    if (this.kept >= this.budget) return false
    this.credit += this.share
    if (this.credit < 1) return false
    this.credit = Math.min(this.credit - 1, 1)
    this.kept++
    return true
  }

  private fit(nowMs: number): void {
    const quiet = Math.max(0, Math.floor((nowMs - this.lastWindowAt) / this.window.lengthMs) - 1)
    const average = this.expected === 0 ? this.offered : this.offered * WEIGHT + this.expected * (1 - WEIGHT)
    this.expected = quiet > 0 ? average * WEIGHT ** Math.min(quiet, 64) : average
    this.share = this.expected > this.budget ? this.budget / this.expected : 1
    this.lastWindowAt = nowMs
    this.offered = 0
    this.kept = 0
    // The first of a window is kept: it may be the only one.
    this.credit = 1 - this.share
  }
}
