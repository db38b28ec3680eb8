import { ByteBuffer } from '../bytes/byte-buffer.js'
import { Level } from '../entry/level.js'
import type { BlockOptions } from './block-options.js'
import type { Channel, Flight } from './channel.js'
import { DropNotice } from './drop-notice.js'
import { FaultReports } from './fault-reports.js'
import { Latency } from './latency.js'
import { countLines, lineEnd, lineStart } from './line-ends.js'
import type { Output, OutputHost, OutputStats } from './output.js'
import { sleepSync } from './sleep.js'
import { clearTimeout, setImmediate, setTimeout, ticks } from './timers.js'
import { Waiters } from './waiters.js'

/** How long `flushSync` waits for a channel that takes nothing at all. */
const STALL_MS = 5_000
/** The same after an error. */
const FAULT_STALL_MS = 500
const RETRY_MS = 10
/** Time between attempts after an error that may pass, such as a full disk. */
const FAULT_RETRY_MS = 250
/** A block grown past this is exchanged for a fresh one when it is empty. */
const MAX_KEPT_BYTES = 262_144
/** Room for the line that fills a block. */
const LAST_LINE_BYTES = 4_096
/** Full blocks that may gather behind the one on its way before a log call looks after it, and how long it waits then. */
const BLOCKS_BEHIND = 4
const LOOK_MS = 5
const NEWLINE = Uint8Array.of(0x0a)

/** A full block that is written beside the program, or what is left of it. */
interface Front {
  readonly block: ByteBuffer
  head: number
  readonly end: number
  /** Lines not written yet. */
  lines: number
  readonly since: number
}

/**
 * Gathers lines in a block and writes them to a channel, in order and in few calls. When the channel takes no more (a
 * full pipe, a full disk) lines wait in memory and are tried again by a timer, so a log call does not wait for a reader.
 *
 * With `buffer: 'block'` a full block goes to a channel that can do so beside the program, one at a time, while the next
 * fills; nothing is written past it.
 */
export class BlockOutput implements Output {
  readonly isTerminal: boolean
  readonly isBuffered: boolean
  /** @internal Lines of this level and above are written at once. */
  immediateFrom: number
  private readonly bufferSize: number
  private readonly slowMs: number
  /** Until a logger opens the output, a stand-in; then from that logger's pool. */
  private block = new ByteBuffer(4)
  private host: OutputHost | undefined = undefined
  /** Bytes of the block that are written, and bytes that are whole lines. */
  private head = 0
  private committed = 0
  /** Bytes that may wait in the block. */
  private room: number
  private front: Front | undefined = undefined
  /** Set while the front is on its way. */
  private flight: Flight | undefined = undefined
  /** The callback of the last flight has not run: in a loop that never ends its turn the next would only queue up. */
  private isCallbackDue = false
  /** So many bytes behind the one on its way, and a log call looks after it. */
  private lookAt = 0
  private accepted = 0
  private writtenLines = 0
  private failedLines = 0
  private droppedLines = 0
  private writtenBytes = 0
  private isScheduled = false
  /** Closed, or the channel is gone. */
  private isStopped = false
  private isBroken = false
  /** The rest of a line that was written in part has gone elsewhere: the next one must not glue to what is here. */
  private isTorn = false
  private closing: Promise<void> | undefined = undefined
  private lastCode = ''
  /** When the channel began to refuse, and 0 while it does not. */
  private stalledSince = 0
  private retry: NodeJS.Timeout | undefined = undefined
  private readonly waiters = new Waiters()
  private readonly notice = new DropNotice()
  private readonly latency = new Latency()

  constructor(
    readonly channel: Channel,
    readonly options: Required<BlockOptions>,
    private readonly faults: FaultReports = new FaultReports(channel.label),
  ) {
    const { buffer } = options
    this.isTerminal = channel.isTerminal
    this.isBuffered = buffer === 'tick' || buffer === 'block'
    this.immediateFrom = buffer === 'block' ? Infinity : buffer === 'tick' ? Level.warn : 0
    this.bufferSize = options.bufferSize
    this.slowMs = options.slowMs
    this.room = options.maxPendingBytes
  }

  open(host: OutputHost): void {
    if (this.host !== undefined) return
    this.host = host
    this.faults.attach(host)
    this.notice.host = host
    this.block = this.takeBlock(host)
  }

  begin(): ByteBuffer {
    this.block.length = this.committed
    return this.block
  }

  commit(level: number): void {
    const { block } = this
    const waiting = block.length - this.head
    if (this.isStopped || waiting > this.room) {
      this.refuse()
      return
    }
    this.accepted++
    this.committed = block.length
    if (level >= this.immediateFrom || waiting >= this.bufferSize) this.writeNow(waiting)
    else if (!this.isScheduled) this.schedule()
  }

  async flush(): Promise<void> {
    this.drain()
    if (this.pending > 0) {
      const late = (): Error => new Error(`${this.channel.label}: ${this.pending} lines still wait to be written`)
      await this.waiters.add(STALL_MS, late)
    }
    await this.channel.sync()
  }

  flushSync(limitMs: number = Infinity): void {
    const deadline = ticks() + limitMs
    if (this.flight !== undefined && !this.awaitFlight(Math.min(STALL_MS, limitMs))) return
    let since = 0
    this.lastCode = ''
    while (this.isWaiting() && !this.isBroken) {
      const before = this.writtenBytes
      this.drain()
      const now = ticks()
      if (this.writtenBytes !== before || !this.isWaiting()) since = 0
      else if (since === 0) since = now
      // A full pipe may have a slow reader; a full disk will not be emptied by waiting.
      else if (now - since > (this.lastCode === 'EAGAIN' ? STALL_MS : FAULT_STALL_MS)) return
      if (now > deadline) return
      if (since !== 0) sleepSync(1)
    }
    try {
      this.channel.syncNow()
    } catch (error) {
      this.faults.report(error, 'sync')
    }
  }

  endBuffering(): void {
    this.immediateFrom = 0
    if (this.flight !== undefined) {
      // Not landed by now: the threads are busy with other things, and write it when they get there, at the latest when the
      // process has ended. What comes after it is written before it, then, rather than never.
      this.front = undefined
      this.flight = undefined
    }
    // Lines may have come since the flush.
    this.drain()
  }

  handOver(take: (bytes: Uint8Array, from: number, to: number) => void): void {
    if (this.flight !== undefined) return
    const { front, block, head, committed } = this
    const start = front === undefined ? head : front.head
    if (start !== (front === undefined ? lineStart(block.bytes, 0, head) : frontStart(front))) this.isTorn = true
    this.accepted -= this.pending
    this.dropFront()
    this.stopRetry()
    // The lines are copied on before the block is used again.
    if (front !== undefined) eachLine(front.block.bytes, frontStart(front), front.end, take)
    if (head < committed)
      eachLine(block.bytes, front === undefined ? lineStart(block.bytes, 0, head) : head, committed, take)
    // A line may be under way, of which a value flushes: it stays where it is.
    if (this.block.length === this.committed) this.rewind()
    else this.head = this.committed
    this.waiters.resolveAll()
  }

  /**
   * Takes lines that were encoded elsewhere, as they stand, before any other.
   *
   * @param written - So many bytes of the first are written. It stays whole: it may have to be handed over.
   * @returns how many lines they are.
   */
  adopt(bytes: Uint8Array, written: number): number {
    let lines = 0
    this.head = written
    // What is begun must come to its end.
    this.room = Math.max(this.room, lineEnd(bytes, 0, bytes.length))
    eachLine(bytes, 0, bytes.length, (source, start, end) => {
      lines++
      this.begin().copyRange(source, start, end)
      this.commit(Level.info)
    })
    return lines
  }

  close(): Promise<void> {
    return (this.closing ??= this.closeOnce())
  }

  stats(): OutputStats {
    return {
      accepted: this.accepted,
      written: this.writtenLines,
      pending: this.pending,
      failed: this.failedLines,
      dropped: this.droppedLines > 0 ? { full: this.droppedLines } : {},
      bytes: this.writtenBytes,
      latencyMs: this.latency.stats(),
    }
  }

  private get pending(): number {
    return this.accepted - this.writtenLines - this.failedLines
  }

  private async closeOnce(): Promise<void> {
    this.isStopped = true
    try {
      await this.flush()
    } finally {
      this.stopRetry()
      this.failedLines += this.pending
      this.dropFront()
      this.head = 0
      this.committed = 0
      this.host?.pool.give(this.block)
      this.block = new ByteBuffer(4)
      await this.channel.close()
    }
  }

  /** A line that cannot be taken. */
  private refuse(): void {
    this.block.length = this.committed
    if (this.isStopped) {
      this.accepted++
      this.failedLines++
    } else {
      this.droppedLines++
      this.notice.add()
    }
  }

  private writeNow(waiting: number): void {
    if (this.retry !== undefined) {
      if (this.head > this.block.bytes.length >> 1) this.compact()
      return
    }
    if (this.flight !== undefined) {
      if (waiting < this.lookAt) return
      this.lookAt = waiting + this.bufferSize * BLOCKS_BEHIND
      if (!this.awaitFlight(LOOK_MS)) return
    } else if (this.front === undefined && this.immediateFrom === Infinity && this.startFlight()) return
    this.drain()
  }

  /** Sends the block on its way beside the program, where the channel can do that, and goes on with another. */
  private startFlight(): boolean {
    const { channel, block, head, committed, host } = this
    if (channel.start === undefined || this.isCallbackDue || this.isTorn || host === undefined) return false
    const front: Front = { block, head, end: committed, lines: this.pending, since: ticks() }
    try {
      this.flight = channel.start(block.bytes, head, committed, (error, written) => this.onDone(front, error, written))
    } catch (error) {
      this.fault(error)
      return true
    }
    if (this.flight === undefined) return false
    this.isCallbackDue = true
    this.front = front
    this.room = this.options.maxPendingBytes - (committed - head)
    this.lookAt = this.bufferSize * BLOCKS_BEHIND
    this.block = this.takeBlock(host)
    this.head = 0
    this.committed = 0
    return true
  }

  private takeBlock(host: OutputHost): ByteBuffer {
    return host.pool.take(Math.min(this.bufferSize + LAST_LINE_BYTES, MAX_KEPT_BYTES))
  }

  private onDone(front: Front, error: NodeJS.ErrnoException | null, written: number): void {
    this.isCallbackDue = false
    // It may have been seen to land before.
    if (this.flight === undefined || this.front !== front) return
    this.flight = undefined
    if (error !== null) this.fault(error)
    else this.advanceFront(front, written)
    if (this.retry !== undefined || this.isBroken) return
    const waiting = this.committed - this.head
    if (this.front !== undefined || this.waiters.count > 0) this.drain()
    else if (waiting >= this.bufferSize) this.writeNow(waiting)
  }

  /** Waits for the block on its way, by looking at what has landed. */
  private awaitFlight(limitMs: number): boolean {
    const { front, flight } = this
    if (front === undefined || flight === undefined) return true
    let seen = 0
    let since = ticks()
    for (;;) {
      const landed = flight.landed()
      if (landed >= front.end - front.head) {
        this.flight = undefined
        this.advanceFront(front, landed)
        return true
      }
      const now = ticks()
      if (landed > seen) {
        seen = landed
        since = now
      } else if (now - since > limitMs) return false
      sleepSync(now - since < 1 ? 0.05 : 1)
    }
  }

  /** Whether bytes wait to be written. */
  private isWaiting(): boolean {
    return this.head < this.committed || this.front !== undefined || this.isTorn
  }

  /** Writes whole lines until the channel refuses, and plans the next attempt if it did. */
  private drain(): void {
    // What is on its way comes first; its end goes on from here.
    if (this.flight !== undefined) return
    this.stopRetry()
    while (this.isWaiting() && !this.isBroken) if (!this.writeOnce()) return
    if (this.head === this.committed && this.block.length === this.committed) this.rewind()
    // Everything is written: there is room for a word about what was not.
    if (this.notice.isDue && !this.isStopped) this.notice.tell()
    if (this.waiters.count > 0) this.settle()
  }

  /** One write. False when the next one must wait. */
  private writeOnce(): boolean {
    const { front } = this
    const start = ticks()
    try {
      if (this.isTorn) this.endTornLine()
      else if (front !== undefined)
        this.advanceFront(front, this.channel.write(front.block.bytes, front.head, front.end))
      else this.advance(this.channel.write(this.block.bytes, this.head, this.committed))
    } catch (error) {
      return this.fault(error)
    }
    this.took(start)
    return true
  }

  private took(start: number): void {
    const since = this.stalledSince === 0 ? start : this.stalledSince
    this.stalledSince = 0
    const ms = ticks() - since
    this.latency.add(ms)
    if (ms > this.slowMs) this.faults.slow(ms)
  }

  /** Plans the next attempt after an error. True when there is no need to wait for it. */
  private fault(error: unknown): boolean {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    this.lastCode = code
    if (code === 'EINTR') return true
    const now = ticks()
    if (this.stalledSince === 0) this.stalledSince = now
    else if (now - this.stalledSince > this.slowMs) this.faults.slow(now - this.stalledSince)
    if (code !== 'EAGAIN') {
      this.faults.report(error, code)
      if (this.channel.isFinal(code) && this.host?.takesOver !== true) {
        this.fail()
        return true
      }
    }
    // A natural end of the program must not wait for it: what is pending then is flushed on exit.
    this.retry = setTimeout(this.tryAgain, code === 'EAGAIN' ? RETRY_MS : FAULT_RETRY_MS).unref()
    return false
  }

  private advance(written: number): void {
    const from = this.head
    this.head += written
    this.writtenBytes += written
    if (this.head === this.committed) this.writtenLines += this.pending
    else this.writtenLines += Math.min(countLines(this.block.bytes, from, this.head), this.pending - 1)
  }

  private advanceFront(front: Front, written: number): void {
    const from = front.head
    front.head += written
    this.writtenBytes += written
    const lines =
      front.head >= front.end ? front.lines : Math.min(countLines(front.block.bytes, from, front.head), front.lines - 1)
    front.lines -= lines
    this.writtenLines += lines
    if (front.head < front.end) return
    const ms = ticks() - front.since
    this.latency.add(ms)
    if (ms > this.slowMs) this.faults.slow(ms)
    this.dropFront()
  }

  private dropFront(): void {
    const { front } = this
    if (front === undefined) return
    this.front = undefined
    this.flight = undefined
    this.room = this.options.maxPendingBytes
    this.host?.pool.give(front.block)
  }

  /** Gives up on the channel and on what waits for it. */
  private fail(): void {
    this.isBroken = true
    this.isStopped = true
    this.failedLines += this.pending
    this.dropFront()
    this.head = this.committed
    if (this.waiters.count > 0) this.settle()
  }

  private rewind(): void {
    this.head = 0
    this.committed = 0
    this.block.length = 0
    if (this.host !== undefined && this.block.bytes.length > MAX_KEPT_BYTES) {
      this.host.pool.give(this.block)
      this.block = this.takeBlock(this.host)
    }
  }

  /** Makes room in front. The line that is written in part stays whole: it may have to be handed over. */
  private compact(): void {
    const { block } = this
    const keep = lineStart(block.bytes, 0, this.head)
    block.bytes.copyWithin(0, keep, this.committed)
    this.committed -= keep
    this.head -= keep
    block.length = this.committed
  }

  private endTornLine(): void {
    this.writtenBytes += this.channel.write(NEWLINE, 0, 1)
    this.isTorn = false
  }

  private schedule(): void {
    if (this.options.buffer === 'tick') setImmediate(this.scheduled)
    else setTimeout(this.scheduled, this.options.flushIntervalMs).unref()
    // Not before: where the stack is full it throws.
    this.isScheduled = true
  }

  private readonly scheduled = (): void => {
    this.isScheduled = false
    if (this.retry !== undefined) return
    if (this.flight === undefined) this.drain()
    else {
      const ms = ticks() - (this.front?.since ?? 0)
      if (ms > this.slowMs) this.faults.slow(ms)
      this.schedule()
    }
  }

  private readonly tryAgain = (): void => this.drain()

  private stopRetry(): void {
    clearTimeout(this.retry)
    this.retry = undefined
  }

  private settle(): void {
    if (this.isBroken) this.waiters.rejectAll(new Error(`${this.channel.label} takes no more lines`))
    else this.waiters.resolveAll()
  }
}

const frontStart = (front: Front): number => lineStart(front.block.bytes, 0, front.head)

function eachLine(
  bytes: Uint8Array,
  from: number,
  to: number,
  take: (bytes: Uint8Array, from: number, to: number) => void,
): void {
  for (let at = from; at < to;) {
    const end = lineEnd(bytes, at, to)
    take(bytes, at, end)
    at = end
  }
}
