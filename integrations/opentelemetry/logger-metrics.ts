import type { BatchObservableResult, Meter, Observable } from '@opentelemetry/api'
import type { Logger, LoggerStats } from '../../src/index.js'

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

/**
 * Shows a logger's own counters. They are read when they are collected, once for all of them; logging pays nothing.
 *
 * @returns ends that.
 */
export function observeLogger(meter: Meter, log: Logger): () => void {
  const made = INSTRUMENTS.map((instrument) => ({ read: instrument.read, observable: create(meter, instrument) }))
  const observables = made.map(({ observable }) => observable)
  const collect = (result: BatchObservableResult): void => {
    const stats = log.stats()
    for (const { read, observable } of made) {
      read(stats, (value, attributes) => result.observe(observable, value, attributes))
    }
  }
  meter.addBatchObservableCallback(collect, observables)
  return () => meter.removeBatchObservableCallback(collect, observables)
}

function create(meter: Meter, { name, kind, unit, description }: Instrument): Observable {
  const options = { unit, description }
  if (kind === 'counter') return meter.createObservableCounter(name, options)
  return kind === 'upDown'
    ? meter.createObservableUpDownCounter(name, options)
    : meter.createObservableGauge(name, options)
}
