import type { ServerResponse } from 'node:http'
import { type FinishedUnit, isError, type TypedLine, type UnitLog } from '../../src/index.js'
import type { BodyCapture } from './body-capture.js'
import { cut } from './cut.js'
import { isEventStream } from './outcome.js'
import { pathOf, queryOf } from './url.js'
import type { RequestRecord } from './request-record.js'
import { safeError } from './safe-error.js'
import { sentHeader } from './sent-header.js'
import { shownHeader } from './shown-header.js'
import { requestBytes, responseBytes } from './sizes.js'
import type { WideKeys } from './wide-keys.js'

/** User agents are mostly shorter; a longer one is somebody's play. */
const MAX_USER_AGENT = 256

export const MESSAGES = {
  completed: 'request completed',
  aborted: 'request aborted',
  failed: 'request failed',
} as const

/** Puts a request on its wide line, under the names that its options have. */
export function writeWideLine(line: TypedLine, record: RequestRecord, log: UnitLog, keys: WideKeys): void {
  const { names, preset } = keys
  if (preset === 'pino-http') writePinoObjects(line, record)
  if (names.requestId !== '') line.string(names.requestId, record.requestId)
  if (names.method !== '') line.string(names.method, record.method)
  if (names.url !== '') writeUrl(line, record, keys)
  if (names.route !== '' && record.route !== '') line.string(names.route, record.route)
  if (names.status !== '' && record.hasStatus) line.int(names.status, record.status)
  if (names.outcome !== '') line.string(names.outcome, record.outcome)
  const scale = preset === 'otel' ? 1_000_000 : 1_000
  if (names.durationMs !== '') writeTime(line, names.durationMs, record.durationMs[0], scale)
  if (names.firstByteMs !== '' && isHeadKnown(record)) {
    writeTime(line, names.firstByteMs, record.headAt[0] - record.startedAt[0], 1_000)
  }
  writeSizes(line, record, names)
  if (names.remoteAddress !== '' && record.remoteAddress !== '') {
    line.string(names.remoteAddress, record.remoteAddress)
  }
  if (names.userAgent !== '') writeUserAgent(line, record, names.userAgent)
  const trace = log.traceContext
  const { traceId, spanId, parentSpanId } = trace
  const shared = log.traceNames
  if (names.traceId !== '') line.string(shared?.traceId ?? names.traceId, traceId)
  if (names.spanId !== '') line.string(shared?.spanId ?? names.spanId, spanId)
  if (shared !== undefined) line.string(shared.traceFlags, trace.traceFlags)
  if (names.parentSpanId !== '' && parentSpanId !== '') line.string(names.parentSpanId, parentSpanId)
  writeHandler(line, record, keys)
  writeRarities(line, record, names)
  line.append(record.fields, keys.reserved)
  if (record.hasError) writeError(line, record, keys)
}

/** Whether the response's head was seen: not where an application answers that nobody knew of. */
function isHeadKnown({ hasStatus, headAt }: RequestRecord): boolean {
  return hasStatus && headAt[0] >= 0
}

/** The clock's ticks have more digits than anybody measures; seconds keep the digits of a thousandth of a millisecond. */
function writeTime(line: TypedLine, name: string, ms: number, scale: number): void {
  const fine = Math.round(ms * 1_000)
  line.duration(name, scale === 1_000 ? fine / 1_000 : fine / scale)
}

function writeUrl(line: TypedLine, record: RequestRecord, { names, preset }: WideKeys): void {
  if (preset !== 'otel') {
    line.string(names.url, record.url)
    return
  }
  line.string(names.url, pathOf(record.url))
  const query = queryOf(record.url)
  if (query !== '') line.string('url.query', query)
}

function writeSizes(line: TypedLine, record: RequestRecord, names: WideKeys['names']): void {
  if (names.requestBytes !== '' && record.requestBytes >= 0) line.int(names.requestBytes, requestBytes(record))
  if (names.bytes === '') return
  const bytes = responseBytes(record)
  if (bytes >= 0) line.int(names.bytes, bytes)
}

function writeUserAgent(line: TypedLine, record: RequestRecord, name: string): void {
  const agent = record.headers['user-agent']
  if (agent === undefined) return
  line.string(name, cut(agent, MAX_USER_AGENT))
}

function writeHandler(line: TypedLine, { handledBy }: RequestRecord, { names, preset }: WideKeys): void {
  if (handledBy === undefined || handledBy.handler === '') return
  const { controller, handler } = handledBy
  if (names.handler === '') return
  if (preset === 'otel') line.string(names.handler, controller === '' ? handler : `${controller}.${handler}`)
  else {
    if (names.controller !== '') line.string(names.controller, controller)
    line.string(names.handler, handler)
  }
}

/** What most requests have not. */
function writeRarities(line: TypedLine, record: RequestRecord, names: WideKeys['names']): void {
  const { http, body } = record
  if (http !== undefined) {
    if (http.requestHeaders.length > 0) writeHeaders(line, names.requestHeaders, headersThatCame(record))
    if (http.responseHeaders.length > 0) writeHeaders(line, names.responseHeaders, headersThatWent(record))
  }
  if (body !== undefined) writeBodies(line, record, body, names)
  if (record.upgrade !== '' && names.upgrade !== '') line.string(names.upgrade, record.upgrade)
  if (record.isSlow && names.slow !== '') line.bool(names.slow, true)
  if (record.share < 1 && names.share !== '') line.float(names.share, record.share)
  if (record.droppedLines > 0 && names.droppedLines !== '') line.int(names.droppedLines, record.droppedLines)
  if (record.isCutShort && names.shutdown !== '') line.bool(names.shutdown, true)
}

function writeBodies(line: TypedLine, record: RequestRecord, body: BodyCapture, names: WideKeys['names']): void {
  const { headers, response } = record
  const { types } = body.options
  const came = body.request.shown(headers['content-type'], headers['content-encoding'], types)
  if (came !== undefined && names.requestBody !== '') line.any(names.requestBody, came)
  const sent = response === undefined ? undefined : bodyThatWent(response, body)
  if (sent !== undefined && names.responseBody !== '') line.any(names.responseBody, sent)
}

function bodyThatWent(response: ServerResponse, { response: captured, options }: BodyCapture): unknown {
  const encoding = sentHeader(response, 'content-encoding')
  return captured.shown(sentHeader(response, 'content-type'), encoding?.toString(), options.types)
}

function writeError(line: TypedLine, record: RequestRecord, { names, preset }: WideKeys): void {
  const error = safeError(record.error, record.rawUrl, record.url)
  if (preset === 'otel') line.string('error.type', typeOf(record.error))
  if (names.error !== '') line.error(names.error, error)
}

function typeOf(error: unknown): string {
  try {
    return isError(error) ? error.name : typeof error
  } catch {
    // A proxy that does not tell what it is.
    return 'unknown'
  }
}

/** What pino-http's serializers make of a request and a response, without the headers that nobody asked for. */
function writePinoObjects(line: TypedLine, record: RequestRecord): void {
  line.any('req', {
    id: record.requestId,
    method: record.method,
    url: record.url,
    headers: headersThatCame(record),
    remoteAddress: record.remoteAddress,
    remotePort: record.socket?.remotePort,
  })
  line.any('res', {
    statusCode: record.hasStatus ? record.status : null,
    headers: headersThatWent(record),
  })
}

function writeHeaders(line: TypedLine, key: string, found: Record<string, unknown>): void {
  if (key !== '' && Object.keys(found).length > 0) line.any(key, found)
}

function headersThatCame({ http, headers }: RequestRecord): Record<string, unknown> {
  return picked(http?.requestHeaders, (name) => headers[name], http?.query)
}

function headersThatWent({ http, response }: RequestRecord): Record<string, unknown> {
  return picked(http?.responseHeaders, (name) => response && sentHeader(response, name), http?.query)
}

function picked(
  names: readonly string[] = [],
  valueOf: (name: string) => unknown,
  allowed: ReadonlySet<string> | undefined,
): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const name of names) {
    const value = valueOf(name)
    if (value !== undefined) found[name] = shownHeader(name, value, allowed)
  }
  return found
}

/** The request as listeners and the application's functions see it. */
export function viewOf(record: RequestRecord, log: UnitLog): FinishedUnit {
  return {
    kind: 'request',
    name: record.route === '' ? record.method : `${record.method} ${record.route}`,
    outcome: record.outcome,
    level: record.level,
    durationMs: record.durationMs[0],
    isSlow: record.isSlow,
    startedAt: Date.now() - record.durationMs[0],
    trace: log.traceContext,
    requestId: record.requestId,
    hasError: record.hasError,
    error: record.hasError ? safeError(record.error, record.rawUrl, record.url) : undefined,
    fields: record.fields,
    request: record.request,
    controller: record.handledBy?.controller,
    handler: record.handledBy?.handler,
    method: record.method,
    route: record.route === '' ? undefined : record.route,
    url: record.url,
    status: record.hasStatus ? record.status : undefined,
    firstByteMs: isHeadKnown(record) ? record.headAt[0] - record.startedAt[0] : undefined,
    requestBytes: record.requestBytes < 0 ? undefined : requestBytes(record),
    responseBytes: responseBytes(record),
    remoteAddress: record.remoteAddress === '' ? undefined : record.remoteAddress,
    userAgent: record.headers['user-agent'],
    isEventStream: isEventStream(record.response),
    keys: record.http?.keys.names,
    response: record.response,
  }
}
