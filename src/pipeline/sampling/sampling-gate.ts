import type { Entry } from '../../entry/entry.js'
import { Level, LEVEL_NAMES, type LevelName } from '../../entry/level.js'
import { atOnce } from '../../options/at-once.js'
import { callback, checkOptions, flag, having, oneOf, type Rule } from '../../options/check.js'
import { isObject } from '../../options/is-object.js'
import { type Filter, filterAt, type FilterLike } from '../filter.js'
import { type Gate, type GateStats, LevelCounts, type Verdict } from '../gate.js'
import type { ReadableLine } from '../line-view.js'
import type { Sampler } from './sampler.js'

/** Lines that are kept whatever the samplers say. */
export interface AlwaysRules {
  /** From this level on. Default `error`. */
  readonly from?: LevelName
  /** Those of a sampled trace: whose `trace_flags` or `traceFlags` has its lowest bit set. Default true. */
  readonly traced?: boolean
  /** Those that a filter matches, or a function says. Default: none. */
  readonly when?: FilterLike | ((line: ReadableLine) => boolean)
}

/** One sampler for all levels, or one for each of some; the levels without one keep every line. */
export type SamplingOption = Sampler | (Partial<Record<LevelName, Sampler>> & { readonly always?: AlwaysRules })

const samplerRule = having('a sampler', 'admits')
const whenRule: Rule = {
  expected: 'a filter or a function',
  accepts: (value) => typeof value === 'string' || typeof value === 'function' || isObject(value),
}
const ALWAYS_DEFAULTS: AlwaysRules = { from: 'error', traced: true }
const ALWAYS_RULES = { from: oneOf(...LEVEL_NAMES), traced: flag, when: whenRule }
const LEVEL_RULES = {
  ...(Object.fromEntries(LEVEL_NAMES.map((name) => [name, samplerRule])) as Record<LevelName, Rule>),
  always: having('an object'),
}

/** The samplers of a logger by level, and the rules that win over them. */
export class SamplingGate implements Gate {
  readonly kind = 'sampling'
  private readonly samplers: readonly (Sampler | undefined)[]
  private readonly alwaysFrom: number
  private readonly traced: boolean
  private readonly filter: Filter | undefined
  private readonly when: ((line: ReadableLine) => boolean) | undefined
  private readonly counts = new LevelCounts()
  private always = 0

  /** @throws OptionError */
  constructor(
    option: SamplingOption,
    private readonly report: (problem: unknown) => void,
  ) {
    const given: Partial<Record<LevelName, Sampler>> & { always?: AlwaysRules } = samplerRule.accepts(option)
      ? Object.fromEntries(LEVEL_NAMES.map((name) => [name, option as Sampler]))
      : checkOptions('sampling', option, {}, LEVEL_RULES)
    const always = checkOptions<AlwaysRules>('sampling.always', given.always, ALWAYS_DEFAULTS, ALWAYS_RULES)
    this.samplers = LEVEL_NAMES.map((name) => given[name])
    this.alwaysFrom = Level[always.from!]
    this.traced = always.traced!
    this.when = callback.accepts(always.when) ? (always.when as (line: ReadableLine) => boolean) : undefined
    this.filter =
      always.when === undefined || this.when !== undefined
        ? undefined
        : filterAt('sampling.always.when', always.when as FilterLike)
  }

  decide(entry: Entry, line: ReadableLine, ticks: number): Verdict {
    const sampler = this.samplers[entry.level / Level.trace - 1]
    const passes = sampler === undefined || this.isKept(entry, line) || this.admits(sampler, line, ticks)
    return this.counts.count(entry.level, passes)
  }

  stats(): GateStats {
    return this.counts.stats(this.kind, { always: this.always })
  }

  private isKept(entry: Entry, line: ReadableLine): boolean {
    const isKept = entry.level >= this.alwaysFrom || (this.traced && isTraced(line)) || this.isWanted(entry, line)
    if (isKept) this.always++
    return isKept
  }

  private isWanted(entry: Entry, line: ReadableLine): boolean {
    if (this.filter !== undefined) return this.filter.matches(entry)
    if (this.when === undefined) return false
    try {
      return atOnce(this.when(line), 'sampling.always.when')
    } catch (problem) {
      this.report(problem)
      return true
    }
  }

  /** A sampler that throws, or does not say, loses no line. */
  private admits(sampler: Sampler, line: ReadableLine, ticks: number): boolean {
    try {
      const answer: unknown = sampler.admits(line, ticks)
      if (typeof answer === 'boolean') return answer
      throw new TypeError(`admits() of a sampler must be true or false, got ${typeof atOnce(answer, 'admits')}`)
    } catch (problem) {
      this.report(problem)
      return true
    }
  }
}

function isTraced(line: ReadableLine): boolean {
  const flags = line.get('trace_flags') ?? line.get('traceFlags')
  if (typeof flags === 'number') return (flags & 1) === 1
  return typeof flags === 'string' && flags.length <= 2 && (Number.parseInt(flags, 16) & 1) === 1
}
