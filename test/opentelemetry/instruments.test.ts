import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { createLogger, type LoggerStats, memory } from 'wideline'
import { instrument } from 'wideline/opentelemetry'
import { describe, expect, it, vi } from 'vitest'
import { serve } from './served.js'

/** Statistics of which no two numbers are the same. */
function told(stats: LoggerStats): LoggerStats {
  const [output] = stats.outputs
  const latencyMs = { count: 9, p50: 10, p90: 20, p99: 30, max: 40 }
  return {
    ...stats,
    outputs: [{ ...output, written: 31, pending: 32, failed: 33, dropped: { full: 34 }, latencyMs }],
    buffers: { ...stats.buffers, hits: 41, misses: 42, outstanding: 43, retainedBytes: 44 },
    dropped: 35,
    droppedByHooks: 36,
    problems: 51,
  }
}

const COUNTER = { type: DataPointType.SUM, isMonotonic: true }
const UP_DOWN = { type: DataPointType.SUM, isMonotonic: false }
const GAUGE = { type: DataPointType.GAUGE, isMonotonic: undefined }

const WANT = [
  ['wideline.lines', '{line}', COUNTER, [0, 0, 1, 0, 0, 0, 0]],
  ['wideline.dropped', '{line}', COUNTER, [35, 36, 34, 33]],
  ['wideline.output.written', '{line}', COUNTER, [31]],
  ['wideline.output.pending', '{line}', UP_DOWN, [32]],
  ['wideline.output.latency', 's', GAUGE, [0.01, 0.02, 0.03, 0.04]],
  ['wideline.pool.hits', '{buffer}', COUNTER, [41]],
  ['wideline.pool.misses', '{buffer}', COUNTER, [42]],
  ['wideline.pool.outstanding', '{buffer}', UP_DOWN, [43]],
  ['wideline.pool.retained', 'By', UP_DOWN, [44]],
  ['wideline.problems', '{problem}', COUNTER, [51]],
] as const

describe('instruments', () => {
  it('have their names, units and kinds, and what the statistics say, read when they are collected', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
    const log = createLogger({ outputs: [memory()] })
    const end = instrument(log, { metrics: { provider: new MeterProvider({ readers: [reader] }) } })
    log.info('x')
    const all = told(log.stats())
    const stats = vi.spyOn(log, 'stats').mockReturnValue(all)
    expect(stats).not.toHaveBeenCalled()
    await reader.forceFlush()
    expect(stats).toHaveBeenCalledTimes(1)
    end()
    const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)
    expect(found.map(({ scope }) => scope.name)).toEqual(['wideline'])
    expect(found[0].metrics.map(brief)).toEqual(WANT)
    const labels = (name: string): unknown =>
      found[0].metrics
        .find(({ descriptor }) => descriptor.name === name)
        ?.dataPoints.map(({ attributes }) => attributes)
    expect(labels('wideline.output.pending')).toEqual([{ output: '0' }])
    const quantiles = ['0.5', '0.9', '0.99', '1']
    expect(labels('wideline.output.latency')).toEqual(quantiles.map((quantile) => ({ output: '0', quantile })))
  })

  it('have of several loggers the sum, of how long writes took the longest, and counters alone of one that ended', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
    const provider = new MeterProvider({ readers: [reader] })
    const [one, two, idle] = [1, 2, 3].map(() => createLogger({ outputs: [memory()] }))
    const all = told(one.stats())
    const [output] = all.outputs
    const latencyMs = { count: 1, p50: 5, p90: 50, p99: 500, max: 5 }
    const none = { count: 0, p50: 99, p90: 99, p99: 99, max: 99 }
    vi.spyOn(one, 'stats').mockReturnValue(all)
    vi.spyOn(two, 'stats').mockReturnValue({ ...all, outputs: [{ ...output, latencyMs }] })
    vi.spyOn(idle, 'stats').mockReturnValue({ ...idle.stats(), outputs: [{ ...output, number: 1, latencyMs: none }] })
    const [endOne, endTwo, endIdle] = [one, two, idle].map((log) => instrument(log, { metrics: { provider } }))
    const values = async (name: string): Promise<unknown[]> => {
      exporter.reset()
      await reader.forceFlush()
      const metrics = exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
      return metrics.find(({ descriptor }) => descriptor.name === name)!.dataPoints.map(({ value }) => value)
    }
    expect(await values('wideline.output.latency')).toEqual([0.01, 0.05, 0.5, 0.04])
    expect(await values('wideline.pool.retained')).toEqual([88])
    endTwo()
    expect(await values('wideline.pool.retained')).toEqual([44])
    expect(await values('wideline.problems')).toEqual([102])
    const endAgain = instrument(two, { metrics: { provider } })
    expect(await values('wideline.pool.retained')).toEqual([88])
    for (const end of [endOne, endIdle, endAgain]) end()
  })

  it('of requests and units are in the units of the conventions', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
    const provider = new MeterProvider({ readers: [reader] })
    const served = await serve(
      (app, log) => app.get('/', (_request, response) => log.unit('job', () => void response.end())),
      (log) => void instrument(log, { metrics: { provider } }),
    )
    await served.get('/')
    await served.untilWide(2)
    await served.stop()
    await reader.forceFlush()
    const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    const found = metrics.filter(({ descriptor }) => /^http|unit/.test(descriptor.name))
    expect(found.map(({ descriptor, dataPointType }) => [descriptor.name, descriptor.unit, dataPointType])).toEqual([
      ['http.server.request.duration', 's', DataPointType.HISTOGRAM],
      ['http.server.active_requests', '{request}', DataPointType.SUM],
      ['wideline.unit.duration', 's', DataPointType.HISTOGRAM],
    ])
  })
})

function brief(metric: MetricData): unknown {
  const { descriptor, dataPointType: type, dataPoints } = metric
  const isMonotonic = 'isMonotonic' in metric ? metric.isMonotonic : undefined
  return [descriptor.name, descriptor.unit, { type, isMonotonic }, dataPoints.map(({ value }) => value)]
}
