import type { Writable } from 'node:stream'
import { ByteBuffer } from '../bytes/byte-buffer.js'
import { Level } from '../entry/level.js'
import { checkOption, checkOptions, having, integer, type Rules } from '../options/check.js'
import { DropNotice } from './drop-notice.js'
import { FaultReports } from './fault-reports.js'
import { Latency } from './latency.js'
import type { Output, OutputHost, OutputStats } from './output.js'
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

/** Bytes that the stream has and has not called back for. */
interface Sent {
  readonly lines: number
  readonly bytes: number
  readonly since: number
}

/** Hands the lines of a turn to a Writable, and keeps what comes while that asks for a pause. */
class StreamOutput implements Output {
  readonly isBuffered = true
  private block = new ByteBuffer(1_024)
  private committed = 0
  private waitingLines = 0
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
  private immediateFrom: number = Level.warn
  private closing: Promise<void> | undefined
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
  }

  begin(): ByteBuffer {
    this.block.length = this.committed
    return this.block
  }

  commit(level: number): void {
    const { block, options } = this
    if (this.isStopped) {
      block.length = this.committed
      this.accepted++
      this.failedLines++
      return
    }
    if (block.length + this.sentBytes > options.maxPendingBytes) {
      block.length = this.committed
      this.droppedLines++
      this.notice.add()
      return
    }
    this.accepted++
    this.waitingLines++
    this.committed = block.length
    if (this.isPaused) return
    if (level >= this.immediateFrom || this.committed >= options.bufferSize) this.send()
    else if (!this.isScheduled) this.schedule()
  }

  async flush(): Promise<void> {
    // A stream takes bytes when it asks for a pause, too; whoever flushes wants them out of here.
    this.send()
    if (this.waitingLines + this.sentLines === 0) return
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
    const { block, committed } = this
    if (committed === 0) return
    this.accepted -= this.waitingLines
    this.waitingLines = 0
    this.committed = 0
    take(block.bytes, 0, committed)
    block.length = 0
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
    if (this.committed === 0 || this.isStopped) return
    const bytes = Buffer.from(this.block.bytes.subarray(0, this.committed))
    const sent: Sent = { lines: this.waitingLines, bytes: bytes.length, since: performance.now() }
    this.waitingLines = 0
    this.committed = 0
    this.block.length = 0
    this.sentLines += sent.lines
    this.sentBytes += sent.bytes
    let isSettled = false
    try {
      // All three arguments, and no pause unless it is said: PM2's `process.stdout.write` in a cluster knows the callback as
      // the third only, and returns nothing.
      const goesOn: unknown = this.target.write(bytes, 'utf8', (error) => {
        if (isSettled) return
        isSettled = true
        this.settle(sent, error)
      })
      if (goesOn === false && this.immediateFrom > 0) this.isPaused = true
    } catch (error) {
      if (isSettled) return
      isSettled = true
      this.settle(sent, error)
    }
  }

  private settle(sent: Sent, error: unknown): void {
    const ms = performance.now() - sent.since
    // Given up on since then.
    if (this.sentLines === 0) return
    this.sentLines -= sent.lines
    this.sentBytes -= sent.bytes
    if (error === null || error === undefined) {
      this.writtenLines += sent.lines
      this.writtenBytes += sent.bytes
      this.latency.add(ms)
      if (ms > this.options.slowMs) this.faults.slow(ms)
    } else {
      this.failedLines += sent.lines
      this.faults.report(error, 'write')
    }
    if (this.notice.isDue && this.sentBytes === 0 && this.committed === 0 && !this.isStopped) this.notice.tell()
    if (this.waitingLines + this.sentLines === 0) this.waiters.resolveAll()
  }

  /** Nothing is written any more. */
  private stop(): void {
    this.isStopped = true
    this.failedLines += this.waitingLines + this.sentLines
    this.waitingLines = 0
    this.sentLines = 0
    this.sentBytes = 0
    this.committed = 0
    this.block.length = 0
    this.waiters.rejectAll(new Error(`${LABEL} takes no more lines`))
  }

  private schedule(): void {
    this.isScheduled = true
    setImmediate(this.scheduled)
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
    if (this.target.destroyed && !this.isStopped) this.stop()
  }

  private readonly onClose = (): void => {
    if (!this.isStopped) this.stop()
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
