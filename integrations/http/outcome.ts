import type { ServerResponse } from 'node:http'
import type { LevelName, Outcome } from '../../src/index.js'
import type { RequestRecord } from './request-record.js'
import { read } from './safe-error.js'
import { sentHeader } from './sent-header.js'

/** Of the system, when the other side of a connection went. */
const CONNECTION_CODES: ReadonlySet<string> = new Set(['ECONNABORTED', 'ECONNRESET', 'EPIPE'])

/** Of whoever goes on with a response that is closed already. */
const CLOSED_CODES: ReadonlySet<string> = new Set(['ERR_STREAM_DESTROYED', 'ERR_STREAM_PREMATURE_CLOSE'])

/** Errors without a status of which their framework says that they are the client's. */
const clientErrors = new WeakSet<object>()

/** Says of an error that it is the client's. */
export function markOfClient(error: object): void {
  clientErrors.add(error)
}

/** What HTTP/2's compatibility API has in place of a connection of its own. */
interface Http2Stream {
  readonly aborted: boolean
  readonly rstCode: number
  readonly headersSent: boolean
  readonly writableFinished: boolean
  readonly sentHeaders?: { readonly ':status'?: number }
}

/** Whether the response was handed to the system whole. */
export function wasSent(record: RequestRecord): boolean {
  const { response } = record
  if (response === undefined) return record.wasSent
  if (record.socket === undefined) {
    const { stream } = response as { stream?: Http2Stream }
    if (stream !== undefined && stream !== null && typeof stream.rstCode === 'number') {
      // It emits `finish` in any case, and knows nothing of what is answered by its stream.
      const isEnded = response.writableEnded || (stream.headersSent && stream.writableFinished)
      return isEnded && !stream.aborted && stream.rstCode === 0
    }
  }
  return (record.wasSent || response.writableFinished) && !record.wasCut && !record.isHeadLost && !wasCutOff(record)
}

/** Takes the error that the response was destroyed with, where nobody told of it. */
export function takeResponseError(record: RequestRecord): void {
  const error = responseError(record)
  if (record.hasError || error === undefined) return
  record.error = error
  record.hasError = true
  record.isErrorAfterCut = wasCutOff(record)
}

/** The error that the server destroyed the response with: it has none of its own when its client left. */
function responseError({ response }: RequestRecord): object | undefined {
  if (response === undefined) return undefined
  const { stream } = response as { stream?: { errored?: unknown } }
  const error: unknown = response.errored ?? stream?.errored
  return typeof error !== 'object' || error === null || isOfConnection(error) || isOfServer(error) ? undefined : error
}

/**
 * Node 24.21 and later destroys responses that wait for their turn when the connection closes. That an answer of somebody else's
 * broke off has the same message and code, but is made by Node's client.
 */
function isOfServer(error: object): boolean {
  const stack = read(error, 'code') === 'ECONNRESET' ? read(error, 'stack') : undefined
  return typeof stack === 'string' && stack.includes('node:_http_server')
}

/** After an abort the status is still the one that would have been sent, so the outcome comes from what was sent. */
export function outcomeOf(record: RequestRecord, status: number, isSent: boolean): Outcome {
  // Most parsers' errors of a body that broke off have no status: they are consequences of it nevertheless.
  if (!record.hasStatus && wasCutOff(record) && (!record.hasError || record.isErrorAfterCut)) return 'aborted'
  if (!isSent && isOfClient(record)) return 'aborted'
  // An error in an answer that says all is well, as GraphQL's do, may be the client's nevertheless.
  const hasFailedQuietly = record.hasError && status < 400 && !isOfClient(record)
  if (status >= 500 || hasFailedQuietly) return isSent || record.hasError ? 'failed' : 'aborted'
  return isSent ? 'completed' : 'aborted'
}

export function levelOf(record: RequestRecord, outcome: Outcome, status: number): LevelName {
  if (outcome === 'failed') return 'error'
  // A stream of events has no other end than that its client leaves.
  if (outcome === 'aborted') return isEventStream(record.response) ? 'info' : 'warn'
  return status >= 400 || record.hasError ? 'warn' : 'info'
}

export function isEventStream(response: ServerResponse | undefined): boolean {
  if (response?.headersSent !== true) return false
  const type = sentHeader(response, 'content-type')
  return typeof type === 'string' && type.startsWith('text/event-stream')
}

/** Whether the request ended in an error that is not the client's. */
export function hasFailed(record: RequestRecord): boolean {
  return record.hasError && outcomeOf(record, statusOf(record), true) === 'failed'
}

/** The status that was sent, where it was: `statusCode` can be set afterwards. */
export function statusOf(record: RequestRecord): number {
  return record.hasStatus ? record.status : (statusOfStream(record) ?? record.response?.statusCode ?? 0)
}

/** Of HTTP/2, where it is answered by its stream, which the response does not hear of. */
function statusOfStream({ response, socket }: RequestRecord): number | undefined {
  if (socket !== undefined) return undefined
  return (response as { stream?: Http2Stream } | undefined)?.stream?.sentHeaders?.[':status']
}

/** Whether the status left the process: an answer to nobody has none, nor one whose turn never came. */
export function wentOut(record: RequestRecord, isSent: boolean): boolean {
  if (record.isHeadLost || record.isWaiting) return false
  return isSent || (!isHeadKept(record) && (record.hasStatus || record.response?.headersSent === true))
}

/** Whether the head still waits for the first part of the body, with which Node writes it: that part never came. */
function isHeadKept({ response }: RequestRecord): boolean {
  return (response as { _headerSent?: boolean } | undefined)?._headerSent === false
}

/** A client that left in the middle of its body: the framework may still have "sent" an answer to nobody. */
export function wasCutOff({ incoming, requestBytes }: RequestRecord): boolean {
  if (requestBytes < 0 || incoming === undefined || incoming.complete) return false
  return (incoming.errored as { code?: string } | null)?.code === 'ECONNRESET'
}

/** What a connection says of another side that went. An answer of somebody else's that broke off is not of the system. */
function isOfConnection(error: object): boolean {
  const code = read(error, 'code')
  if (typeof code !== 'string') return false
  return code.startsWith('ERR_HTTP2_') || (CONNECTION_CODES.has(code) && read(error, 'syscall') !== undefined)
}

/** An error that is the client's: a body that broke off, as a parser tells it, or as Node does, or what its leaving led to. */
export function isOfClient(record: RequestRecord): boolean {
  const { error, incoming } = record
  if (typeof error !== 'object' || error === null) return false
  const status = read(error, 'status') ?? read(error, 'statusCode')
  if (typeof status === 'number') return status >= 400 && status < 500
  if (error === incoming?.errored || clientErrors.has(error)) return true
  return record.response !== undefined && isOfClosed(error) && !wasSent(record) && responseError(record) === undefined
}

/** What a handler gets that goes on after its client has left: `await pipeline(file, response)`, a fetch that is given up. */
export function isOfClosed(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const code = read(error, 'code')
  if (typeof code === 'string' && CLOSED_CODES.has(code)) return true
  return isOfConnection(error) || read(error, 'name') === 'AbortError'
}
