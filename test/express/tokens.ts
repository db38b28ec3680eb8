/** What marks everything that one request writes: no other text of a line looks like it. */
export function tokenOf(index: number): string {
  return `T${index.toString(36).padStart(5, '0')}Z`
}

const TOKEN = /T[0-9a-z]{5}Z/g

/**
 * What is wrong with the lines of many requests, of which each writes its own token and no other, and gets one wide
 * line. Empty when nothing is.
 */
export function crossings(lines: readonly string[], requests: number): string[] {
  const problems: string[] = []
  const wideLines = new Map<string, number>()
  for (const line of lines) {
    const tokens = new Set(line.match(TOKEN))
    if (tokens.size !== 1) problems.push(`${tokens.size} requests on one line: ${line.slice(0, 500)}`)
    const { requestId, outcome } = JSON.parse(line) as { requestId?: string; outcome?: string }
    if (requestId === undefined || !tokens.has(requestId)) problems.push(`a line without its request's id: ${line}`)
    else if (outcome !== undefined) wideLines.set(requestId, (wideLines.get(requestId) ?? 0) + 1)
  }
  for (let index = 0; index < requests; index++) {
    const token = tokenOf(index)
    const count = wideLines.get(token) ?? 0
    if (count !== 1) problems.push(`${count} wide lines for ${token}`)
    wideLines.delete(token)
  }
  for (const token of wideLines.keys()) problems.push(`a wide line for ${token}, which nobody asked for`)
  return problems
}
