import { ByteBuffer } from '../bytes/byte-buffer.js'
import { checkOptions, integer } from '../options/check.js'
import type { Output, OutputStats } from './output.js'

/** Lines kept in memory. See {@link memory}. */
export interface MemoryOutput extends Output {
  /** The lines kept, oldest first, without their newlines. */
  readonly lines: readonly string[]
  /** The lines, parsed as JSON. */
  parsed<T = Record<string, unknown>>(): T[]
  /** Forgets the lines; the statistics stay. */
  clear(): void
}

class LineMemory implements MemoryOutput {
  readonly lines: string[] = []
  private readonly line = new ByteBuffer(1024)
  private accepted = 0
  private bytes = 0

  constructor(private readonly maxLines: number) {}

  begin(): ByteBuffer {
    this.line.length = 0
    return this.line
  }

  commit(): void {
    this.accepted++
    this.bytes += this.line.length
    this.lines.push(this.line.toString().replace(/\n$/, ''))
    this.line.length = 0
    if (this.lines.length > this.maxLines) this.lines.shift()
  }

  parsed<T = Record<string, unknown>>(): T[] {
    return this.lines.map((line) => JSON.parse(line) as T)
  }

  clear(): void {
    this.lines.length = 0
  }

  flush(): Promise<void> {
    return Promise.resolve()
  }

  flushSync(): void {
    // Nothing waits: a line is kept when it is committed.
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  stats(): OutputStats {
    return { accepted: this.accepted, written: this.accepted, pending: 0, failed: 0, dropped: {}, bytes: this.bytes }
  }
}

/**
 * Keeps lines in memory, for tests and for a look at what came last.
 *
 * @param options.maxLines - Lines kept; older ones are forgotten. Integer ≥ 1. Default 10000.
 */
export function memory(options: { readonly maxLines?: number } = {}): MemoryOutput {
  const { maxLines } = checkOptions('memory', options, { maxLines: 10_000 }, { maxLines: integer(1, 1e9) })
  return new LineMemory(maxLines)
}
