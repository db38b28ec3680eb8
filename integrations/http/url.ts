const MAX_UNITS = 2048

/** A request's URL without its query values: `/orders?page=*&sort=*`. Values hold tokens and people's data. */
export function safeUrl(url: string): string {
  const short = url.length > MAX_UNITS ? `${url.slice(0, MAX_UNITS)}…` : url
  const query = short.indexOf('?')
  return query < 0 ? short : short.slice(0, query + 1) + hideValues(short.slice(query + 1))
}

/** The path of a URL, without its query. */
export function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

function hideValues(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const sign = pair.indexOf('=')
      return sign < 0 ? pair : `${pair.slice(0, sign)}=*`
    })
    .join('&')
}
