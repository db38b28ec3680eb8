import type { Entry } from '../entry/entry.js'
import type { FieldWriter } from '../entry/field.js'
import { FieldHandle } from '../entry/field-handle.js'
import { valueAt } from '../entry/fields.js'
import { Level, LEVEL_NAMES, type LevelName, levelName } from '../entry/level.js'
import { checkOption, oneOf } from '../options/check.js'

const levelRule = oneOf(...LEVEL_NAMES)

/** A line as hooks, samplers, filters and predicates see it. Of use only while they are called: it keeps nothing. */
export interface ReadableLine {
  /** The line's level. */
  readonly level: LevelName
  /** Milliseconds since the epoch. */
  readonly time: number
  /** The logger's name, or an empty text. */
  readonly logger: string
  /** The line's message; undefined without one. */
  readonly message: string | undefined
  /** The value of a field, the line's own or else its context's; what is written in its place where it is secret. */
  get(key: string): unknown
  /** Whether the line has a field of this name. */
  has(key: string): boolean
}

/** A line that may still be changed. Its writers are those of a typed line; a key that is there gets the new value. */
export interface HookLine extends ReadableLine, FieldWriter {
  /** The line's level; may be changed. */
  level: LevelName
  /** The line's message; may be changed. */
  message: string | undefined
  /** Takes a field of the line's own out. A field of its context is hidden by writing one of that key. */
  remove(key: string): this
  /** The line is not written, and no later hook sees it. */
  drop(): void
}

/** The value of a line's field, or of its context's; undefined where there is none. */
export function valueOf(entry: Entry, name: string): unknown {
  const key = entry.table.known(name)
  if (key === undefined) return undefined
  const row = entry.find(key)
  if (row >= 0) return valueAt(entry, row)
  if (entry.context.isEmpty) return undefined
  const { fields } = entry.context
  const below = fields.find(key)
  return below < 0 ? undefined : valueAt(fields, below)
}

/** A window on an entry: set before each use and cleared after it, so that one who keeps it holds nothing. */
export class LineView extends FieldHandle<Entry> implements HookLine {
  isDropped = false

  get level(): LevelName {
    return levelName(this.fields?.level ?? Level.info)
  }

  /** @throws OptionError for a name that is no level. */
  set level(level: LevelName) {
    checkOption('line.level', level, levelRule)
    if (this.fields !== undefined) this.fields.level = Level[level]
  }

  /** The number of the level. */
  get severity(): number {
    return this.fields?.level ?? 0
  }

  get time(): number {
    return this.fields?.time[0] ?? 0
  }

  get logger(): string {
    return this.fields?.logger ?? ''
  }

  get message(): string | undefined {
    return this.fields?.message
  }

  set message(message: string | undefined) {
    if (this.fields !== undefined) this.fields.message = message === undefined ? undefined : String(message)
  }

  get(key: string): unknown {
    return this.fields === undefined ? undefined : valueOf(this.fields, key)
  }

  has(key: string): boolean {
    const { fields: entry } = this
    const known = entry?.table.known(key)
    return known !== undefined && (entry!.has(known) || entry!.context.fields.has(known))
  }

  remove(key: string): this {
    this.fields?.remove(key)
    return this
  }

  drop(): void {
    this.isDropped = true
  }
}
