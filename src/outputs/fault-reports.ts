import { reasonText } from '../entry/reason-text.js'
import type { OutputHost } from './output.js'

/** A fault that lasts is told this often at most. */
const REPORT_EVERY_MS = 1_000

/** Reported when an output took longer than its `slowMs` for a write, or let lines wait for longer. */
export class SlowOutputError extends Error {
  override readonly name = 'SlowOutputError'

  constructor(
    /** The output, as it is named in reports. */
    readonly output: string,
    /** How long the write took, or the oldest line has waited so far, in milliseconds. */
    readonly ms: number,
  ) {
    super(`${output}: a write took ${Math.round(ms)} ms`)
  }
}

/** Tells the application about the faults of one output, each kind once a second at most. */
export class FaultReports {
  private host: OutputHost | undefined = undefined
  /** A fault from before there was anybody to tell. */
  private early: Error | undefined = undefined
  private lastCode = ''
  private lastReport = -Infinity

  constructor(private readonly label: string) {}

  /** From now on there is somebody to tell. */
  attach(host: OutputHost): void {
    this.host = host
    if (this.early !== undefined) host.report(this.early)
    this.early = undefined
  }

  /** @param code - What kind of fault it is: another kind is told at once. */
  report(error: unknown, code: string): void {
    if (!this.isDue(code)) return
    const problem = new Error(`${this.label}: ${reasonText(error)}`, { cause: error })
    if (this.host === undefined) this.early = problem
    else this.host.report(problem)
  }

  slow(ms: number): void {
    if (this.isDue('slow')) this.host?.report(new SlowOutputError(this.label, ms))
  }

  private isDue(code: string): boolean {
    const now = performance.now()
    if (code === this.lastCode && now - this.lastReport < REPORT_EVERY_MS && this.host?.takesOver !== true) return false
    this.lastCode = code
    this.lastReport = now
    return true
  }
}
