import { runBeforeExit } from './before-exit.js'
import type { Output } from '../outputs/output.js'

/** What must be written before the process ends: an output, or what waits in front of outputs. */
export type Ending = Pick<Output, 'isBuffered' | 'flushSync' | 'endBuffering'>

/** Signals that end a process where nobody listens to them. */
const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** How long a process that is told to end by a signal goes on to write what is pending, all outputs together. */
const SIGNAL_FLUSH_MS = 500

/** The outputs of every open logger in this process, and how many loggers use each. One listener serves them all. */
const openOutputs = new Map<Ending, number>()
/** Those of them in which lines wait: only they need to hear of signals. */
const buffered = new Set<Ending>()

function endAll(): void {
  for (const output of openOutputs.keys()) {
    try {
      output.flushSync()
      // Other exit listeners may still log: nothing will write their lines later.
      output.endBuffering?.()
    } catch {
      // The process is ending and the output reported what it could; the next one still gets its turn.
    }
  }
}

/**
 * Writes what is pending and lets the signal do what it does without us. Somebody else who listens decides on the end
 * of the process, and `exit` comes then.
 */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) {
    // They may raise it again when they have cleaned up. Without us the kernel would end the process there and then; with
    // us the event loop must turn once more to hear it, which it does not of itself when nothing else is left to do.
    process.off('beforeExit', turnOnce)
    process.once('beforeExit', turnOnce)
    return
  }
  const deadline = performance.now() + SIGNAL_FLUSH_MS
  runBeforeExit()
  for (const output of buffered) {
    try {
      output.flushSync(Math.max(0, deadline - performance.now()))
    } catch {
      // It reported what it could; the signal must not wait for it.
    }
  }
  process.off(signal, onSignal)
  process.kill(process.pid, signal)
  // Still here: the first process of a container, say, which the kernel spares. The next signal must find us again.
  setImmediate(() => {
    if (buffered.size > 0 && !process.listeners(signal).includes(onSignal)) process.on(signal, onSignal)
  }).unref()
}

function turnOnce(): void {
  setImmediate(() => undefined)
}

/**
 * Sees to it that the output is flushed when the process exits, and before a signal ends it.
 *
 * @param hearsSignals - False: nothing listens to signals on its behalf.
 */
export function flushAtExit(output: Ending, hearsSignals: boolean): void {
  if (openOutputs.size === 0) process.on('exit', endAll)
  openOutputs.set(output, (openOutputs.get(output) ?? 0) + 1)
  if (output.isBuffered !== true || !hearsSignals) return
  if (buffered.size === 0) for (const signal of SIGNALS) process.on(signal, onSignal)
  buffered.add(output)
}

/** A logger has closed the output. */
export function forgetAtExit(output: Ending): void {
  const users = openOutputs.get(output)
  if (users === undefined) return
  if (users > 1) {
    openOutputs.set(output, users - 1)
    return
  }
  openOutputs.delete(output)
  if (openOutputs.size === 0) process.off('exit', endAll)
  if (buffered.delete(output) && buffered.size === 0) for (const signal of SIGNALS) process.off(signal, onSignal)
}
