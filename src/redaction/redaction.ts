import { checkOptions, oneOf, type Rule as OptionRule } from '../options/check.js'
import { isRecord } from '../options/is-object.js'
import { OptionError } from '../options/option-error.js'
import { parsePath } from './path.js'
import { PathRules, type PathState } from './path-rules.js'
import type { PatternName } from './patterns.js'
import { plainName } from './plain-name.js'
import { type HidingMeans, Rule } from './rule.js'
import { makeScanner, type Scanner } from './scanner.js'
import { type RedactionStrategy, Tokens } from './strategy.js'

/** What is hidden, each as a list, with the strategy of all, or as an object of strategies. */
export interface RedactOptions {
  /** Names whose values are hidden at any depth, in any case. Added to the secrets that every logger hides. */
  readonly keys?: readonly string[] | Readonly<Record<string, RedactionStrategy>>
  /** Places: `user.email`, `users[*].email`, `*.token`, `order.**.iban`. Names are compared without case, `-` and `_`. */
  readonly paths?: readonly string[] | Readonly<Record<string, RedactionStrategy>>
  /**
   * Forms of values that are hidden in every text, message, error and name: `card` (by Luhn), `bearer`, `jwt`, `email`,
   * `iban`; and `pairs`, the values of secret names inside texts that hold JSON, queries, headers, URLs, XML or command
   * lines. Default: none.
   */
  readonly patterns?: readonly PatternName[] | Readonly<Partial<Record<PatternName, RedactionStrategy>>>
  /** What is done where a list does not say. Default `mask`. */
  readonly strategy?: RedactionStrategy
  /** The key of hashes, at least 16 characters. Default: the `WIDELINE_HASH_KEY` environment variable, else one of chance. */
  readonly hashKey?: string
}

/** Paths, as pino takes them, or everything there is to say. */
export type RedactOption = readonly string[] | RedactOptions

const STRATEGIES = oneOf('mask', 'remove', 'hash', 'last4', 'tokenize')
const strategyRule: OptionRule = {
  expected: `${STRATEGIES.expected}, or a function`,
  accepts: (value) => typeof value === 'function' || STRATEGIES.accepts(value),
}
const listRule: OptionRule = {
  expected: 'an array of texts, or an object of strategies',
  accepts: (value) => (Array.isArray(value) ? value.every((each) => typeof each === 'string') : isRecord(value)),
}
const MIN_KEY_UNITS = 16
const RULES = {
  keys: listRule,
  paths: listRule,
  patterns: listRule,
  strategy: strategyRule,
  hashKey: {
    expected: `a text of at least ${MIN_KEY_UNITS} characters`,
    isSecret: true,
    accepts: (value: unknown) => typeof value === 'string' && value.length >= MIN_KEY_UNITS,
  },
}
/** Between the parts of a nested name. */
const PARTS = /[[\].]+/
const DEFAULTS: RedactOptions = { strategy: 'mask' }

/** Everything one root logger and its children hide. */
export class Redaction {
  /** Where walks through a line's values begin; undefined without paths. */
  readonly root: PathState | undefined
  /** Hides by form; undefined without patterns. */
  readonly scanner: Scanner | undefined
  /** Whether a path names an index of an array. */
  readonly hasIndexes: boolean
  private readonly byName = new Map<string, Rule>()
  private readonly paths: PathRules | undefined
  private readonly all: Rule[] = []

  /**
   * @param secrets - Names that are masked at any depth.
   * @throws OptionError
   */
  constructor(secrets: readonly string[], option: RedactOption | undefined) {
    const given: unknown = Array.isArray(option) ? { paths: option as readonly string[] } : option
    const options = checkOptions<RedactOptions>('redact', given, DEFAULTS, RULES)
    const means: HidingMeans = { hashKey: options.hashKey, tokens: new Tokens() }
    const strategy = options.strategy!
    const ruleOf = (name: string, own: RedactionStrategy): Rule => {
      const rule = new Rule(name, own, means)
      this.all.push(rule)
      return rule
    }
    const common = ruleOf('secrets', 'mask')
    for (const name of secrets) this.byName.set(plainName(name), common)
    for (const [name, own] of listed('redact.keys', options.keys, strategy))
      this.byName.set(plainName(name), ruleOf(`key:${name}`, own))
    const pathRules = listed('redact.paths', options.paths, strategy).map(([path, own]) => ({
      steps: parsePath('redact.paths', path),
      rule: ruleOf(`path:${path}`, own),
    }))
    this.paths = pathRules.length === 0 ? undefined : new PathRules(pathRules)
    this.root = this.paths?.root
    this.hasIndexes = this.paths?.hasIndexes === true
    const patterns = listed('redact.patterns', options.patterns, strategy)
    this.scanner = patterns.length === 0 ? undefined : makeScanner(patterns, ruleOf, (name) => this.hides(name))
  }

  /** @throws OptionError where a path is one of these keys of the line itself. */
  refuse(reserved: readonly string[]): void {
    this.paths?.refuse(reserved)
  }

  /** What hides the values of a name at any depth. */
  ruleOf(plain: string): Rule | undefined {
    return this.byName.get(plain)
  }

  /** What hides the values of a name or, where no rule has it as a whole, of a part of it: `user[password]`, `cards[0].cvv`. */
  ruleOfParts(name: string, plain: string = plainName(name)): Rule | undefined {
    const whole = this.byName.get(plain)
    if (whole !== undefined || name.search(PARTS) < 0) return whole
    for (const part of name.split(PARTS)) {
      const rule = this.byName.get(plainName(part))
      if (rule !== undefined) return rule
    }
    return undefined
  }

  /** Whether values of a form's or query's name are hidden. */
  hides(name: string): boolean {
    return this.ruleOfParts(name) !== undefined
  }

  /** The number that paths know a name by; 0 for names that no path has. */
  numberOf(plain: string): number {
    return this.paths === undefined ? 0 : this.paths.numberOf(plain)
  }

  /** How often each rule hid something; rules that never did are left out. */
  stats(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { name, count } of this.all) if (count > 0) counts[name] = (counts[name] ?? 0) + count
    return counts
  }
}

function listed(
  option: string,
  given: readonly string[] | Readonly<Record<string, RedactionStrategy>> | undefined,
  strategy: RedactionStrategy,
): [string, RedactionStrategy][] {
  if (given === undefined) return []
  if (Array.isArray(given)) return (given as readonly string[]).map((name) => [name, strategy])
  return Object.entries(given).map(([name, own]) => {
    if (!strategyRule.accepts(own)) throw new OptionError(`${option}['${name}']`, strategyRule.expected, own)
    return [name, own]
  })
}
