/** What is read of a request of any framework: Node's own, or what has it as `raw`. */
interface AnyRequest {
  readonly raw?: unknown
  readonly httpVersion?: unknown
  readonly socket?: { readonly encrypted?: unknown } | null
}

function rawOf(request: unknown): AnyRequest {
  const given = (request ?? {}) as AnyRequest
  return typeof given.raw === 'object' && given.raw !== null ? given.raw : given
}

/** Whether the request came over TLS to this process. What a proxy in front says is not asked: anybody can say it. */
export function schemeOf(request: unknown): 'http' | 'https' {
  return rawOf(request).socket?.encrypted === true ? 'https' : 'http'
}

/** `1.1`, `2`, as `network.protocol.version` has it. */
export function protocolVersionOf(request: unknown): string | undefined {
  const { httpVersion } = rawOf(request)
  if (typeof httpVersion !== 'string') return undefined
  return httpVersion === '2.0' ? '2' : httpVersion
}
