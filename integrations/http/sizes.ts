import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { looks } from './look.js'
import type { RequestRecord } from './request-record.js'

/** What the request's body came to, as far as it arrived. */
export function requestBytes(record: RequestRecord): number {
  if (record.requestBytes < 0) return 0
  const length = Number(record.headers['content-length'])
  // Parts may have come before anybody counted.
  return length > record.requestBytes && isWhole(record) ? length : record.requestBytes
}

/** Whether all of the body came: a request of HTTP/2 is `complete` also where its client has broken it off. */
function isWhole({ incoming }: RequestRecord): boolean {
  return incoming?.complete === true && !(incoming as { aborted: boolean }).aborted
}

/** What the response's body took on the wire, as far as it was sent; -1 where nobody can tell. */
export function responseBytes(record: RequestRecord): number {
  const { response, socket } = record
  if (response === undefined) return -1
  const isWithoutBody = record.method === 'HEAD' || record.status === 304 || record.status === 204
  if (record.responseBytes >= 0 && socket === undefined) {
    // Its stream answered, past the response.
    const isUncounted = record.hasStatus && record.headAt[0] < 0
    return isWithoutBody ? 0 : isUncounted ? -1 : record.responseBytes
  }
  if (!record.hasStatus || isWithoutBody) return 0
  const sent = sentBytes(record, response, socket)
  if ((record.wasSent || response.writableFinished) && !record.wasCut) {
    const length = lengthOf(response)
    // What follows on its connection may be counted by then; what was promised may not have been kept.
    if (length !== undefined) return sent >= 0 && sent < length ? sent : length
  }
  return sent
}

/** What its connection took of it; -1 where it does not tell. */
function sentBytes(record: RequestRecord, response: ServerResponse, socket: Socket | undefined): number {
  // Nobody saw where it began.
  if (record.headAt[0] < 0) return -1
  const written = bytesWritten(socket)
  // No connection, or an injected request's, which counts nothing.
  if (written === undefined) return -1
  const head = (response as { _header?: string | null })._header
  const sent = (record.bytesAfter < 0 ? written : record.bytesAfter) - record.bytesBefore
  return Math.max(0, sent - (typeof head === 'string' ? head.length : 0))
}

/**
 * What a connection has written. For each `bytesWritten` Node makes a list of what it still holds: where it holds nothing, it is
 * what Node adds that to.
 */
export function bytesWritten(socket: Socket | undefined): number | undefined {
  const { writableLength, _bytesDispatched: dispatched } = (socket ?? {}) as {
    writableLength?: number
    _bytesDispatched?: number
  }
  return writableLength === 0 && dispatched !== undefined ? dispatched : socket?.bytesWritten
}

/** The length that the response's head tells. */
function lengthOf(response: ServerResponse): number | undefined {
  // Node's own note of it: the header itself takes Node.js 20 half a microsecond more.
  const noted = looks.contentLength(response)
  if (typeof noted === 'number') return noted
  const length = looks.getHeader(response).call(response, 'content-length')
  return length === undefined ? undefined : Number(length)
}
