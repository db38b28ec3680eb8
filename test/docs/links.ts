import fs from 'node:fs'
import path from 'node:path'
import { MANIFEST, wrongScript } from './commands.js'
import { type Page, ROOT } from './page.js'

const OURS = 'test|examples|docs|src|bench|scripts|integrations'

/** Links that lead nowhere, and files, scripts, entry points and variables that a page names and nobody knows. */
export function deadLinks(page: Page): string[] {
  const dead: string[] = []
  for (const [i, line] of page.prose.entries()) {
    const say = (what: string): unknown => dead.push(`${page.name}:${i + 1}: ${what}`)
    for (const [, target] of line.matchAll(/\]\(([^)\s]+)\)/g)) if (!leads(page, target)) say(`${target} leads nowhere`)
    for (const [, name] of line.matchAll(new RegExp(`\`((?:${OURS})/[^\`\\s]*)\``, 'g')))
      if (!exists(name)) say(`there is no ${name}`)
    for (const [, script] of line.matchAll(/\bnpm run ([\w:-]+)/g)) {
      const wrong = wrongScript(script)
      if (wrong !== undefined) say(wrong)
    }
    for (const [, entry] of line.matchAll(/`wideline\/([a-z/]+)`/g))
      if (!(`./${entry}` in EXPORTS)) say(`the package has no wideline/${entry}`)
    for (const [name] of line.matchAll(/\bWIDELINE_[A-Z_]+\b/g))
      if (!variables().has(name)) say(`nothing reads ${name}`)
  }
  return dead
}

/** The pages that links lead to from one, by their paths from the root, itself included. */
export function reached(
  from: string,
  read: (name: string) => Page,
  found: Set<string> = new Set(),
): ReadonlySet<string> {
  if (found.has(from)) return found
  found.add(from)
  for (const [, target] of read(from)
    .prose.join('\n')
    .matchAll(/\]\(([^)\s#]+\.md)[^)]*\)/g))
    if (!target.includes(':')) reached(path.posix.join(path.posix.dirname(from), target), read, found)
  return found
}

const EXPORTS = (MANIFEST as unknown as { exports: object }).exports

function leads(page: Page, target: string): boolean {
  if (/^(https?|mailto):/.test(target)) return true
  const [file, anchor] = target.split('#')
  const full = file === '' ? path.join(ROOT, page.name) : path.join(ROOT, path.dirname(page.name), file)
  if (!fs.existsSync(full)) return false
  return anchor === undefined || anchorsOf(full).includes(anchor)
}

/** The anchors GitHub gives to the headings of a page. */
function anchorsOf(file: string): string[] {
  const headings = fs.readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)
  return [...headings].map(([, text]) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-'),
  )
}

function exists(name: string): boolean {
  if (!name.includes('*')) return fs.existsSync(path.join(ROOT, name)) || fs.existsSync(path.join(ROOT, `${name}.ts`))
  const folder = path.join(ROOT, path.dirname(name))
  const form = new RegExp(`^${path.basename(name).replaceAll('.', '\\.').replaceAll('*', '.*')}$`)
  return fs.existsSync(folder) && fs.readdirSync(folder).some((file) => form.test(file))
}

let known: Set<string> | undefined

/** The environment variables that the sources, or the repository's own tests, name. */
function variables(): Set<string> {
  if (known !== undefined) return known
  known = new Set()
  for (const folder of ['src', 'integrations', 'test', 'scripts', 'bench', 'vitest.config.ts']) {
    for (const file of filesOf(path.join(ROOT, folder)))
      for (const [name] of fs.readFileSync(file, 'utf8').matchAll(/\bWIDELINE_[A-Z_]+\b/g)) known.add(name)
  }
  return known
}

function filesOf(at: string): string[] {
  if (fs.statSync(at).isFile()) return [at]
  const names = fs.readdirSync(at, { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => /\.(ts|mjs)$/.test(name) && !/node_modules|^docs/.test(name))
    .map((name) => path.join(at, name))
}
