import type { BatchObservableResult, Meter, MeterProvider, Observable } from '@opentelemetry/api'
import type { Logger, LoggerStats } from '../../src/index.js'
import { createNoopMeter } from './api.js'

/** Reads one instrument's values out of the statistics. */
type Read = (stats: LoggerStats, observe: (value: number, attributes?: Record<string, string>) => void) => void

interface Instrument {
  readonly name: string
  readonly kind: 'counter' | 'upDown' | 'gauge'
  readonly unit: string
  readonly description: string
  readonly read: Read
}

const INSTRUMENTS: readonly Instrument[] = [
  {
    name: 'wideline.lines',
    kind: 'counter',
    unit: '{line}',
    description: 'Lines written, by level.',
    read: ({ lines }, observe) => {
      for (const [level, count] of Object.entries(lines)) observe(count, { level })
    },
  },
  {
    name: 'wideline.dropped',
    kind: 'counter',
    unit: '{line}',
    description: 'Lines that an output did not take, by output and reason; those that came to none under none.',
    read: ({ outputs, dropped, droppedByHooks, gates }, observe) => {
      observe(dropped, { output: 'none', reason: 'nested' })
      observe(droppedByHooks, { output: 'none', reason: 'hook' })
      const byGate = new Map<string, number>()
      for (const gate of gates) byGate.set(gate.kind, (byGate.get(gate.kind) ?? 0) + gate.dropped)
      for (const [reason, count] of byGate) observe(count, { output: 'none', reason })
      for (const { number, dropped: ofOutput, failed } of outputs) {
        const output = String(number)
        for (const [reason, count] of Object.entries(ofOutput)) observe(count, { output, reason })
        observe(failed, { output, reason: 'failed' })
      }
    },
  },
  {
    name: 'wideline.output.written',
    kind: 'counter',
    unit: '{line}',
    description: 'Lines that an output has written.',
    read: ({ outputs }, observe) => {
      for (const { number, written } of outputs) observe(written, { output: String(number) })
    },
  },
  {
    name: 'wideline.output.pending',
    kind: 'upDown',
    unit: '{line}',
    description: 'Lines that wait in an output.',
    read: ({ outputs }, observe) => {
      for (const { number, pending } of outputs) observe(pending, { output: String(number) })
    },
  },
  {
    name: 'wideline.output.latency',
    kind: 'gauge',
    unit: 's',
    description: 'How long writes of an output took, by quantile.',
    read: ({ outputs }, observe) => {
      for (const { number, latencyMs } of outputs) {
        if (latencyMs === undefined || latencyMs.count === 0) continue
        const output = String(number)
        observe(latencyMs.p50 / 1000, { output, quantile: '0.5' })
        observe(latencyMs.p90 / 1000, { output, quantile: '0.9' })
        observe(latencyMs.p99 / 1000, { output, quantile: '0.99' })
        observe(latencyMs.max / 1000, { output, quantile: '1' })
      }
    },
  },
  {
    name: 'wideline.pool.hits',
    kind: 'counter',
    unit: '{buffer}',
    description: 'Buffers that the pool had.',
    read: ({ buffers }, observe) => observe(buffers.hits),
  },
  {
    name: 'wideline.pool.misses',
    kind: 'counter',
    unit: '{buffer}',
    description: 'Buffers that had to be allocated.',
    read: ({ buffers }, observe) => observe(buffers.misses),
  },
  {
    name: 'wideline.pool.outstanding',
    kind: 'upDown',
    unit: '{buffer}',
    description: 'Buffers in use.',
    read: ({ buffers }, observe) => observe(buffers.outstanding),
  },
  {
    name: 'wideline.pool.retained',
    kind: 'upDown',
    unit: 'By',
    description: 'Bytes lying in the pool.',
    read: ({ buffers }, observe) => observe(buffers.retainedBytes),
  },
  {
    name: 'wideline.problems',
    kind: 'counter',
    unit: '{problem}',
    description: 'Problems of the logging itself that were reported.',
    read: ({ problems }, observe) => observe(problems),
  },
]

/** What was read of one instrument, by its attributes. */
type Totals = Map<
  string | undefined,
  { readonly value: number; readonly attributes: Record<string, string> | undefined }
>

/** Those of one provider: were each logger observed by itself, one's values would come in place of another's. */
const shared = new WeakMap<MeterProvider, LoggerCounters>()

/** The counters of all loggers that one provider measures, added up. */
class LoggerCounters {
  private readonly logs: Logger[] = []
  /** Counts of loggers that are measured no more: a counter must not fall. */
  private readonly ended: readonly Totals[] = INSTRUMENTS.map(() => new Map())
  private readonly countedAsEnded = new WeakMap<object, LoggerStats>()
  private readonly observables: Observable[]

  constructor(private readonly meter: Meter) {
    this.observables = INSTRUMENTS.map((instrument) => create(meter, instrument))
  }

  add(log: Logger): () => void {
    const { pipeline } = log
    const before = this.countedAsEnded.get(pipeline)
    if (before !== undefined) addUp(this.ended, before, -1, 'counter')
    this.countedAsEnded.delete(pipeline)
    if (this.logs.length === 0) this.meter.addBatchObservableCallback(this.collect, this.observables)
    this.logs.push(log)
    return () => this.remove(log)
  }

  private remove(log: Logger): void {
    const at = this.logs.indexOf(log)
    if (at < 0) return
    this.logs.splice(at, 1)
    if (this.logs.length === 0) this.meter.removeBatchObservableCallback(this.collect, this.observables)
    if (this.logs.some(({ pipeline }) => pipeline === log.pipeline)) return
    const stats = log.stats()
    addUp(this.ended, stats, 1, 'counter')
    this.countedAsEnded.set(log.pipeline, stats)
  }

  private readonly collect = (result: BatchObservableResult): void => {
    const totals = this.ended.map((counted) => new Map(counted))
    // Statistics are of a whole family.
    const families = new Map(this.logs.map((log) => [log.pipeline, log]))
    for (const log of families.values()) addUp(totals, log.stats(), 1)
    for (const [index, observable] of this.observables.entries()) {
      for (const { value, attributes } of totals[index].values()) result.observe(observable, value, attributes)
    }
  }
}

/** Adds up what can be; of how long something took the longest counts. */
function addUp(totals: readonly Totals[], stats: LoggerStats, sign: 1 | -1, only?: Instrument['kind']): void {
  for (const [index, { kind, read }] of INSTRUMENTS.entries()) {
    if (only !== undefined && kind !== only) continue
    const found = totals[index]
    read(stats, (value, attributes) => {
      const key = JSON.stringify(attributes)
      const before = found.get(key)?.value ?? 0
      found.set(key, { attributes, value: kind === 'gauge' ? Math.max(before, value) : before + sign * value })
    })
  }
}

/**
 * Shows a logger's own counters, together with those of the other loggers of the provider. They are read when they are
 * collected, once for all of them; logging pays nothing.
 *
 * @returns ends that.
 */
export function observeLogger(provider: MeterProvider, meter: Meter, log: Logger): () => void {
  // Of all processes without an SDK: loggers would be held there for good, and nobody asks.
  if (meter === createNoopMeter()) return () => undefined
  let counters = shared.get(provider)
  if (counters === undefined) {
    counters = new LoggerCounters(meter)
    shared.set(provider, counters)
  }
  return counters.add(log)
}

function create(meter: Meter, { name, kind, unit, description }: Instrument): Observable {
  const options = { unit, description }
  if (kind === 'counter') return meter.createObservableCounter(name, options)
  return kind === 'upDown'
    ? meter.createObservableUpDownCounter(name, options)
    : meter.createObservableGauge(name, options)
}
