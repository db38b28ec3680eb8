import type { ByteBuffer } from '../bytes/byte-buffer.js'
import { Level } from '../entry/level.js'
import { checkOption, checkOptions, flag, integer, type Rules } from '../options/check.js'
import { OptionError } from '../options/option-error.js'
import { combinedStats } from './combined-stats.js'
import { SlowOutputError } from './fault-reports.js'
import { lineEnd } from './line-ends.js'
import type { Output, OutputHost, OutputStats } from './output.js'
import { outputRule } from './output-rule.js'
import { settleAll } from './settle-all.js'
import { setImmediate, ticks } from './timers.js'

/** Options of {@link fallback}. */
export interface FallbackOptions {
  /** Milliseconds after a fault of the primary until it is tried again, 1 to 86400000. Default 5000. */
  readonly retryMs?: number
  /** Also goes to the secondary when the primary is slow: see its `slowMs`. Default false. */
  readonly whenSlow?: boolean
}

const DEFAULTS: Required<FallbackOptions> = Object.freeze({ retryMs: 5_000, whenSlow: false })
const RULES: Rules<Required<FallbackOptions>> = { retryMs: integer(1, 86_400_000), whenSlow: flag }

/** How long the primary may take at the end of the process before the secondary is asked. */
const FLUSH_SYNC_MS = 500

/** Writes to one output and, while that fails, to another. */
class FallbackOutput implements Output {
  readonly isTerminal: boolean
  readonly isBuffered: boolean
  readonly outputs: readonly Output[]
  private isFailing = false
  private retryAt = 0
  /** The one that the line under way was begun in. */
  private current: Output
  /** Where it lies until it is committed. */
  private line: ByteBuffer | undefined = undefined
  private lineFrom = 0
  private isWithinLine = false
  /** The primary still holds lines that the secondary should have. */
  private isHandOverDue = false
  private host: OutputHost | undefined = undefined

  constructor(
    private readonly primary: Output,
    private readonly secondary: Output,
    private readonly options: Required<FallbackOptions>,
  ) {
    this.isTerminal = primary.isTerminal === true && secondary.isTerminal === true
    this.isBuffered = primary.isBuffered === true || secondary.isBuffered === true
    this.outputs = [primary, secondary]
    this.current = primary
  }

  open(host: OutputHost): void {
    this.host = host
    const report = (problem: unknown): void => {
      if (!this.isFailing) host.report(problem)
      if (!(problem instanceof SlowOutputError) || this.options.whenSlow) this.fail()
    }
    this.primary.open?.({ ...host, report, takesOver: true })
    this.secondary.open?.(host)
  }

  begin(level?: number): ByteBuffer {
    // What the primary holds came before this line.
    this.isWithinLine = false
    if (this.isHandOverDue) this.handOverNow()
    this.isWithinLine = true
    // The line that is due is the one that tries the primary.
    if (this.isFailing && ticks() >= this.retryAt) this.isFailing = false
    this.current = this.isFailing ? this.secondary : this.primary
    try {
      this.line = this.current.begin(level)
    } catch (error) {
      if (this.current === this.secondary) throw error
      this.threw(error)
      this.current = this.secondary
      this.line = this.current.begin(level)
    }
    this.lineFrom = this.line.length
    return this.line
  }

  commit(level: number): void {
    const { current, line } = this
    this.isWithinLine = false
    try {
      current.commit(level)
    } catch (error) {
      if (current === this.secondary) throw error
      // Nothing of it is left: whoever asked for the line counts it, and tells.
      if (line === undefined || line.length <= this.lineFrom) {
        this.fail()
        throw error
      }
      this.threw(error)
      this.takeOver(line.bytes.slice(this.lineFrom, line.length), level)
    }
    // It has failed while a value of the line was read, and gave up what it held: this line has come behind that.
    if (this.isHandOverDue || (this.isFailing && current === this.primary)) this.handOverNow()
  }

  async flush(): Promise<void> {
    let problem: Error | undefined
    if (!this.isFailing) {
      try {
        await this.primary.flush()
      } catch (error) {
        // What it could not write goes to the secondary, whose flush tells.
        problem = error as Error
        this.fail()
      }
    }
    if (this.isHandOverDue) this.handOverNow()
    await this.secondary.flush()
    // A stream that never calls back does not give up what it was handed: it may be written or not.
    if (problem !== undefined && this.primary.stats().pending > 0) throw problem
  }

  flushSync(limitMs: number = Infinity): void {
    try {
      if (!this.isFailing) this.primary.flushSync(Math.min(limitMs, FLUSH_SYNC_MS))
    } catch (error) {
      this.threw(error)
    }
    if (this.primary.stats().pending > 0) this.fail()
    if (this.isHandOverDue) this.handOverNow()
    this.secondary.flushSync(limitMs)
  }

  endBuffering(): void {
    this.primary.endBuffering?.()
    this.secondary.endBuffering?.()
  }

  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      await settleAll([() => this.closePrimary(), () => this.secondary.close()])
    }
  }

  private async closePrimary(): Promise<void> {
    const { isFailing } = this
    try {
      await this.primary.close()
    } catch (error) {
      // It has failed all along, and was reported.
      if (!isFailing) throw error
    }
  }

  stats(): OutputStats {
    return combinedStats([this.primary.stats(), this.secondary.stats()])
  }

  /** Has the secondary write a line that the primary threw at. */
  private takeOver(line: Uint8Array, level: number): void {
    // What the primary holds came before this line.
    this.handOverNow()
    this.secondary.begin(level).copyRange(line, 0, line.length)
    this.secondary.commit(level)
  }

  private threw(error: unknown): void {
    this.host?.report(error)
    this.fail()
  }

  private fail(): void {
    this.isFailing = true
    this.isHandOverDue = true
    this.retryAt = ticks() + this.options.retryMs
    // Not from within the primary's own write.
    if (!this.isWithinLine) setImmediate(() => this.isHandOverDue && !this.isWithinLine && this.handOverNow())
  }

  /** Gives the secondary what waits in the primary. */
  private handOverNow(): void {
    // Not into the middle of a line of the secondary's.
    this.isHandOverDue = this.isWithinLine && this.current === this.secondary
    if (this.isHandOverDue) return
    this.primary.handOver?.((bytes, from, to) => {
      for (let at = from; at < to;) {
        const end = lineEnd(bytes, at, to)
        this.secondary.begin(Level.info).copyRange(bytes, at, end)
        this.secondary.commit(Level.info)
        at = end
      }
    })
  }
}

/**
 * Writes to the primary; while that fails, to the secondary, beginning with the lines that the primary holds. Every
 * `retryMs` a line tries the primary again, and stays there if it can.
 *
 * @throws OptionError when an option is out of range, one is no output, or the primary is a `fallback()` itself.
 * @example fallback(file('/mnt/logs/app.log'), file('/var/tmp/app.log'), { retryMs: 10_000 })
 */
export function fallback(primary: Output, secondary: Output, options?: FallbackOptions): Output {
  checkOption('fallback primary', primary, outputRule)
  checkOption('fallback secondary', secondary, outputRule)
  // It would report what it had taken over itself as faults of its own.
  if (primary instanceof FallbackOutput) {
    throw new OptionError(
      'fallback primary',
      'another output than a fallback(), as in fallback(a, fallback(b, c))',
      primary,
    )
  }
  return new FallbackOutput(primary, secondary, checkOptions('fallback', options, DEFAULTS, RULES))
}
