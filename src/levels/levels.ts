import { type Threshold, THRESHOLDS } from '../entry/level.js'
import { callback, checkOption, checkOptions, integer, oneOf, type Rules } from '../options/check.js'
import type { LevelInfo, LevelListener, LevelRegistry } from './level-registry.js'
import { checkNames } from './level-spec.js'

/** Options of a level that is set. */
export interface SetLevelOptions {
  /** After which what was set before counts again, in milliseconds, 1 to 2,147,483,647. Default: it stays. */
  readonly forMs?: number
}

const RULES: Rules<SetLevelOptions> = { forMs: integer(1, 2_147_483_647) }
const level = oneOf(...THRESHOLDS)

/**
 * The levels of a root logger and all its children, by name and live: a change at `app` reaches `app.db`, unless that
 * has a level of its own.
 *
 * @example
 * log.levels.set('app.db', 'debug', { forMs: 60_000 })
 * log.levels.list() // [{ name: 'app', level: 'info', … }, { name: 'app.db', level: 'debug', isOwn: true, until: … }]
 */
export class Levels {
  constructor(private readonly registry: LevelRegistry) {}

  /**
   * Sets the level of a name, and so of what is below it and has none of its own. With `.*` behind the name, or `*` alone,
   * everything below follows too, whatever was set there before.
   *
   * @param names - `app.db`, `app.*` or `*`; empty for the root.
   * @throws OptionError for a name, level or option that is none.
   */
  set(names: string, threshold: Threshold, options?: SetLevelOptions): void {
    checkNames('setLevel(names)', names)
    checkOption('setLevel(level)', threshold, level)
    const { forMs } = checkOptions<SetLevelOptions>('setLevel', options, {}, RULES)
    this.registry.set(names, threshold, forMs)
  }

  /** Takes back what was set for these names: they follow what is above them again. @throws OptionError */
  reset(names: string): void {
    this.registry.reset(checkNames('reset(names)', names))
  }

  /** @internal Has what was set for some time end now: what was set for these names before counts again. */
  expire(names: string): void {
    this.registry.end(names)
  }

  /** The level that counts for a name. @throws OptionError for a name that is none. */
  get(name: string): Threshold {
    return this.registry.levelOf(checkNames('get(name)', name))
  }

  /** Every name in use, in order, with its level. */
  list(): LevelInfo[] {
    return this.registry.list()
  }

  /** Calls a listener at each change. Returns what ends that. @throws OptionError for what is no function. */
  onChange(listener: LevelListener): () => void {
    checkOption('onChange(listener)', listener, callback)
    return this.registry.listen(listener)
  }
}
