import type { KeyTable } from '../entry/key.js'
import type { PathState } from '../redaction/path-rules.js'

/** What is written of a value in a Map or of an error's part, by the name it stands under or a path that ends there. */
export function hiddenUnder(table: KeyTable, place: PathState | undefined, name: unknown, value: unknown): unknown {
  if (typeof name !== 'string') return value
  const key = table.internNested(name)
  const rule = key.rule ?? place?.next[key.number]?.rule
  return rule === undefined ? value : rule.apply(value, name)
}
