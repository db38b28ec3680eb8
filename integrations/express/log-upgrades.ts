import type { IncomingMessage, Server } from 'node:http'
import { OptionError } from '../../src/index.js'
import { checkLogger, checkRequestOptions, followUpgrades, RequestLifecycle } from '../http/index.js'
import type { RequestLoggerOptions } from './request-logger.js'

/**
 * Writes a wide line for each handshake of an upgrade, such as a WebSocket's: they never reach Express. Inside the `upgrade`
 * listener `request.log` is its log.
 *
 * @param options - Those of `requestLogger()`.
 * @returns stops following.
 * @throws OptionError for an option that cannot be used.
 * @example logUpgrades(server, { logger: log })
 */
export function logUpgrades(
  server: Pick<Server, 'prependListener' | 'off'>,
  options: RequestLoggerOptions,
): () => void {
  if (typeof (server as Partial<Server> | null | undefined)?.prependListener !== 'function')
    throw new OptionError('logUpgrades.server', 'a server of node:http', server)
  const logger = checkLogger('logUpgrades', options?.logger)
  const checked = checkRequestOptions('logUpgrades', options, ['logger'])
  return followUpgrades(server, new RequestLifecycle(logger, checked, () => ''), (request, log) => {
    ;(request as IncomingMessage & { log?: unknown }).log = log
  })
}
