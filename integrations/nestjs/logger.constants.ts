/** The root logger of the application. */
export const LOGGER = 'WIDELINE_LOGGER'

/**
 * Nest's names for its own lines about errors that it handles: those that no filter takes, streams that break, `@Sse()`,
 * jobs.
 */
export const NEST_ERROR_LINES: ReadonlySet<unknown> = new Set([
  'ExceptionsHandler',
  'RpcExceptionsHandler',
  'WsExceptionsHandler',
  'StreamableFile',
  'RouterResponseController',
  'Scheduler',
])
