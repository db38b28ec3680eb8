import { ByteBuffer } from '../bytes/byte-buffer.js'
import type { LineOutput } from './ledger.js'
import type { Sink } from './sink.js'

const START_BYTES = 1024
/** A buffer grown past this is exchanged for a fresh one. */
const MAX_KEPT_BYTES = 65_536

/** Gives each line, encoded once, to several sinks: what {@link ShortWay} writes to where a logger has more than one. */
export class SameLines implements LineOutput {
  private line = new ByteBuffer(START_BYTES)

  constructor(private readonly sinks: readonly Sink[]) {}

  begin(): ByteBuffer {
    this.line.length = 0
    return this.line
  }

  commit(level: number): void {
    const { line, sinks } = this
    for (let i = 0; i < sinks.length; i++) {
      const sink = sinks[i]
      if (level >= sink.threshold) sink.writeBytes(line, 0, line.length, level)
      else sink.ledger.filtered++
    }
    if (line.bytes.length > MAX_KEPT_BYTES) this.line = new ByteBuffer(START_BYTES)
  }
}
