import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entriesIn, problemsOf, type ReadEntry, readDeclarations } from '../../scripts/declarations.mjs'
import { filesFor } from '../../scripts/docs-pages.mjs'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const BUILT = path.join(ROOT, 'dist/cjs')

/**
 * What public declarations name and no index lists, exactly.
 *
 * Types that the compiler works out others with: users see what comes of them, and have no use for their names. And what
 * the constructors of classes are given that only this package makes.
 */
const UNLISTED = {
  wideline: {
    FieldBuilder: ['Optional', 'Required', 'SourceOptions', 'Whatever'],
    FieldSet: ['Flat'],
    Filter: ['Test'],
    HooksOption: ['Given'],
    Key: ['PathState', 'Rule'],
    KeyTable: ['KeyRules', 'Scanner'],
    Levels: ['LevelRegistry'],
    LogMethod: ['LogCalls'],
    LoggerHooks: ['HookList'],
    Serializer: ['Making'],
    ShapeValues: ['Flat', 'InputOf', 'OptionalNames'],
    WIDE_LINE_RULES: ['Rules'],
    WriterTypesOf: ['NamesTaking'],
  },
  'wideline/decorators': {
    EndOf: ['Open', 'Whatever'],
    FieldDecorator: ['Fitting', 'Values'],
    FieldsOf: ['Whatever'],
    LogFields: ['Whatever'],
    Logged: ['Whatever'],
    LoggedOptions: ['Whatever'],
    MethodDecoratorFor: ['AnyMethod', 'Whatever'],
    ResultOf: ['Emitted', 'Open', 'Whatever'],
    withFields: ['AnyMethod', 'Returned', 'Whatever'],
  },
  'wideline/express': { RequestLog: ['RequestRecord'], WideLine: ['shape'] },
  'wideline/nestjs': {
    LogLevel: ['HandlerOrClass'],
    LoggerModule: ['ConfigurableModuleClass', 'RequestWiring', 'UnitWiring'],
    QuietRoute: ['HandlerOrClass'],
  },
}

describe('the public declarations', () => {
  let read: readonly ReadEntry[]
  let problems: string[]
  beforeAll(() => {
    const manifest: unknown = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'))
    read = readDeclarations(entriesIn(manifest, BUILT), BUILT)
    problems = problemsOf(read)
  }, 120_000)

  it('have documentation for every export and every member', () => {
    expect(problems.filter((problem) => problem.endsWith('is not documented'))).toEqual([])
  })

  it('have no any', () => {
    expect(problems.filter((problem) => problem.endsWith('has the type any'))).toEqual([])
  })

  it('name what an index lists, and beside it only what is told here', () => {
    const told = Object.entries(UNLISTED).flatMap(([entry, names]) =>
      Object.entries(names).flatMap(([name, unlisted]) =>
        unlisted.map((each) => `${entry}: ${name} names ${each}, which is not exported`),
      ),
    )
    const listedTwice = /^wideline\/(?:fastify|nestjs|decorators): (?:RequestLog|WideLine|FieldBuilder) /
    const found = problems.filter((problem) => problem.includes(' names ') && !listedTwice.test(problem))
    expect(found.toSorted()).toEqual(told.toSorted())
  })

  it('are told of in docs/api as they are: npm run docs:api writes it', () => {
    const folder = path.join(ROOT, 'docs/api')
    const files = filesFor(read)
    expect(fs.readdirSync(folder).toSorted()).toEqual(Object.keys(files).toSorted())
    const stale = Object.keys(files).filter((name) => fs.readFileSync(path.join(folder, name), 'utf8') !== files[name])
    expect(stale).toEqual([])
  })
})

// Each of these must be found, or the reading is blind.
describe('the reading (control)', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-declarations-'))
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

  /** What is wrong with an entry point of one file and another that it imports. */
  function problemsWith(declarations: string, name = 'planted'): string[] {
    const file = path.join(folder, 'index.d.ts')
    fs.writeFileSync(file, declarations)
    fs.writeFileSync(
      path.join(folder, 'inner.d.ts'),
      'export interface Inner { a: string }\nexport type Other = Inner\n',
    )
    return problemsOf(readDeclarations({ [name]: file }, folder))
  }
  const said = '/** Said. */\n'
  const imported = "import type { Inner } from './inner.js'\n"

  it('finds nothing wrong with what is right', () => {
    const inherited = `${said}export interface A {\n${said}a(): string }\n${said}export interface B extends A { a(): 'b' }`
    expect(problemsWith(inherited)).toEqual([])
    expect(problemsWith(`${said}export declare class A { private a: any; #b: any; constructor() }`)).toEqual([])
    expect(problemsWith(`${imported}${said}export declare const a: Inner\n${said}export type { Inner }`)).not.toContain(
      'planted: a names Inner, which is not exported',
    )
  })

  it.each([
    { what: 'a constant', declarations: 'export declare const a: Inner' },
    { what: 'a parameter', declarations: 'export declare function a(b: { c: Inner[] }): void' },
    { what: 'a base', declarations: 'export interface a extends Inner {}' },
    { what: 'a bound', declarations: 'export type a<B extends Inner> = B' },
    { what: 'a protected member', declarations: `export declare class a {\n${said}protected b: Inner }` },
  ])('finds a type in $what that is not listed', ({ declarations }) => {
    expect(problemsWith(`${imported}${said}${declarations}`)).toEqual(['planted: a names Inner, which is not exported'])
  })

  it('finds a type that is imported where it is named', () => {
    const declarations = `${said}export declare const a: import('./inner.js').Inner`
    expect(problemsWith(declarations)).toEqual(['planted: a names Inner, which is not exported'])
  })

  it.each([
    { what: 'a return value', declarations: 'export declare function a(): any', where: 'a' },
    { what: 'a member', declarations: `export interface a {\n${said}b: Record<string, any> }`, where: 'a.b' },
    { what: 'a rest parameter', declarations: 'export type a = (...b: any[]) => void', where: 'a' },
  ])('finds any in $what', ({ declarations, where }) => {
    expect(problemsWith(`${said}${declarations}`)).toEqual([`planted: ${where} has the type any`])
  })

  it.each([
    { what: 'an export', declarations: 'export declare const a: string', where: 'a' },
    { what: 'a member', declarations: `${said}export interface a { b: string }`, where: 'a.b' },
    { what: 'a getter', declarations: `${said}export declare class a { get b(): string }`, where: 'a.b' },
    { what: 'a member of a literal', declarations: `${said}export type a = { b: string }`, where: 'a.b' },
    { what: 'an index', declarations: `${said}export interface a { [b: string]: string }`, where: 'a.[]' },
    { what: 'a call', declarations: `${said}export interface a { (b: string): string }`, where: 'a.()' },
  ])('finds that $what is not documented', ({ declarations, where }) => {
    expect(problemsWith(declarations)).toEqual([`planted: ${where} is not documented`])
  })
})
