import fs from 'node:fs'
import type { Flight } from './channel.js'

/**
 * A block that is being appended to a file. Where its bytes are tells how far it is, whoever else appends to the same
 * file: the kernel puts what one write appends in one piece.
 */
export class BlockInFile implements Flight {
  /** Where the block begins, once it was found. */
  private place = -1

  constructor(
    private readonly descriptor: number,
    private readonly bytes: Uint8Array,
    private readonly from: number,
    private readonly to: number,
    /** Of the file, before the block was sent. */
    private readonly sizeBefore: number = fs.fstatSync(descriptor).size,
  ) {}

  landed(): number {
    const { size } = fs.fstatSync(this.descriptor)
    // Smaller than before: somebody has cut it (copytruncate), and the block may begin anywhere in what is there now.
    const searchFrom = this.place >= 0 ? this.place : size < this.sizeBefore ? 0 : this.sizeBefore
    if (size <= searchFrom) return 0
    const tail = Buffer.allocUnsafe(Math.min(size - searchFrom, 4 * (this.to - this.from) + 65_536))
    const length = fs.readSync(this.descriptor, tail, 0, tail.length, searchFrom)
    const wanted = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.from, this.to - this.from)
    if (this.place < 0) {
      const found = tail.subarray(0, length).indexOf(wanted.subarray(0, Math.min(wanted.length, length, 512)))
      if (found < 0) return 0
      this.place = searchFrom + found
    }
    return equalBytes(tail, this.place - searchFrom, length, wanted)
  }
}

/** How many bytes of `wanted` stand in tail[at, end). */
function equalBytes(tail: Buffer, at: number, end: number, wanted: Buffer): number {
  const length = Math.min(end - at, wanted.length)
  if (tail.compare(wanted, 0, length, at, at + length) === 0) return length
  let same = 0
  while (same < length && tail[at + same] === wanted[same]) same++
  return same
}
