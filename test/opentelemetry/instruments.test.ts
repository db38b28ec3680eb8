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
    problems: 51,
  }
}

const COUNTER = { type: DataPointType.SUM, isMonotonic: true }
const UP_DOWN = { type: DataPointType.SUM, isMonotonic: false }
const GAUGE = { type: DataPointType.GAUGE, isMonotonic: undefined }

const WANT = [
  ['wideline.lines', '{line}', COUNTER, [0, 0, 1, 0, 0, 0, 0]],
  ['wideline.dropped', '{line}', COUNTER, [0, 0, 34, 33]],
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
