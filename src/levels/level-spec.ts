import type { Threshold } from '../entry/level.js'
import { OptionError } from '../options/option-error.js'

/** Names, dotted, without empty parts; `*` alone or as the last part stands for everything below. */
export const NAMES: RegExp = /^(?:\*|[^\s.*,=]+(?:\.[^\s.*,=]+)*(?:\.\*)?)$/
const MAX_NAME_UNITS = 256

/** One level for some names, the root's where `names` is empty. */
export interface LevelRule {
  readonly names: string
  readonly level: Threshold
}

/** What `setLevel` takes: a name, or one with `.*` behind it, or `*`. @throws OptionError */
export function checkNames(option: string, names: unknown): string {
  if (typeof names === 'string' && (names === '' || (names.length <= MAX_NAME_UNITS && NAMES.test(names)))) return names
  throw new OptionError(option, `a dotted name such as 'app.db', 'app.*' or '*'`, names)
}

/** A name alone. @throws OptionError */
export function checkName(option: string, name: unknown): string {
  if (checkNames(option, name).endsWith('*')) throw new OptionError(option, 'a name without *', name)
  return name as string
}
