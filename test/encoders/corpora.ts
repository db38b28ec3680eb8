import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Where the public corpora lie, if they do: WIDELINE_CONFORMANCE, or `shared/conformance` beside the project. */
function corporaFolder(): string | undefined {
  const folder = process.env['WIDELINE_CONFORMANCE'] ?? path.join(ROOT, '../shared/conformance')
  return fs.existsSync(folder) ? folder : undefined
}

/** The big list of naughty strings; undefined without corpora. */
export function naughtyStrings(): readonly string[] | undefined {
  const folder = corporaFolder()
  if (folder === undefined) return undefined
  return JSON.parse(fs.readFileSync(path.join(folder, 'naughty-strings/blns.json'), 'utf8')) as string[]
}

/** Files of JSONTestSuite with that prefix, as text; undefined without corpora. */
export function jsonTestSuite(prefix: 'y_' | 'i_'): readonly { name: string; text: string }[] | undefined {
  const folder = corporaFolder()
  if (folder === undefined) return undefined
  const files = path.join(folder, 'json-test-suite')
  return fs
    .readdirSync(files)
    .filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
    .map((name) => ({ name, text: fs.readFileSync(path.join(files, name), 'utf8') }))
}
