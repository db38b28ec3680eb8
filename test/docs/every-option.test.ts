import fs from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { entriesIn, readDeclarations } from '../../scripts/declarations.mjs'
import { optionsOf } from './options.js'
import { pageNames, readPage, ROOT } from './page.js'

/** Interfaces of options that need no place of their own on a page, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  BlockOptions: 'FileOptions',
  StageOptions: 'LoggerOptions',
  WideLineOptions: 'RequestLoggerOptions',
  RequestOptions: 'RequestLoggerOptions',
  FieldOptions: 'DeclaredOptions',
  CoercingOptions: 'DeclaredOptions',
  KeyOptions: 'WideKey',
}

/** What a logger, an output, an encoder and so on may be given. */
const isOfOptions = (name: string): boolean => /^[A-Z]\w*Options$/.test(name) && !name.startsWith('Checked')

describe('the pages', () => {
  let said: Set<string>
  let names: string[]
  beforeAll(() => {
    const tables = pageNames().flatMap((name) => optionsOf(readPage(name)))
    said = new Set(tables.flatMap((table) => table.names.map((each) => each.replace(' alone', ''))))
    const manifest: unknown = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
    const built = path.join(ROOT, 'dist/esm')
    const read = readDeclarations(entriesIn(manifest, built), built)
    names = [...new Set(read.flatMap((entry) => entry.exports.map((each) => each.name)))].filter(isOfOptions)
  }, 120_000)

  const unsaid = (of: readonly string[]): string[] => of.filter((name) => !said.has(ELSEWHERE[name] ?? name))

  it('leave no options of the package out', () => {
    expect(names.length).toBeGreaterThan(20)
    expect(unsaid(names)).toEqual([])
  })

  it('would be missed where they do (control)', () => {
    expect(unsaid([...names, 'PlantedOptions'])).toEqual(['PlantedOptions'])
  })
})
