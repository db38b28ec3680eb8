import { type Threshold, THRESHOLDS } from '../entry/level.js'
import { nearest } from '../options/nearest.js'
import { OptionError } from '../options/option-error.js'
import { type LevelRule, NAMES } from './level-spec.js'

/**
 * Reads levels as an operator writes them: `info,app.db=debug,http.*=silent`. A level without a name is the root's.
 *
 * @param option - What errors call it.
 * @throws OptionError for a name or level that is none, with the column it stands at.
 */
export function parseLevels(option: string, text: string): LevelRule[] {
  const rules: LevelRule[] = []
  let column = 1
  for (const part of text.split(',')) {
    const rule = part.trim()
    if (rule !== '') {
      const sign = rule.lastIndexOf('=')
      const names = sign < 0 ? '' : rule.slice(0, sign).trim()
      const given = rule.slice(sign + 1).trim()
      const level = given.toLowerCase()
      const at = column + part.indexOf(rule)
      if (sign >= 0 && !NAMES.test(names)) throw new OptionError(`${option}, column ${at},`, 'a dotted name', names)
      if (!isThreshold(level)) {
        const close = nearest(level, THRESHOLDS)
        const hint = close === undefined ? '' : ` (did you mean ${close}?)`
        throw new OptionError(
          `${option}, column ${at + (sign < 0 ? 0 : sign + 1)},`,
          `one of ${THRESHOLDS.join(', ')}${hint}`,
          given,
        )
      }
      rules.push({ names, level })
    }
    column += part.length + 1
  }
  return rules
}

function isThreshold(name: string): name is Threshold {
  return (THRESHOLDS as readonly string[]).includes(name)
}
