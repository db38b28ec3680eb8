import { ownText } from '../bytes/own-text.js'
import { OptionError } from '../options/option-error.js'
import { SILENT, type Threshold, thresholdName, thresholdNumber } from '../entry/level.js'

/** A level that was set, and when: of two that could count, the later one does. */
export interface Setting {
  readonly level: number
  /** Counts settings of a family; 0 for what a logger was made with. */
  readonly stamp: number
}

/** A setting that ends by itself. */
interface Passing extends Setting {
  /** Milliseconds since the epoch. */
  readonly until: number
  readonly timer: NodeJS.Timeout
}

/** What is set for one name, or with `.*` for it and everything below. */
interface Settings {
  lasting: Setting | undefined
  passing: Passing | undefined
}

/** A change of levels, as listeners are told. */
export interface LevelChange {
  /** A name, or one with `.*` behind it, or `*`; empty for a root without a name. */
  readonly names: string
  /** The level that counts there now; undefined when it follows what is above it again. */
  readonly level: Threshold | undefined
  /** It was set, its time was over, or it was taken back. */
  readonly why: 'set' | 'expired' | 'reset'
  /** When it ends by itself. */
  readonly until: Date | undefined
}

/** The level of one name. */
export interface LevelInfo {
  /** Dotted; empty for a root without one. */
  readonly name: string
  /** What counts. */
  readonly level: Threshold
  /** Whether it was set for just this name, and does not follow another. */
  readonly isOwn: boolean
  /** When what counts ends by itself. */
  readonly until: Date | undefined
}

/** Told of every change. */
export type LevelListener = (change: LevelChange) => void

/** Names that are kept for the listing at most: names made of data must not fill the memory. */
const MAX_NAMES = 10_000
const EVERYTHING = '*'
const BELOW = '.*'

/** The levels of one family of loggers by their names: a root logger's and its children's. */
export class LevelRegistry {
  /** Counts changes, so that each logger can keep its own answer until the next. */
  changes = 0
  private readonly settings = new Map<string, Settings>()
  private readonly names = new Set<string>()
  private readonly listeners = new Set<LevelListener>()
  private readonly root: Setting

  constructor(
    private readonly rootName: string,
    level: number,
    private readonly report: (problem: unknown) => void,
  ) {
    this.root = { level, stamp: 0 }
    this.names.add(rootName)
  }

  /** Whether nothing but the root's own level was ever set. */
  get isUntouched(): boolean {
    return this.settings.size === 0
  }

  /** Puts a name on the listing. */
  know(name: string): void {
    if (this.names.size < MAX_NAMES && !this.names.has(name)) this.names.add(ownText(name))
  }

  /** @param forMs - After which it ends by itself, and what was set before counts again. */
  set(names: string, level: Threshold, forMs: number | undefined): void {
    const settings = this.at(names)
    if (!names.endsWith('*')) this.know(this.nameOf(names))
    this.changes++
    clearTimeout(settings.passing?.timer)
    settings.passing = undefined
    const setting = { level: thresholdNumber(level), stamp: this.changes }
    if (forMs === undefined) settings.lasting = setting
    else {
      const timer = setTimeout(() => this.expire(names, settings), forMs).unref()
      settings.passing = { ...setting, until: Date.now() + forMs, timer }
    }
    this.tell(names, settings, 'set')
  }

  /** What was set for these names counts no more: they follow again. Does nothing where nothing was set. */
  reset(names: string): void {
    const key = this.nameOf(names)
    const settings = this.settings.get(key)
    if (settings === undefined) return
    clearTimeout(settings.passing?.timer)
    settings.passing = undefined
    settings.lasting = undefined
    this.settings.delete(key)
    this.changes++
    this.tell(names, settings, 'reset')
  }

  /** What was set for some time ends before it is over. */
  end(names: string): void {
    const settings = this.settings.get(this.nameOf(names))
    if (settings?.passing === undefined) return
    clearTimeout(settings.passing.timer)
    this.expire(names, settings)
  }

  /** What is set for just this name. */
  exact(name: string): Setting | undefined {
    const settings = this.settings.get(name)
    const setting = settings?.passing ?? settings?.lasting
    return setting === undefined && name === this.rootName ? this.root : setting
  }

  /** What is set for this name or the next above it. @param above - Where to stop: it is not asked any more. */
  nearest(name: string, above: string | undefined): Setting | undefined {
    for (let at = name; at !== '' && at !== above; at = parentOf(at)) {
      const setting = this.exact(at)
      if (setting !== undefined) return setting
    }
    return above === undefined ? this.exact(this.rootName) : undefined
  }

  /** What was set last for everything below a name that this one is below, if that was later than `setting`. */
  overriding(name: string, setting: Setting): Setting {
    let last = this.later(EVERYTHING, setting)
    for (let at = name; at !== ''; at = parentOf(at)) last = this.later(at + BELOW, last)
    return last
  }

  /** The level of a name's logger that has no level of its own. */
  levelOf(name: string): Threshold {
    return thresholdName(this.settingOf(name).level)
  }

  list(): LevelInfo[] {
    return [...this.names].toSorted().map((name) => {
      const setting = this.settingOf(name)
      const until = (setting as Partial<Passing>).until
      return {
        name,
        level: thresholdName(setting.level),
        isOwn: this.exact(name) === setting,
        until: until === undefined ? undefined : new Date(until),
      }
    })
  }

  /** Returns what ends it. */
  listen(listener: LevelListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Lets go of its timers: what ends by itself stays as it is. */
  close(): void {
    for (const { passing } of this.settings.values()) clearTimeout(passing?.timer)
  }

  private settingOf(name: string): Setting {
    return this.overriding(name, this.nearest(name, undefined) ?? this.root)
  }

  private later(names: string, than: Setting): Setting {
    const settings = this.settings.get(names)
    let last = than
    if (settings?.lasting !== undefined && settings.lasting.stamp > last.stamp) last = settings.lasting
    if (settings?.passing !== undefined && settings.passing.stamp > last.stamp) last = settings.passing
    return last
  }

  private expire(names: string, settings: Settings): void {
    settings.passing = undefined
    this.changes++
    this.tell(names, settings, 'expired')
  }

  private at(names: string): Settings {
    const key = this.nameOf(names)
    let settings = this.settings.get(key)
    if (settings === undefined) {
      if (this.settings.size >= MAX_NAMES)
        throw new OptionError('setLevel(names)', `one of at most ${MAX_NAMES} names`, names)
      settings = { lasting: undefined, passing: undefined }
      this.settings.set(key, settings)
    }
    return settings
  }

  /** The empty name is the root's, whatever its name. */
  private nameOf(names: string): string {
    return names === '' ? this.rootName : names
  }

  private tell(names: string, settings: Settings, why: LevelChange['why']): void {
    const setting = settings.passing ?? settings.lasting
    const change: LevelChange = Object.freeze({
      names: this.nameOf(names),
      level: setting === undefined ? undefined : thresholdName(Math.min(setting.level, SILENT)),
      why,
      until: settings.passing === undefined ? undefined : new Date(settings.passing.until),
    })
    for (const listener of this.listeners) {
      try {
        const given: unknown = listener(change)
        // One that is async and fails must not end the process.
        if (given instanceof Promise) given.catch((problem: unknown) => this.report(problem))
      } catch (problem) {
        this.report(problem)
      }
    }
  }
}

/** `app.db` is below `app`, and that below the empty name. */
export function parentOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot < 0 ? '' : name.slice(0, dot)
}
