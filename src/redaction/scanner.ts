import { pairFinder } from './pairs.js'
import { checkPatternName, FINDERS, isWord, type Finder } from './patterns.js'
import type { Rule } from './rule.js'
import type { RedactionStrategy } from './strategy.js'

/** Units of a text that are looked at; what lies behind is cut off, for nobody has looked at it. */
export const MAX_SCANNED_UNITS = 131_072

/** A kind of secret, and what is done with it. */
export interface ScanRule {
  readonly finder: Finder
  readonly rule: Rule
}

/**
 * Hides secrets that are known by their form, in texts of any kind: one pass, in which each finder is asked only where what
 * it looks for may begin, and looks a bounded way back. So the time is linear in the text's length.
 */
export class Scanner {
  /** By character: the rules that it triggers. */
  private readonly byTrigger: (readonly ScanRule[] | undefined)[] = new Array<undefined>(128).fill(undefined)

  constructor(rules: readonly ScanRule[]) {
    for (const each of rules) {
      for (const trigger of each.finder.triggers) {
        const code = trigger.charCodeAt(0)
        this.byTrigger[code] = [...(this.byTrigger[code] ?? []), each]
      }
    }
  }

  /** The text without secrets; the same text where there are none. Never throws. */
  scan(whole: string): string {
    const isCut = whole.length > MAX_SCANNED_UNITS
    const text = isCut ? whole.slice(0, MAX_SCANNED_UNITS) : whole
    let safe = ''
    let from = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      const rules = code < 128 ? this.byTrigger[code] : undefined
      if (rules === undefined) continue
      for (const { finder, rule } of rules) {
        if (finder.atWord && at > from && isWord(text.charCodeAt(at - 1))) continue
        const span = finder.find(text, at, from)
        if (span === undefined || span.start < from) continue
        const hidden = rule.apply(text.slice(span.start, span.end), '')
        safe += text.slice(from, span.start) + (hidden === undefined || hidden === null ? '' : String(hidden))
        from = span.end
        at = span.end - 1
        break
      }
    }
    if (from === 0 && !isCut) return text
    safe += text.slice(from)
    return isCut ? `${safe}…[+${whole.length - MAX_SCANNED_UNITS}]` : safe
  }
}

/**
 * Makes what hides secrets of these forms.
 *
 * @param isSecret - Asked with a name, which may have parts: `user[password]`.
 * @throws OptionError for a form that is not known.
 */
export function makeScanner(
  patterns: readonly (readonly [pattern: string, strategy: RedactionStrategy])[],
  ruleOf: (name: string, strategy: RedactionStrategy) => Rule,
  isSecret: (name: string) => boolean,
): Scanner {
  const rules = patterns.map(([pattern, strategy]) => {
    const name = checkPatternName('redact.patterns', pattern)
    const finder = name === 'pairs' ? pairFinder(isSecret) : FINDERS[name]
    return { finder, rule: ruleOf(`pattern:${name}`, strategy) }
  })
  return new Scanner(rules)
}
