import { type FieldBag, type FieldWriter, type Loggable, Logger } from '../../src/index.js'
import { RequestFields } from './request-fields.js'
import type { RequestRecord } from './request-record.js'

/**
 * What the application holds of a request: a logger whose lines carry the request's id, and the way to its wide line.
 *
 * It is never pooled. When the response is closed it lets go of the record, so code that outlives its request cannot
 * touch another's: its lines are written on their own with `late: true`, and fields it sets are reported.
 */
export class RequestLog extends Logger {
  private record: RequestRecord | undefined
  private writer: RequestFields | undefined = undefined
  private hasContext = false
  private hasReportedLate = false

  constructor(
    parent: Logger,
    record: RequestRecord,
    readonly requestId: string,
  ) {
    super(parent, parent.name, undefined)
    this.record = record
  }

  /** Whether the response is closed and the wide line is written. */
  get isClosed(): boolean {
    return this.record === undefined
  }

  /** The framework's request, while it is under way. */
  get request(): unknown {
    return this.record?.request
  }

  /** Typed fields for the wide line. The last value of a key wins. */
  get fields(): FieldWriter {
    return (this.writer ??= new RequestFields(this))
  }

  /** Adds fields to the wide line. The last value of a key wins. */
  set(fields: FieldBag | Loggable): void {
    this.open()?.fields.all(fields)
  }

  /** The error the request failed with, for the wide line. The first one stays: what follows is its consequence. */
  setError(error: unknown): void {
    const record = this.open()
    if (record === undefined || record.hasError) return
    record.error = error
    record.hasError = true
  }

  /** Names what handles the request, where the framework knows it. */
  setHandler(controller: string, handler: string, route: string): void {
    const { record } = this
    if (record === undefined) return
    record.controller = controller
    record.handler = handler
    if (route !== '') record.route = route
  }

  /** @internal The record, while the request is under way; afterwards the attempt is reported. */
  open(): RequestRecord | undefined {
    if (this.record === undefined && !this.hasReportedLate) {
      this.hasReportedLate = true
      this.reportProblem(new Error(`fields were set after request ${this.requestId} was over`))
    }
    return this.record
  }

  /** @internal Takes the record back, once. */
  release(): RequestRecord | undefined {
    const { record } = this
    this.record = undefined
    return record
  }

  protected override begin(level: number): ReturnType<Logger['begin']> {
    if (!this.hasContext) {
      this.hasContext = true
      this.addToContext({ requestId: this.requestId })
    }
    const entry = super.begin(level)
    if (this.record === undefined) entry.bool('late', true)
    return entry
  }
}
