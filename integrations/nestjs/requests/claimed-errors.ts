import { HttpException } from '@nestjs/common'
import { logOfRequest, type RequestLog } from '../../http/index.js'

/** Errors that some wide line carries: what Nest prints about them by itself says the same again. */
const claimed = new WeakSet<object>()

/** What a filter is just handling, for thrown values that are no objects. */
let handling: { readonly error: unknown } | undefined

/** Puts an error on the wide line of its request. A request that is over leaves it to Nest's own line. */
export function noteError(request: unknown, error: unknown): void {
  const log = logOfRequest(request)
  if (log === undefined || log.isClosed) return
  const isFirst = !log.hasFailed
  log.setError(error)
  if (isFirst) noteInvalidFields(log, error)
  // Another error than the line's, such as that of a filter that broke, is no repetition.
  if (log.hasError(error) && typeof error === 'object' && error !== null) claimed.add(error)
}

/** Nest's validation puts its findings into the exception's response; each begins with the field's path. */
function noteInvalidFields(log: RequestLog, error: unknown): void {
  if (!(error instanceof HttpException)) return
  const response: unknown = error.getResponse()
  const messages: unknown =
    typeof response === 'object' && response !== null && (response as { message?: unknown }).message
  if (!Array.isArray(messages)) return
  const paths = messages.map((message) => (typeof message === 'string' ? message.split(' ', 1)[0] : ''))
  log.fields.any('invalid', [...new Set(paths)])
}

/** Runs a filter, whose error goes on the wide line. */
export function whileHandling<T>(request: unknown, error: unknown, run: () => T): T {
  noteError(request, error)
  const before = handling
  handling = logOfRequest(request)?.hasError(error) === true ? { error } : undefined
  try {
    return run()
  } finally {
    handling = before
  }
}

/** Whether the wide line says this already. */
export function isOnWideLine(error: unknown): boolean {
  if (typeof error === 'object' && error !== null) return claimed.has(error)
  return handling !== undefined && handling.error === error
}
