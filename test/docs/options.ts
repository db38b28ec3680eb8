import fs from 'node:fs'
import path from 'node:path'
import { type Page, ROOT } from './page.js'

const CODE = /`([^`]+)`/g

/**
 * What is wrong with tables below `<!-- options: RateLimit, CoalesceOptions -->`: each option of these interfaces, and each
 * name of such a union, must stand in the table's code, and what stands in code in its first column must be one.
 */
export function wrongTables(page: Page): string[] {
  const wrong: string[] = []
  for (const [i, line] of page.prose.entries()) {
    const names = /^<!-- options: (.*) -->$/.exec(line)?.[1].split(', ')
    if (names === undefined) continue
    // The table's head and the line below it name no options.
    const end = page.prose.findIndex((row, at) => at > i && !row.startsWith('|'))
    const rows = page.prose.slice(i + 3, end)
    const known = new Set(names.flatMap(membersOf))
    const named = new Set([...rows.join('\n').matchAll(CODE)].flatMap(([, code]) => code.match(/\w+/g) ?? []))
    for (const name of known) if (!named.has(name)) wrong.push(`${page.name}:${i + 1}: ${name} is not in the table`)
    const isFirst = names.length === 1
    for (const row of isFirst ? rows : [])
      for (const [, name] of row.split('|')[1].matchAll(CODE))
        if (!known.has(name)) wrong.push(`${page.name}:${i + 1}: ${name} is none of ${names[0]}`)
  }
  return wrong
}

/** The properties of an interface that the package declares, those it extends included; the texts of a union. */
function membersOf(name: string): string[] {
  const declared = declarations()
  const [, parent, body] =
    new RegExp(`interface ${name}(?:<[^{]*>)?(?: extends (\\w+))? \\{([^]*?)\\n\\}`).exec(declared) ?? []
  if (body !== undefined) {
    const own = [...body.matchAll(/^ {4}readonly (\w+)\??:/gm)].map(([, member]) => member)
    return parent === undefined ? own : [...own, ...membersOf(parent)]
  }
  const union = new RegExp(`type ${name} = ([^;]*);`).exec(declared)?.[1]
  if (union === undefined) throw new Error(`the package declares no ${name}`)
  return [...union.matchAll(/'(\w+)'/g)].map(([, member]) => member)
}

let all: string | undefined

/** Every declaration of the built package. */
function declarations(): string {
  if (all !== undefined) return all
  const dist = path.join(ROOT, 'dist/esm')
  const files = fs.readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'))
  return (all = files.map((file) => fs.readFileSync(path.join(dist, file), 'utf8')).join('\n'))
}
