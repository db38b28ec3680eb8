import { safeLink } from './url.js'

/** Headers that are URLs, or hold them: also those in which a proxy tells what it was asked for. */
const LINKS: ReadonlySet<string> = new Set([
  'referer',
  'origin',
  'location',
  'content-location',
  'link',
  'refresh',
  'x-forwarded-uri',
  'x-original-uri',
  'x-original-url',
  'x-rewrite-url',
])

/** Those in which URLs stand among other text. */
const TEXTS: ReadonlySet<string> = new Set(['link', 'refresh'])
const USERS = /\/\/[^/?#\s<>]*@/g

/**
 * A header as lines show it: of a URL no user, and no query values.
 *
 * @param name - In lower case.
 * @param allowed - Query parameters whose values are shown.
 */
export function shownHeader(name: string, value: unknown, allowed?: ReadonlySet<string>): unknown {
  if (!LINKS.has(name)) return value
  return linked(TEXTS.has(name) ? withoutUsers(value) : value, allowed)
}

function withoutUsers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUsers)
  return typeof value === 'string' ? value.replace(USERS, '//') : value
}

function linked(value: unknown, allowed: ReadonlySet<string> | undefined): unknown {
  if (Array.isArray(value)) return value.map((each) => linked(each, allowed))
  return typeof value === 'string' ? safeLink(value, allowed) : value
}
