// wideline/opentelemetry on the newest API and SDK: run by scripts/check-opentelemetry.mjs, in a folder of its own.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { context, logs, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { createLogger, json, memory } from 'wideline'
import { instrument, otel } from 'wideline/opentelemetry'

const version = (name) =>
  JSON.parse(fs.readFileSync(`node_modules/@opentelemetry/${name}/package.json`, 'utf8')).version

const records = new InMemoryLogRecordExporter()
logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [new SimpleLogRecordProcessor({ exporter: records })] }))
const spans = new InMemorySpanExporter()
const processor = new SimpleSpanProcessor({ exporter: spans })
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }))
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 })
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))

const lines = memory()
const log = createLogger({ name: 'shop', outputs: [{ output: lines, encoder: json() }, otel()] })
instrument(log, { spans: true })
await log.unit('report', async (unit) => {
  await new Promise((resolve) => setImmediate(resolve))
  unit.error('refused', new RangeError('too much'))
})

await processor.forceFlush()
const [refused, wide] = lines.parsed()
const [span] = spans.getFinishedSpans()
const { traceId, spanId } = span.spanContext()
assert.deepEqual([refused.trace_id, refused.span_id], [traceId, spanId])
assert.deepEqual([wide.trace_id, wide.span_id], [traceId, spanId])
assert.equal(span.name, 'report')

const [first, second] = records.getFinishedLogRecords()
assert.equal(first.body, 'refused')
assert.equal(first.severityNumber, 17)
assert.equal(first.instrumentationScope.name, 'shop')
assert.equal(first.attributes['exception.type'], 'RangeError')
assert.match(first.attributes['exception.stacktrace'], /^RangeError: too much\n/)
assert.equal(first.spanContext.spanId, spanId)
assert.equal(second.body, 'unit completed')
assert.equal(second.spanContext.traceId, traceId)

await reader.forceFlush()
const found = measured.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
const duration = found.find(({ descriptor }) => descriptor.name === 'wideline.unit.duration')
assert.equal(duration.dataPoints[0].value.count, 1)
assert.equal(duration.dataPoints[0].attributes['wideline.unit.name'], 'report')
assert.ok(found.some(({ descriptor }) => descriptor.name === 'wideline.lines'))
assert.equal(log.stats().problems, 0)
assert.deepEqual(log.stats().outputs[1].dropped, {})

console.log(`API ${version('api')}, SDK ${version('sdk-logs')}: logs, metrics, spans and correlation work`)
process.exit(0)
