import type { BufferPool } from '../bytes/buffer-pool.js'
import type { ByteBuffer } from '../bytes/byte-buffer.js'
import type { Entry } from '../entry/entry.js'
import type { Sink } from './sink.js'

/**
 * The lines held back for one sink, in a pooled buffer: line `i` stands from `starts[i]` to where the next one begins.
 * The columns hold small numbers only, so holding a line allocates nothing once they have grown.
 */
export class HeldTrack {
  /** Lines that had to go because newer ones needed their room. */
  dropped = 0
  private buffer: ByteBuffer | undefined = undefined
  private readonly starts: number[] = []
  private readonly levels: number[] = []
  /** The oldest line that is still held. */
  private first = 0
  /** Lines noted in the columns. */
  private count = 0
  /** Where the last whole line ends. */
  private end = 0
  /** A line is being encoded into the buffer: what is in it must stay in its place, whatever a value of it does meanwhile. */
  isBusy = false
  /** Lines that came meanwhile. */
  private readonly waiting: { readonly buffer: ByteBuffer; readonly level: number }[] = []

  constructor(
    readonly sink: Sink,
    private readonly buffers: BufferPool,
    private readonly report: (problem: unknown) => void,
  ) {}

  get isEmpty(): boolean {
    return this.first === this.count
  }

  get size(): number {
    return this.count - this.first
  }

  /** Where the next line goes, if none is under way. Whoever reads values for it says so by {@link isBusy}. */
  begin(): ByteBuffer {
    const out = (this.buffer ??= this.buffers.take())
    out.length = this.end
    return out
  }

  /** The line is whole. */
  commit(level: number): void {
    this.starts[this.count] = this.end
    this.levels[this.count] = level
    this.count++
    this.end = this.buffer!.length
  }

  /** Where no line is under way any more, those that came meanwhile follow, and the oldest go. */
  settle(maxBytes: number): void {
    if (this.isBusy) return
    if (this.waiting.length > 0) this.addWaiting(maxBytes)
    if (this.end > maxBytes) this.bound(maxBytes)
  }

  /** Encodes an entry. Never throws. */
  add(entry: Entry, maxBytes: number): void {
    if (!this.sink.admits(entry)) return
    if (this.isBusy) {
      this.addEntryAside(entry)
      return
    }
    this.isBusy = true
    try {
      this.sink.encode(entry, this.begin())
      this.commit(entry.level)
    } catch (error) {
      this.report(error)
    } finally {
      this.isBusy = false
    }
    this.settle(maxBytes)
  }

  /** Takes over the lines of another track of the same sink, and empties it. */
  takeOver(other: HeldTrack, maxBytes: number): void {
    other.settle(maxBytes)
    this.dropped += other.dropped
    other.dropped = 0
    for (let line = other.first; line < other.count; line++) {
      this.append(other.buffer!.bytes, other.starts[line], other.endOf(line), other.levels[line], maxBytes)
    }
    other.empty()
  }

  /** Writes every line to its sink; they stay. */
  write(): void {
    for (let line = this.first; line < this.count; line++) {
      this.sink.writeBytes(this.buffer!, this.starts[line], this.endOf(line), this.levels[line])
    }
  }

  /** Calls back for the level of each line. */
  eachLevel(call: (level: number) => void): void {
    for (let line = this.first; line < this.count; line++) call(this.levels[line])
  }

  /** Forgets the lines. */
  empty(): void {
    this.first = this.count
    if (this.isBusy) return
    this.first = 0
    this.count = 0
    this.end = 0
  }

  /** Empties it and gives the buffer back. Not while it is busy. */
  release(): void {
    this.empty()
    this.dropped = 0
    if (this.waiting.length > 0) for (const { buffer } of this.waiting.splice(0)) this.buffers.give(buffer)
    if (this.buffer === undefined) return
    this.buffers.give(this.buffer)
    this.buffer = undefined
  }

  private append(bytes: Uint8Array, from: number, to: number, level: number, maxBytes: number): void {
    if (this.isBusy) {
      this.addBytesAside(bytes, from, to, level)
      return
    }
    this.begin().copyRange(bytes, from, to)
    this.commit(level)
    if (this.end > maxBytes) this.bound(maxBytes)
  }

  /** A method of its own, as the next: one that hands on a function takes room for what that holds whenever it is called. */
  private addEntryAside(entry: Entry): void {
    this.addAside((out) => this.sink.encode(entry, out), entry.level)
  }

  private addBytesAside(bytes: Uint8Array, from: number, to: number, level: number): void {
    this.addAside((out) => out.copyRange(bytes, from, to), level)
  }

  private addAside(fill: (out: ByteBuffer) => void, level: number): void {
    const buffer = this.buffers.take()
    try {
      fill(buffer)
      this.waiting.push({ buffer, level })
    } catch (error) {
      this.buffers.give(buffer)
      this.report(error)
    }
  }

  private addWaiting(maxBytes: number): void {
    const { waiting } = this
    while (waiting.length > 0) {
      const { buffer, level } = waiting[0]
      this.append(buffer.bytes, 0, buffer.length, level, maxBytes)
      // When it is there: where the stack is full, the others go on waiting.
      waiting.shift()
      this.buffers.give(buffer)
    }
  }

  private endOf(line: number): number {
    return line + 1 < this.count ? this.starts[line + 1] : this.end
  }

  /** Lets the oldest lines go until the rest fits. Their places are used again when they are as much as the rest may be. */
  private bound(maxBytes: number): void {
    // One that has no room even alone takes no other's.
    if (this.end - this.starts[this.count - 1] > maxBytes) {
      this.count--
      this.end = this.starts[this.count]
      this.dropped++
    }
    while (this.first < this.count && this.end - this.starts[this.first] > maxBytes) {
      this.first++
      this.dropped++
    }
    if (this.first === this.count) this.empty()
    else if (this.starts[this.first] > maxBytes) this.compact()
  }

  private compact(): void {
    const from = this.starts[this.first]
    this.buffer!.bytes.copyWithin(0, from, this.end)
    const kept = this.count - this.first
    for (let line = 0; line < kept; line++) {
      this.starts[line] = this.starts[this.first + line] - from
      this.levels[line] = this.levels[this.first + line]
    }
    this.first = 0
    this.count = kept
    this.end -= from
  }
}
