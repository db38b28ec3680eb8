import fs from 'node:fs'
import path from 'node:path'
import { type Page, ROOT } from './page.js'

const CODE = /`([^`]+)`/g

/** Interfaces and unions that a page says it has all options of: `<!-- options: RateLimit, HookOptions -->`. */
export function optionsOf(page: Page): { readonly at: number; readonly names: readonly string[] }[] {
  return page.prose.flatMap((line, at) => {
    const list = /^<!-- options: (.*?) -->/.exec(line)?.[1]
    return list === undefined ? [] : [{ at, names: list.split(', ') }]
  })
}

/**
 * What is wrong with the tables and paragraphs below such notes. Each option must stand in code there. In a table whose
 * first column is of options, what stands there in code must be one.
 */
export function wrongOptions(page: Page): string[] {
  const wrong: string[] = []
  for (const { at, names } of optionsOf(page)) {
    const end = page.prose.findIndex((line, i) => i > at && line === '')
    const lines = page.prose.slice(at + 1, end === -1 ? undefined : end)
    const known = new Set(names.flatMap(membersOf))
    const named = new Set([...lines.join('\n').matchAll(CODE)].flatMap(([, code]) => code.match(/\w+/g) ?? []))
    for (const name of known) if (!named.has(name)) wrong.push(`${page.name}:${at + 1}: ${name} is not said`)
    for (const row of /^\| option\b/.test(lines[0]) ? lines : [])
      for (const [, name] of row.split('|')[1].matchAll(CODE))
        if (!known.has(name) && !lines[0].includes(name)) wrong.push(`${page.name}:${at + 1}: ${name} is no option`)
  }
  return wrong
}

/** The properties of an interface that the package declares; those it extends count, but for `LoggerModuleOptions alone`. */
function membersOf(given: string): string[] {
  const declared = declarations()
  const name = given.replace(' alone', '')
  const [, parent, body] =
    new RegExp(`interface ${name}(?:<[^{]*>)?(?: extends (\\w+))? \\{([^]*?)\\n\\}`).exec(declared) ?? []
  if (body !== undefined) {
    const own = [...body.matchAll(/^ {4}readonly (\w+)\??:/gm)].map(([, member]) => member)
    return parent === undefined || name !== given ? own : [...own, ...membersOf(parent)]
  }
  const union = new RegExp(`type ${name} = ([^;]*);`).exec(declared)?.[1]
  if (union === undefined) throw new Error(`the package declares no ${name}`)
  return [...union.matchAll(/'(\w+)'/g)].map(([, member]) => member)
}

let all: string | undefined

/** Every declaration of the built package. */
function declarations(): string {
  if (all !== undefined) return all
  const dist = path.join(ROOT, 'dist/cjs')
  const files = fs.readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'))
  return (all = files.map((file) => fs.readFileSync(path.join(dist, file), 'utf8')).join('\n'))
}
