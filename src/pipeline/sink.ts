import type { ByteBuffer } from '../bytes/byte-buffer.js'
import type { BufferPool } from '../bytes/buffer-pool.js'
import type { Encoder } from '../encoders/encoder.js'
import { reasonText } from '../entry/reason-text.js'
import type { Entry } from '../entry/entry.js'
import type { Output } from '../outputs/output.js'
import type { Filter } from './filter.js'
import { Ledger, type WaitingLine } from './ledger.js'

/** Lines written after one that was under way; an output that logs for each line it takes is stopped here. */
const MAX_WAITING = 32

/** One route of a line: a level, an encoder, an output. */
export class Sink {
  readonly ledger: Ledger
  /** Whether the output takes entries as they are. */
  private readonly takesEntries: boolean
  /** Whether it does not write lines itself, from their bytes. */
  readonly isIndirect: boolean
  /** Whether a line needs no entry to be written here. */
  readonly takesCalls: boolean

  constructor(
    /** Which of its family's it is, in the order they came into use. */
    readonly number: number,
    /** Lines below this are not for this sink. */
    readonly threshold: number,
    readonly encoder: Encoder,
    readonly output: Output,
    private readonly filter: Filter | undefined,
    private readonly pool: BufferPool,
    readonly report: (problem: unknown) => void,
  ) {
    this.ledger = Ledger.of(output)
    this.takesEntries = typeof output.receive === 'function'
    this.isIndirect = this.takesEntries || this.ledger.within.length > 0
    this.takesCalls = !this.takesEntries && filter === undefined && encoder.encodesLike === encoder.encode
  }

  /** Encodes the entry into the output's buffer, in place, or hands it over as it is. Never throws. */
  write(entry: Entry): void {
    if (this.filter !== undefined && !this.filter.matches(entry)) {
      this.ledger.filtered++
      return
    }
    if (this.isIndirect && !this.enter(entry)) return
    const { ledger } = this
    if (ledger.isBusy) {
      this.writeAside(entry, ledger)
      return
    }
    ledger.isBusy = true
    ledger.admitted++
    try {
      try {
        this.encode(entry, this.output.begin(entry.level))
        this.output.commit(entry.level)
      } catch (error) {
        ledger.errors++
        this.report(error)
      }
      if (ledger.waiting.length > 0) this.writeWaiting()
    } finally {
      // Without a call: where the stack is full there is no room for one, and what stays busy never writes again.
      const { within } = ledger
      ledger.isBusy = false
      for (let i = 0; i < within.length; i++) {
        within[i].isBusy = false
        within[i].waiting = within[i].ownWaiting
      }
    }
  }

  /**
   * Where the output hands its lines to others, which may be another logger's as well: has what is logged there wait.
   *
   * @returns false where the entry is done with: the output takes it as it is, or it waits for a line under way there.
   */
  private enter(entry: Entry): boolean {
    if (this.takesEntries) {
      this.handOver(entry)
      return false
    }
    if (this.hold()) return true
    this.writeAside(entry, this.ledger.busy()!)
    return false
  }

  /** Has what is logged for others of the output's lines wait until they are let go. Returns false where a line is under way. */
  hold(): boolean {
    const { ledger } = this
    if (ledger.busy() !== undefined) return false
    const { within, waiting } = ledger
    // All of them or, where the stack is full, none.
    for (let i = 0; i < within.length; i++) {
      within[i].isBusy = true
      within[i].waiting = waiting
    }
    return true
  }

  /** Whether an entry is for this sink. */
  admits(entry: Entry): boolean {
    return entry.level >= this.threshold && (this.filter === undefined || this.filter.matches(entry))
  }

  /** Writes a line that is encoded already: after the one under way, where a value of that has it written. Never throws. */
  writeBytes(source: ByteBuffer, from: number, to: number, level: number): void {
    const { ledger, pool } = this
    if (!this.hold()) {
      const buffer = pool.take()
      buffer.copyFrom(source, from, to)
      ledger.busy()!.waiting.push({ ledger, buffer, pool, level })
      return
    }
    ledger.isBusy = true
    try {
      this.append(ledger, source, from, to, level)
      if (ledger.waiting.length > 0) this.writeWaiting()
    } finally {
      // As in write().
      const { within } = ledger
      ledger.isBusy = false
      for (let i = 0; i < within.length; i++) {
        within[i].isBusy = false
        within[i].waiting = within[i].ownWaiting
      }
    }
  }

  private append(ledger: Ledger, source: ByteBuffer, from: number, to: number, level: number): void {
    const { output } = ledger
    ledger.admitted++
    try {
      output.begin(level).copyFrom(source, from, to)
      output.commit(level)
    } catch (error) {
      ledger.errors++
      this.report(error)
    }
  }

  /** A line logged by a value that the output reads comes in between: it is one of its own, and harms no buffer. */
  private handOver(entry: Entry): void {
    this.ledger.admitted++
    try {
      this.output.receive!(entry)
    } catch (error) {
      this.ledger.errors++
      this.report(error)
    }
  }

  /** A value that logs while it is read: its line must not land in the middle of the one it is read for. */
  private writeAside(entry: Entry, busy: Ledger): void {
    const { ledger, pool } = this
    const buffer = pool.take()
    try {
      this.encode(entry, buffer)
      busy.waiting.push({ ledger, buffer, pool, level: entry.level })
    } catch (error) {
      pool.give(buffer)
      ledger.admitted++
      ledger.errors++
      this.report(error)
    }
  }

  /** Writes the lines that were logged while one was under way. */
  writeWaiting(): void {
    const { waiting } = this.ledger
    // An output may log while it commits, and so lengthen the list it is written from: but not for ever.
    const last = Math.max(waiting.length, MAX_WAITING)
    for (let i = 0; i < waiting.length; i++) {
      const line = waiting[i]
      const { ledger, buffer, pool } = line
      if (i >= last) {
        ledger.admitted++
        ledger.nested++
      } else if (!this.appendBehind(line, waiting)) continue
      pool.give(buffer)
    }
    waiting.length = 0
  }

  /**
   * Writes a line that has waited for one of this sink's. Returns false where it goes on waiting, for one that is under way in
   * another of the outputs it may go to.
   */
  private appendBehind(line: WaitingLine, waiting: WaitingLine[]): boolean {
    const { ledger, buffer, level } = line
    const others = [ledger, ...ledger.within].filter((each) => !each.isBusy || each.waiting !== waiting)
    const busy = others.find((each) => each.isBusy)
    if (busy !== undefined) {
      busy.waiting.push(line)
      return false
    }
    try {
      for (const each of others) each.hold(waiting)
      this.append(ledger, buffer, 0, buffer.length, level)
    } finally {
      for (let i = 0; i < others.length; i++) {
        others[i].isBusy = false
        others[i].waiting = others[i].ownWaiting
      }
    }
    return true
  }

  /** Encodes the whole entry or, where that throws, its message with the reason. */
  encode(entry: Entry, out: ByteBuffer): void {
    const start = out.length
    try {
      this.encoder.encode(entry, out)
    } catch (error) {
      out.length = start
      this.report(error)
      // Another entry: the other sinks still need this one whole.
      this.encoder.encode(entry.reduced('loggingError', reasonText(error)), out)
    }
  }
}
