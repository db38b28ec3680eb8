/** The root logger of the application. */
export const LOGGER = 'WIDELINE_LOGGER'

/** Nest's name for its own lines about errors that no filter has handled. */
export const EXCEPTIONS_HANDLER = 'ExceptionsHandler'
