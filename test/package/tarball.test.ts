import { execFile } from 'node:child_process'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What users need. No source maps: the bundles keep lines and names, and the sources they would lead to are not there. */
const NEEDED = [
  /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^dist\/cjs\/package\.json$/,
  /^dist\/(?:esm|cjs)\/(?:src|integrations|parts)\/[\w./-]+(?:\.js|\.d\.ts)$/,
  /^dist\/cjs\/late\/[\w-]+\.js$/,
]
/** 1,024 bytes each. */
const MAX_PACKED_KIB = 500
const MAX_UNPACKED_KIB = 2_300

/** What npm or a user's npm runs by itself. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare']

interface Packed {
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string; readonly size: number }[]
}
interface Manifest {
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies?: unknown
  readonly scripts: Readonly<Record<string, string>>
  readonly typesVersions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
}

const unneeded = (files: readonly string[]): string[] => files.filter((file) => !NEEDED.some((each) => each.test(file)))

/** Every file that the manifest leads to. */
function targetsOf({ bin, exports, typesVersions }: Manifest): string[] {
  const targets: string[] = []
  const visit = (value: unknown): void => {
    if (typeof value === 'string') targets.push(value.replace(/^\.\//, ''))
    else for (const each of Object.values(value as object)) visit(each)
  }
  visit([bin, exports, typesVersions])
  return targets
}

describe('the package as npm would publish it', () => {
  const manifest = JSON.parse(fs.readFileSync(`${ROOT}package.json`, 'utf8')) as Manifest
  let packed: Packed
  let files: string[]

  beforeAll(async () => {
    const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
    const { stdout } = await run('npm', args, { cwd: ROOT, shell: process.platform === 'win32', maxBuffer: 2 ** 26 })
    // A list, or since npm 11 an object by package.
    packed = Object.values(JSON.parse(stdout) as Record<string, Packed>)[0]
    files = packed.files.map((file) => file.path)
  }, 120_000)

  it('has what is needed and nothing else', () => {
    expect(files.length).toBeGreaterThan(50)
    expect(unneeded(files)).toEqual([])
  })

  it('has every file that the manifest leads to', () => {
    expect(targetsOf(manifest).filter((target) => !files.includes(target))).toEqual([])
  })

  it(`has at most ${MAX_PACKED_KIB} KiB, ${MAX_UNPACKED_KIB} KiB unpacked`, () => {
    expect(packed.size / 1_024).toBeLessThan(MAX_PACKED_KIB)
    expect(packed.unpackedSize / 1_024).toBeLessThan(MAX_UNPACKED_KIB)
  })

  it('runs nothing when it is installed, and brings nothing along', () => {
    expect(INSTALL_SCRIPTS.filter((name) => name in manifest.scripts)).toEqual([])
    expect(manifest.dependencies).toBeUndefined()
  })
})

describe('the check (control)', () => {
  it.each([
    'dist/esm/.tsbuildinfo',
    'dist/esm/src/index.js.map',
    'dist/esm/late/encoders-pretty.js',
    'dist/modules/src/index.js',
    'dist/examples/hello/hello.js',
    'dist/nodes/24/package.json',
    'src/index.ts',
    'test/runs.ts',
    'bench/run.mjs',
    '.npmrc',
  ])('does not take %s for needed', (file) => {
    expect(unneeded([file])).toEqual([file])
  })

  it('finds what the manifest leads to', () => {
    const targets = targetsOf({
      bin: { a: 'a.js' },
      exports: { '.': { import: { types: './b.d.ts' } } },
      typesVersions: { '*': { c: ['./c.d.ts'] } },
      scripts: {},
    })
    expect(targets).toEqual(['a.js', 'b.d.ts', 'c.d.ts'])
  })
})
