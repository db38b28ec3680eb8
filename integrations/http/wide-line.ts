import type { ServerResponse } from 'node:http'
import type { LevelName, Logger } from '../../src/index.js'
import type { RequestRecord } from './request-record.js'
import { read, safeError } from './safe-error.js'

/** How a request ended. */
export type Outcome =
  /** The response was sent whole. */
  | 'completed'
  /** The connection went before that. */
  | 'aborted'
  /** An error, or a status from 500 on. */
  | 'failed'

/** Keys that the wide line writes itself: a field of such a name gets a leading underscore. */
const WIDE_KEYS: ReadonlySet<string> = new Set([
  'requestId',
  'method',
  'url',
  'route',
  'status',
  'outcome',
  'durationMs',
  'bytes',
  'controller',
  'handler',
  'error',
])

const MESSAGES: Readonly<Record<Outcome, string>> = {
  completed: 'request completed',
  aborted: 'request aborted',
  failed: 'request failed',
}

/** After an abort the status is still the one that would have been sent, so the outcome comes from what was sent. */
export function outcomeOf(record: RequestRecord, status: number, wasSent: boolean): Outcome {
  if (!wasSent && isOfClient(record)) return 'aborted'
  if (status >= 500 || (record.hasError && status < 400)) return wasSent || record.hasError ? 'failed' : 'aborted'
  return wasSent ? 'completed' : 'aborted'
}

/** Whether the request ended in an error that is not the client's. */
export function hasFailed(record: RequestRecord): boolean {
  return record.hasError && outcomeOf(record, record.response?.statusCode ?? 0, true) === 'failed'
}

export function levelOf(outcome: Outcome, status: number): LevelName {
  if (outcome === 'failed') return 'error'
  return outcome === 'aborted' || status >= 400 ? 'warn' : 'info'
}

/**
 * Writes the one line a request ends with.
 *
 * @param route - The template of the route that served it, or empty when none did.
 */
export function writeWideLine(logger: Logger, record: RequestRecord, route: string): void {
  const { response, socket } = record
  const status = sentStatus(response)
  const wasSent = (response?.writableFinished === true || record.wasSent) && !record.wasCut && !wasCutOff(record)
  const outcome = outcomeOf(record, status, wasSent)
  const level = levelOf(outcome, status)
  const line = logger.at(level === 'info' ? (record.handledBy?.level ?? level) : level)
  if (line === undefined) return
  const elapsed = logger.ticks() - record.startedAt[0]
  line.string('requestId', record.requestId).string('method', record.method).string('url', record.url)
  if (route !== '') line.string('route', route)
  if (wasSent || response?.headersSent === true) line.int('status', status)
  line.string('outcome', outcome).duration('durationMs', Math.round(elapsed * 1000) / 1000)
  if (socket !== undefined) line.int('bytes', bodyBytes(record))
  if (record.handledBy !== undefined && record.handledBy.handler !== '') {
    line.string('controller', record.handledBy.controller).string('handler', record.handledBy.handler)
  }
  line.append(record.fields, WIDE_KEYS)
  if (record.hasError) line.error('error', safeError(record.error, record.rawUrl, record.url))
  line.msg(MESSAGES[outcome])
}

/** A client that left in the middle of its body: the framework may still have "sent" an answer to nobody. */
function wasCutOff({ request }: RequestRecord): boolean {
  const raw = rawOf(request)
  return raw.complete === false && raw.errored?.code === 'ECONNRESET'
}

/** Node's own request, within Fastify's. */
function rawOf(request: unknown): { complete?: boolean; errored?: { code?: string } | null } {
  return ((request as { raw?: unknown }).raw ?? request) as ReturnType<typeof rawOf>
}

/** The status that was sent, where it was: `statusCode` can be set afterwards. */
function sentStatus(response: ServerResponse | undefined): number {
  const head = (response as { _header?: string | null } | undefined)?._header
  return typeof head === 'string' ? Number(head.slice(9, 12)) : (response?.statusCode ?? 0)
}

/** An error that is the client's: a body that broke off, as a parser tells it, or as Node does. */
function isOfClient({ error, request }: RequestRecord): boolean {
  if (typeof error !== 'object' || error === null) return false
  const status = read(error, 'status') ?? read(error, 'statusCode')
  return typeof status === 'number' ? status >= 400 && status < 500 : error === rawOf(request).errored
}

/** What the response's body took on the wire, as far as it was sent. */
function bodyBytes(record: RequestRecord): number {
  const length = record.response?.getHeader('content-length')
  if (length !== undefined && record.response?.writableFinished === true && !record.wasCut) {
    const { statusCode } = record.response
    return record.method === 'HEAD' || statusCode === 304 || statusCode === 204 ? 0 : Number(length)
  }
  const head = (record.response as { _header?: string | null } | undefined)?._header
  const sent = (record.socket?.bytesWritten ?? 0) - record.bytesBefore
  return Math.max(0, sent - (typeof head === 'string' ? head.length : 0))
}
