import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus'

/** What a wide line says of its request. */
export interface Measured {
  readonly route?: string
  readonly status?: number
  readonly durationMs: number
}

/** Serves the metrics where Prometheus can scrape them. Resolves to the page's address. */
export async function serveMetrics(exporter: PrometheusExporter): Promise<{ url: string; close(): void }> {
  const server = http.createServer((request, response) => exporter.getMetricsRequestHandler(request, response))
  await new Promise<void>((resolve) => server.listen(Number(process.env['METRICS_PORT'] ?? 0), '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** The histogram bucket that a request has gone into: a line of the metrics page. */
export function bucketOf(page: string, { route, status, durationMs }: Measured): string {
  const lines = page.split('\n').filter((line) => {
    if (!line.startsWith('http_server_request_duration_bucket{')) return false
    return labelOf(line, 'http_route') === route && labelOf(line, 'http_response_status_code') === status?.toString()
  })
  return lines.find((line) => durationMs / 1000 <= boundaryOf(line)) ?? '(none)'
}

function boundaryOf(line: string): number {
  const boundary = labelOf(line, 'le')
  return boundary === '+Inf' ? Infinity : Number(boundary)
}

function labelOf(line: string, name: string): string | undefined {
  return new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1]
}
