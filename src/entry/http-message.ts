/** Names by which Node's requests and responses are told from other objects. */
interface HttpMessage {
  readonly rawHeaders?: unknown
  readonly httpVersion?: unknown
  readonly _header?: unknown
  readonly outputData?: unknown
  readonly method?: unknown
  readonly url?: unknown
  readonly path?: unknown
  readonly statusCode?: unknown
}

/**
 * What is written of one of Node's requests or responses, and of those that frameworks make of them: its method, its path
 * and its status. They hold sockets, parsers and, in lists and texts that no name tells of, every header. Undefined for
 * any other object.
 */
export function httpMessageForm(value: HttpMessage): object | undefined {
  if (!isHttpMessage(value)) return undefined
  const { method, url, path, statusCode } = value
  const target = typeof url === 'string' && url !== '' ? url : path
  return {
    ...(typeof method === 'string' ? { method } : {}),
    ...(typeof target === 'string' ? { url: target.replace(/[?#].*$/s, '?*') } : {}),
    ...(typeof statusCode === 'number' ? { status: statusCode } : {}),
  }
}

/** Asks for no more than tells it: of the application's own objects other names may be read by functions of its own. */
function isHttpMessage(value: HttpMessage): boolean {
  if (Array.isArray(value.rawHeaders)) return typeof value.httpVersion === 'string'
  return value._header !== undefined && Array.isArray(value.outputData)
}
