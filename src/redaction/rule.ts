import { atOnce } from '../options/at-once.js'
import { CENSORED, hashed, lastFour, type RedactionStrategy, type Tokens } from './strategy.js'

/** What all rules of one logger hide values with. */
export interface HidingMeans {
  /** Of hashes; without one, the environment's or the process's own. */
  readonly hashKey: string | undefined
  readonly tokens: Tokens
}

/** One rule that hides values, and how often it did. */
export class Rule {
  /** Values hidden, once for each encoder that met one. */
  count = 0
  /** Whether nothing of the value is looked at. */
  readonly isMask: boolean

  constructor(
    /** What the statistics call it: `path:user.email`. */
    readonly name: string,
    private readonly strategy: RedactionStrategy,
    private readonly means: HidingMeans,
  ) {
    this.isMask = strategy === 'mask'
  }

  /** @internal What is written of it where the parts of a logger are logged: neither the key of hashes nor what has tokens. */
  toJSON(): string {
    return this.name
  }

  /**
   * What is written in place of a value: a text, a number, a truth value, null, or undefined for nothing at all. Never
   * throws: what fails masks, for its error may hold the value. Objects have no hash and no end: they are masked.
   */
  apply(value: unknown, name: string): string | number | boolean | null | undefined {
    this.count++
    const { strategy } = this
    if (strategy === 'mask') return CENSORED
    if (strategy === 'remove') return undefined
    try {
      if (typeof strategy === 'function') return scalar(atOnce(strategy(value, name)))
      if (value === null || value === undefined) return null
      if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') return CENSORED
      if (strategy === 'hash') return hashed(value, this.means.hashKey)
      return strategy === 'last4' ? lastFour(value) : this.means.tokens.of(value)
    } catch {
      // Fails closed.
      return CENSORED
    }
  }
}

function scalar(made: unknown): string | number | boolean | null | undefined {
  if (made === undefined || made === null || typeof made === 'string' || typeof made === 'boolean') return made
  return typeof made === 'number' && Number.isFinite(made) ? made : CENSORED
}
