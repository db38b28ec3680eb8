import type { IncomingMessage } from 'node:http'
import { Logger, OptionError } from '../../src/index.js'
import { type RequestIdGenerator, sortableIds } from './request-id.js'

/** Options of a request logger. */
export interface RequestOptions {
  /** Whether {@link currentLog} works. It costs one `AsyncLocalStorage.run` a request. Default true. */
  readonly context?: boolean
  /** The header a request's id is taken from, and echoed in. Default `x-request-id`. */
  readonly idHeader?: string
  /** Makes the id of a request that brings none, or one that is not 1 to 64 of `A-Za-z0-9._-`. */
  readonly generateId?: RequestIdGenerator
  /** Requests that get no wide line. */
  readonly ignore?: (request: IncomingMessage) => boolean
}

/** Request options, complete. */
export interface CheckedRequestOptions {
  readonly context: boolean
  readonly idHeader: string
  readonly generateId: RequestIdGenerator
  readonly ignore: NonNullable<RequestOptions['ignore']> | undefined
}

const NAMES: readonly string[] = ['context', 'idHeader', 'generateId', 'ignore']
const HEADER = /^[a-z0-9-]+$/i

/** @throws OptionError for an option that cannot be used. */
export function checkRequestOptions(
  where: string,
  options: RequestOptions,
  others: readonly string[] = [],
): CheckedRequestOptions {
  if (typeof options !== 'object' || options === null) throw new OptionError(where, 'an object', options)
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name) && !others.includes(name))
  if (unknown !== undefined) throw new OptionError(`${where}.${unknown}`, `one of ${NAMES.join(', ')}`, unknown)
  const { context = true, idHeader = 'x-request-id', generateId = sortableIds(), ignore } = options
  if (typeof context !== 'boolean') throw new OptionError(`${where}.context`, 'true or false', context)
  if (typeof idHeader !== 'string' || !HEADER.test(idHeader)) {
    throw new OptionError(`${where}.idHeader`, 'the name of a header', idHeader)
  }
  if (typeof generateId !== 'function') throw new OptionError(`${where}.generateId`, 'a function', generateId)
  if (ignore !== undefined && typeof ignore !== 'function') {
    throw new OptionError(`${where}.ignore`, 'a function', ignore)
  }
  return Object.freeze({ context, idHeader: idHeader.toLowerCase(), generateId, ignore })
}

/** @throws OptionError unless the value is a logger. */
export function checkLogger(where: string, logger: unknown): Logger {
  if (!(logger instanceof Logger))
    throw new OptionError(where === '' ? 'logger' : `${where}.logger`, 'a Logger made by createLogger()', logger)
  return logger
}
