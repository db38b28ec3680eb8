let hasTold = false

/**
 * Says, once, that a log method was called without its logger, as in `.catch(log.error)`: there is nobody to write the line,
 * and a log call does not throw.
 */
export function tellDetached(method: string): void {
  if (hasTold) return
  hasTold = true
  process.emitWarning(
    `log.${method} was called without its logger and wrote nothing: pass (...values) => log.${method}(...values) in its place`,
    { type: 'WidelineWarning', code: 'WIDELINE_DETACHED' },
  )
}
