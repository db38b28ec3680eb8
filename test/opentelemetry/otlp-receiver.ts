import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the receiver does with a request. */
export type Answer =
  /** Takes it. */
  | 'take'
  /** Says 503, and to come back in a second. */
  | 'refuse'
  /** Reads it and never answers. */
  | 'hang'

/** An OTLP/HTTP receiver, with the failures of one. */
export class OtlpReceiver {
  /** Bodies of the requests that were taken. */
  readonly bodies: Buffer[] = []
  /** Requests so far, taken or not. */
  requests = 0
  answer: Answer | ((request: number) => Answer) = 'take'
  /** When each request came, in milliseconds. */
  readonly times: number[] = []
  private readonly server = http.createServer((request, response) => this.serve(request, response))
  private waiting: (() => void)[] = []

  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
    return this
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Settles when the receiver got so far. */
  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve())
      this.server.closeAllConnections()
    })
  }

  private serve(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = []
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        this.times.push(performance.now())
        const number = this.requests++
        const answer = typeof this.answer === 'function' ? this.answer(number) : this.answer
        if (answer === 'take') {
          this.bodies.push(Buffer.concat(chunks))
          response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
        } else if (answer === 'refuse') response.writeHead(503, { 'retry-after': '1' }).end()
        for (const wake of this.waiting.splice(0)) wake()
      })
  }
}
