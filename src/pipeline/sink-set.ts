import type { Encoder } from '../encoders/encoder.js'
import type { Output, OutputHost } from '../outputs/output.js'
import { settleAll } from '../outputs/settle-all.js'
import { flushAtExit, forgetAtExit } from './exit.js'
import type { Filter } from './filter.js'
import type { SinkStats } from './ledger.js'
import { Sink } from './sink.js'

/** One sink as it is configured. */
export interface Route {
  readonly threshold: number
  readonly encoder: Encoder
  readonly output: Output
  /** Lines it does not match do not go there. */
  readonly filter: Filter | undefined
}

/** The sinks of a root logger and all its children that are in use. */
export class SinkSet {
  private all: readonly Sink[] = []
  private opened = 0

  constructor(
    private readonly host: OutputHost,
    /** Told when a line could not be encoded or given to its output. */
    private readonly lineFailed: (problem: unknown) => void,
    /** Writes a line to one sink that tells how many it has dropped. */
    private readonly announce: (sink: Sink, dropped: number) => void,
    /** Whether what its outputs hold is written before a signal ends the process. */
    private readonly hearsSignals: boolean,
  ) {}

  /** Takes an output into use. */
  open({ threshold, encoder, output, filter }: Route): Sink {
    const { pool, report } = this.host
    const sink = new Sink(this.opened++, threshold, encoder, output, filter, pool, this.lineFailed)
    output.open?.({ pool, report, announce: (dropped) => this.announce(sink, dropped) })
    flushAtExit(output, this.hearsSignals)
    this.all = [...this.all, sink]
    return sink
  }

  /** Writes what the output holds, and uses it no more. It stays open: whoever made it closes it. */
  release(sink: Sink): void {
    if (!this.all.includes(sink)) return
    this.all = this.all.filter((each) => each !== sink)
    flushOne(sink, this.host)
    forgetAtExit(sink.output)
  }

  async flush(): Promise<void> {
    await settleAll(this.all.map((sink) => () => sink.output.flush()))
  }

  /** @param limitMs - The bound for all of them together, where there is one. */
  flushSync(limitMs?: number): void {
    const deadline = limitMs === undefined ? undefined : performance.now() + limitMs
    for (const sink of this.all) {
      flushOne(sink, this.host, deadline === undefined ? undefined : Math.max(0, deadline - performance.now()))
    }
  }

  async close(): Promise<void> {
    await settleAll(this.all.map((sink) => () => sink.output.close())).finally(() => {
      for (const { output } of this.all) forgetAtExit(output)
    })
  }

  stats(): SinkStats[] {
    return this.all.map((sink) => sink.ledger.stats(sink.number, sink.output.stats()))
  }
}

function flushOne({ output }: Sink, { report }: OutputHost, limitMs?: number): void {
  try {
    output.flushSync(limitMs)
  } catch (error) {
    report(error)
  }
}
