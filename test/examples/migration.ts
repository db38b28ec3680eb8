import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import vm from 'node:vm'
import { describe, expect, it } from 'vitest'
import { built } from './support.js'

const root = path.resolve(import.meta.dirname, '../..')

/** Loads a package without its types: pino-http's would give every request of this compilation another log. */
export const load = createRequire(import.meta.url) as (name: string) => any // oxlint-disable-line no-explicit-any

/** Everything public of the build, so that cells run as users' code does. */
export const ours = {
  ...built<typeof import('wideline')>('esm/src/index.js'),
  ...built<typeof import('wideline/express')>('esm/integrations/express/index.js'),
}

/** A row of a table of a migration page. */
export interface Row {
  /** Its first cell, as it stands there without backticks: what cases are named by. */
  readonly name: string
  readonly ours: string
  readonly line: number
  /** Runs the first cell's code. */
  theirs(scope: object): unknown
  /** Runs the second cell's code. */
  here(scope: object): unknown
}

/** Shows that a row is true. Throws where it is not. */
export type Case = (row: Row) => unknown

function run(code: string, scope: object): unknown {
  const names = Object.keys(scope)
  return vm.compileFunction(`return (${code})`, names).apply(undefined, Object.values(scope)) as unknown
}

function codeOf(cell: string): string {
  return /`([^`]+)`/.exec(cell)?.[1] ?? ''
}

/** The rows of a page's tables, by the heading above them. */
export function rowsOf(name: string): Map<string, Row[]> {
  const tables = new Map<string, Row[]>()
  let heading = ''
  const lines = fs.readFileSync(path.join(root, 'docs', name), 'utf8').split('\n')
  for (const [i, line] of lines.entries()) {
    if (line.startsWith('#')) heading = line.replace(/^#+ /, '')
    if (!line.startsWith('|') || /^\|[-| ]+\|$/.test(line) || /^\|[-| ]+\|$/.test(lines[i + 1] ?? '')) continue
    const [first = '', second = ''] = line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim())
    const row = {
      name: first.replaceAll('`', ''),
      ours: second,
      line: i + 1,
      theirs: (scope: object) => run(codeOf(first), scope),
      here: (scope: object) => run(codeOf(second), scope),
    }
    tables.set(heading, [...(tables.get(heading) ?? []), row])
  }
  return tables
}

/** What is tried of one table: each row by its name, the others all in one way where there is one for all. */
export interface Held {
  readonly each?: Case
  readonly rows?: Readonly<Record<string, Case>>
}

/** Rows that nothing tries, and tries of rows that are not there. */
export function untried(tables: Map<string, Row[]>, cases: Readonly<Record<string, Held>>): string[] {
  const wrong = Object.keys(cases).filter((heading) => !tables.has(heading))
  for (const [heading, rows] of tables) {
    const held = cases[heading] ?? {}
    const names = rows.map(({ name }) => name)
    if (held.each === undefined) wrong.push(...names.filter((name) => !(name in (held.rows ?? {}))))
    wrong.push(...Object.keys(held.rows ?? {}).filter((name) => !names.includes(name)))
  }
  return wrong
}

/** Tests of every row of a page. A row that no case tries fails, and a case without its row. */
export function holdRows(page: string, cases: Readonly<Record<string, Held>>): void {
  const tables = rowsOf(page)
  it(`${page} has a case for every row, and a row for every case`, () => {
    expect(tables.size).toBeGreaterThan(0)
    expect(untried(tables, cases)).toEqual([])
  })
  for (const [heading, rows] of tables) {
    describe(`${page}, ${heading}`, () => {
      for (const row of rows) {
        const held = cases[heading]?.rows?.[row.name] ?? cases[heading]?.each
        if (held === undefined) continue
        // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the case expects; a row's name is a text
        it(row.name, async () => {
          await held(row)
        })
      }
    })
  }
}

/** A row that says that something is not there: the option is refused. */
export function refused(options: object): Case {
  return (row) => {
    expect(row.ours).toMatch(/^none/)
    expect(() => ours.createLogger(options)).toThrow(ours.OptionError)
  }
}

/** A row that says that a method is not there. */
export function noMethod(name: string): Case {
  return (row) => {
    expect(row.ours).toMatch(/^none/)
    expect(ours.createLogger()).not.toHaveProperty(name)
  }
}
