import path from 'node:path'

/** Source files by their path from the root, with `/` between folders. */
export type Sources = ReadonlyMap<string, string>

/** What may import what. In patterns `...` stands for whatever follows. */
export interface House {
  readonly floors: readonly { readonly floor: number; readonly files: string; readonly only?: readonly string[] }[]
  readonly shown: readonly { readonly file: string; readonly to: string }[]
  readonly packages: readonly { readonly files: string; readonly packages: readonly string[] }[]
}

/** What stands for an import whose target is computed. */
const COMPUTED = '<computed>'

const COMMENT = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g
/** `import … from 'x'`, `import 'x'`, `export … from 'x'`: they begin their line. */
const STATIC = /^[ \t]*(?:import|export)\b(?:[^'"`;()=]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm
/** `import('x')`, also as a type, and `require('x')`. */
const CALLED = /\b(?:import|require)\s*\(\s*(?:(['"])([^'"\n]+)\1\s*[),]|([^)]))/g

/** The targets of every import of a source, as they are written. */
export function importsOf(source: string): string[] {
  const code = source.replace(COMMENT, (_, text: string | undefined) => text ?? ' ')
  const found = Array.from(code.matchAll(STATIC), (match) => match[2])
  for (const match of code.matchAll(CALLED)) found.push(match[2] ?? COMPUTED)
  return found
}

/** A target as a path from the root; undefined for a package. */
function resolved(from: string, target: string): string | undefined {
  if (!target.startsWith('.')) return undefined
  return path.posix.join(path.posix.dirname(from), target).replace(/\.js$/, '.ts')
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('...') ? name.startsWith(pattern.slice(0, -3)) : name === pattern
}

/** Every import that a house does not allow, in words. */
export function climbs(sources: Sources, house: House): string[] {
  const problems: string[] = []
  for (const [file, source] of sources) {
    const own = house.floors.find((each) => matches(each.files, file))
    if (own === undefined) {
      problems.push(`${file} has no floor`)
      continue
    }
    for (const target of importsOf(source)) {
      const problem = problemWith(file, own, target, sources, house)
      if (problem !== undefined) problems.push(`${file} imports ${target}: ${problem}`)
    }
  }
  return problems
}

function problemWith(
  file: string,
  own: House['floors'][number],
  target: string,
  sources: Sources,
  house: House,
): string | undefined {
  if (target === COMPUTED) return 'no import may be computed'
  const imported = resolved(file, target)
  if (imported === undefined) {
    const allowed = house.packages.filter((each) => matches(each.files, file)).flatMap((each) => each.packages)
    return allowed.some((each) => matches(each, target)) ? undefined : 'that package is not for this folder'
  }
  if (!sources.has(imported)) return 'there is no such file'
  const other = house.floors.find((each) => matches(each.files, imported))
  if (other === undefined) return 'it has no floor'
  if (own === other) return undefined
  if (house.shown.some((each) => each.file === imported && matches(each.to, file))) return undefined
  if (own.only !== undefined) return own.only.includes(imported) ? undefined : `only ${own.only.join(', ')} may be`
  // Single files of one floor, which stand side by side, are kept in order by the search for cycles.
  const areSingleFiles = !own.files.endsWith('...') && !other.files.endsWith('...')
  if (other.floor < own.floor || (other.floor === own.floor && areSingleFiles)) return undefined
  return `floor ${own.floor} may not import from floor ${other.floor}`
}

/** Circles of imports, each once, beginning at its first file by name. */
export function cycles(sources: Sources): string[] {
  const found = new Set<string>()
  const finished = new Set<string>()
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file)
    if (start >= 0) {
      found.add(inOrder(trail.slice(start)))
      return
    }
    if (finished.has(file)) return
    for (const target of importsOf(sources.get(file) ?? '')) {
      const imported = resolved(file, target)
      if (imported !== undefined && sources.has(imported)) visit(imported, [...trail, file])
    }
    finished.add(file)
  }
  for (const file of sources.keys()) visit(file, [])
  return [...found]
}

function inOrder(circle: readonly string[]): string {
  const first = circle.indexOf(circle.toSorted()[0])
  const turned = [...circle.slice(first), ...circle.slice(0, first)]
  return [...turned, turned[0]].join(' → ')
}
