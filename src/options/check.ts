import { isObject, isRecord } from './is-object.js'
import { OptionError } from './option-error.js'

/** What one option takes. */
export interface Rule {
  /** In words, to follow "must be". */
  readonly expected: string
  /** The value stays out of the error, which names its type. */
  readonly isSecret?: boolean
  /** What each value must be, of an object of such: the error is then about the one that is not. */
  readonly each?: Rule
  accepts(value: unknown): boolean
}

export type Rules<T> = { readonly [K in keyof T]-?: Rule }

export function integer(min: number, max: number): Rule {
  return {
    expected: `an integer from ${min} to ${max}`,
    accepts: (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
  }
}

export function oneOf(...names: readonly string[]): Rule {
  return {
    // Made when an error says it: there are many rules, and few errors.
    get expected() {
      const quoted = names.map((name) => `'${name}'`)
      return quoted.join(', ').replace(/, ([^,]*)$/, ' or $1')
    },
    accepts: (value) => typeof value === 'string' && names.includes(value),
  }
}

export const flag: Rule = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' }

export const text: Rule = { expected: 'a string', accepts: (value) => typeof value === 'string' }

export const callback: Rule = { expected: 'a function', accepts: (value) => typeof value === 'function' }

export const record: Rule = { expected: 'an object', accepts: isRecord }

export const texts: Rule = {
  expected: 'an array of strings, none of them empty',
  accepts: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== ''),
}

/** An object with these methods. */
export function having(what: string, ...methods: readonly string[]): Rule {
  return {
    expected: what,
    accepts: (value) =>
      isObject(value) && methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function'),
  }
}

/**
 * Reads options once: every name must be known and every value fit its rule; what is missing or undefined comes from the
 * defaults.
 *
 * @param where - Where the options stand, put in front of names in errors; empty at the top.
 * @returns a frozen copy; the given object is not changed.
 * @throws OptionError for the first option that is wrong.
 */
export function checkOptions<T extends object>(where: string, given: unknown, defaults: T, rules: Rules<T>): T {
  if (given === undefined) return defaults
  OptionError.refuseUnknown(where, given, Object.keys(rules))
  const checked = { ...defaults } as Record<string, unknown>
  // Own ones only: a polluted prototype must not set options.
  for (const name of Object.keys(given as object)) {
    const value = (given as Record<string, unknown>)[name]
    const rule = (rules as Record<string, Rule | undefined>)[name]
    if (value === undefined || rule === undefined) continue
    checkOption(path(where, name), value, rule)
    checked[name] = value
  }
  return Object.freeze(checked) as T
}

/** @throws OptionError where options are given to what has none. */
export function checkNoOptions(where: string, given: unknown): void {
  if (given !== undefined) throw new OptionError(where, 'called without options', given)
}

/** Checks one value. */
export function checkOption(option: string, value: unknown, rule: Rule): void {
  if (rule.accepts(value)) return
  const { each } = rule
  const wrong =
    each !== undefined && isRecord(value) ? Object.entries(value).find(([, it]) => !each.accepts(it)) : undefined
  if (wrong !== undefined) throw new OptionError(`${option}['${wrong[0]}']`, each!.expected, wrong[1])
  throw new OptionError(option, rule.expected, rule.isSecret === true ? typeof value : value)
}

/** An object whose values all fit a rule. */
export function recordOf(each: Rule, expected: string): Rule {
  return { expected, each, accepts: (value) => isRecord(value) && Object.values(value).every((it) => each.accepts(it)) }
}

/** @throws OptionError for what is no path of a file. */
export function checkPath(option: string, value: unknown): void {
  checkOption(option, value, text)
  if (value === '' || (value as string).includes('\0')) throw new OptionError(option, 'the path of a file', value)
}

function path(where: string, name: string): string {
  return where === '' ? name : `${where}.${name}`
}
