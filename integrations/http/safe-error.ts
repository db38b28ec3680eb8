/** What V8 quotes of a text that is no JSON: `Unexpected token 'h', "hunter2" is not valid JSON`. */
const QUOTED_JSON = /(?:\.{3})?"[^]*"(?:\.{3})? is not valid JSON/
const MAX_CAUSES = 10

/**
 * An error whose texts may repeat the request's URL ("Cannot GET /orders?token=…"), with the query's values hidden there as
 * they are in the line's `url`, in its causes too; and without what a parser quotes of the body. The error itself is not
 * changed.
 */
export function safeError(error: unknown, url: string, safeUrl: string, depth = 0): unknown {
  if (!(error instanceof Error) || depth > MAX_CAUSES) return error
  const { message, stack, cause } = error
  const isParser = (error as { type?: unknown }).type === 'entity.parse.failed'
  if (url === safeUrl && !isParser && !(cause instanceof Error)) return error
  const hide = (text: unknown): unknown => {
    if (typeof text !== 'string') return text
    const hidden = url === safeUrl ? text : text.split(url).join(safeUrl)
    return isParser ? hidden.replace(QUOTED_JSON, '… is not valid JSON') : hidden
  }
  const safeMessage = hide(message)
  const safeStack = hide(stack)
  const safeCause = cause === undefined ? undefined : safeError(cause, url, safeUrl, depth + 1)
  if (safeMessage === message && safeStack === stack && safeCause === cause) return error
  return Object.create(error, {
    message: { value: safeMessage },
    stack: { value: safeStack },
    cause: { value: safeCause },
  }) as unknown
}
