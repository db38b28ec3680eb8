/** A stream of Node's kind, whoever made it: packages bring a copy of Node's own. */
interface NodeStream {
  readonly pipe: unknown
  once(event: 'error', listener: (error: unknown) => void): unknown
}

interface WebStream {
  getReader(...how: unknown[]): { readonly closed: Promise<unknown> }
}

/**
 * Tells the error that a reply's body breaks off with: Fastify destroys the response then, and hands the error to nobody.
 *
 * @param payload - What a reply sends: also a text, or a `Response`.
 */
export function hearBodyError(payload: unknown, tell: (error: unknown) => void): void {
  if (typeof payload !== 'object' || payload === null) return
  if (isNodeStream(payload)) {
    payload.once('error', tell)
    return
  }
  const body = isWebStream(payload) ? payload : (payload as { body?: unknown }).body
  if (!isWebStream(body)) return
  // It may be read once, by Fastify: its reader knows how it ends.
  const { getReader } = body
  body.getReader = (...how) => {
    const reader = getReader.apply(body, how)
    reader.closed.then(undefined, tell)
    return reader
  }
}

function isNodeStream(value: object): value is NodeStream {
  return 'pipe' in value && typeof value.pipe === 'function' && 'once' in value && typeof value.once === 'function'
}

function isWebStream(value: unknown): value is WebStream {
  return typeof value === 'object' && value !== null && 'getReader' in value && typeof value.getReader === 'function'
}
