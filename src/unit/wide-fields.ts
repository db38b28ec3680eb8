import type { TypedLine } from '../entry/entry.js'
import type { UnitLog } from './unit-log.js'
import type { UnitRecord } from './unit-record.js'

/** Keys that every wide line writes itself. */
const COMMON = [
  'requestId',
  'outcome',
  'durationMs',
  'traceId',
  'spanId',
  'parentSpanId',
  'slow',
  'share',
  'droppedLines',
  'shutdown',
  'controller',
  'handler',
  'error',
]

/** The keys of a kind of wide line: a field of such a name gets a leading underscore. */
export function wideKeys(own: readonly string[]): ReadonlySet<string> {
  return new Set([...own, ...COMMON])
}

/** Its place in its trace, and what is out of the ordinary. */
export function writeCommon(line: TypedLine, record: UnitRecord, log: UnitLog): void {
  const trace = log.traceContext
  const { traceId, spanId, parentSpanId } = trace
  const names = log.traceNames
  if (names === undefined) line.string('traceId', traceId).string('spanId', spanId)
  else line.string(names.traceId, traceId).string(names.spanId, spanId).string(names.traceFlags, trace.traceFlags)
  if (parentSpanId !== '') line.string('parentSpanId', parentSpanId)
  if (record.isSlow) line.bool('slow', true)
  if (record.share < 1) line.float('share', record.share)
  if (record.droppedLines > 0) line.int('droppedLines', record.droppedLines)
  if (record.isCutShort) line.bool('shutdown', true)
}

/** What served it. */
export function writeHandler(line: TypedLine, { handledBy }: UnitRecord): void {
  if (handledBy !== undefined && handledBy.handler !== '') {
    line.string('controller', handledBy.controller).string('handler', handledBy.handler)
  }
}
