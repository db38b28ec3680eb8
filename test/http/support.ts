import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Logger, LoggerOptions } from 'wideline'
import { captureLogs } from 'wideline/testing'
import {
  checkRequestOptions,
  RequestLifecycle,
  type RequestLog,
  type RequestOptions,
} from '../../integrations/http/index.js'

/** A wide line, as it was written. */
export interface WideLine {
  readonly [key: string]: unknown
  readonly level: string
  readonly requestId: string
  readonly outcome: string
  readonly error?: {
    readonly type: string
    readonly message: unknown
    readonly stack?: string
    readonly cause?: unknown
  }
}

const PATIENCE_MS = 5_000

/** Settles when the condition holds. Looks once a turn of the event loop; gives up with what it waited for. */
export async function eventually(what: () => string, holds: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms for ${what()}`)
    await nextTurn()
  }
}

/** A promise and the function that settles it. */
export function signal<T = void>(): { readonly given: Promise<T>; give(value: T): void } {
  let give: (value: T) => void = () => undefined
  const given = new Promise<T>((resolve) => {
    give = resolve
  })
  return { given, give }
}

/** A real server on a free port of this machine, whose lines are kept. */
export class TestServer {
  private constructor(
    readonly server: Server,
    readonly logger: Logger,
    /** Every line so far, parsed. */
    readonly lines: () => WideLine[],
  ) {}

  /** @param make - Makes what answers: an Express application, or any listener. */
  static async start(
    make: (logger: Logger) => RequestListener,
    options: Omit<LoggerOptions, 'outputs'> = {},
  ): Promise<TestServer> {
    const logs = captureLogs(options)
    const server = createServer(make(logs.logger))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const parsed: WideLine[] = []
    return new TestServer(server, logs.logger, () => {
      for (let i = parsed.length; i < logs.lines.length; i++) parsed.push(JSON.parse(logs.lines[i]) as WideLine)
      return parsed
    })
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  wideLines(): WideLine[] {
    return this.lines().filter((line) => line.outcome !== undefined)
  }

  /** The wide lines, when there are that many. */
  async waitFor(wanted: number, patienceMs = PATIENCE_MS): Promise<WideLine[]> {
    const count = () => this.wideLines().length
    await eventually(
      () => `${wanted} wide lines, got ${count()}`,
      () => count() >= wanted,
      patienceMs,
    )
    return this.wideLines()
  }

  /**
   * The wide lines of everything that ran here: waits for that many, ends every connection, and lets whatever could
   * still write one too many do so.
   */
  async settle(count: number): Promise<WideLine[]> {
    await this.waitFor(count)
    await this.stop()
    return this.wideLines()
  }

  async stop(): Promise<void> {
    if (this.server.listening) {
      const closed = once(this.server, 'close')
      this.server.close()
      this.server.closeAllConnections()
      await closed
    }
    for (let turn = 0; turn < 5; turn++) await nextTurn()
  }
}

/** The bytes of a request. */
export function requestText(
  method: string,
  path: string,
  headers: Readonly<Record<string, string | number>> = {},
  body = '',
): string {
  const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** A client that writes any bytes and leaves whenever it likes. */
export class RawClient {
  private text = ''

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (part: string) => {
      this.text += part
    })
    // A server that destroys the connection is a part of these tests.
    socket.on('error', () => undefined)
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1').setNoDelay(true)
    await once(socket, 'connect')
    return new RawClient(socket)
  }

  /** Everything received so far. */
  get received(): string {
    return this.text
  }

  send(text: string): this {
    this.socket.write(text, 'latin1')
    return this
  }

  /** Waits for a text among what is received. */
  async until(text: string): Promise<string> {
    await eventually(
      () => `${JSON.stringify(text)} in ${JSON.stringify(this.text)}`,
      () => this.text.includes(text),
    )
    return this.text
  }

  /** Waits for the other side to end the connection. */
  async ended(): Promise<string> {
    await eventually(
      () => 'the end of the connection',
      () => this.socket.destroyed || this.socket.readableEnded,
    )
    return this.text
  }

  /** Reads no more: what is sent to it piles up on the other side. */
  pause(): this {
    this.socket.pause()
    return this
  }

  /** Leaves without a word. */
  leave(): void {
    this.socket.destroy()
  }

  /** Leaves with a reset, which the other side sees as ECONNRESET. */
  reset(): void {
    this.socket.resetAndDestroy()
  }
}

/** What answers one request, given its log; under no framework. */
export type PlainHandler = (log: RequestLog, request: IncomingMessage, response: ServerResponse) => void

/** A server without a framework, and the lifecycle that follows its requests. */
export async function startPlain(
  handler: PlainHandler,
  options: RequestOptions = {},
): Promise<{ server: TestServer; lifecycle: RequestLifecycle }> {
  let lifecycle: RequestLifecycle | undefined
  const server = await TestServer.start((logger) => {
    const follow = new RequestLifecycle(logger, checkRequestOptions('test', options), () => '')
    lifecycle = follow
    return (request, response) => handler(follow.begin(request, response), request, response)
  })
  return { server, lifecycle: lifecycle! }
}
