import { AsyncLocalStorage } from 'node:async_hooks'
import type { UnitLog } from './unit-log.js'

const storage = new AsyncLocalStorage<UnitLog>()

/** Runs a function so that {@link currentLog} gives this log in it and in everything it starts. */
export function runWithLog<T>(log: UnitLog, run: () => T): T {
  const { surround } = log
  return storage.run(log, surround === undefined ? run : () => surround(run))
}

/**
 * The log of the request or unit under way, from anywhere in it; undefined outside, and where `context: false` is set.
 *
 * @example currentLog()?.set({ tenant: 'acme' })
 */
export function currentLog(): UnitLog | undefined {
  return storage.getStore()
}
