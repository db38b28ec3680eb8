import { MAX_LINE_BYTES } from './chain.js'

/** Takes each whole line: `bytes[from]` up to, not including, `bytes[to]`, without its newline. Valid during the call. */
export type LineTaker = (bytes: Uint8Array, from: number, to: number) => void

/** Cuts a stream of bytes into lines. Holds one unfinished line, and no more of it than a line may be long. */
export class LineSplitter {
  private held = Buffer.alloc(0)
  private heldBytes = 0

  constructor(private readonly take: LineTaker) {}

  /** Bytes of the line that is not finished yet. */
  get rest(): Uint8Array {
    return this.held.subarray(0, this.heldBytes)
  }

  /** Returns false when a line is longer than a line may be; nothing more can be taken then. */
  push(chunk: Buffer): boolean {
    let from = 0
    if (this.heldBytes > 0) {
      const end = chunk.indexOf(0x0a)
      if (!this.hold(chunk, 0, end < 0 ? chunk.length : end)) return false
      if (end < 0) return true
      const { heldBytes } = this
      this.heldBytes = 0
      this.take(this.held, 0, heldBytes)
      from = end + 1
    }
    for (;;) {
      const end = chunk.indexOf(0x0a, from)
      if (end < 0) break
      if (end - from > MAX_LINE_BYTES) return false
      this.take(chunk, from, end)
      from = end + 1
    }
    return this.hold(chunk, from, chunk.length)
  }

  private hold(chunk: Buffer, from: number, to: number): boolean {
    const needed = this.heldBytes + to - from
    if (needed > MAX_LINE_BYTES) return false
    if (needed > this.held.length) {
      const larger = Buffer.allocUnsafe(Math.min(MAX_LINE_BYTES, Math.max(needed, this.held.length * 2)))
      this.held.copy(larger, 0, 0, this.heldBytes)
      this.held = larger
    }
    chunk.copy(this.held, this.heldBytes, from, to)
    this.heldBytes = needed
    return true
  }
}
