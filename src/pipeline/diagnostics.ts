import fs from 'node:fs'

const REPORT_EVERY_MS = 1_000

/** Takes a problem of the logger itself. */
export type ErrorListener = (problem: Error) => void

/**
 * Where the logger's own problems go: the application's listener, else standard error, at most one line a second with
 * the number of problems it stands for.
 */
export class Diagnostics {
  /** Problems so far. */
  count = 0
  private unreported = 0
  private lastReport = -Infinity

  constructor(private readonly listener: ErrorListener | undefined) {}

  report(problem: Error): void {
    this.count++
    if (this.listener !== undefined) {
      try {
        this.listener(problem)
        return
      } catch {
        // A listener that throws must not reach the log call: standard error takes over.
      }
    }
    this.unreported++
    const now = performance.now()
    if (now - this.lastReport < REPORT_EVERY_MS) return
    this.lastReport = now
    const more = this.unreported > 1 ? ` (${this.unreported} problems)` : ''
    this.unreported = 0
    try {
      fs.writeSync(2, `wideline: ${problem.message}${more}\n`)
    } catch {
      // Standard error is gone too: `count` is all that is left to tell.
    }
  }
}
