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
  'src/encoders/plain-value': ['plainValues'],
  'src/encoders/preset-json': ['PresetJsonEncoder'],
  'src/encoders/pretty': ['pretty'],
  'src/encoders/sexpr': ['sexpr'],
  'src/entry/anchored-clock': ['anchoredClock'],
  'src/entry/guarded-clock': ['GuardedClock'],
  'src/levels/level-signal': ['levelOnSignal'],
  'src/levels/parse-levels': ['parseLevels'],
  'src/logger-hooks': ['LoggerHooks'],
  'src/options/nearest': ['nearest'],
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
  'src/pipeline/suppressed': ['SuppressedLines'],
  'src/pipeline/trace-ids': ['TraceIds', 'followTrace'],
  'src/redaction/path': ['parsePath'],
  'src/redaction/path-rules': ['PathRules'],
  'src/redaction/scanner': ['makeScanner'],
  'src/schema/check-shape': ['checkSetOptions', 'checkShape', 'isDeclaredField'],
  'src/schema/compiled-field': ['CompiledField', 'planOf'],
  'src/schema/field-kind': ['fieldKind'],
  'src/schema/field-options': ['checkFieldOptions'],
  'src/schema/json-schema': ['jsonSchemaOf'],
  'src/schema/markdown': ['markdownOf'],
  'src/schema/source-of': ['sourceOf'],
  'src/schema/table': ['tableOf'],
}

const STAND_IN = '\0late:'
const LOADER = '\0late-loader'
const CORE = 'parts/core.js'
const HELPERS = 'parts/rolldown-runtime.js'
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
    handOver: handOverCore,
    plugin: {
      name: 'late',
      resolveId(source, importer) {
        if (source === LOADER) return LOADER
        // Late modules have each other as they are.
        if (importer === undefined || !source.startsWith('.') || names.has(importer)) return null
        const file = path.resolve(path.dirname(importer), source)
        const name = names.get(file)
        return name === undefined ? null : STAND_IN + name
      },
      load(id) {
        if (id === LOADER) return loader
        if (!id.startsWith(STAND_IN)) return null
        const name = id.slice(STAND_IN.length)
        const standIns = lateModules[name].map((exported) => standIn(exported, `${chunkOf(name)}.js`))
        return [`import { load } from '${LOADER}'`, ...standIns].join('\n')
      },
      renderChunk: (code, { fileName }) =>
        code
          .replace(/require\("late:([^"]+)"\)/g, (_, file) => `require("${relative(fileName, file)}")`)
          .replace(/\bLATE_CORE\b/g, 'exports'),
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
  return (id) => found.has(id) || id.startsWith(STAND_IN) || id === LOADER
}

/**
 * What loads for every stand-in, whose code names the file. Files may be gone by then: whoever reads the error was not thinking
 * of files.
 */
const loader = `const made = {}
export function load(from) {
  try {
    return from()(LATE_CORE, made)
  } catch (cause) {
    const [file] = /late\\/[\\w-]+\\.js/.exec(String(from)) ?? ['a file of it']
    const isGone = cause?.code === 'MODULE_NOT_FOUND' || cause?.code === 'ENOENT'
    const why = isGone
      ? 'is not there any more: its files were removed or replaced after this process started'
      : 'cannot be loaded: ' + cause?.message
    throw new Error('wideline: ' + file + ' ' + why, { cause })
  }
}`

/** What stands for a function or class of a late module. Called with `new` it gives the late one's own object. */
function standIn(name, file) {
  const loaded = `(late${name} ??= load(() => require("late:${file}")).${name})`
  const isClass = /^[A-Z]/.test(name)
  return `let late${name}
export function ${name}(...args) {
  return ${isClass ? `new ${loaded}` : loaded}(...args)
}`
}

/**
 * Has a late file, or a part that only such ones use, take the core from who loads it. One that required the core would get
 * a second one after `jest.resetModules()`, whose classes and values the first does not know. `require_made` is the core's
 * own record of what has been made with it, since a cleared cache gives the file itself a second time as well.
 */
function handOverCore(code, { fileName }, _options, { chunks }) {
  const isEager = eagerFiles(chunks)
  if (isEager.has(fileName)) return null
  const shared = chunks[fileName].imports.filter((file) => isEager.has(file) && file !== CORE && file !== HELPERS)
  if (shared.length > 0) throw new Error(`${fileName} shares ${shared.join(', ')} with the core or an entry point`)
  const body = code
    .replace('"use strict";\n', '') // of no effect but at the beginning
    .replace(/^const require_core = require\(.*\n/m, '')
    .replace(/^(const require_\w+ = require\("(?!.*rolldown-runtime)\.[^"]+"\));$/gm, '$1(require_core, require_made);')
  return `"use strict";
module.exports = (require_core, require_made) => (require_made["${fileName}"] ??= make(require_core, require_made));
function make(require_core, require_made) {
const exports = {};
${body}
return exports;
}
`
}

/** The files that entry points lead to, by what they import. */
function eagerFiles(chunks) {
  const found = new Set()
  const follow = (file) => {
    if (found.has(file) || chunks[file] === undefined) return // undefined: from another package
    found.add(file)
    for (const imported of chunks[file].imports) follow(imported)
  }
  for (const file of Object.keys(chunks)) if (chunks[file].isEntry && !file.startsWith('late/')) follow(file)
  return found
}

function relative(from, to) {
  const found = path.posix.relative(path.posix.dirname(from), to)
  return found.startsWith('.') ? found : `./${found}`
}
