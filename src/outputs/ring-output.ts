import type { Worker } from 'node:worker_threads'
import { ByteBuffer } from '../bytes/byte-buffer.js'
import { Level } from '../entry/level.js'
import { BlockInFile } from './block-in-file.js'
import type { BlockOutput } from './block-output.js'
import type { Channel } from './channel.js'
import { DRAIN_SOURCE, startDrain } from './drain-thread.js'
import { DropNotice } from './drop-notice.js'
import { FaultReports } from './fault-reports.js'
import { Latency } from './latency.js'
import type { Output, OutputHost, OutputStats } from './output.js'
import type { Overflow } from './overflow.js'
import { Ring } from './ring.js'
import { setImmediate, setTimeout, ticks } from './timers.js'

export interface RingOptions {
  readonly ringBytes: number
  readonly overflow: Overflow
  /** A level's number. */
  readonly dropBelow: number
  readonly stallMs: number
}

const MAX_BLOCK_BYTES = 65_536
const MIN_PLACES = 8
/** A block with less room than this is full: a line that does not fit is copied, which is dear. */
const MARGIN = 4_096
/** How long an ending process waits for a worker that has not begun to run. */
const START_MS = 500
/** How long it waits for a write under way, where the reader takes nothing. */
const SEIZE_MS = 5_000
/** A worker that neither writes nor rests for this long, with lines to write, is taken for dead. */
const IDLE_MS = 1_000
const POLL_MS = 1
/** How long a worker that has written everything may take to say so: it may be waiting for a processor. */
const LAST_WORD_MS = 500

/**
 * Lines on their way to another thread. They are encoded in shared memory; when the block is full, or as the buffer mode
 * of the output inside says, the worker sees them and writes them to the channel of that output. When the worker is gone
 * the output inside takes all that is left, and every later line.
 */
export class RingOutput implements Output {
  readonly isTerminal: boolean
  readonly isBuffered = true
  private readonly ring: Ring
  private readonly channel: Channel
  private readonly scratch = new ByteBuffer(1_024)
  private readonly thread: Worker | undefined
  private readonly notice = new DropNotice()
  private readonly faults: FaultReports
  private readonly latency: Latency
  private immediateFrom: number
  /** Bytes of the block up to its last whole line; up to where lines may go; from where on the block is full. */
  private committed = 0
  /** Bytes of it that the channel was told of. */
  private counted = 0
  private limit = 0
  private sealAt = 0
  /** Lines below this level are dropped now. */
  private dropBelow = 0
  /** No block is free: lines are encoded aside and find their place, or are dropped. */
  private isFull = false
  /** The worker's progress when it was last waited for in vain. */
  private stalledAt = -1
  /** The block's file is out of reach, and there is no other. */
  private isGone = false
  /** The worker has no part in it any more. */
  private isOver = false
  /** Where a line lies that was begun before that. */
  private begun: ByteBuffer | undefined = undefined
  private isClosed = false
  private isScheduled = false
  private accepted = 0
  private failedLines = 0
  private readonly dropped = { full: 0, oldest: 0, belowLevel: 0, tooLarge: 0 }
  private host: OutputHost | undefined = undefined
  private closing: Promise<void> | undefined = undefined
  private lastProgress = -1
  private lastProgressAt = 0

  /** @param source - The program that the worker runs. */
  constructor(
    private readonly inner: BlockOutput,
    private readonly options: RingOptions,
    source: string = DRAIN_SOURCE,
  ) {
    this.channel = inner.channel
    this.isTerminal = inner.isTerminal
    this.immediateFrom = inner.immediateFrom
    const blockBytes = Math.min(MAX_BLOCK_BYTES, 2 ** Math.floor(Math.log2(options.ringBytes / MIN_PLACES)))
    this.ring = new Ring(Math.floor(options.ringBytes / blockBytes), blockBytes)
    this.latency = new Latency(this.ring.latency, this.ring.numbers.subarray(1))
    this.faults = new FaultReports(`worker of ${this.channel.label}`)
    this.channel.share?.()
    this.beginBlock()
    this.thread = startDrain(source, this.ring, inner, this.faults, () => this.takeOver(0, true))
  }

  open(host: OutputHost): void {
    if (this.host !== undefined) return
    this.host = host
    this.notice.host = host
    this.faults.attach(host)
    this.inner.open(host)
  }

  begin(): ByteBuffer {
    if (this.isOver) {
      this.begun = undefined
      return this.inner.begin()
    }
    if (this.isFull) {
      this.scratch.length = 0
      return this.scratch
    }
    const { block } = this.ring
    block.length = this.committed
    return block
  }

  commit(level: number): void {
    if (this.isOver || this.isFull || level < this.dropBelow) {
      this.commitAside(level)
      return
    }
    const { ring } = this
    const { length } = ring.block
    if (length > this.limit || ring.hasGrown) {
      this.moveOn(level)
      return
    }
    this.accepted++
    ring.addLine()
    this.committed = length
    if (length >= this.sealAt) this.seal()
    else if (level >= this.immediateFrom) this.publish(true)
    else if (!this.isScheduled) this.schedule()
  }

  async flush(): Promise<void> {
    if (!this.isOver) {
      this.publish(true)
      await this.untilWritten()
    }
    await (this.isOver ? this.inner.flush() : this.channel.sync())
  }

  flushSync(limitMs: number = Infinity): void {
    if (!this.isOver) {
      this.publish(true)
      if (!this.ring.isEmpty) this.waitForWorker(limitMs)
    }
    if (this.isOver) this.inner.flushSync(limitMs)
  }

  endBuffering(): void {
    this.immediateFrom = 0
    // Nobody waits for the worker any more after this.
    this.takeOver(this.lastWordMs, false)
    this.inner.endBuffering()
  }

  handOver(take: (bytes: Uint8Array, from: number, to: number) => void): void {
    if (this.takeOver(0, false)) this.inner.handOver(take)
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeOnce())
  }

  stats(): OutputStats {
    if (!this.isOver) this.ring.harvest()
    const inner = this.inner.stats()
    const { writtenLines } = this.ring
    const dropped: Record<string, number> = { ...inner.dropped }
    for (const [reason, lines] of Object.entries(this.dropped))
      if (lines > 0) dropped[reason] = (dropped[reason] ?? 0) + lines
    const inRing = this.isOver ? 0 : this.accepted - writtenLines - this.failedLines
    return {
      accepted: writtenLines + inRing + this.failedLines + inner.accepted,
      written: writtenLines + inner.written,
      pending: inRing + inner.pending,
      failed: this.failedLines + inner.failed,
      dropped,
      bytes: this.ring.bytesSoFar + inner.bytes,
      latencyMs: this.latency.stats(),
    }
  }

  /**
   * A new block, and how far it may be filled.
   *
   * @param least - Bytes of the line that is to begin it.
   */
  private beginBlock(least = 0): void {
    const { ring } = this
    this.committed = 0
    this.counted = 0
    this.assign(least)
    const isTight = this.options.overflow === 'drop-below-level' && ring.free < ring.places >> 2
    this.dropBelow = isTight ? this.options.dropBelow : 0
  }

  /** Where what comes next in the block goes to. What it holds before that must be written. */
  private assign(least: number): void {
    const { ring, channel } = this
    const { descriptor, room, isGone } = channel.assign(ring.descriptorsInUse(), least)
    ring.descriptor = descriptor
    this.isGone = isGone
    this.limit = Math.min(ring.blockBytes, this.counted + room)
    this.sealAt = Math.min(this.limit, ring.blockBytes - MARGIN)
  }

  private publish(isUrgent = false): void {
    if (this.isFull) return
    const { ring, channel } = this
    const added = this.committed - this.counted
    if (added > 0) {
      if (channel.isAssignmentDue?.() === true && ring.isEmpty) this.assign(added)
      // This thread can have lines wait.
      if (this.isGone) this.takeOver(0, false)
      if (this.isOver) return
      channel.assigned?.(added)
      this.counted = this.committed
    }
    ring.publish(this.committed, isUrgent)
  }

  /** The block is full. */
  private seal(): void {
    this.publish()
    if (this.isOver) return
    if (this.ring.free > 0) this.advance(false)
    else this.isFull = true
  }

  private advance(isContinued: boolean, least = 0): void {
    this.ring.advance(isContinued)
    this.isFull = false
    this.beginBlock(least)
    if (!isContinued) this.tellDropped()
  }

  /** Not before there is room again: the line that tells must not be dropped itself. */
  private tellDropped(): void {
    if (this.notice.isDue && this.ring.free > this.ring.places >> 2) this.notice.tell()
  }

  /** The line does not fit the block that it was encoded in: it goes to the next one, or to several. */
  private moveOn(level: number): void {
    const { ring } = this
    const { bytes, length } = ring.block
    const from = this.committed
    const line = Buffer.from(bytes.subarray(from, length))
    ring.goHome()
    if (from > 0) {
      this.publish()
      this.isFull = !this.isOver
    } else this.beginBlock(line.length)
    this.place(line, level)
  }

  /** A line that cannot go straight into the block. */
  private commitAside(level: number): void {
    if (this.isOver) {
      const { begun } = this
      this.begun = undefined
      if (begun !== undefined) this.inner.begin().copyRange(begun.bytes, this.committed, begun.length)
      this.inner.commit(level)
      return
    }
    if (this.isFull) {
      const { bytes, length } = this.scratch
      this.place(bytes.subarray(0, length), level)
      return
    }
    // Below the level that is kept, when it was last looked: perhaps there is room again.
    const { ring } = this
    if (ring.free < ring.places >> 2) {
      this.drop('belowLevel')
      if (ring.hasGrown) ring.goHome()
      return
    }
    this.dropBelow = 0
    this.commit(level)
  }

  /** Puts a whole line into the next blocks, or drops it. */
  private place(line: Uint8Array, level: number): void {
    const { ring } = this
    const blocks = Math.ceil(line.length / ring.blockBytes)
    if (!this.isOver) {
      if (blocks > ring.places >> 1) {
        this.drop('tooLarge')
        return
      }
      if (!this.makeRoom(this.isFull ? blocks : blocks - 1, level)) return
    }
    if (this.isOver) {
      this.inner.begin().copyRange(line, 0, line.length)
      this.inner.commit(level)
      return
    }
    if (this.isFull) this.advance(false, line.length)
    this.accepted++
    for (let at = 0; ;) {
      const end = Math.min(line.length, at + ring.blockBytes)
      ring.block.length = 0
      ring.block.copyRange(line, at, end)
      this.committed = end - at
      at = end
      if (at === line.length) break
      ring.publish(this.committed)
      this.channel.assigned?.(this.committed, false)
      this.advance(true)
    }
    ring.addLine()
    if (this.committed >= this.sealAt) this.seal()
    else this.publish()
  }

  /** Sees to it that so many blocks are free. Counts the line as dropped where that cannot be. */
  private makeRoom(blocks: number, level: number): boolean {
    const { overflow } = this.options
    const { ring } = this
    while (ring.free < blocks) {
      const isBelow = overflow === 'drop-below-level' && level < this.options.dropBelow
      if (isBelow) return this.drop('belowLevel')
      if (overflow === 'drop-newest') return this.drop('full')
      if (overflow === 'drop-oldest') {
        const lines = ring.dropOldest()
        if (lines === 0) return this.drop('full')
        this.accepted -= lines
        this.dropped.oldest += lines
        this.notice.add(lines)
      } else if (!this.waitForRoom(blocks)) {
        if (this.isOver) return true
        return this.drop('full')
      }
    }
    return true
  }

  private drop(reason: keyof RingOutput['dropped']): false {
    this.dropped[reason]++
    this.notice.add()
    if (!this.isFull) this.ring.block.length = this.committed
    return false
  }

  /** Waits until so many blocks are free, as long as the worker gets on. */
  private waitForRoom(blocks: number): boolean {
    const { ring } = this
    // It has been waited for in vain: one wait is enough until something moves.
    if (this.stalledAt === ring.progress) return false
    const isThere = this.waitWhileItGetsOn(() => ring.free >= blocks, this.options.stallMs)
    if (!isThere && !this.isOver) {
      this.stalledAt = ring.progress
      this.faults.slow(this.options.stallMs)
    }
    return isThere
  }

  /** Waits for the worker to write everything, for a bounded time; without it this thread goes on. */
  private waitForWorker(limitMs: number): void {
    const { ring } = this
    const start = ticks()
    if (!ring.isReady) {
      const { control, words } = ring
      Atomics.wait(control, words.isReady, 0, Math.min(START_MS, limitMs))
      if (!ring.isReady && this.takeOver(0, false)) return
    }
    const left = limitMs - (ticks() - start)
    if (!this.waitWhileItGetsOn(() => ring.isEmpty, Math.min(SEIZE_MS, left))) this.takeOver(0, false)
  }

  /** @returns whether it is done; false too when this thread has taken over. */
  private waitWhileItGetsOn(isDone: () => boolean, stallMs: number): boolean {
    const { ring } = this
    const { control, words } = ring
    let seen = ring.progress
    let since = ticks()
    while (!isDone()) {
      const readAt = Atomics.load(control, words.readAt)
      Atomics.wait(control, words.readAt, readAt, POLL_MS)
      const now = ticks()
      if (ring.progress !== seen) {
        seen = ring.progress
        since = now
      } else if (ring.isEnded) this.takeOver(0, true)
      // It has lines to write and is not even trying: it ended, and this loop keeps us from hearing of it.
      else if (now - since >= IDLE_MS) this.takeOver(0, false)
      if (this.isOver || now - since >= stallMs) return false
    }
    return true
  }

  private async untilWritten(): Promise<void> {
    const { ring } = this
    let seen = ring.progress
    let since = ticks()
    while (!this.isOver && !ring.isEmpty) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      const now = ticks()
      if (ring.progress !== seen) {
        seen = ring.progress
        since = now
      } else if (now - since > this.patienceMs && this.takeOver(0, false)) return
      else if (now - since > SEIZE_MS) {
        const { pending } = this.stats()
        throw new Error(`worker of ${this.channel.label}: ${pending} lines still wait to be written`)
      }
    }
  }

  /**
   * This thread writes from now on, beginning with what the worker has left.
   *
   * @returns false where the worker still writes, after `limitMs`.
   */
  private takeOver(limitMs: number, isDead: boolean): boolean {
    if (this.isOver) return true
    const { ring, inner, channel } = this
    if (!this.isFull) ring.publish(this.committed, true)
    if (!ring.seize(limitMs, isDead)) return false
    if (isDead) this.reconcile()
    ring.harvest()
    this.isOver = true
    // A line may be under way, of which a value flushes.
    this.begun = this.isFull ? this.scratch : ring.block
    if (this.isFull) this.committed = 0
    this.isFull = false
    const rest = ring.rest()
    channel.unshare?.(rest.begunIn)
    const lines = inner.adopt(rest.bytes, rest.written)
    ring.writtenLines = this.accepted - this.failedLines - lines
    if (!this.isClosed && isDead) this.faults.report(new Error('it has ended; the main thread goes on'), 'ended')
    this.notice.tell()
    void this.thread?.terminate()
    return true
  }

  /** A worker that died in the middle of a write does not tell whether the kernel has the bytes: the file does. */
  private reconcile(): void {
    const unfinished = this.ring.unfinished()
    if (unfinished === undefined) return
    const { descriptor, bytes, from, to, sizeBefore } = unfinished
    if (!this.channel.isFile) {
      // A pipe cannot be asked. The write is what took its time, so it is most likely over.
      this.ring.skip(to - from)
      return
    }
    try {
      this.ring.skip(new BlockInFile(descriptor, bytes, from, to, sizeBefore).landed())
    } catch (error) {
      this.faults.report(error, 'reconcile')
    }
  }

  private async closeOnce(): Promise<void> {
    try {
      await this.flush()
      if (this.notice.isDue && !this.isOver) {
        this.notice.tell()
        await this.flush()
      }
    } finally {
      this.isClosed = true
      this.takeOver(this.lastWordMs, false)
      if (this.isOver) await this.inner.close()
      else {
        // The worker hangs in a write. What it has not written has failed.
        this.isOver = true
        this.ring.harvest()
        this.failedLines += this.accepted - this.ring.writtenLines - this.failedLines
        void this.thread?.terminate()
        await this.inner.close()
      }
    }
  }

  private schedule(): void {
    if (this.immediateFrom === Level.warn) setImmediate(this.scheduled)
    else setTimeout(this.scheduled, this.inner.options.flushIntervalMs).unref()
    // Not before: where the stack is full it throws.
    this.isScheduled = true
  }

  /** Looks after a worker that has had lines to write and did not get on. */
  private watch(): void {
    const { progress, isEmpty } = this.ring
    const now = ticks()
    if (progress !== this.lastProgress || isEmpty) {
      this.lastProgress = progress
      this.lastProgressAt = now
      return
    }
    const ms = now - this.lastProgressAt
    if (ms > this.inner.options.slowMs) this.faults.slow(ms)
    if (ms > this.patienceMs) this.takeOver(0, false)
  }

  private get lastWordMs(): number {
    return this.ring.isEmpty ? LAST_WORD_MS : 0
  }

  /** How long a worker may do nothing that has lines to write. */
  private get patienceMs(): number {
    return this.ring.isReady ? IDLE_MS : SEIZE_MS
  }

  private readonly scheduled = (): void => {
    this.isScheduled = false
    if (this.isOver) return
    this.watch()
    this.publish()
    this.tellDropped()
  }
}
