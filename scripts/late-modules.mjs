// Modules of the core that are loaded when a function of theirs is first called: most programs use few of them, and V8
// takes as long to read code that nobody calls. Only what programs call while they are set up: a log call, a request or a
// unit reads nothing from the disk, which may have changed or be out of reach by then. Each module with what it exports to
// the others, functions and classes that are only called or constructed: those get a stand-in in its place.
import fs from 'fs'
import path from 'path'

export const lateModules = {
  'src/encoders/json-options': ['settle'],
  'src/encoders/logfmt': ['logfmt'],
  'src/encoders/pattern': ['pattern'],
  'src/encoders/preset-json': ['PresetJsonEncoder'],
  'src/encoders/pretty': ['pretty'],
  'src/encoders/sexpr': ['sexpr'],
  'src/levels/level-signal': ['levelOnSignal'],
  'src/outputs/fallback': ['fallback'],
  'src/outputs/file': ['file'],
  'src/outputs/memory': ['memory'],
  'src/outputs/split': ['split'],
  'src/outputs/stream': ['stream'],
  'src/outputs/worker': ['worker'],
  'src/pipeline/coalescing': ['CoalescingGate'],
  'src/pipeline/filter/compile': ['compileFilter'],
  'src/pipeline/filter/from-object': ['nodeOf'],
  'src/pipeline/filter/parse': ['parseFilter'],
  'src/pipeline/limits/rate-limit': ['RateLimitGate'],
  'src/pipeline/recent': ['recent'],
  'src/pipeline/sampling/adaptive': ['adaptive'],
  'src/pipeline/sampling/burst': ['burst'],
  'src/pipeline/sampling/by-key': ['byKey'],
  'src/pipeline/sampling/every-nth': ['everyNth'],
  'src/pipeline/sampling/probability': ['probability'],
  'src/pipeline/sampling/sampling-gate': ['SamplingGate'],
  'src/redaction/scanner': ['makeScanner'],
  'src/schema/json-schema': ['jsonSchemaOf'],
  'src/schema/markdown': ['markdownOf'],
  'src/schema/table': ['tableOf'],
}

const STAND_IN = '\0late:'
const IMPORT = /^(?:import|export)[^'"]*?from '(\.[^']+)'|^import '(\.[^']+)'/gm

/** The late modules of a folder of compiled ones, as a plugin for the bundler and what else it needs to know of them. */
export function lateLoading(modules) {
  const names = new Map(Object.keys(lateModules).map((name) => [path.join(modules, `${name}.js`), name]))
  const chunkOf = (name) => `late/${name.replace('src/', '').replaceAll('/', '-')}`
  return {
    /** As further entries: by the chunk's name, the file. */
    input: Object.fromEntries([...names].map(([file, name]) => [chunkOf(name), file])),
    /** Tests for what is loaded at once, stand-ins too. */
    isEager: eagerFrom(path.join(modules, 'src', 'index.js'), names),
    plugin: {
      name: 'late',
      resolveId(source, importer) {
        // Late modules have each other as they are.
        if (importer === undefined || !source.startsWith('.') || names.has(importer)) return null
        const file = path.resolve(path.dirname(importer), source)
        const name = names.get(file)
        return name === undefined ? null : STAND_IN + name
      },
      load(id) {
        if (!id.startsWith(STAND_IN)) return null
        const name = id.slice(STAND_IN.length)
        return lateModules[name].map((exported) => standIn(exported, chunkOf(name))).join('\n')
      },
      renderChunk: (code, { fileName }) =>
        code.replace(/require\("late:([^"]+)"\)/g, (_, chunk) => `require("${relative(fileName, `${chunk}.js`)}")`),
    },
  }
}

/** Tests for modules that the core's index leads to without a late one between. */
function eagerFrom(index, late) {
  const found = new Set()
  const follow = (file) => {
    if (found.has(file) || late.has(file)) return
    found.add(file)
    for (const [, from, alone] of fs.readFileSync(file, 'utf8').matchAll(IMPORT))
      follow(path.resolve(path.dirname(file), from ?? alone))
  }
  follow(index)
  return (id) => found.has(id) || id.startsWith(STAND_IN)
}

/** What stands for a function or class of a late module. Called with `new` it gives the late one's own object. */
function standIn(name, chunk) {
  const loaded = `(late${name} ??= require("late:${chunk}").${name})`
  const isClass = /^[A-Z]/.test(name)
  return `let late${name}
export function ${name}(...args) {
  return ${isClass ? `new ${loaded}` : loaded}(...args)
}`
}

function relative(from, to) {
  const found = path.posix.relative(path.posix.dirname(from), to)
  return found.startsWith('.') ? found : `./${found}`
}
