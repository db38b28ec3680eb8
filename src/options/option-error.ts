import { isObject, isRecord } from './is-object.js'
import { nearest } from './nearest.js'

/** Thrown where an option is given that cannot be used. Its message names the option, what was expected and the value. */
export class OptionError extends TypeError {
  override readonly name = 'OptionError'

  constructor(
    /** The option's path, such as `outputs[1].bufferSize`. */
    readonly option: string,
    /** What the option takes, such as `an integer from 1024 to 67108864`. */
    readonly expected: string,
    /** What was given. */
    readonly given: unknown,
  ) {
    super(`${option} must be ${expected}, got ${shown(given)}`)
  }

  /**
   * Refuses what is no object with properties: of a list, a map or a promise none would be read, secrets' names neither.
   *
   * @throws OptionError
   */
  static requireObject(where: string, given: unknown, expected = 'an object'): asserts given is object {
    if (!isRecord(given)) throw new OptionError(where, expected, given)
  }

  /**
   * Refuses what is no object of options, and options that nobody knows, such as one that is misspelt.
   *
   * @param where - Where the options stand, put in front of the name in the error; empty at the top.
   * @throws OptionError for the first that has a value and is not among the known names.
   */
  static refuseUnknown(where: string, options: unknown, known: readonly string[]): void {
    OptionError.requireObject(where || 'options', options)
    for (const [name, value] of Object.entries(options)) {
      if (value === undefined || known.includes(name)) continue
      const close = nearest(name, known)
      const expected = close === undefined ? `one of ${known.join(', ')}` : `a known option (did you mean ${close}?)`
      throw new OptionError(where === '' ? name : `${where}.${name}`, expected, name)
    }
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  if (value instanceof Promise) return 'a promise'
  if (value instanceof Map) return 'a map'
  if (value instanceof Set) return 'a set'
  if (isObject(value)) return 'an object'
  return String(value)
}
