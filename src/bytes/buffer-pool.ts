import { ByteBuffer } from './byte-buffer.js'

/** Sizes and caps of a {@link BufferPool}, in bytes unless they count buffers. */
export interface PoolLimits {
  /** Capacity of a new buffer. */
  readonly bufferBytes: number
  /** Buffers kept for later at most. */
  readonly maxBuffers: number
  /** A buffer grown past this is dropped instead of kept. */
  readonly maxRetainedBytes: number
  /** Fills released memory with 0xDB, so that a use after release shows. */
  readonly poison: boolean
}

/** What a pool did so far. */
export interface PoolStats {
  /** Bytes of a new buffer. */
  readonly capacity: number
  readonly hits: number
  readonly misses: number
  /** Taken and not given back yet. */
  readonly outstanding: number
  readonly highWater: number
  /** Bytes lying in the pool now. */
  readonly retainedBytes: number
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
  poison: false,
})

/** A bounded free list of {@link ByteBuffer}s. An empty pool allocates and counts the miss; it never waits or fails. */
export class BufferPool {
  private readonly free: ByteBuffer[] = []
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

  /** An empty buffer, owned by the caller until {@link give}. */
  take(): ByteBuffer {
    let buffer = this.free.pop()
    if (buffer === undefined) {
      this.misses++
      buffer = new ByteBuffer(this.limits.bufferBytes)
    } else {
      this.hits++
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
    buffer.isTaken = false
    buffer.length = 0
    this.outstanding--
    if (this.limits.poison) buffer.bytes.fill(POISON)
    if (this.free.length >= this.limits.maxBuffers || buffer.bytes.length > this.limits.maxRetainedBytes) {
      this.dropped++
      return
    }
    this.retainedBytes += buffer.bytes.length
    this.free.push(buffer)
  }

  stats(): PoolStats {
    const { hits, misses, outstanding, highWater, retainedBytes, dropped, misuses } = this
    const capacity = this.limits.bufferBytes
    return { capacity, hits, misses, outstanding, highWater, retainedBytes, dropped, misuses }
  }
}
