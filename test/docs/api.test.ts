import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { optionsOf } from './options.js'
import { pageNames, readPage, ROOT } from './page.js'

interface PublicName {
  readonly name: string
  readonly text: string
  readonly declarations: readonly string[]
}

interface Reference {
  readonly ENTRIES: readonly { readonly entry: string; readonly file: string }[]
  publicNames(entries: Reference['ENTRIES']): { readonly entry: string; readonly names: readonly PublicName[] }[]
}

/** Says nothing of one of its names, and shows nothing of what is not public. */
const PLANTED = `
export declare function bare(): void;
/** On no page. */
export interface PlantedOptions {}
/** A class. */
export declare class Shown {
  private readonly hidden;
  /** @internal */
  inner(): void;
  outer(): void;
}
`

let all: { readonly entry: string; readonly names: readonly PublicName[] }[]
beforeAll(async () => {
  const script = path.join(ROOT, 'scripts/api.mjs')
  const { ENTRIES, publicNames } = (await import(script)) as Reference
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-api-')), 'planted.d.ts')
  fs.writeFileSync(file, PLANTED)
  all = publicNames([...ENTRIES, { entry: 'planted', file }])
  fs.rmSync(path.dirname(file), { recursive: true })
}, 120_000)

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
const isOfOptions = ({ name, declarations }: PublicName): boolean =>
  /^[A-Z]\w*Options$/.test(name) && !name.startsWith('Checked') && declarations.length > 0

const silent = (names: readonly PublicName[]): string[] =>
  names.filter(({ text }) => text === '').map(({ name }) => name)

describe('the reference of the public names', () => {
  it('says of each what it is', () => {
    const ours = all.filter(({ entry }) => entry !== 'planted')
    expect(ours.map(({ entry }) => entry)).toContain('wideline/nestjs/testing')
    expect(ours.flatMap(({ entry, names }) => silent(names).map((name) => `${entry} ${name}`))).toEqual([])
  })

  it('leaves no options out of the pages', () => {
    const said = new Set(
      pageNames().flatMap((name) =>
        optionsOf(readPage(name)).flatMap(({ names }) => names.map((each) => each.replace(' alone', ''))),
      ),
    )
    const unsaid = all
      .flatMap(({ names }) => names.filter(isOfOptions))
      .filter(({ name }) => !said.has(ELSEWHERE[name] ?? name))
    expect([...new Set(unsaid.map(({ name }) => name))]).toEqual(['PlantedOptions'])
  })

  it('finds a name of which nothing is said, and leaves out what is not public (control)', () => {
    const { names } = all.find(({ entry }) => entry === 'planted')!
    expect(silent(names)).toEqual(['bare'])
    expect(names.find(({ name }) => name === 'Shown')?.declarations).toEqual(['class Shown {\n    outer(): void;\n}'])
  })
})
