import { AsyncLocalStorage } from 'node:async_hooks'
import type { RequestLog } from './request-log.js'

const storage = new AsyncLocalStorage<RequestLog>()

/** Runs a function so that {@link currentLog} gives this log in it and in everything it starts. */
export function runWithLog<T>(log: RequestLog, run: () => T): T {
  return storage.run(log, run)
}

/** The log of the request under way, from anywhere in it; undefined outside, and where `context: false` is set. */
export function currentLog(): RequestLog | undefined {
  return storage.getStore()
}
