import { safeLink } from './url.js'

/** Headers that are URLs. */
const LINKS: ReadonlySet<string> = new Set(['referer', 'origin', 'location', 'content-location'])

/**
 * A header as lines show it: of a URL no user, and no query values.
 *
 * @param name - In lower case.
 * @param allowed - Query parameters whose values are shown.
 */
export function shownHeader(name: string, value: unknown, allowed?: ReadonlySet<string>): unknown {
  return LINKS.has(name) ? linked(value, allowed) : value
}

function linked(value: unknown, allowed: ReadonlySet<string> | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => linked(each, allowed))
  return typeof value === 'string' ? safeLink(value, allowed) : value
}
