import type { FinishedUnit, KeyTable } from '../../src/index.js'
import { SEMANTIC_NAMES, URL_PATH, URL_QUERY } from './http-semantics.js'

/** Texts of a request that it did not make itself. */
type Said = 'requestId' | 'method' | 'remoteAddress' | 'userAgent' | 'url'

/**
 * A text as the logger's lines show it: without what is hidden by its name, its place or its form. Undefined where nothing
 * is left of it.
 *
 * @param names - Those it may have on a line.
 * @param within - The field that holds it, where it is none itself.
 */
export function shown(text: string, table: KeyTable, names: readonly string[], within?: string): string | undefined {
  const outer = within === undefined ? undefined : table.intern(within).paths
  let left: string | number | boolean | null | undefined = text
  for (const name of names) {
    const { rule, paths, number } = table.intern(name)
    const hiding = rule ?? paths?.rule ?? outer?.next[number]?.rule
    if (hiding === undefined) continue
    left = hiding.apply(text, name)
    break
  }
  if (left === undefined || left === null) return undefined
  return table.scanner === undefined ? String(left) : table.scanner.scan(String(left))
}

/** The name of a unit, as its line shows it. */
export function shownName(name: string, table: KeyTable): string {
  return shown(name, table, ['unit']) ?? 'unit'
}

/** What a request's line shows of a text of it, under whichever name it does. */
export function shownOf(unit: FinishedUnit, said: Said): string | undefined {
  const text = unit[said]
  if (text === undefined) return undefined
  const names = [said, SEMANTIC_NAMES[said], unit.keys?.[said]].filter((name) => name !== undefined && name !== '')
  // As pino-http writes it.
  const within = unit.keys?.[said] === '' ? 'req' : undefined
  return shown(text, unit.fields.table, names as string[], within)
}

/** Path and query of a request, each as its line shows it. */
export function shownUrl(unit: FinishedUnit): { path: string | undefined; query: string | undefined } {
  const { table } = unit.fields
  const url = shownOf(unit, 'url')
  if (url === undefined) return { path: undefined, query: undefined }
  const at = url.indexOf('?')
  return {
    path: shown(at < 0 ? url : url.slice(0, at), table, [URL_PATH]),
    query: at < 0 ? undefined : shown(url.slice(at + 1), table, [URL_QUERY]),
  }
}
