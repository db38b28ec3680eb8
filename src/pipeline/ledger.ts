import type { BufferPool } from '../bytes/buffer-pool.js'
import type { ByteBuffer } from '../bytes/byte-buffer.js'
import type { Output, OutputStats } from '../outputs/output.js'

/** What one output did, and what became of every call that could have reached it. */
export interface SinkStats extends OutputStats {
  /** Which of the logger's outputs it is, from 0 on in the order they came into use; no other ever has it. */
  readonly number: number
  /** Lines that could have gone to it: `calls = accepted + filtered + the sum of dropped`. */
  readonly calls: number
  /** Lines below its level. */
  readonly filtered: number
}

/** A line that was logged while another was under way, in a buffer of its logger's pool. */
export interface WaitingLine {
  readonly ledger: Ledger
  readonly buffer: ByteBuffer
  readonly pool: BufferPool
  readonly level: number
}

/** What takes lines. */
export type LineOutput = Pick<Output, 'begin' | 'commit' | 'outputs'>

const ledgers = new WeakMap<LineOutput, Ledger>()

/**
 * Counts the calls on their way to one output, apart from what the output itself counts: loss shows as a difference.
 * Loggers that share an output share its ledger.
 */
export class Ledger {
  /** Lines of sufficient level, whatever became of them. */
  admitted = 0
  filtered = 0
  /** Lines whose encoding, or whose output, threw. */
  errors = 0
  /** Lines logged by the output while it took a line, beyond what is let in. */
  nested = 0
  /** Whether a line is being encoded into the output: what a value of it logs, by whatever logger, has to wait. */
  isBusy = false
  /** Lines logged meanwhile, until the one under way is whole. Another's list while that one holds this ledger. */
  waiting: WaitingLine[] = []
  readonly ownWaiting: WaitingLine[] = this.waiting

  /** @param within - The ledgers of those that the output hands its lines to, and of those that they do. */
  private constructor(
    readonly output: LineOutput,
    readonly within: readonly Ledger[],
  ) {}

  static of(output: LineOutput): Ledger {
    let ledger = ledgers.get(output)
    if (ledger === undefined) {
      const within = (output.outputs ?? []).map((each) => Ledger.of(each))
      ledger = new Ledger(
        output,
        within.flatMap((each) => [each, ...each.within]),
      )
      ledgers.set(output, ledger)
    }
    return ledger
  }

  /** Where a line is under way that one for this output would come in the middle of: here, or in what this hands lines to. */
  busy(): Ledger | undefined {
    if (this.isBusy) return this
    const { within } = this
    for (let i = 0; i < within.length; i++) if (within[i].isBusy) return within[i]
    return undefined
  }

  /** A line is under way for which all that is logged here waits in this list. */
  hold(waiting: WaitingLine[]): void {
    this.isBusy = true
    this.waiting = waiting
  }

  /** @param number - Of the sink. */
  stats(number: number, output: OutputStats): SinkStats {
    const { admitted, filtered, errors, nested } = this
    return {
      number,
      calls: admitted + filtered,
      filtered,
      ...output,
      dropped: {
        ...output.dropped,
        ...(errors > 0 ? { error: errors } : {}),
        ...(nested > 0 ? { nested } : {}),
      },
    }
  }
}
