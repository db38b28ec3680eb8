import { ByteBuffer } from './byte-buffer.js'

/** Sizes and caps of a {@link BufferPool}, in bytes unless they count buffers. */
export interface PoolLimits {
  /** Capacity of a new buffer, unless one of another size is asked for. Rounded up to a power of two. */
  readonly bufferBytes: number
  /** Buffers kept for later at most. */
  readonly maxBuffers: number
  /** A buffer grown past this is dropped instead of kept. */
  readonly maxRetainedBytes: number
  /** All buffers that are kept take so much at most. */
  readonly maxTotalBytes: number
  /** Fills released memory with 0xDB, so that a use after release shows. */
  readonly poison: boolean
}

/** What a pool did so far. */
export interface PoolStats {
  /** Bytes of a new buffer. */
  readonly capacity: number
  /** Taken from the pool. */
  readonly hits: number
  /** Made anew. */
  readonly misses: number
  /** Taken and not given back yet. */
  readonly outstanding: number
  /** The most that were taken at one time. */
  readonly highWater: number
  /** Bytes lying in the pool now. */
  readonly retainedBytes: number
  /** Buffers lying in the pool now, by their size in bytes. */
  readonly retained: Readonly<Record<number, number>>
  /** Given back but not kept: too large, or the pool was full. */
  readonly dropped: number
  /** Given back twice, or by somebody who never took it. */
  readonly misuses: number
}

const POISON = 0xdb

export const DEFAULT_POOL_LIMITS: PoolLimits = Object.freeze({
  bufferBytes: 32_768,
  maxBuffers: 32,
  maxRetainedBytes: 262_144,
  maxTotalBytes: 4_194_304,
  poison: false,
})

/** Sizes are powers of two up to this one's: what grows does so by doubling. */
const SIZE_CLASSES = 31

/**
 * Bounded free lists of {@link ByteBuffer}s, one for each size. An empty list allocates and counts the miss; it never waits
 * or fails.
 */
export class BufferPool {
  /** By the logarithm of their size. */
  private readonly free: ByteBuffer[][] = Array.from({ length: SIZE_CLASSES }, () => [])
  private kept = 0
  private hits = 0
  private misses = 0
  private outstanding = 0
  private highWater = 0
  private retainedBytes = 0
  private dropped = 0
  private misuses = 0

  constructor(
    private readonly limits: PoolLimits = DEFAULT_POOL_LIMITS,
    /** Told once about the first misuse; later ones are only counted. */
    private readonly onMisuse: (problem: string) => void = () => undefined,
  ) {}

  /**
   * An empty buffer, owned by the caller until {@link give}.
   *
   * @param bytes - What it must hold at least. The smallest that does is taken, also one that has grown far beyond.
   */
  take(bytes: number = this.limits.bufferBytes): ByteBuffer {
    const size = sizeClass(bytes)
    let buffer: ByteBuffer | undefined
    if (this.kept > 0) for (let i = size; buffer === undefined && i < SIZE_CLASSES; i++) buffer = this.free[i].pop()
    if (buffer === undefined) {
      this.misses++
      buffer = new ByteBuffer(2 ** size)
    } else {
      this.hits++
      this.kept--
      this.retainedBytes -= buffer.bytes.length
    }
    buffer.isTaken = true
    if (++this.outstanding > this.highWater) this.highWater = this.outstanding
    return buffer
  }

  /** Takes the buffer back. The caller must not touch it afterwards. */
  give(buffer: ByteBuffer): void {
    if (!buffer.isTaken) {
      if (this.misuses++ === 0) this.onMisuse('a buffer was released that was not taken')
      return
    }
    const { limits } = this
    const size = buffer.bytes.length
    buffer.isTaken = false
    buffer.length = 0
    this.outstanding--
    if (limits.poison) buffer.bytes.fill(POISON)
    const hasRoom = this.kept < limits.maxBuffers && this.retainedBytes + size <= limits.maxTotalBytes
    if (!hasRoom || size > limits.maxRetainedBytes) {
      this.dropped++
      return
    }
    this.kept++
    this.retainedBytes += size
    // Whoever exchanged its memory for one between two sizes gets the smaller promise.
    this.free[31 - Math.clz32(size)].push(buffer)
  }

  /** What it did and what it holds. */
  stats(): PoolStats {
    const { hits, misses, outstanding, highWater, retainedBytes, dropped, misuses } = this
    const capacity = 2 ** sizeClass(this.limits.bufferBytes)
    const retained: Record<number, number> = {}
    for (const [size, { length }] of this.free.entries()) if (length > 0) retained[2 ** size] = length
    return { capacity, hits, misses, outstanding, highWater, retainedBytes, retained, dropped, misuses }
  }
}

/** The least power of two that holds so many bytes. */
function sizeClass(bytes: number): number {
  return bytes <= 1 ? 0 : 32 - Math.clz32(bytes - 1)
}
