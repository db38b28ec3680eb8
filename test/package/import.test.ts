import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'

// What an import costs is the time to read, resolve and compile files, ours and Node's own; `npm run bench:import`
// measures it. These tests hold the causes, since a test of a few milliseconds would hold nothing.

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** Node's modules that are loaded when they are first used, and what uses them. Each costs 1 to 5 ms. */
const LATE = ['crypto', 'worker_threads', 'zlib', 'tty', 'net', 'http', 'readline']
/** A core that outgrows this compiles for a millisecond longer. */
const MAX_CORE_BYTES = 242_500

const ENTRIES = [
  { way: 'import', file: 'dist/esm/src/index.js', program: (file: string) => `await import('${file}')` },
  {
    way: 'require',
    file: 'dist/cjs/src/index.js',
    program: (file: string) => `process.getBuiltinModule('module').createRequire('${file}')('${file}')`,
  },
]

/** Node's own public modules that a program has loaded after an import and had not before. */
async function loadedBy(program: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, [
    '--input-type=module',
    '--eval',
    `const before = new Set(process.moduleLoadList)
    ${program}
    console.log(JSON.stringify(process.moduleLoadList.filter((name) => !before.has(name))))`,
  ])
  return (JSON.parse(stdout) as string[]).flatMap((name) => /^NativeModule (?!internal\/)(.+)$/.exec(name)?.[1] ?? [])
}

/** The late modules that a program has loaded at its end. */
async function lateAfter(program: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, [
    '--input-type=module',
    '--eval',
    `${program}
    const { _cache } = process.getBuiltinModule('module')
    console.log(JSON.stringify(Object.keys(_cache).filter((file) => /[\\\\/]late[\\\\/]/.test(file))))`,
  ])
  const lines = stdout.trimEnd().split('\n')
  return (JSON.parse(lines.at(-1)!) as string[]).map((file) => path.basename(file, '.js'))
}

/** Every file of the package that importing one leads to, without those that functions load when they are called. */
function filesOf(file: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const code = fs.readFileSync(file, 'utf8')
  for (const [, target] of code.matchAll(/^(?:import\b[^;]*?|const \w+ = require\()"(\.[^"]+)"/gm)) {
    filesOf(path.resolve(path.dirname(file), target), found)
  }
  return found
}

describe.each(ENTRIES)('$way of the core', ({ file, program }) => {
  const built = path.join(ROOT, file)

  it('loads none of what is only needed by some', async () => {
    const loaded = await loadedBy(program(built))
    expect(loaded.filter((name) => LATE.includes(name))).toEqual([])
  })

  it('reads at most three files', () => {
    const files = [...filesOf(built)]
    expect(files.length).toBeGreaterThan(1)
    expect(files.length).toBeLessThanOrEqual(3)
  })

  it('loads a module that few need when its function is called', async () => {
    const imported = program(built).replace(/^/, 'const core = ')
    expect(await lateAfter(imported)).toEqual([])
    expect(await lateAfter(`${imported}\ncore.filter('level >= warn')`)).toEqual(
      expect.arrayContaining(['pipeline-filter-compile', 'pipeline-filter-parse']),
    )
  })

  it('loads nothing for a log call, a request or a unit', async () => {
    const calls = `const log = core.createLogger({ outputs: [core.memory()] })
    log.info('order %j paid', { id: 7 }, { items: [{ id: 1 }] }, new Error('no'))
    log.child({ a: { b: 1 } }).at('warn')?.any('c', new Map([['d', 1]])).msg('seen')
    log.at('no level')?.msg('unseen')
    log.unit('job', (unit) => unit.hold({ commitOn: 'error' }, (held) => held.info('held', { e: [1] })))`
    expect(await lateAfter(`const core = ${program(built)}\n${calls}`)).toEqual(['outputs-memory'])
  })

  it('loads nothing for a line that goes to OpenTelemetry', async () => {
    const bridge = path.join(ROOT, 'dist/esm/integrations/opentelemetry/index.js')
    const calls = `const records = []
    const { otel } = await import('${bridge}')
    const provider = { getLogger: () => ({ enabled: () => true, emit: (record) => records.push(record) }) }
    const log = core.createLogger({ outputs: [otel({ provider })] })`
    const line = `log.info('paid', { items: [{ id: 1 }], error: new Error('no') })
    if (records.length !== 1) throw new Error('no record was emitted')`
    const setUp = await lateAfter(`const core = ${program(built)}\n${calls}`)
    expect(setUp).toEqual(['encoders-plain-value'])
    expect(await lateAfter(`const core = ${program(built)}\n${calls}\n${line}`)).toEqual(setUp)
  })

  it('compiles no more than it did, in one byte a character', () => {
    const code = Buffer.concat([...filesOf(built)].map((each) => fs.readFileSync(each)))
    expect(code.length).toBeLessThan(MAX_CORE_BYTES)
    expect(code.findIndex((byte) => byte > 0x7f)).toBe(-1)
  })
})

/** What a program in CommonJS writes, with the core as `w`. */
async function written(program: string, folder = path.join(ROOT, 'dist/cjs')): Promise<string> {
  const required = `const w = require(${JSON.stringify(path.join(folder, 'src/index.js'))})\n`
  const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', required + program])
  return stdout.trimEnd()
}

describe('a module that is loaded late', () => {
  const cleared = 'for (const file of Object.keys(require.cache)) delete require.cache[file]\n'

  it('has the core that loads it, after the registry of modules was cleared', async () => {
    const thrown = `try { w.pattern('%nope') } catch (error) { console.log(error instanceof w.OptionError) }`
    expect(await written(cleared + thrown)).toBe('true')
  })

  it.each([
    { encoder: `json({ preset: 'pino' })`, shown: '"p":{"a":2}' },
    { encoder: 'logfmt()', shown: 'p.a=2' },
    { encoder: 'sexpr()', shown: ':p (:a 2)' },
    { encoder: 'pretty()', shown: 'p={"a":2}' },
    { encoder: `pattern('%m %fields')`, shown: 'p.a=2' },
  ])('writes declared values within others with $encoder after that', async ({ encoder, shown }) => {
    const logs = `const p = w.fields({ a: w.int() }).of({ a: 2 }), output = w.memory()
    w.createLogger({ outputs: [{ output, encoder: w.${encoder} }] }).info('x', { p })
    console.log(output.lines.join('\\n'))`
    expect(await written(cleared + logs)).toContain(shown)
    expect(await written(logs)).toContain(shown)
  })

  it('is made once for a core, however often the registry is cleared', async () => {
    const late = path.join(ROOT, 'dist/cjs/late/pipeline-sampling-burst.js')
    const twice = `const core = require(${JSON.stringify(path.join(ROOT, 'dist/cjs/parts/core.js'))}), made = {}
    const load = () => require(${JSON.stringify(late)})(core, made).BurstCounter
    const before = load()
    ${cleared}
    console.log(load() === before)`
    expect(await written(twice)).toBe('true')
  })

  it('requires no core itself: bundlers would see a cycle', () => {
    const late = path.join(ROOT, 'dist/cjs/late')
    for (const file of fs.readdirSync(late)) {
      expect([...filesOf(path.join(late, file))].map((each) => path.basename(each))).not.toContain('core.js')
    }
  })

  it('says so when it is not there any more', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-late-'))
    try {
      fs.cpSync(path.join(ROOT, 'dist/cjs'), folder, { recursive: true })
      const program = `fs.rmSync(${JSON.stringify(path.join(folder, 'late'))}, { recursive: true })
      try { w.file('x.log') } catch ({ message, cause }) { console.log(JSON.stringify([message, cause.code])) }`
      expect(JSON.parse(await written(program, folder))).toEqual([
        'wideline: late/outputs-file.js is not there any more: its files were removed or replaced after this process started',
        'MODULE_NOT_FOUND',
      ])
    } finally {
      fs.rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('a process that imports and requires the package', () => {
  const isTwice = (name: string) => name.includes('nestjs') || name.endsWith('bin.js')
  const shared = ['src', 'integrations', 'parts'].flatMap((folder) =>
    (fs.readdirSync(path.join(ROOT, 'dist/esm', folder), { recursive: true }) as string[])
      .filter((name) => name.endsWith('.js') && !isTwice(name))
      .map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/'))),
  )

  it('has one of everything, but what is made for Nest', async () => {
    expect(shared).toEqual(
      expect.arrayContaining(['src/index.js', 'integrations/decorators/index.js', 'parts/http.js']),
    )
    const program = `const ways = ${JSON.stringify(shared)}.map((file) => [file, import('./dist/esm/' + file), require('./dist/cjs/' + file)])
    Promise.all(ways.map(async ([file, imported, required]) =>
      Object.entries(await imported).filter(([name, value]) => value === undefined || value !== required[name])
        .map(([name]) => file + ' ' + name),
    )).then((differing) => console.log(JSON.stringify(differing.flat())))`
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', program], { cwd: ROOT })
    expect(JSON.parse(stdout)).toEqual([])
  })
})

describe('an ES module that hands on CommonJS', () => {
  it('imports a short file, in which Node looks for names', () => {
    const esm = path.join(ROOT, 'dist/esm')
    const imported = (fs.readdirSync(esm, { recursive: true }) as string[])
      .filter((name) => name.endsWith('.js'))
      .flatMap((name) => {
        const target = /^import part from "(.+)"/.exec(fs.readFileSync(path.join(esm, name), 'utf8'))?.[1]
        return target === undefined ? [] : [path.resolve(esm, path.dirname(name), target)]
      })
    expect(imported.length).toBeGreaterThan(10)
    expect(imported.filter((file) => fs.statSync(file).size > 2_000)).toEqual([])
  })
})

describe('a package that is required', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-required-'))
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

  // As tsx and others do. Node 20 cannot have ES modules required then that import CommonJS.
  const hook = `export async function load(url, context, next) {
    const found = await next(url, context)
    if (found.format !== 'commonjs') return found
    return { ...found, source: process.getBuiltinModule('fs').readFileSync(new URL(url)) }
  }`

  it('loads where a hook gives the source of CommonJS', async () => {
    fs.mkdirSync(path.join(folder, 'node_modules'))
    fs.symlinkSync(ROOT, path.join(folder, 'node_modules/wideline'), 'junction')
    fs.writeFileSync(path.join(folder, 'hook.mjs'), hook)
    fs.writeFileSync(
      path.join(folder, 'register.mjs'),
      `process.getBuiltinModule('module').register('./hook.mjs', import.meta.url)`,
    )
    fs.writeFileSync(
      path.join(folder, 'main.cjs'),
      `const w = require('wideline'), { audit } = require('wideline/audit')
      import('wideline').then((imported) => console.log(typeof audit, imported.memory === w.memory))`,
    )
    const { stdout } = await run(process.execPath, ['--no-warnings', '--import', './register.mjs', 'main.cjs'], {
      cwd: folder,
    })
    expect(stdout.trim()).toBe('function true')
  })

  it('is CommonJS for every tool: Node alone knows of module-sync', () => {
    const { exports } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      exports: Readonly<Record<string, string | object>>
    }
    const conditions = Object.values(exports).flatMap((target) =>
      typeof target === 'string' ? [] : [Object.keys(target)],
    )
    expect(conditions.length).toBeGreaterThan(5)
    expect(new Set(conditions.flat())).toEqual(new Set(['import', 'require']))
  })
})

describe('the reading (control)', () => {
  it.each(LATE)('sees that %s is loaded', async (name) => {
    expect(await loadedBy(`await import('node:${name}')`)).toContain(name)
  })

  it('follows imports from file to file', () => {
    const files = [...filesOf(path.join(ROOT, 'dist/esm/integrations/express/index.js'))]
    expect(files.map((file) => path.basename(file))).toEqual(expect.arrayContaining(['core.js', 'http.js']))
  })
})
