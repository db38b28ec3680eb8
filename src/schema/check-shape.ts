import { MAX_NAME_UNITS } from '../entry/key.js'
import { checkOptions, type Rules, text } from '../options/check.js'
import { isRecord } from '../options/is-object.js'
import { OptionError } from '../options/option-error.js'
import { type DeclaredField, type InvalidPolicy, invalidPolicy } from './field-options.js'

/** Fields by the names of their values. */
export type FieldShape = Readonly<Record<string, DeclaredField>>

/** What is said of a whole set. */
export interface SetOptions {
  /** What it is called: the title of its schema, the heading of its table, the name of the table in a database. */
  readonly name?: string
  /** For the schema. */
  readonly description?: string
  /** For the fields that do not say it themselves. Default `mark`. */
  readonly onInvalid?: InvalidPolicy
}

const RULES: Rules<SetOptions> = { name: text, description: text, onInvalid: invalidPolicy }

/** What every line begins with: a field of such a key would be written under another. */
const OF_THE_LINE: readonly string[] = ['level', 'time', 'logger', 'msg']

/** Checks what is said of a set. @throws OptionError for the first option that is unknown or wrong. */
export function checkSetOptions(options: SetOptions | undefined): SetOptions {
  return checkOptions<SetOptions>('fields', options, {}, RULES)
}

/**
 * Checks the fields of a set.
 *
 * @returns a frozen copy.
 * @throws OptionError for what is no declared field, and for two fields or a part of the line with the same key.
 */
export function checkShape<Shape extends FieldShape>(shape: Shape): Shape {
  if (!isRecord(shape)) throw new OptionError('fields', 'an object of declared fields', shape)
  const seen = new Map<string, string>()
  for (const [name, field] of Object.entries<unknown>(shape)) {
    if (!isDeclaredField(field)) throw new OptionError(`fields.${name}`, 'a declared field, such as int()', field)
    const key = field.options.key ?? name
    if (OF_THE_LINE.includes(key)) {
      throw new OptionError(`fields.${name}`, `given another key: ${key} is the line's own`, key)
    }
    // A line would have another: the tables and the schema name columns that stay empty, and two fields may become one.
    if (key.length > MAX_NAME_UNITS || !key.isWellFormed()) {
      throw new OptionError(`fields.${name}`, `given a well-formed key of up to ${MAX_NAME_UNITS} units`, key)
    }
    const other = seen.get(key)
    if (other !== undefined) throw new OptionError(`fields.${name}`, `given a key that ${other} does not have`, key)
    seen.set(key, name)
  }
  return Object.freeze({ ...shape })
}

/** Whether a value was made by a builder such as `int()`. */
export function isDeclaredField(value: unknown): value is DeclaredField {
  return isRecord(value) && isRecord(value['kind']) && isRecord(value['options'])
}
