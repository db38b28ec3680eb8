// npm run check:package: looks at the package as npm would publish it, not at the work tree.
import fs from 'fs'
import path from 'path'
import { exitWith, node, npm, root, run } from './run.mjs'

const folder = path.join(root, 'dist', 'check') // inside the work tree: the optional peers are found from there
const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
const tarball = path.join(folder, `${manifest.name}-${manifest.version}.tgz`)
const unpacked = path.join(folder, 'node_modules', manifest.name)
const subpaths = Object.keys(manifest.exports).filter((subpath) => subpath !== './package.json')
const entries = subpaths.map((subpath) => path.posix.join(manifest.name, subpath))
const commonjsFiles = subpaths.map((subpath) => path.join(unpacked, manifest.exports[subpath].require.default))

// A process that reaches the package both ways must get one instance: one pool, one AsyncLocalStorage, one set of declared
// fields. Of Nest's it has what other parts export too: Nest 12 is ES modules only, so what is made for it is there twice.
const twice = {
  'wideline/nestjs': 'InjectLogger LOGGER LogLevel LoggerModule NestLogger QuietRoute RequestLog getLoggerToken'.split(
    ' ',
  ),
  'wideline/nestjs/testing': ['captureNestLogs'],
}
const oneInstance = `
import 'reflect-metadata'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
for (const entry of ${JSON.stringify(entries)}) {
  const imported = await import(entry)
  const required = require(entry)
  const names = Object.keys(imported)
  if (names.length === 0) throw new Error(entry + ' exports nothing')
  const twice = ${JSON.stringify(twice)}[entry] ?? []
  for (const name of names.filter((each) => !twice.includes(each))) {
    if (imported[name] !== required[name]) throw new Error(entry + ': import and require differ in ' + name)
  }
}
console.log('import and require give one instance: ${entries.join(', ')}')
`

// Without the resolver: for those that know no exports.
const commonjsHalf = `
require('reflect-metadata')
for (const file of ${JSON.stringify(commonjsFiles)}) {
  if (Object.keys(require(file)).length === 0) throw new Error(file + ' exports nothing')
}
console.log('the CommonJS half loads')
`

// Everything public, seen by a user's compiler from both kinds of module, the declarations themselves checked too. What
// one kind gets the other takes, classes with private members among it.
const typed = entries.map((entry, i) => `import * as m${i} from '${entry}'\nexport const n${i} = m${i}\n`).join('')
const handedOver = entries
  .map((entry, i) => {
    const required = `import('${entry}', { with: { 'resolution-mode': 'require' } })`
    return twice[entry] === undefined
      ? `import { n${i} } from './a.mjs'\nexport const o${i}: typeof ${required} = n${i}\n`
      : ''
  })
  .join('')
const compilerOptions = ['--strict', '--noEmit', '--skipLibCheck', 'false', '--target', 'es2023', '--types', 'node']

const steps = [
  { name: 'build', run: () => run(node(['scripts/build.mjs', '--fresh'])) },
  { name: 'pack', run: pack },
  { name: 'publint', run: () => run(node(['node_modules/publint/src/cli.js', tarball, '--strict'])) },
  { name: 'attw', run: () => run(node(['node_modules/@arethetypeswrong/cli/dist/index.js', tarball, '-f', 'table'])) },
  { name: 'one instance', run: () => run(node(['--no-warnings', write('consumer.mjs', oneInstance)])) },
  { name: 'CommonJS half', run: () => run(node(['--no-warnings', write('consumer.cjs', commonjsHalf)])) },
  { name: 'command', run: () => run(node([path.join(unpacked, manifest.bin.wideline), '--help'])) },
  { name: 'types of ES modules', run: () => compile(['--module', 'nodenext'], [write('a.mts', typed)]) },
  { name: 'types of CommonJS', run: () => compile(['--module', 'nodenext'], [write('b.cts', typed)]) },
  { name: 'one type', run: () => compile(['--module', 'nodenext'], [write('c.mts', handedOver)]) },
]

async function pack() {
  fs.mkdirSync(unpacked, { recursive: true })
  write('package.json', '{ "private": true }\n') // or 'wideline' would be the work tree itself
  const code = await run(npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]))
  if (code !== 0) return code
  return run({ command: 'tar', args: ['-xzf', tarball, '-C', unpacked, '--strip-components=1'] })
}

function compile(options, files) {
  return run(node(['node_modules/typescript/bin/tsc', '--ignoreConfig'].concat(compilerOptions, options, files)))
}

function write(name, text) {
  const file = path.join(folder, name)
  fs.writeFileSync(file, text)
  return file
}

async function check() {
  for (const step of steps) {
    const code = await step.run()
    if (code !== 0) {
      process.stderr.write(`check:package: ${step.name} failed\n`)
      return code
    }
  }
  process.stdout.write(`check:package: ${steps.map((step) => step.name).join(', ')} passed\n`)
  return 0
}

exitWith(check)
