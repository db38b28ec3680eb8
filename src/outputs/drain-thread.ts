import { getSystemErrorName } from 'node:util'
import type { Worker } from 'node:worker_threads'
import type { BlockOutput } from './block-output.js'
import type { FaultReports } from './fault-reports.js'
import { LATENCY_STEPS } from './latency.js'
import type { Ring } from './ring.js'
import { type DrainNews, type DrainSettings, drainRing } from './ring-drain.js'

/** The worker's program, which runs by itself. */
export const DRAIN_SOURCE: string = `(${drainRing.toString()})(require)`

/**
 * Starts the thread that writes what is put into a ring to the channel of an output.
 *
 * @param ended - Called, in a later turn, when it has ended or could not start.
 * @returns undefined where there are no threads (a permission, a limit).
 */
export function startDrain(
  source: string,
  ring: Ring,
  { channel, options }: BlockOutput,
  faults: FaultReports,
  ended: () => void,
): Worker | undefined {
  const settings: DrainSettings = {
    control: ring.control.buffer,
    data: ring.data,
    numbers: ring.numbers.buffer,
    latency: ring.latency,
    latencySteps: LATENCY_STEPS,
    places: ring.places,
    blockBytes: ring.blockBytes,
    isFile: channel.isFile,
    fsync: channel.fsync ?? 'never',
    fsyncIntervalMs: options.flushIntervalMs,
    slowMs: options.slowMs,
    words: ring.words,
    states: ring.states,
  }
  try {
    // Without the flags of this process: a loader that it was started with is none of the worker's business.
    const threads = process.getBuiltinModule('node:worker_threads') // not imported: loading it takes milliseconds
    const thread = new threads.Worker(source, { eval: true, workerData: settings, execArgv: [], name: 'wideline' })
    thread.on('message', (news: DrainNews) => tell(faults, news))
    thread.on('error', (error) => faults.report(error, 'worker'))
    thread.on('exit', ended)
    thread.unref()
    return thread
  } catch (error) {
    faults.report(error, 'worker')
    setImmediate(ended)
    return undefined
  }
}

function tell(faults: FaultReports, news: DrainNews): void {
  if ('slowMs' in news) {
    faults.slow(news.slowMs)
    return
  }
  const code = getSystemErrorName(news.errno)
  faults.report(new Error(`${code}: ${news.call} failed`), code)
}
