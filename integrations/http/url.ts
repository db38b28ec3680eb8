const MAX_UNITS = 2048

/** A request's URL without its query values: `/orders?page=*&sort=*`. Values hold tokens and people's data. */
export function safeUrl(url: string, allowed?: ReadonlySet<string>): string {
  const short = url.length > MAX_UNITS ? `${url.slice(0, MAX_UNITS)}…` : url
  const query = short.indexOf('?')
  const path = withoutUser(query < 0 ? short : short.slice(0, query))
  return query < 0 ? path : `${path}?${hideValues(short.slice(query + 1), allowed)}`
}

/** The path of a URL, without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

/** What follows a URL's question mark; empty where there is none. */
export function queryOf(url: string): string {
  const query = url.indexOf('?')
  return query < 0 ? '' : url.slice(query + 1)
}

/** What is asked of a proxy names the host, and may hold a name and a password before it. */
function withoutUser(path: string): string {
  if (path.charCodeAt(0) === 0x2f) return path
  const host = path.indexOf('://') + 3
  if (host < 3) return path
  const slash = path.indexOf('/', host)
  const at = path.lastIndexOf('@', slash < 0 ? path.length : slash)
  return at < host ? path : path.slice(0, host) + path.slice(at + 1)
}

/** Some servers take `;` for `&`: what follows it may be another key's value. */
function isShown(
  query: string,
  from: number,
  sign: number,
  to: number,
  allowed: ReadonlySet<string> | undefined,
): boolean {
  if (allowed === undefined || !allowed.has(query.slice(from, sign))) return false
  const semicolon = query.indexOf(';', sign)
  return semicolon < 0 || semicolon > to
}

function hideValues(query: string, allowed: ReadonlySet<string> | undefined): string {
  let shown = ''
  for (let from = 0; from <= query.length;) {
    const next = query.indexOf('&', from)
    const to = next < 0 ? query.length : next
    const sign = query.indexOf('=', from)
    if (sign < 0 || sign > to) shown += query.slice(from, to)
    else if (isShown(query, from, sign, to, allowed)) shown += query.slice(from, to)
    else shown += `${query.slice(from, sign)}=*`
    if (next < 0) break
    shown += '&'
    from = next + 1
  }
  return shown
}
