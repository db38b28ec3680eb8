import {
  any,
  bool,
  type DeclaredField,
  duration,
  error,
  fields,
  type FieldSet,
  float,
  int,
  string,
} from '../../src/index.js'
import type { WideKey } from './wide-keys.js'

const optional = { optional: true } as const

/** A field for every key that a request's line may have: one that is missing here does not compile. */
const shape: Readonly<Record<WideKey, DeclaredField<unknown, true>>> = {
  requestId: string(optional),
  method: string(optional),
  url: string({ ...optional, description: 'the path, and the names of the query' }),
  route: string({ ...optional, description: "the route's template" }),
  status: int(optional),
  outcome: string({ ...optional, description: 'completed, aborted or failed' }),
  durationMs: duration(optional),
  firstByteMs: duration(optional),
  requestBytes: int(optional),
  bytes: int({ ...optional, description: "the response's body" }),
  remoteAddress: string(optional),
  userAgent: string(optional),
  traceId: string(optional),
  spanId: string(optional),
  parentSpanId: string(optional),
  controller: string(optional),
  handler: string(optional),
  requestHeaders: any(optional),
  responseHeaders: any(optional),
  requestBody: any(optional),
  responseBody: any(optional),
  upgrade: string(optional),
  slow: bool(optional),
  share: float({ ...optional, description: 'the share of such lines that is kept' }),
  droppedLines: int(optional),
  shutdown: bool(optional),
  error: error(optional),
}

/**
 * What the wide line of a request says by itself, under its default keys: for the table that such lines are stored in.
 *
 * @example WideLine.and(Payment).ddl('clickhouse', { table: 'events' })
 */
export const WideLine: FieldSet<typeof shape> = fields(shape, { name: 'requests', description: 'One line a request.' })
