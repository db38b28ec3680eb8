import type { Output } from '../outputs/output.js'

/** The outputs of every open logger in this process. One listener serves them all. */
const openOutputs = new Set<Output>()

function flushAll(): void {
  for (const output of openOutputs) {
    try {
      output.flushSync()
      // Other exit listeners may still log: nothing will write their lines later.
      output.endBuffering?.()
    } catch {
      // The process is ending and the output reported what it could; the next one still gets its turn.
    }
  }
}

/** Sees to it that the output is flushed when the process exits. */
export function flushAtExit(output: Output): void {
  if (openOutputs.size === 0) process.on('exit', flushAll)
  openOutputs.add(output)
}

/** The output is closed, or nobody writes to it any more. */
export function forgetAtExit(output: Output): void {
  if (openOutputs.delete(output) && openOutputs.size === 0) process.off('exit', flushAll)
}
