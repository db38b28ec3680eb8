import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { climbs, cycles, importsOf, type Sources } from './architecture/imports.js'

/**
 * The floors of the house, the lowest first. A file imports from floors below its own and from its own folder. Where
 * `only` is given it imports nothing else of ours. `...` stands for whatever follows.
 */
const FLOORS: readonly { floor: number; files: string; only?: readonly string[] }[] = [
  { floor: 0, files: 'src/bytes/...' },
  { floor: 0, files: 'src/options/...' },
  { floor: 0.25, files: 'src/redaction/...' },
  { floor: 0.5, files: 'src/entry/...' },
  { floor: 0.75, files: 'src/levels/...' },
  { floor: 1, files: 'src/encoders/...' },
  { floor: 1, files: 'src/outputs/...' },
  { floor: 1.5, files: 'src/audit/...' },
  { floor: 1.5, files: 'src/schema/...' },
  { floor: 2, files: 'src/pipeline/...' },
  { floor: 3, files: 'src/message.ts' },
  { floor: 3, files: 'src/call.ts' },
  { floor: 3, files: 'src/message-template.ts' },
  { floor: 3, files: 'src/logger-options.ts' },
  { floor: 3, files: 'src/log-method.ts' },
  { floor: 3, files: 'src/logger.ts' },
  { floor: 3, files: 'src/logger-hooks.ts' },
  { floor: 3, files: 'src/own-settings.ts' },
  { floor: 3, files: 'src/stage-options.ts' },
  { floor: 3.2, files: 'src/unit/...' },
  { floor: 3.3, files: 'src/create-logger.ts' },
  { floor: 3.4, files: 'src/index.ts' },
  { floor: 3.5, files: 'src/testing/...' },
  { floor: 4, files: 'integrations/http/...', only: ['src/index.ts'] },
  { floor: 4, files: 'integrations/decorators/...', only: ['src/index.ts', 'integrations/http/index.ts'] },
  {
    floor: 5,
    files: 'integrations/express/...',
    only: ['src/index.ts', 'integrations/http/index.ts', 'integrations/decorators/index.ts'],
  },
  { floor: 5, files: 'integrations/fastify/...', only: ['src/index.ts', 'integrations/http/index.ts'] },
  {
    floor: 5,
    files: 'integrations/opentelemetry/...',
    only: ['src/index.ts', 'integrations/http/index.ts', 'integrations/decorators/index.ts'],
  },
  {
    floor: 5.5,
    files: 'integrations/nestjs/testing/...',
    only: ['src/index.ts', 'src/testing/index.ts', 'integrations/http/index.ts', 'integrations/nestjs/index.ts'],
  },
  {
    floor: 5,
    files: 'integrations/nestjs/...',
    only: ['src/index.ts', 'integrations/http/index.ts', 'integrations/decorators/index.ts'],
  },
]

/** Files that a folder shows to others although they are not its index, and to whom. */
const SHOWN: readonly { file: string; to: string }[] = [
  { file: 'integrations/decorators/handler-fields.ts', to: 'integrations/nestjs/...' },
]

/** Packages that a folder may import; the core has none but Node's own. */
const PACKAGES: readonly { files: string; packages: readonly string[] }[] = [
  { files: 'src/...', packages: ['node:...'] },
  { files: 'integrations/http/...', packages: ['node:...'] },
  { files: 'integrations/decorators/...', packages: ['node:...'] },
  { files: 'integrations/express/...', packages: ['node:...', 'express'] },
  { files: 'integrations/fastify/...', packages: ['node:...', 'fastify'] },
  { files: 'integrations/opentelemetry/...', packages: ['node:...', '@opentelemetry/api'] },
  {
    files: 'integrations/nestjs/...',
    packages: ['node:...', '@nestjs/common', '@nestjs/core', 'rxjs', 'reflect-metadata'],
  },
]

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const HOUSE = { floors: FLOORS, shown: SHOWN, packages: PACKAGES }

/** Every source file, by its path from the root. */
function readSources(): Sources {
  const sources = new Map<string, string>()
  for (const folder of ['src', 'integrations']) {
    for (const name of fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      const file = path.posix.join(folder, name.split(path.sep).join('/'))
      if (file.endsWith('.ts')) sources.set(file, fs.readFileSync(path.join(ROOT, file), 'utf8'))
    }
  }
  return sources
}

const sources = readSources()

const found = climbs(sources, HOUSE)

/** What the gate says of a file that is put into the house, besides what it says of the house as it is. */
function planted(file: string, source: string): string[] {
  return climbs(new Map([...sources, [file, source]]), HOUSE).filter((problem) => !found.includes(problem))
}

describe('the house', () => {
  it('has a floor for every file', () => {
    expect(sources.size).toBeGreaterThan(40)
    expect(found.filter((problem) => problem.includes('no floor'))).toEqual([])
  })

  it('has no import that climbs', () => {
    expect(found).toEqual([])
  })

  it('has no cycle of imports', () => {
    expect(cycles(sources)).toEqual([])
  })
})

// Each of these must turn the gate red, or the gate is blind.
describe('the gate (control)', () => {
  it.each([
    { name: 'an import', source: "import { Logger } from '../logger.js'" },
    { name: 'an import of types', source: "import type { Entry } from '../entry/entry.js'" },
    { name: 'an import of one type', source: "import { type Entry } from '../entry/entry.js'" },
    { name: 'an import over several lines', source: "import {\n  a,\n  b,\n} from '../encoders/json.js'" },
    { name: 'an import for its effect', source: "import '../pipeline/exit.js'" },
    { name: 'an export from', source: "export { json } from '../encoders/json.js'" },
    { name: 'an export of types from', source: "export type * from '../entry/entry.js'" },
    { name: 'an export of everything', source: "export * as all from '../index.js'" },
    { name: 'a dynamic import', source: "const late = await import('../logger.js')" },
    { name: 'the type of an import', source: "let entry: import('../entry/entry.js').Entry" },
    { name: 'a dynamic import of something computed', source: 'const late = await import(name)' },
    { name: 'a require', source: "const late = require('../logger.js')" },
    { name: 'a package', source: "import leftPad from 'left-pad'" },
    { name: 'a built-in without its prefix', source: "import fs from 'fs'" },
    { name: 'a file that is not there', source: "import { a } from './nowhere.js'" },
  ])('catches $name on the lowest floor', ({ source }) => {
    expect(planted('src/bytes/planted.ts', source)).toHaveLength(1)
  })

  it.each([
    { file: 'src/encoders/planted.ts', source: "import { memory } from '../outputs/memory.js'" },
    { file: 'src/outputs/planted.ts', source: "import { json } from '../encoders/json.js'" },
    { file: 'src/logger.ts', source: "import { captureLogs } from './testing/index.js'" },
    { file: 'src/testing/planted.ts', source: "import { RequestLog } from '../../integrations/http/index.js'" },
    { file: 'integrations/http/planted.ts', source: "import { ByteBuffer } from '../../src/bytes/byte-buffer.js'" },
    { file: 'integrations/express/planted.ts', source: "import { safeUrl } from '../http/url.js'" },
    { file: 'integrations/express/planted.ts', source: "import { LoggerModule } from '../nestjs/index.js'" },
    { file: 'integrations/http/planted.ts', source: "import express from 'express'" },
    { file: 'attic/planted.ts', source: '' },
  ])('catches $source in $file', ({ file, source }) => {
    expect(planted(file, source)).toHaveLength(1)
  })

  it('catches a cycle of two files and of three', () => {
    const two = new Map([
      ['src/entry/a.ts', "import { b } from './b.js'"],
      ['src/entry/b.ts', "import type { a } from './a.js'"],
    ])
    const three = new Map([
      ['src/entry/a.ts', "import './b.js'"],
      ['src/entry/b.ts', "export * from './c.js'"],
      ['src/entry/c.ts', "const a = await import('./a.js')"],
    ])
    expect(cycles(two)).toEqual(['src/entry/a.ts → src/entry/b.ts → src/entry/a.ts'])
    expect(cycles(three)).toEqual(['src/entry/a.ts → src/entry/b.ts → src/entry/c.ts → src/entry/a.ts'])
  })

  it('takes comments and texts for what they are', () => {
    const source = "/** @example\nimport { x } from '../logger.js'\n */\n// import '../logger.js'\nconst a = 'b'\n"
    expect(importsOf(source)).toEqual([])
    expect(importsOf("import { a } from './a.js' // import '../b.js'")).toEqual(['./a.js'])
  })
})
