import type { Writable } from 'node:stream'
import { ByteBuffer } from '../bytes/byte-buffer.js'
import { Level } from '../entry/level.js'
import { checkOption, checkOptions, having, integer, type Rules } from '../options/check.js'
import { DropNotice } from './drop-notice.js'
import { FaultReports } from './fault-reports.js'
import { Latency } from './latency.js'
import type { Output, OutputHost, OutputStats } from './output.js'
import { setImmediate } from './timers.js'
import { Waiters } from './waiters.js'

/** Options of {@link stream}. */
export interface StreamOptions {
  /** Bytes gathered at most before they are handed over, 1024 to 67108864. Default 16384. */
  readonly bufferSize?: number
  /** Bytes that may wait, here and in the stream; lines beyond them are dropped and counted. Default 16777216. */
  readonly maxPendingBytes?: number
  /** A write that takes longer than this many milliseconds is reported as a `SlowOutputError`. Default 1000. */
  readonly slowMs?: number
}

const DEFAULTS: Required<StreamOptions> = Object.freeze({
  bufferSize: 16_384,
  maxPendingBytes: 16_777_216,
  slowMs: 1_000,
})

const RULES: Rules<Required<StreamOptions>> = {
  bufferSize: integer(1_024, 67_108_864),
  maxPendingBytes: integer(65_536, 4_294_967_296),
  slowMs: integer(1, 3_600_000),
}

const FLUSH_MS = 5_000
const LABEL = 'stream'
const NO_MORE = 'it has ended, and takes no more lines'

/** Bytes that the stream has and has not called back for, or has given back for somebody else to write. */
interface Sent {
  readonly lines: number
  readonly bytes: Uint8Array
  readonly since: number
  hasFailed: boolean
}

/** Hands the lines of a turn to a Writable, and keeps what comes while that asks for a pause. */
class StreamOutput implements Output {
  readonly isBuffered = true
  private block = new ByteBuffer(1_024)
  /** Whole lines wait from `head` up to `committed`. */
  private head = 0
  private committed = 0
  private waitingLines = 0
  private readonly sent = new Set<Sent>()
  private sentBytes = 0
  private sentLines = 0
  private accepted = 0
  private writtenLines = 0
  private failedLines = 0
  private droppedLines = 0
  private writtenBytes = 0
  private isScheduled = false
  /** The stream asked for a pause. */
  private isPaused = false
  private isStopped = false
  /** Somebody else takes what the stream does not. */
  private isTakenOver = false
  private immediateFrom: number = Level.warn
  private closing: Promise<void> | undefined = undefined
  private readonly waiters = new Waiters()
  private readonly notice = new DropNotice()
  private readonly faults = new FaultReports(LABEL)
  private readonly latency = new Latency()

  constructor(
    private readonly target: Writable,
    private readonly options: Required<StreamOptions>,
  ) {
    target.on('drain', this.onDrain)
    target.on('error', this.onError)
    target.on('close', this.onClose)
  }

  open(host: OutputHost): void {
    this.faults.attach(host)
    this.notice.host = host
    this.isTakenOver = host.takesOver === true
  }

  begin(): ByteBuffer {
    this.block.length = this.committed
    return this.block
  }

  commit(level: number): void {
    const { block, options } = this
    if (this.isStopped) {
      if (this.closing === undefined) this.faults.report(new Error(NO_MORE), 'stopped')
      if (!this.keepsLines) {
        block.length = this.committed
        this.accepted++
        this.failedLines++
        return
      }
    }
    if (block.length - this.head + this.sentBytes > options.maxPendingBytes) {
      block.length = this.committed
      this.droppedLines++
      this.notice.add()
      return
    }
    this.accepted++
    this.waitingLines++
    this.committed = block.length
    if (this.isPaused) return
    if (level >= this.immediateFrom || this.committed - this.head >= options.bufferSize) this.send()
    else if (!this.isScheduled) this.schedule()
  }

  async flush(): Promise<void> {
    // A stream takes bytes when it asks for a pause, too; whoever flushes wants them out of here.
    this.send()
    if (this.waitingLines + this.sentLines === 0) return
    if (this.isStopped) throw new Error(`${LABEL}: ${NO_MORE}`)
    const late = (): Error =>
      new Error(`${LABEL}: ${this.waitingLines + this.sentLines} lines still wait to be written`)
    await this.waiters.add(FLUSH_MS, late)
  }

  flushSync(): void {
    this.send()
  }

  endBuffering(): void {
    this.immediateFrom = 0
    this.isPaused = false
  }

  handOver(take: (bytes: Uint8Array, from: number, to: number) => void): void {
    for (const sent of this.sent) {
      if (!sent.hasFailed && !this.isStopped) continue
      this.forget(sent)
      this.accepted -= sent.lines
      take(sent.bytes, 0, sent.bytes.length)
    }
    const { block, head, committed } = this
    if (head === committed) return
    this.accepted -= this.waitingLines
    this.waitingLines = 0
    this.letGo()
    take(block.bytes, head, committed)
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeOnce())
  }

  stats(): OutputStats {
    return {
      accepted: this.accepted,
      written: this.writtenLines,
      pending: this.waitingLines + this.sentLines,
      failed: this.failedLines,
      dropped: this.droppedLines > 0 ? { full: this.droppedLines } : {},
      bytes: this.writtenBytes,
      latencyMs: this.latency.stats(),
    }
  }

  private async closeOnce(): Promise<void> {
    try {
      await this.flush()
    } finally {
      this.stop()
      this.target.off('drain', this.onDrain).off('close', this.onClose)
      // The error listener stays: a late error of the stream must not end the process.
    }
  }

  /** Hands over what is there. The stream keeps the bytes until it calls back, so they are its own. */
  private send(): void {
    if (this.head === this.committed || this.isStopped) return
    const bytes = Buffer.from(this.block.bytes.subarray(this.head, this.committed))
    const sent: Sent = { lines: this.waitingLines, bytes, since: performance.now(), hasFailed: false }
    this.waitingLines = 0
    this.letGo()
    this.sent.add(sent)
    this.sentLines += sent.lines
    this.sentBytes += bytes.length
    try {
      // All three arguments, and no pause unless it is said: PM2's `process.stdout.write` in a cluster knows the callback as
      // the third only, and returns nothing.
      const goesOn: unknown = this.target.write(bytes, 'utf8', (error) => this.settle(sent, error))
      if (goesOn === false && this.immediateFrom > 0) this.isPaused = true
    } catch (error) {
      this.settle(sent, error)
    }
  }

  /** What waits has gone. A line under way, of which a value flushes, stays where it is. */
  private letGo(): void {
    this.head = this.committed
    if (this.block.length > this.committed) return
    this.head = 0
    this.committed = 0
    this.block.length = 0
  }

  private settle(sent: Sent, error: unknown): void {
    // Called back for already, or given up on since then.
    if (!this.sent.has(sent) || sent.hasFailed) return
    if (error === null || error === undefined) this.wrote(sent)
    else this.failed(sent, error)
    if (this.notice.isDue && this.sentBytes === 0 && this.head === this.committed && !this.isStopped) this.notice.tell()
    if (this.waitingLines + this.sentLines === 0) this.waiters.resolveAll()
  }

  private wrote(sent: Sent): void {
    const ms = performance.now() - sent.since
    this.forget(sent)
    this.writtenLines += sent.lines
    this.writtenBytes += sent.bytes.length
    this.latency.add(ms)
    if (ms > this.options.slowMs) this.faults.slow(ms)
  }

  private failed(sent: Sent, error: unknown): void {
    if (this.keepsLines) sent.hasFailed = true
    else {
      this.forget(sent)
      this.failedLines += sent.lines
    }
    this.faults.report(error, 'write')
    this.waiters.rejectAll(new Error(`${LABEL}: lines could not be written`, { cause: error }))
  }

  private forget(sent: Sent): void {
    this.sent.delete(sent)
    this.sentLines -= sent.lines
    this.sentBytes -= sent.bytes.length
  }

  /** Whether lines that cannot be written wait for whoever takes over. */
  private get keepsLines(): boolean {
    return this.isTakenOver && this.closing === undefined
  }

  /** Nothing is written any more. */
  private stop(): void {
    this.isStopped = true
    this.waiters.rejectAll(new Error(`${LABEL}: ${NO_MORE}`))
    if (this.keepsLines) return
    this.failedLines += this.waitingLines + this.sentLines
    this.waitingLines = 0
    this.head = 0
    this.committed = 0
    this.block.length = 0
    for (const sent of this.sent) this.forget(sent)
  }

  private schedule(): void {
    setImmediate(this.scheduled)
    // Not before: where the stack is full it throws.
    this.isScheduled = true
  }

  private readonly scheduled = (): void => {
    this.isScheduled = false
    if (!this.isPaused) this.send()
  }

  private readonly onDrain = (): void => {
    this.isPaused = false
    this.send()
  }

  private readonly onError = (error: unknown): void => {
    this.faults.report(error, 'stream')
    // One that has failed and is not destroyed keeps what it is given, and calls back no more.
    const isOver = this.target.destroyed || (this.target.errored ?? null) !== null
    if (isOver && !this.isStopped) this.stop()
  }

  private readonly onClose = (): void => {
    if (this.isStopped) return
    if (this.waitingLines + this.sentLines > 0) this.faults.report(new Error(NO_MORE), 'stopped')
    this.stop()
  }
}

/**
 * Writes to any Writable: the lines of a turn of the event loop in one piece. Where the stream asks for a pause lines wait
 * here, up to a bound. The stream stays its owner's: `close` flushes and leaves it open.
 *
 * Lines are written when the stream calls back. At the end of the process it is handed all that waits; whether it writes
 * that at once is its own affair. Prefer `file()` and `stdout()`, which know.
 *
 * @throws OptionError when an option is out of range or the target is no Writable.
 * @example
 * createLogger({ outputs: [stream(net.connect(5170))] })
 */
export function stream(target: Writable, options?: StreamOptions): Output {
  checkOption('stream target', target, having('a Writable', 'write', 'on', 'off'))
  return new StreamOutput(target, checkOptions('stream', options, DEFAULTS, RULES))
}
