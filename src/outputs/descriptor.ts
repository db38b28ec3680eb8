import fs from 'node:fs'
import { ByteBuffer } from '../bytes/byte-buffer.js'
import { Level } from '../entry/level.js'
import type { Output, OutputHost, OutputStats } from './output.js'

/** When lines go to the descriptor. */
export type BufferMode =
  /** Each line at once. */
  | 'none'
  | 'line'
  /** All lines of one turn of the event loop together, at once from `warn` on and from `bufferSize` bytes on. */
  | 'tick'
  /** From `bufferSize` bytes on, and every `flushIntervalMs`. */
  | 'block'

export interface DescriptorOptions {
  readonly buffer: BufferMode
  /** Bytes. */
  readonly bufferSize: number
  readonly flushIntervalMs: number
  /** Bytes that may wait for a descriptor that takes none; lines beyond them are dropped and counted. */
  readonly maxPendingBytes: number
}

/** How long `flushSync` waits for a descriptor that takes nothing at all. */
const STALL_MS = 5_000
/** The same after an error. */
const FAULT_STALL_MS = 500
const RETRY_MS = 10
/** Time between attempts after an error that may pass, such as a full disk. */
const FAULT_RETRY_MS = 250
const REPORT_EVERY_MS = 1_000
/** A block grown past this is exchanged for a fresh one when it is empty. */
const MAX_KEPT_BYTES = 262_144

/** The descriptor is gone: later attempts cannot succeed. */
const FINAL_ERRORS: ReadonlySet<string> = new Set(['EPIPE', 'EBADF', 'ECONNRESET', 'EINVAL', 'ENXIO'])

const sleepCell = new Int32Array(new SharedArrayBuffer(4))

interface Waiter {
  resolve(): void
  reject(problem: Error): void
}

/**
 * Writes lines to a file descriptor, in order, synchronously and in few calls. When the descriptor takes no more (a full
 * pipe, a full disk) lines wait in memory and are tried again by a timer, so a log call does not wait for a reader.
 */
export class DescriptorOutput implements Output {
  readonly isTerminal: boolean = false
  protected descriptor: number
  private immediateFrom: number
  /** Until a logger opens the output, a stand-in; then from that logger's pool. */
  private block = new ByteBuffer(4)
  private host: OutputHost | undefined
  /** Bytes of the block that are written, and bytes that are whole lines. */
  private head = 0
  private committed = 0
  private pendingLines = 0
  private accepted = 0
  private writtenLines = 0
  private failedLines = 0
  private droppedLines = 0
  private writtenBytes = 0
  private isScheduled = false
  private isClosed = false
  private closing: Promise<void> | undefined
  /** What was reported last, and when: a fault that lasts is told once a second. */
  private lastFault = ''
  /** The error code of the last attempt that failed. */
  private lastCode = ''
  private lastReport = 0
  private isBroken = false
  private retry: NodeJS.Timeout | undefined
  private waiters: Waiter[] = []

  constructor(
    descriptor: number,
    /** Named in reports. */
    private readonly label: string,
    private readonly options: DescriptorOptions,
  ) {
    this.descriptor = descriptor
    this.immediateFrom = options.buffer === 'block' ? Infinity : options.buffer === 'tick' ? Level.warn : 0
  }

  open(host: OutputHost): void {
    if (this.host !== undefined) return
    this.host = host
    this.block = host.pool.take()
  }

  begin(): ByteBuffer {
    this.block.length = this.committed
    return this.block
  }

  commit(level: number): void {
    const block = this.block
    if (this.isBroken || this.isClosed) {
      block.length = this.committed
      this.accepted++
      this.failedLines++
      return
    }
    if (block.length - this.head > this.options.maxPendingBytes) {
      block.length = this.committed
      this.droppedLines++
      return
    }
    this.accepted++
    this.pendingLines++
    this.committed = block.length
    if (this.retry !== undefined) {
      if (this.head > block.bytes.length >> 1) this.compact()
      return
    }
    if (level >= this.immediateFrom || this.committed - this.head >= this.options.bufferSize) this.drain()
    else if (!this.isScheduled) this.schedule()
  }

  flush(): Promise<void> {
    this.drain()
    if (this.pendingLines === 0) return Promise.resolve()
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters = this.waiters.filter((waiter) => waiter.reject !== settle.reject)
        reject(new Error(`${this.label}: ${this.pendingLines} lines still wait to be written`))
      }, STALL_MS)
      const settle: Waiter = {
        resolve: () => {
          clearTimeout(timer)
          resolve()
        },
        reject: (problem) => {
          clearTimeout(timer)
          reject(problem)
        },
      }
      this.waiters.push(settle)
    })
  }

  flushSync(): void {
    let stalledSince = 0
    this.lastCode = ''
    while (this.head < this.committed && !this.isBroken) {
      const before = this.head
      this.drain()
      if (this.head !== before || this.head === this.committed) stalledSince = 0
      else {
        const now = performance.now()
        if (stalledSince === 0) stalledSince = now
        // A full pipe may have a slow reader; a full disk will not be emptied by waiting.
        else if (now - stalledSince > (this.lastCode === 'EAGAIN' ? STALL_MS : FAULT_STALL_MS)) return
        Atomics.wait(sleepCell, 0, 0, 1)
      }
    }
  }

  endBuffering(): void {
    this.immediateFrom = 0
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeOnce())
  }

  private async closeOnce(): Promise<void> {
    this.isClosed = true
    try {
      await this.flush()
    } finally {
      clearTimeout(this.retry)
      this.failedLines += this.pendingLines
      this.pendingLines = 0
      this.head = 0
      this.committed = 0
      this.host?.pool.give(this.block)
      this.block = new ByteBuffer(4)
      this.release()
    }
  }

  stats(): OutputStats {
    return {
      accepted: this.accepted,
      written: this.writtenLines,
      pending: this.pendingLines,
      failed: this.failedLines,
      dropped: this.droppedLines > 0 ? { full: this.droppedLines } : {},
      bytes: this.writtenBytes,
    }
  }

  /** Called once, when nothing is written any more. */
  protected release(): void {
    this.descriptor = -1
  }

  /** Writes whole lines until the descriptor refuses, and plans the next attempt if it did. */
  private drain(): void {
    clearTimeout(this.retry)
    this.retry = undefined
    while (this.head < this.committed && !this.isBroken) {
      const wait = this.writeOnce()
      if (wait > 0) {
        // A natural end of the program must not wait for it: what is pending then is flushed on exit.
        this.retry = setTimeout(() => this.drain(), wait).unref()
        return
      }
    }
    if (this.head === this.committed && this.block.length === this.committed) this.rewind()
    if (this.waiters.length > 0) this.settle()
  }

  /** One write. Returns the milliseconds to wait before the next one. */
  private writeOnce(): number {
    const { bytes } = this.block
    try {
      const written = fs.writeSync(this.descriptor, bytes, this.head, this.committed - this.head)
      this.advance(written)
      return 0
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? ''
      this.lastCode = code
      if (code === 'EINTR') return 0
      if (code === 'EAGAIN') return RETRY_MS
      this.report(error, code)
      if (!FINAL_ERRORS.has(code)) return FAULT_RETRY_MS
      this.fail()
      return 0
    }
  }

  private advance(written: number): void {
    const from = this.head
    this.head += written
    this.writtenBytes += written
    let lines = this.pendingLines
    if (this.head < this.committed) {
      lines = 0
      const { bytes } = this.block
      for (let i = from; i < this.head; i++) if (bytes[i] === 0x0a) lines++
    }
    this.pendingLines -= lines
    this.writtenLines += lines
  }

  /** Gives up on the descriptor and on what waits for it. */
  private fail(): void {
    this.isBroken = true
    this.failedLines += this.pendingLines
    this.pendingLines = 0
    this.head = this.committed
  }

  private rewind(): void {
    this.head = 0
    this.committed = 0
    this.block.length = 0
    if (this.host !== undefined && this.block.bytes.length > MAX_KEPT_BYTES) {
      this.host.pool.give(this.block)
      this.block = this.host.pool.take()
    }
  }

  private compact(): void {
    const { block } = this
    block.bytes.copyWithin(0, this.head, this.committed)
    this.committed -= this.head
    this.head = 0
    block.length = this.committed
  }

  private schedule(): void {
    this.isScheduled = true
    if (this.options.buffer === 'tick') setImmediate(this.scheduled)
    else setTimeout(this.scheduled, this.options.flushIntervalMs).unref()
  }

  private readonly scheduled = (): void => {
    this.isScheduled = false
    if (this.retry === undefined) this.drain()
  }

  private settle(): void {
    const waiters = this.waiters
    this.waiters = []
    for (const waiter of waiters) {
      if (this.isBroken) waiter.reject(new Error(`${this.label} takes no more lines`))
      else waiter.resolve()
    }
  }

  private report(error: unknown, code: string): void {
    const now = performance.now()
    if (code === this.lastFault && now - this.lastReport < REPORT_EVERY_MS) return
    this.lastFault = code
    this.lastReport = now
    const reason = error instanceof Error ? error.message : String(error)
    this.host?.report(new Error(`${this.label}: ${reason}`, { cause: error }))
  }
}
