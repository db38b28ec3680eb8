/** Stands for parts of a template that nobody knows: the request's own would be values. */
export const UNKNOWN = '/*'

/** The part of a request's path that lies above its route. */
interface Base {
  readonly parts: readonly string[]
  /** Whether it is all of that, and no more. */
  readonly isExact: boolean
}

/**
 * The template above a route whose place is not found, as far as one of the mounts explains the request's path: the longest
 * one, of these the one with the fewest parameters. What none explains is `*`, never what the request holds there.
 */
export function knownMount(base: Base, mounts: readonly string[]): string {
  let best: readonly string[] = []
  for (const mount of mounts) {
    const parts = segments(mount)
    if (covers(parts, base.parts) && isBetter(parts, best)) best = parts
  }
  const known = best.map((part) => `/${part}`).join('')
  return base.isExact && best.length < base.parts.length ? known + UNKNOWN : known
}

/** @param own - The route's own path; undefined where it is no single text. */
export function baseOf(path: string, own: string | undefined): Base {
  const parts = segments(path)
  const isExact = own !== undefined && !isOpen(own)
  const least = own === undefined ? 0 : segments(own).filter((part) => !isOpen(part)).length
  return { parts: parts.slice(0, Math.max(0, parts.length - least)), isExact }
}

/** The path that routers have taken off already. */
export function baseOfMounted(baseUrl: string): Base {
  return { parts: segments(baseUrl), isExact: true }
}

/** Whether an application's mount may be what a path is below. */
export function explains(mountpath: unknown, path: string): boolean {
  if (Array.isArray(mountpath)) return mountpath.some((each) => explains(each, path))
  if (mountpath instanceof RegExp) return path.search(mountpath) >= 0
  // Of what is written in other ways nobody can say.
  if (typeof mountpath !== 'string' || isOpen(mountpath) || mountpath.includes('(')) return true
  return isBelow(mountpath, path)
}

/** Whether a path is below a template; not, where that does not say how many parts it takes. */
export function isBelow(template: string, path: string): boolean {
  return covers(segments(template), segments(path))
}

function covers(template: readonly string[], path: readonly string[]): boolean {
  return template.length <= path.length && template.every((part, i) => fits(part, path[i]))
}

function fits(part: string, value: string): boolean {
  if (isOpen(part) || part.includes('(')) return false
  return part.includes(':') || part.toLowerCase() === value.toLowerCase()
}

function isBetter(parts: readonly string[], best: readonly string[]): boolean {
  if (parts.length !== best.length) return parts.length > best.length
  return parameters(parts) < parameters(best)
}

function parameters(parts: readonly string[]): number {
  return parts.filter((part) => part.includes(':')).length
}

/** Whether it may stand for any number of a path's parts. */
function isOpen(template: string): boolean {
  return template.includes('*') || template.includes('{')
}

/** What of a path lies below a template; nothing, where that does not say how many parts it takes. */
export function restBelow(template: string, path: string): string {
  if (isOpen(template) || /[(^\\]/.test(template)) return ''
  const parts = segments(path).slice(segments(template).length)
  return parts.map((part) => `/${part}`).join('')
}

export function segments(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}
