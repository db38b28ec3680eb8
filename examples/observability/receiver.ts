import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the receiver keeps of a record or a span. */
export interface Received {
  readonly signal: 'logs' | 'traces'
  readonly traceId: string
  readonly spanId: string
  /** A record's body, a span's name. */
  readonly text: string
  readonly attributes: number
}

type Json = Record<string, unknown>

/** A small OTLP receiver: it takes logs and traces as JSON over HTTP, as a collector would on port 4318. */
export class Receiver {
  readonly received: Received[] = []
  private readonly server = http.createServer((request, response) => this.take(request, response))

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  private take(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = []
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const signal = request.url === '/v1/logs' ? 'logs' : 'traces'
        this.keep(signal, JSON.parse(Buffer.concat(chunks).toString()) as Json)
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
      })
  }

  private keep(signal: Received['signal'], body: Json): void {
    const [resources, scopes, items] =
      signal === 'logs'
        ? (['resourceLogs', 'scopeLogs', 'logRecords'] as const)
        : (['resourceSpans', 'scopeSpans', 'spans'] as const)
    for (const resource of list(body[resources])) {
      for (const scope of list(resource[scopes])) {
        for (const item of list(scope[items])) {
          const { traceId = '', spanId = '', attributes } = item as { traceId?: string; spanId?: string } & Json
          const text = signal === 'logs' ? (item['body'] as { stringValue?: string }).stringValue : item['name']
          this.received.push({ signal, traceId, spanId, text: String(text), attributes: list(attributes).length })
        }
      }
    }
  }
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : []
}
