import type { ByteBuffer } from '../bytes/byte-buffer.js'
import type { BufferPool } from '../bytes/buffer-pool.js'
import type { Entry } from '../entry/entry.js'

/**
 * What an output did so far, in lines. At every moment `accepted = written + pending + failed`, and every line that was
 * given to it is accepted or counted under a reason in `dropped`.
 */
export interface OutputStats {
  /** Lines it took. */
  readonly accepted: number
  /** The kernel (or whatever the output writes to) has them. */
  readonly written: number
  /** Lines that are not written yet. */
  readonly pending: number
  /** Accepted, and lost to an error that was reported. */
  readonly failed: number
  /** Not accepted, by reason: `full` (too much was waiting), `oldest`, `belowLevel` and so on. */
  readonly dropped: Readonly<Record<string, number>>
  /** Bytes written. */
  readonly bytes: number
  /** How long writes took. */
  readonly latencyMs?: LatencyStats
  /** Of an output that hands lines to others: what those did. */
  readonly parts?: readonly OutputStats[]
}

/** Milliseconds that writes took, from the hand-over of the bytes until they were taken; to a tenth of the value. */
export interface LatencyStats {
  /** Writes. */
  readonly count: number
  /** Milliseconds that half of them took at most. */
  readonly p50: number
  /** Milliseconds that nine tenths of them took at most. */
  readonly p90: number
  /** Milliseconds that all but a hundredth took at most. */
  readonly p99: number
  /** Milliseconds of the longest. */
  readonly max: number
}

/**
 * Thrown by an output's `commit` where the log call itself must fail: it reaches the caller, once the other outputs have
 * the line. Whatever else an output throws is reported.
 */
export class LineRefused extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
  }
}

/** Whether an output refuses a line by this. */
export function isRefusal(thrown: unknown): thrown is LineRefused {
  try {
    return thrown instanceof LineRefused
  } catch {
    // A proxy that does not tell what it is.
    return false
  }
}

/** What an output is given when a logger begins to use it. */
export interface OutputHost {
  /** Where it takes its buffers. */
  readonly pool: BufferPool
  /** Reports a problem to the application; never throws. */
  report(problem: unknown): void
  /** Writes a line to this output that tells how many were dropped since the last such line. */
  announce?(dropped: number): void
  /**
   * Somebody else takes the lines that cannot be written: every fault is reported, not one a second, and no line is
   * given up.
   */
  readonly takesOver?: boolean
}

/**
 * Where lines go. The encoder writes into the output's own buffer: `begin`, encode, `commit`, never two at once.
 *
 * A line is in flight between `begin` and `commit`; what lies in the buffer past the last commit must not be written.
 */
export interface Output {
  /** Whether people read it at a terminal: such an output gets `pretty()` where no encoder is named. */
  readonly isTerminal?: boolean
  /** Whether lines may wait in it after a log call, so that a signal that ends the process must flush it first. */
  readonly isBuffered?: boolean
  /** Whether its slow part is done beside the program already: `worker()` gives such an output back as it is. */
  readonly worksBeside?: boolean
  /** Those that it hands its lines to: no line comes there while one of another logger's is under way in them. */
  readonly outputs?: readonly Output[]
  /** Called by each logger that uses the output, before its first line. */
  open?(host: OutputHost): void
  /**
   * The buffer to append the next line to. Calling it again without a commit starts that line anew.
   *
   * @param level - The line's, for outputs that choose by it; the same is given to `commit`.
   */
  begin(level?: number): ByteBuffer
  /** The line is whole: it goes out now or later. */
  commit(level: number): void
  /**
   * Takes an entry instead of its bytes: an output that has this gets no encoding, and `begin` and `commit` only for lines
   * that are bytes already. The entry is the logger's: it may be read until this returns, and not changed.
   */
  receive?(entry: Entry): void
  /** Settles when every line committed so far is written; rejects when that cannot be. */
  flush(): Promise<void>
  /**
   * Writes what is pending before it returns, for a bounded time.
   *
   * @param limitMs - The bound, where it must be shorter than the output's own.
   */
  flushSync(limitMs?: number): void
  /**
   * Gives the lines that wait here, whole and oldest first, to somebody who can write them, and forgets them: they count
   * as if they had never been given to it. A line that was written in part is among them.
   */
  handOver?(take: (bytes: Uint8Array, from: number, to: number) => void): void
  /** The process is ending: from now on every line is written at once. */
  endBuffering?(): void
  /** Flushes, then lets go of everything. Later lines are counted as failed. May be called twice. */
  close(): Promise<void>
  /** What it did and what it holds. */
  stats(): OutputStats
}
