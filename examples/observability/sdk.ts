import { context, metrics, trace } from '@opentelemetry/api'
import { logs } from '@opentelemetry/api-logs'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'

/** The SDK, started. */
export interface Sdk {
  readonly prometheus: PrometheusExporter
  /** Exports what is waiting. */
  flush(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts OpenTelemetry's SDK: logs and traces go to an OTLP receiver, metrics wait for Prometheus. All of it is the official
 * packages; wideline needs only to find them registered.
 */
export function startSdk(receiver: string): Sdk {
  const resource = resourceFromAttributes({ 'service.name': 'shop' })
  const prometheus = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true })
  const logging = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${receiver}/v1/logs` }) })],
  })
  const tracing = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${receiver}/v1/traces` }))],
  })
  const measuring = new MeterProvider({ resource, readers: [prometheus] })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(tracing)
  metrics.setGlobalMeterProvider(measuring)
  logs.setGlobalLoggerProvider(logging)
  return {
    prometheus,
    flush: async () => {
      await Promise.all([logging.forceFlush(), tracing.forceFlush()])
    },
    stop: async () => {
      await Promise.all([logging.shutdown(), tracing.shutdown(), measuring.shutdown()])
    },
  }
}
