import fs from 'node:fs'
import { isError } from '../entry/is-error.js'
import type { ErrorHook, Hook } from './hook.js'

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
  /** A listener that logs to the logger it listens to must not hear of that again, and again. */
  private isReporting = false
  private unreported = 0
  private lastReport = -Infinity

  constructor(private readonly listener: ErrorListener | undefined) {}

  /** @param hooks - Told besides the listener. */
  report(reason: unknown, hooks?: readonly Hook<ErrorHook>[]): void {
    this.count++
    if (this.isReporting) return
    const problem = asError(reason)
    if (hooks !== undefined) this.tell(problem, hooks)
    if (this.listener !== undefined) {
      this.isReporting = true
      try {
        this.settle(this.listener(problem))
        return
      } catch {
        // A listener that throws must not reach the log call: standard error takes over.
      } finally {
        this.isReporting = false
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

  /** One that is told of a failure, and fails later, is counted. */
  private settle(given: unknown): void {
    if (given instanceof Promise) given.catch(() => this.count++)
  }

  private tell(problem: Error, hooks: readonly Hook<ErrorHook>[]): void {
    this.isReporting = true
    try {
      for (const hook of hooks) {
        try {
          this.settle(hook.call(problem))
        } catch {
          // A hook that fails while it is told of a failure: counted, and the next one is told.
          this.count++
        }
      }
    } finally {
      this.isReporting = false
    }
  }
}

/** Whatever was thrown, as an error. */
function asError(reason: unknown): Error {
  try {
    return isError(reason) ? reason : new Error(String(reason))
  } catch {
    // It does not even become text.
    return new Error('an unreadable error')
  }
}
