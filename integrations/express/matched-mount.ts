import { segments, UNKNOWN } from './known-mount.js'

/** How layers of Express 5 know their paths. Before `router` 2.3 they keep nothing else of them. */
export type Matcher = (
  path: string,
) => { readonly path: string; readonly params: Readonly<Record<string, unknown>> } | false

/** Stands for a part of a path, to see what a matcher makes of it. */
const PROBE = 'wideline-probe'

/** The templates of each matcher as they were first spelled: what requests make of upper and lower case is no other route. */
const spelled = new WeakMap<Matcher, Map<string, string>>()

/** The template of a mount that a path is below, as far as its matchers tell, and what of the path is left. */
export function matchedMount(
  matchers: readonly Matcher[],
  path: string,
): { readonly template: string; readonly rest: string } | undefined {
  try {
    for (const match of matchers) {
      const found = match(path)
      if (found === false) continue
      // Of an expression, whose parameters are a plain object, nobody can say which parts are its own.
      const isText = Object.getPrototypeOf(found.params) === null
      const template = isText ? templateOf(match, segments(found.path), Object.keys(found.params)) : UNKNOWN
      return { template: asFirstSpelled(match, template), rest: path.slice(found.path.length) }
    }
  } catch {
    // A path that does not decode: this mount had not to do with it.
  }
  return undefined
}

/** Each part that the matcher takes for a parameter's value is that parameter; what holds a value besides is unknown. */
function templateOf(match: Matcher, parts: readonly string[], names: readonly string[]): string {
  const left = new Set(names)
  const own = parts.map((part, i) => {
    const probed = match(`/${[...parts.slice(0, i), PROBE, ...parts.slice(i + 1)].join('/')}`)
    const name = names.find((each) => probed !== false && probed.params[each] === PROBE)
    if (name === undefined) return `/${part}`
    left.delete(name)
    return `/:${name}`
  })
  return left.size === 0 ? own.join('') : UNKNOWN
}

function asFirstSpelled(match: Matcher, template: string): string {
  const known = spelled.get(match) ?? new Map<string, string>()
  spelled.set(match, known)
  const first = known.get(template.toLowerCase()) ?? template
  known.set(template.toLowerCase(), first)
  return first
}
