import type { ServerResponse } from 'node:http'

/**
 * A header of a response, also once it is out. Where none was set before, Node has those of `writeHead(status, headers)` in
 * the text of the head alone.
 *
 * @param name - In lower case.
 */
export function sentHeader(response: ServerResponse, name: string): unknown {
  const header = response.getHeader(name)
  const { _header: head } = response as { _header?: string | null }
  if (header !== undefined || typeof head !== 'string' || response.getHeaderNames().length > 0) return header
  const found: string[] = []
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0 && line.slice(0, colon).toLowerCase() === name) found.push(line.slice(colon + 1).trim())
  }
  return found.length > 1 ? found : found[0]
}
