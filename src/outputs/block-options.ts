import { integer, oneOf, type Rules } from '../options/check.js'

/** When lines are written. */
export type BufferMode =
  /** Each line at once. */
  | 'none'
  | 'line'
  /** All lines of one turn of the event loop together, at once from `warn` on and from `bufferSize` bytes on. */
  | 'tick'
  /** From `bufferSize` bytes on, and every `flushIntervalMs`. */
  | 'block'

/** How an output gathers lines. */
export interface BlockOptions {
  /** When lines are written. Default `tick`. */
  readonly buffer?: BufferMode
  /** Bytes gathered at most before a write, 1024 to 67108864. Default 16384; 65536 with `buffer: 'block'`. */
  readonly bufferSize?: number
  /** Milliseconds a line waits at most with `buffer: 'block'`, 1 to 3600000. Default 1000. */
  readonly flushIntervalMs?: number
  /** Bytes that may wait while no more are taken; lines beyond them are dropped and counted. Default 67108864. */
  readonly maxPendingBytes?: number
  /** A write that takes longer than this many milliseconds is reported as a `SlowOutputError`. Default 1000. */
  readonly slowMs?: number
}

const BLOCK_DEFAULTS: Required<BlockOptions> = Object.freeze({
  buffer: 'tick',
  bufferSize: 16_384,
  flushIntervalMs: 1_000,
  maxPendingBytes: 67_108_864,
  slowMs: 1_000,
})

/** Larger, because each is handed to another thread: that takes this one as long as some 200 lines (measured). */
const LARGE_BLOCKS = Object.freeze({ ...BLOCK_DEFAULTS, bufferSize: 65_536 })

/** @param buffer - As it was given, checked or not. */
export function blockDefaults(buffer: unknown): Required<BlockOptions> {
  return buffer === 'block' ? LARGE_BLOCKS : BLOCK_DEFAULTS
}

export const BLOCK_RULES: Rules<Required<BlockOptions>> = {
  buffer: oneOf('none', 'line', 'tick', 'block'),
  bufferSize: integer(1_024, 67_108_864),
  flushIntervalMs: integer(1, 3_600_000),
  maxPendingBytes: integer(65_536, 4_294_967_296),
  slowMs: integer(1, 3_600_000),
}
