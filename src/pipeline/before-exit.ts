/** What still wants to write lines when the process ends. One listener serves them all. */
const waiting = new Set<() => void>()

/** The process is about to end. */
export function runBeforeExit(): void {
  for (const run of waiting) run()
}

/** Has a function that never throws run when the process exits, before the outputs are flushed for the last time. */
export function beforeExit(run: () => void): void {
  // In front: the listener that flushes the outputs may be there already.
  if (waiting.size === 0) process.prependListener('exit', runBeforeExit)
  waiting.add(run)
}

/** It has nothing to write any more. */
export function forgetBeforeExit(run: () => void): void {
  if (waiting.delete(run) && waiting.size === 0) process.off('exit', runBeforeExit)
}
