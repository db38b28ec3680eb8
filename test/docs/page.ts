import fs from 'node:fs'
import path from 'node:path'

export const ROOT: string = path.resolve(import.meta.dirname, '../..')

/** A comment above a fence: `<!-- name: text -->`. CONTRIBUTING.md lists them. */
export interface Note {
  readonly name: string
  readonly text: string
  /** The line of the page its text begins in. */
  readonly line: number
}

/** A fenced block of a page. */
export interface Fence {
  readonly page: string
  readonly language: string
  readonly code: readonly string[]
  /** The line of the page that the first line of code is. The first is 1. */
  readonly line: number
  /** Counts the headings above: blocks of the same section have the same number. */
  readonly section: number
  readonly notes: readonly Note[]
}

/** A page of Markdown: its fences, and its lines with those of fences left empty. */
export interface Page {
  readonly name: string
  readonly fences: readonly Fence[]
  readonly prose: readonly string[]
}

/** The pages that are held, by their paths from the root. */
export function pageNames(): string[] {
  const docs = ['docs', 'docs/decisions'].flatMap((folder) =>
    fs.readdirSync(path.join(ROOT, folder)).map((name) => `${folder}/${name}`),
  )
  const others = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md'].filter((name) => fs.existsSync(path.join(ROOT, name)))
  return [...others, ...docs.filter((name) => name.endsWith('.md'))]
}

export function readPage(name: string): Page {
  return parsePage(name, fs.readFileSync(path.join(ROOT, name), 'utf8'))
}

export function parsePage(name: string, text: string): Page {
  const lines = text.split('\n')
  const fences: Fence[] = []
  const prose: string[] = []
  let notes: Note[] = []
  let section = 0
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]
    if (line.startsWith('```')) {
      const end = lines.indexOf('```', at + 1)
      if (end === -1) throw new Error(`${name}:${at + 1}: a fence that never ends`)
      const code = lines.slice(at + 1, end)
      fences.push({ page: name, language: line.slice(3).trim(), code, line: at + 2, section, notes })
      for (; at < end; at++) prose.push('')
      notes = []
    } else if (line.startsWith('<!--')) {
      let end = at
      while (!lines[end].includes('-->')) end++
      const comment = lines.slice(at, end + 1).join('\n')
      const [, note, said = ''] = /^<!--\s*([\w ]+?)(?::([^]*?))?\s*-->/.exec(comment) ?? []
      if (note !== undefined) notes.push({ name: note, text: said.replace(/^ *\n?/, ''), line: at + 1 })
      for (; at < end; at++) prose.push('')
    } else if (line.trim() !== '') {
      if (line.startsWith('#')) section++
      notes = []
    }
    prose.push(line)
  }
  return { name, fences, prose }
}
