/**
 * An error whose texts may repeat the request's URL ("Cannot GET /orders?token=…"), with the query's values hidden there as
 * they are in the line's `url`. The error itself is not changed.
 */
export function withoutQuery(error: unknown, url: string, safeUrl: string): unknown {
  if (url === safeUrl || !(error instanceof Error)) return error
  const hide = (text: unknown): unknown => (typeof text === 'string' ? text.split(url).join(safeUrl) : text)
  const { message, stack } = error
  const safeMessage = hide(message)
  const safeStack = hide(stack)
  if (safeMessage === message && safeStack === stack) return error
  return Object.create(error, { message: { value: safeMessage }, stack: { value: safeStack } }) as unknown
}
