import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Fields, Logger } from '../../src/index.js'

/** Records kept for later at most, and fields a record may have grown to and still be kept. */
const MAX_FREE = 256
const MAX_KEPT_ROWS = 256

/** The pooled state of one request. Its owner is the middleware, which releases it in the response's `close`. */
export class RequestRecord {
  /** What the application set for the wide line. */
  readonly fields: Fields
  request: IncomingMessage | undefined = undefined
  response: ServerResponse | undefined = undefined
  socket: Socket | undefined = undefined
  requestId = ''
  method = ''
  url = ''
  controller = ''
  handler = ''
  /** The route's template, where the framework tells it before the end. */
  route = ''
  error: unknown = undefined
  hasError = false
  /** `performance.now()` at the start, in milliseconds. A place, so that it is not boxed. */
  readonly startedAt: Float64Array = new Float64Array(1)
  /** The socket's `bytesWritten` at the start. */
  bytesBefore = 0
  isTaken = true

  constructor(logger: Logger) {
    this.fields = logger.createFields()
  }

  /** Lets go of everything of the request. */
  clear(): void {
    this.fields.clear()
    this.request = undefined
    this.response = undefined
    this.socket = undefined
    this.requestId = ''
    this.method = ''
    this.url = ''
    this.controller = ''
    this.handler = ''
    this.route = ''
    this.error = undefined
    this.hasError = false
  }
}

/** Counts of a {@link RecordPool}. */
export interface RecordPoolStats {
  readonly hits: number
  readonly misses: number
  /** Requests under way. */
  readonly outstanding: number
  /** Records released twice: 0 unless there is a fault in this package. */
  readonly misuses: number
}

/** A bounded free list of records, one for each logger that serves requests. */
export class RecordPool {
  private readonly free: RequestRecord[] = []
  private hits = 0
  private misses = 0
  private outstanding = 0
  private misuses = 0

  constructor(private readonly logger: Logger) {}

  take(): RequestRecord {
    this.outstanding++
    const record = this.free.pop()
    if (record === undefined) {
      this.misses++
      return new RequestRecord(this.logger)
    }
    this.hits++
    record.isTaken = true
    record.fields.renew()
    return record
  }

  give(record: RequestRecord): void {
    if (!record.isTaken) {
      this.misuses++
      return
    }
    record.isTaken = false
    this.outstanding--
    record.clear()
    if (this.free.length < MAX_FREE && record.fields.kinds.length <= MAX_KEPT_ROWS) this.free.push(record)
  }

  stats(): RecordPoolStats {
    const { hits, misses, outstanding, misuses } = this
    return { hits, misses, outstanding, misuses }
  }
}
