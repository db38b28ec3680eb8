// Makes of dist/modules what is published: dist/esm and dist/cjs. One file for the core, because reading, resolving and
// compiling two hundred small ones took an importing program more than 100 ms, one for each module that is loaded late, and
// one for each part that entry points share. The parts of dist/esm are those of dist/cjs: only CommonJS can load late without
// waiting, and a process has one of each whichever way it comes to it. The declarations stay as they are, those that no entry
// point leads to left out.
import { createHash } from 'crypto'
import fs from 'fs'
import { createRequire } from 'module'
import path from 'path'
import { lateLoading } from './late-modules.mjs'
import { root } from './run.mjs'

const modules = path.join(root, 'dist', 'modules')
const formats = ['esm', 'cjs']
const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))

/** Every public file, without its extension: `src/index`, `integrations/express/index`. */
export const publicEntries = Object.values(manifest.exports)
  .filter((target) => typeof target === 'object')
  .map((target) => path.posix.relative('dist/esm', target.import.default.slice('./'.length)).replace(/\.js$/, ''))

const entries = publicEntries.concat(
  path.posix.relative('dist/esm', manifest.bin.wideline).replace(/\.js$/, ''),
  'integrations/http/index', // by its own name, since the others share it
)

/** The shared parts by the folders that they come from; the first that fits. */
const parts = [
  { name: 'audit', test: /modules[\\/]src[\\/]audit[\\/](?!command)/ },
  { name: 'testing', test: /modules[\\/]src[\\/]testing[\\/]/ },
  { name: 'http', test: /modules[\\/]integrations[\\/]http[\\/]/ },
  { name: 'decorators', test: /modules[\\/]integrations[\\/]decorators[\\/]/ },
  { name: 'nestjs', test: /modules[\\/]integrations[\\/]nestjs[\\/](?!testing)/ },
]

/** Bundles, unless it has been done for just these modules. Resolves to whether there was something to do. */
export async function bundle() {
  const made = path.join(root, 'dist', '.bundled')
  const state = stateOf()
  if (fs.existsSync(made) && fs.readFileSync(made, 'utf8') === state) return false
  for (const format of formats) fs.rmSync(path.join(root, 'dist', format), { recursive: true, force: true })
  await writePrograms()
  writeDeclarations()
  // The package is "type": "module"; this makes the .js files of the CommonJS half what they are.
  fs.writeFileSync(path.join(root, 'dist', 'cjs', 'package.json'), '{ "type": "commonjs" }\n')
  fs.writeFileSync(made, state)
  return true
}

/** Everything the bundles follow from: the modules by the compiler's own record of them, this script, the manifest. */
function stateOf() {
  const hash = createHash('sha256')
  for (const file of [
    'dist/modules/.tsbuildinfo',
    'scripts/bundle.mjs',
    'scripts/late-modules.mjs',
    'package.json',
    'package-lock.json',
  ]) {
    hash.update(fs.readFileSync(path.join(root, file)))
  }
  return hash.digest('hex')
}

async function writePrograms() {
  const { rolldown } = await import('rolldown') // there once node_modules is
  const late = lateLoading(modules)
  const input = Object.fromEntries(entries.map((entry) => [entry, path.join(modules, `${entry}.js`)]))
  const build = await rolldown({
    input: { ...input, ...late.input },
    platform: 'node',
    external: /^[^./\0]/,
    plugins: [late.plugin],
    // No comment that names each module's file.
    experimental: { attachDebugInfo: 'none' },
  })
  for (const format of formats) {
    await build.write({
      dir: path.join(root, 'dist', format),
      format,
      entryFileNames: '[name].js',
      chunkFileNames: 'parts/[name].js',
      // What a stack trace names are these files: they keep their lines and names, and lose their comments.
      minify: false,
      minifyInternalExports: false,
      comments: { annotation: true, jsdoc: false, legal: false },
      codeSplitting: { groups: [{ name: 'core', test: late.isEager }, ...parts] },
      plugins: [
        { name: 'ascii', renderChunk: escapeBeyondAscii },
        ...(format === 'cjs'
          ? [
              { name: 'plain', renderChunk: plainCommonjs },
              { name: 'hand-over', renderChunk: late.handOver },
            ]
          : []),
      ],
    })
  }
  await build.close()
  shareParts()
}

/**
 * A getter for each export takes a millisecond to make, and none of ours is ever assigned anew. A module of Node's that is
 * required cannot be in a bundle of ES modules: bundlers have no `require` there. To give it a default takes no helper from
 * a further file.
 */
function plainCommonjs(code, { fileName }) {
  const getter =
    /Object\.defineProperty\(exports, "(\w+)", \{\s*enumerable: true,\s*get: function ?\(\) \{\s*return ([\w$]+);\s*\}\s*\}\);/g
  const list = /(?:exports\.\w+ = [\w$]+;\n*){20,}/g
  const plain = code
    .replace(getter, 'exports.$1 = $2;')
    .replace(list, inOneLiteral)
    .replace(/\brequire\(("node:[\w/]+")\)/g, 'process.getBuiltinModule($1)')
    .replace(/require_rolldown_runtime\.__toESM\((node_\w+)(?:, 1)?\)/g, '{ __proto__: $1, default: $1 }')
  if (fileName === 'src/index.js') return asLoop(plain)
  const isHelped = plain.includes('require_rolldown_runtime.')
  return `"use strict";\n${isHelped ? plain : plain.replace(/^const require_rolldown_runtime = .*\n/m, '')}`
}

/** The core's own names, in a loop: who imports by name gets the ES module. */
function asLoop(code) {
  const line = /^exports\.(\w+) = require_core\.\1;\n?/gm
  const names = Array.from(code.matchAll(line), ([, name]) => name)
  return `"use strict";\n${code.replace(line, '')}\nfor (const name of ${JSON.stringify(names)}) exports[name] = require_core[name];\n`
}

/** A part's exports, which entry points name again: nobody looks for names in a part. */
function inOneLiteral(list) {
  const names = [...list.matchAll(/exports\.(\w+) = ([\w$]+);/g)]
  return `Object.assign(exports, {\n${names.map(([, name, value]) => (name === value ? name : `${name}: ${value}`)).join(',\n')}\n});\n`
}

/** What is of ES modules in dist/esm: Nest 12 is, too. And the program, which nobody requires. */
const isOfEsModules = (name) => /nestjs|\/bin$/.test(name)

/** Has the entry points and parts of dist/esm be those of dist/cjs. */
function shareParts() {
  const esm = path.join(root, 'dist', 'esm')
  const kept = ['core', ...parts.map(({ name }) => name)]
  for (const name of [...entries, ...kept.map((part) => `parts/${part}`)]) {
    if (!isOfEsModules(name)) handOn(name)
  }
  // What only late modules lead to is theirs.
  for (const file of fs.readdirSync(path.join(esm, 'parts'))) {
    if (!kept.includes(path.basename(file, '.js'))) fs.rmSync(path.join(esm, 'parts', file))
  }
  fs.rmSync(path.join(esm, 'late'), { recursive: true })
}

/** Has a file of dist/esm hand on what its namesake in dist/cjs exports. */
function handOn(name) {
  const file = path.join(root, 'dist', 'esm', `${name}.js`)
  const [, exported] = /\nexport \{ ([^}]+) \};\s*$/.exec(fs.readFileSync(file, 'utf8'))
  const names = exported.split(', ').map((each) => each.replace(/^\S+ as /, ''))
  const namesake = importable(name === 'src/index' ? 'parts/core' : name)
  fs.writeFileSync(
    file,
    `import part from "${namesakeOf(`${name}.js`, `${namesake}.js`)}";\nexport const { ${names.join(', ')} } = part;\n`,
  )
}

/** How a file of dist/esm names one of dist/cjs. */
function namesakeOf(file, namesake = file) {
  return path.posix.relative(path.posix.dirname(`esm/${file}`), `cjs/${namesake}`)
}

/**
 * What ES modules import for a file of dist/cjs. Node.js looks for names in a CommonJS module that is imported, and in all
 * that it hands on: a millisecond for a kilobyte or two. So there is a step before a long one, which tells nothing of it.
 */
function importable(name) {
  const cjs = path.join(root, 'dist', 'cjs')
  if (fs.statSync(path.join(cjs, `${name}.js`)).size < 2_000) return name
  const step = `parts/whole-${name.split('/').slice(1).join('-')}`
  const to = path.posix.relative('parts', `${name}.js`)
  const required = to.startsWith('.') ? to : `./${to}`
  fs.writeFileSync(
    path.join(cjs, `${step}.js`),
    `"use strict";\nconst part = require("${required}");\nmodule.exports = part;\n`,
  )
  return step
}

/**
 * One character beyond Latin-1, and V8 holds a whole file in two bytes a character. Without comments these stand in texts
 * and expressions only, where an escape is the same.
 */
function escapeBeyondAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Copies the declarations that the entry points lead to. What is one at run time is one to a compiler as well. */
function writeDeclarations() {
  const ts = createRequire(import.meta.url)('typescript-5.9')
  const found = new Set()
  const follow = (file) => {
    if (found.has(file)) return
    found.add(file)
    const { importedFiles } = ts.preProcessFile(fs.readFileSync(path.join(modules, file), 'utf8'))
    for (const { fileName } of importedFiles) {
      if (fileName.startsWith('.'))
        follow(path.posix.join(path.posix.dirname(file), fileName.replace(/\.js$/, '.d.ts')))
    }
  }
  for (const entry of publicEntries) follow(`${entry}.d.ts`)
  for (const format of formats) {
    for (const file of found) {
      const target = path.join(root, 'dist', format, file)
      fs.mkdirSync(path.dirname(target), { recursive: true })
      if (format === 'cjs' || isOfEsModules(file)) fs.copyFileSync(path.join(modules, file), target)
      else fs.writeFileSync(target, `export * from "${namesakeOf(file.replace(/\.d\.ts$/, '.js'))}";\n`)
    }
  }
}
