import { ByteBuffer, type Output, type OutputStats } from 'wideline'

/** An output of one's own: hands each line to a function. */
export class CallbackOutput implements Output {
  private readonly line = new ByteBuffer(1024)
  private readonly counts = { accepted: 0, written: 0, failed: 0, bytes: 0 }

  constructor(private take: (line: string) => void) {}

  begin(): ByteBuffer {
    this.line.length = 0 // the encoder appends to what it is given
    return this.line
  }

  commit(): void {
    this.counts.accepted++
    try {
      this.take(this.line.toString())
      this.counts.written++
      this.counts.bytes += this.line.length
    } catch {
      this.counts.failed++ // a log call never throws
    }
  }

  flushSync(): void {} // nothing waits here
  async flush(): Promise<void> {}

  async close(): Promise<void> {
    this.take = () => {
      throw new Error('closed')
    }
  }

  stats(): OutputStats {
    return { ...this.counts, pending: 0, dropped: {} }
  }
}
