import type { CompiledField } from './compiled-field.js'
import type { SetNames } from './stored.js'

/** A set as a table for people. */
export function markdownOf(set: SetNames, fields: readonly CompiledField[]): string {
  const rows = fields.map(({ key, field: { kind, options } }) => [
    code(key),
    kind.name === kind.base ? kind.name : `${kind.name} (${kind.base})`,
    options.unit ?? (kind.base === 'duration' ? 'ms' : ''),
    options.optional === true ? '' : 'yes',
    typeof options.redact === 'function' ? 'by a function' : (options.redact ?? ''),
    options.description ?? '',
  ])
  const table = [['key', 'kind', 'unit', 'required', 'redacted', 'description'], Array<string>(6).fill('---'), ...rows]
  const above = [set.name === '' ? '' : `## ${cell(set.name)}`, cell(set.description)].filter((part) => part !== '')
  const lines = table.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')
  return `${[...above, lines].join('\n\n')}\n`
}

function code(key: string): string {
  // A run of backticks longer than any in the key keeps it whole.
  const longest = Math.max(0, ...(key.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? fence + key + fence : `${fence} ${key} ${fence}`
}

/** Text that stays in its cell. */
function cell(text: string): string {
  return text.replace(/\\*\|/g, '\\|').replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')
}
