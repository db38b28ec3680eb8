import { type DeclaredSet, type FieldWriter, Logger, type SomeValuesOf } from '../../src/index.js'
import { RequestFields } from './request-fields.js'
import type { HandlerInfo, RequestRecord } from './request-record.js'
import { safeError } from './safe-error.js'
import type { WideFields } from './wide-fields.js'

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
  set(fields: WideFields): void
  /** Adds fields of a declared set; the others may follow, or have been set already. */
  set<Declared extends DeclaredSet>(set: Declared, values: SomeValuesOf<Declared>): void
  set(fields: object, values?: object): void {
    this.open()?.fields.all(fields, values)
  }

  /** The error the request failed with, for the wide line. The first one stays: what follows is its consequence. */
  setError(error: unknown): void {
    const record = this.open()
    if (record === undefined || record.hasError) return
    record.error = error
    record.hasError = true
  }

  /** @internal Says what serves the request, as the framework finds out; undefined when nothing does after all. */
  setHandler(info: HandlerInfo | undefined, request: unknown): void {
    const { record } = this
    if (record === undefined) return
    record.handledBy = info
    record.request = request
  }

  /** @internal The response was handed to the system whole. */
  noteSent(): void {
    if (this.record !== undefined) this.record.wasSent = true
  }

  /** @internal An error without what the request's line hides of it, while the request is under way. */
  safe(error: unknown): unknown {
    const { record } = this
    return record === undefined ? error : safeError(error, record.rawUrl, record.url)
  }

  /** @internal The response is closed: asked at once, for a moment later its connection may be gone for other reasons. */
  noteClosed(): void {
    const { record } = this
    // `writableFinished` is true, and 'finish' is emitted, also for a response that a broken connection has emptied.
    if (record?.socket?.errored) record.wasCut = true
  }

  /** @internal The responses before this one are sent. */
  noteTurn(): void {
    if (this.record?.socket !== undefined) this.record.bytesBefore = this.record.socket.bytesWritten
  }

  /** @internal Whether an error is the one on the wide line. */
  hasError(error: unknown): boolean {
    return this.record !== undefined && this.record.hasError && this.record.error === error
  }

  /** @internal True for the first caller: declared fields are written once a request. */
  claimDeclaredFields(of: object): boolean {
    const { record } = this
    if (record === undefined || record.claimed.has(of)) return false
    record.claimed.add(of)
    return true
  }

  /** @internal The record, while the request is under way. Afterwards a line says, once, that fields came too late. */
  open(): RequestRecord | undefined {
    if (this.record === undefined && !this.hasReportedLate) {
      this.hasReportedLate = true
      this.debug('fields were set after the response')
    }
    return this.record
  }

  /** @internal Whether the request has its error already. */
  get hasFailed(): boolean {
    return this.record !== undefined && this.record.hasError
  }

  /** @internal Writes what is still to be written to the record and lets go of it. Gives it to the first caller only. */
  finish(): RequestRecord | undefined {
    const { record } = this
    if (record === undefined) return undefined
    // A handler that was never reached (a guard said no) still has its path, query and body fields on the line.
    const declared = record.handledBy?.fields
    if (declared !== undefined && this.claimDeclaredFields(declared)) declared.fromRequest(this)
    this.record = undefined
    return record
  }

  protected override derive(name: string, ownLevel: number | undefined): Logger {
    this.carryId()
    return new PartLog(this, this, name, ownLevel)
  }

  protected override begin(level: number): ReturnType<Logger['begin']> {
    this.carryId()
    const entry = super.begin(level)
    if (this.record === undefined) entry.bool('late', true)
    return entry
  }

  /** Puts the id on every line and every child; most requests write none, so it waits for the first. */
  private carryId(): void {
    if (this.hasContext) return
    this.hasContext = true
    this.addToContext({ requestId: this.requestId })
  }
}

/** A child logger for a part of a request: its lines carry the request's id, and `late: true` after it. */
class PartLog extends Logger {
  constructor(
    parent: Logger,
    private readonly whole: RequestLog,
    name: string,
    level: number | undefined,
  ) {
    super(parent, name, level)
  }

  protected override derive(name: string, level: number | undefined): Logger {
    return new PartLog(this, this.whole, name, level)
  }

  protected override begin(level: number): ReturnType<Logger['begin']> {
    const entry = super.begin(level)
    if (this.whole.isClosed) entry.bool('late', true)
    return entry
  }
}
