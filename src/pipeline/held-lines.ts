import { BufferPool, type PoolStats } from '../bytes/buffer-pool.js'
import type { Context } from '../entry/context.js'
import type { Entry } from '../entry/entry.js'
import type { TracePosition } from '../entry/trace-position.js'
import type { HeldOutput } from './held-output.js'
import { HeldTrack } from './held-track.js'
import type { PlainText } from './plain-text.js'
import { writeShort } from './short-call.js'
import type { ShortWay } from './short-way.js'
import type { Sink } from './sink.js'

/** A held line is some 200 bytes and a request holds a few: small buffers, and many of them. */
const BUFFER_BYTES = 4_096
const MAX_BUFFERS = 1_024
const MAX_RETAINED_BYTES = 16_384
const MAX_TOTAL_BYTES = MAX_BUFFERS * MAX_RETAINED_BYTES
const MAX_FREE = 256
/** Sinks whose tracks are kept for later. */
const MAX_TRACKS = 8

/** Takes lines that are held no longer. */
type Dispose = (held: HeldLines) => void

/**
 * Lines that are encoded and held back until they are written, handed on or thrown away. Whoever took it from a
 * {@link HeldLinesPool} gives it back once.
 */
export class HeldLines {
  /** What the lines of one sink may take; the oldest go first. */
  maxBytes = 0
  isFree = false
  /** Lines being added now, one within the other. */
  private depth = 0
  private isLeaving = false
  /** What becomes of the lines when the last one under way is whole. */
  private dispose: Dispose | undefined = undefined

  /** One for each sink that lines were held for. Sinks seldom change, so they are kept with the buffers gone. */
  private tracks: HeldTrack[] = []

  constructor(
    private readonly buffers: BufferPool,
    private readonly report: (problem: unknown) => void,
    private readonly whenFree: (held: HeldLines) => void,
  ) {}

  get isEmpty(): boolean {
    for (let i = 0; i < this.tracks.length; i++) if (!this.tracks[i].isEmpty) return false
    return true
  }

  /** Lines that had to go because newer ones needed their room. */
  get dropped(): number {
    let most = 0
    for (let i = 0; i < this.tracks.length; i++) most = Math.max(most, this.tracks[i].dropped)
    return most
  }

  /** Encodes an entry for each of these sinks that admits it. */
  add(entry: Entry, sinks: readonly Sink[]): void {
    this.depth++
    try {
      for (let i = 0; i < sinks.length; i++) this.trackOf(sinks[i]).add(entry, this.maxBytes)
    } finally {
      this.depth--
    }
    if (this.isLeaving && this.depth === 0) this.leave()
  }

  /** Encodes a call that needs no entry, for the one sink of its way. Returns false where it needs one after all. */
  addCall(
    way: ShortWay,
    level: number,
    logger: string,
    context: Context,
    plain: PlainText,
    count: number,
    first: unknown,
    second: unknown,
    third: unknown,
    own: TracePosition | undefined,
  ): boolean {
    const [sink] = way.sinks
    const track = this.trackOf(sink)
    const output = way.output as HeldOutput
    if (level < sink.threshold || track.isBusy || way.isBusy) return false
    let isHeld = false
    output.track = track
    this.depth++
    try {
      isHeld = writeShort(way, level, logger, context, plain, count, first, second, third, own)
    } finally {
      // Without a call: where the stack is full there is no room for one.
      track.isBusy = false
      output.track = undefined
      this.depth--
    }
    track.settle(this.maxBytes)
    if (this.isLeaving && this.depth === 0) this.leave()
    return isHeld
  }

  /** The highest level of its lines; 0 when there are none. */
  highestLevel(): number {
    let highest = 0
    this.eachLevel((level) => {
      if (level > highest) highest = level
    })
    return highest
  }

  /** Takes over another's lines and empties it. */
  takeOver(other: HeldLines): void {
    for (const track of other.tracks) this.trackOf(track.sink).takeOver(track, this.maxBytes)
  }

  /** Has those follow that wait for a line which is over. */
  settle(): void {
    for (const track of this.tracks) track.settle(this.maxBytes)
  }

  /** Writes every line to its sink; they stay. */
  write(): void {
    for (const track of this.tracks) track.write()
  }

  /** Calls back for the level of each line: once, although several sinks hold it. */
  eachLevel(call: (level: number) => void): void {
    let fullest: HeldTrack | undefined
    for (const track of this.tracks) if (fullest === undefined || track.size > fullest.size) fullest = track
    fullest?.eachLevel(call)
  }

  /** Forgets the lines. */
  empty(): void {
    for (let i = 0; i < this.tracks.length; i++) this.tracks[i].empty()
  }

  /**
   * Gives the buffers back, as soon as no line is being encoded into one.
   *
   * @param dispose - Takes the lines before, with those that are under way: a value of one may be what ends them.
   */
  release(dispose: Dispose | undefined): void {
    this.isLeaving = true
    this.dispose = dispose
    if (this.depth === 0) this.leave()
  }

  private trackOf(sink: Sink): HeldTrack {
    for (let i = 0; i < this.tracks.length; i++) if (this.tracks[i].sink === sink) return this.tracks[i]
    const track = new HeldTrack(sink, this.buffers, this.report)
    this.tracks.push(track)
    return track
  }

  private leave(): void {
    const { dispose } = this
    this.dispose = undefined
    dispose?.(this)
    for (let i = 0; i < this.tracks.length; i++) this.tracks[i].release()
    if (this.tracks.length > MAX_TRACKS) this.tracks = []
    this.isLeaving = false
    this.whenFree(this)
  }
}

/** A bounded free list of {@link HeldLines}, over a pool of small buffers. */
export class HeldLinesPool {
  private readonly buffers: BufferPool
  private readonly free: HeldLines[] = []

  constructor(
    poison: boolean,
    private readonly report: (problem: unknown) => void,
  ) {
    this.buffers = new BufferPool(
      {
        bufferBytes: BUFFER_BYTES,
        maxBuffers: MAX_BUFFERS,
        maxRetainedBytes: MAX_RETAINED_BYTES,
        maxTotalBytes: MAX_TOTAL_BYTES,
        poison,
      },
      (problem) => report(new Error(problem)),
    )
  }

  /** @param maxBytes - See {@link HeldLines.maxBytes}. */
  take(maxBytes: number): HeldLines {
    let held = this.free.pop()
    if (held === undefined) {
      held = new HeldLines(this.buffers, this.report, (free) => this.keep(free))
    }
    held.isFree = false
    held.maxBytes = maxBytes
    return held
  }

  /**
   * A second release of the same lines is reported and changes nothing.
   *
   * @param dispose - See {@link HeldLines.release}.
   */
  give(held: HeldLines, dispose?: Dispose): void {
    if (held.isFree) {
      this.report(new Error('held lines were released twice'))
      return
    }
    held.isFree = true
    held.release(dispose)
  }

  stats(): PoolStats {
    return this.buffers.stats()
  }

  private keep(held: HeldLines): void {
    if (this.free.length < MAX_FREE) this.free.push(held)
  }
}
