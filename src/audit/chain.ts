import type { Hash } from 'node:crypto'
import { type AuditAlgorithm, hashOf } from './algorithm.js'
import { markOf, Marks } from './marks.js'

/** A line longer than this is no line of the format, in bytes. It bounds what a verifier must hold. */
export const MAX_LINE_BYTES = 16_777_216

/** Bytes gathered before they are hashed: a call into the hash costs more than hashing a line. */
const GATHER_BYTES = 65_536

/** The running hash over a file's lines, segment by segment, and the count of what it has seen. */
export class Chain {
  /** Lines so far. */
  lines = 0
  /** Bytes of these lines, newlines included. */
  bytes = 0
  /** Marks of the lines since the last signed cut. */
  readonly marks: Marks = new Marks()
  private segment: Hash
  private readonly gathered: Buffer
  private gatheredBytes = 0

  constructor(readonly algorithm: AuditAlgorithm) {
    this.segment = hashOf(algorithm, 'segment').update(hashOf(algorithm, 'start').digest())
    this.gathered = Buffer.allocUnsafe(GATHER_BYTES)
  }

  /** Takes one line, without its newline: `bytes[from]` up to, not including, `bytes[to]`. */
  line(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from
    this.lines++
    this.bytes += length + 1
    this.marks.add(markOf(bytes, from, to))
    if (this.gatheredBytes + length + 4 > GATHER_BYTES) this.hashGathered()
    const { gathered } = this
    let at = this.gatheredBytes
    gathered[at++] = length >>> 24
    gathered[at++] = length >>> 16
    gathered[at++] = length >>> 8
    gathered[at++] = length
    this.gatheredBytes = at
    if (length + 4 > GATHER_BYTES) {
      this.hashGathered()
      this.segment.update(bytes.subarray(from, to))
      return
    }
    gathered.set(bytes.subarray(from, to), at)
    this.gatheredBytes = at + length
  }

  /** Ends the segment with the lines so far and begins the next. Returns the head. */
  cut(): Buffer {
    this.hashGathered()
    const head = this.segment.digest()
    this.continueFrom(head)
    return head
  }

  /** Goes on from a head, as if its cut came just now. */
  continueFrom(head: Uint8Array): void {
    this.gatheredBytes = 0
    this.segment = hashOf(this.algorithm, 'segment').update(head)
  }

  /** What {@link cut} would return; the segment goes on. */
  peek(): Buffer {
    this.hashGathered()
    return this.segment.copy().digest()
  }

  /** Keeps the segment as it is now, for a second reading of what comes next. */
  save(): Hash {
    this.hashGathered()
    return this.segment.copy()
  }

  /** Goes back to a saved segment that has taken further lines by itself, in frames. */
  restore(segment: Hash): void {
    this.gatheredBytes = 0
    this.segment = segment
  }

  private hashGathered(): void {
    if (this.gatheredBytes === 0) return
    this.segment.update(this.gathered.subarray(0, this.gatheredBytes))
    this.gatheredBytes = 0
  }
}

/** A line's frame: what a segment's hash takes for it. */
export function updateFramed(segment: Hash, bytes: Uint8Array, from: number, to: number): void {
  const length = Buffer.allocUnsafe(4)
  length.writeUInt32BE(to - from)
  segment.update(length).update(bytes.subarray(from, to))
}
