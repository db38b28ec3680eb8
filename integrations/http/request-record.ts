import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Fields, FieldWriter, LevelName, Logger } from '../../src/index.js'

/** Records kept for later at most, and fields a record may have grown to and still be kept. */
const MAX_FREE = 256
const MAX_KEPT_ROWS = 256

/** What declared fields need of a request's log. */
export interface FieldsTarget {
  /** The framework's request. */
  readonly request: unknown
  readonly fields: FieldWriter
  reportProblem(problem: Error): void
}

/** What serves a request, where the framework knows it. */
export interface HandlerInfo {
  /** The route's template, such as `/orders/:id`. */
  readonly route: string
  readonly controller: string
  readonly handler: string
  /** The level of its wide lines where all went well. Default `info`. */
  readonly level?: LevelName | undefined
  /** Whether its requests get no wide line unless they fail. */
  readonly isQuiet?: boolean | undefined
  /** Writes the handler's declared fields that come from the request itself. */
  readonly fields?: { fromRequest(log: FieldsTarget): void } | undefined
}

/** The pooled state of one request. Its owner is the middleware, which releases it in the response's `close`. */
export class RequestRecord {
  /** What the application set for the wide line. */
  readonly fields: Fields
  /** The framework's request object. */
  request: unknown = undefined
  response: ServerResponse | undefined = undefined
  socket: Socket | undefined = undefined
  requestId = ''
  method = ''
  /** As it came. Not for the line: its query holds secrets. */
  rawUrl = ''
  url = ''
  handledBy: HandlerInfo | undefined = undefined
  /** The handlers whose declared fields are written. */
  readonly claimed: Set<object> = new Set()
  error: unknown = undefined
  hasError = false
  /** Whether the response said that it was sent, where it cannot be asked. */
  wasSent = false
  /** Whether the connection broke while the response was on its way. */
  wasCut = false
  /** The logger's ticks at the start, in milliseconds. A place, so that it is not boxed. */
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
    this.rawUrl = ''
    this.url = ''
    this.handledBy = undefined
    this.claimed.clear()
    this.error = undefined
    this.hasError = false
    this.wasSent = false
    this.wasCut = false
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
