import type { JsonKeys, LevelForm, LevelValues } from '../json-format.js'
import type { ErrorParts } from '../error-parts.js'
import type { HeadText, TimeForm } from '../line-head.js'
import type { LevelName } from '../../entry/level.js'
import type { WriteSlot } from './values.js'

/** A place of its own for a field that the format has a name for. */
export interface Slot {
  /** The field's name. */
  readonly from: string
  /** Its key on the line. */
  readonly to: string
  /** The object it stands in. Slots of one object follow one another. */
  readonly group?: string
  /** Whether only on the line that a request ends with: elsewhere a field of that name is the application's own. */
  readonly isOfRequest: boolean
  /** Whether it stands in the {@link Preset.section}, among the application's fields. */
  readonly isInside?: boolean
  /** Default: the value as it is. */
  readonly write?: WriteSlot
}

/** One key of an error. */
export interface ErrorPair {
  readonly key: string
  /** Undefined: left out. */
  readonly value: unknown
  /** Whether the format takes nothing but text here, so that an object is written as its JSON. */
  readonly isText?: boolean
}

/** How the line's error is written. */
export interface ErrorForm {
  readonly keys: readonly string[]
  /** Whether it stands in the {@link Preset.section}. */
  readonly isInside: boolean
  pairs(parts: ErrorParts): readonly ErrorPair[]
}

/** What the head of a preset's lines depends on. */
export interface HeadOptions {
  readonly keys: JsonKeys
  /** The keys that were asked for, as opposed to the preset's own. */
  readonly given: Partial<JsonKeys>
  /** As it was asked for. */
  readonly level: LevelForm | undefined
  /** In the form that was asked for, or the preset's own. */
  readonly levels: LevelValues
}

/** A published format of log lines. */
export interface Preset {
  readonly keys: JsonKeys
  readonly level: LevelForm
  readonly time: TimeForm
  readonly labels: LevelValues
  readonly numbers: LevelValues
  head(options: HeadOptions): (level: LevelName, logger: string) => HeadText
  /** Keys it writes besides, where the application's fields stand. */
  readonly ownKeys: readonly string[]
  readonly slots: readonly Slot[]
  /** Whether the names of its slots are the application's on lines where no slot of that name is filled. */
  readonly yieldsNames?: boolean
  readonly error: ErrorForm
  /** The object that holds the application's fields, where they do not stand on the line itself. */
  readonly section?: string
  /** What the names of the format look like, so that fields named so stand outside of the section. */
  readonly publicNames?: RegExp
  /** Whether the section takes no objects and no points in its keys: objects are written as text there. */
  readonly isFlat?: boolean
}

/** An error as one object. */
export function errorObject(key: string): ErrorForm {
  return { keys: [key], isInside: true, pairs: (parts) => [{ key, value: parts }] }
}

/** An error's stack and those of its causes, for formats that have one text for all. */
export function fullStack(parts: ErrorParts): string | undefined {
  if (typeof parts.stack !== 'string') return undefined
  let text = parts.stack
  const { errors, cause } = parts
  if (Array.isArray(errors)) for (const each of errors) text += `\nwith: ${stackOf(each)}`
  if (cause !== undefined) text += `\ncaused by: ${stackOf(cause)}`
  return text
}

function stackOf(nested: unknown): string {
  if (typeof nested !== 'object' || nested === null) return String(nested)
  const parts = nested as ErrorParts
  const message = typeof parts.message === 'string' ? `: ${parts.message}` : ''
  return fullStack(parts) ?? parts.type + message
}
