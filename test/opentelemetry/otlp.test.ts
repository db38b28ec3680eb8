import assert from 'node:assert/strict'
import v8 from 'node:v8'
import { runInNewContext } from 'node:vm'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { createLogger, type Logger } from 'wideline'
import { otel } from 'wideline/opentelemetry'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { OtlpReceiver } from './otlp-receiver.js'
import { anyValue, attributesOf, bytesOf, decodeLogs, hasProtoc, type Message, recordsOf } from './protoc.js'

const LINES = 10_000
const TRACE = '0af7651916cd43dd8448eb211c80319c'

v8.setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

interface Sdk {
  readonly log: Logger
  readonly provider: LoggerProvider
}

const opened: { stop(): unknown }[] = []
afterEach(async () => {
  // The receivers first: what an SDK still holds is then refused at once.
  for (const each of opened.splice(0).toReversed()) await each.stop()
})

/** A logger that exports to a receiver through the official SDK. */
function exporting(url: string, options: { queue?: number; timeoutMs?: number; exportMs?: number } = {}): Sdk {
  const { queue = 16_384, timeoutMs = 10_000, exportMs = 30_000 } = options
  const exporter = new OTLPLogExporter({ url: `${url}/v1/logs`, timeoutMillis: timeoutMs })
  const processor = new BatchLogRecordProcessor({
    exporter,
    maxQueueSize: queue,
    exportTimeoutMillis: exportMs,
    scheduledDelayMillis: 20,
  })
  const provider = new LoggerProvider({ processors: [processor] })
  // Not awaited: it goes through all that was never taken, batch by batch.
  opened.push({ stop: () => void provider.shutdown().catch(() => undefined) })
  return { provider, log: createLogger({ name: 'shop', level: 'debug', outputs: [otel({ provider })] }) }
}

async function receiver(port = 0): Promise<OtlpReceiver> {
  const started = await new OtlpReceiver().start(port)
  opened.push(started)
  return started
}

/** The values of `n` in everything that a receiver took. */
function numbersIn({ bodies }: OtlpReceiver): number[] {
  return bodies
    .flatMap((body) => recordsOf(decodeLogs(body)))
    .map(({ record }) => Number((attributesOf(record)['n'] as { int: string }).int))
    .toSorted((a, b) => a - b)
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

if (!hasProtoc)
  process.stdout.write('otlp: protoc is not installed, so nothing was decoded with the published protos\n')

// What the receiver got is read by protoc; without it there is nothing to compare with.
describe.runIf(hasProtoc)('OTLP/protobuf by the official exporter', () => {
  const manager = new AsyncLocalStorageContextManager()
  beforeAll(() => {
    context.setGlobalContextManager(manager.enable())
  })
  afterAll(() => {
    context.disable()
  })

  it('carries ten thousand records, none lost, each whole', async () => {
    const taking = await receiver()
    const { log } = exporting(taking.url)
    const inSpan = trace.setSpanContext(context.active(), { traceId: TRACE, spanId: 'b7ad6b7169203331', traceFlags: 1 })
    const before = Date.now()
    for (let n = 0; n < LINES; n++) {
      const write = (): void =>
        log
          .at(n % 10 === 0 ? 'error' : 'info')
          ?.int('n', n)
          .float('amount', n + 0.5)
          .string('status', 'бezahlt ✓')
          .bool('isGift', n % 2 === 0)
          .any('card', { last4: '4242', password: 'hunter2', list: [1, null, 'x'] })
          .any('raw', Buffer.from([0, n & 255, 255]))
          .msg(`order ${n} paid`)
      if (n % 2 === 0) context.with(inSpan, write)
      else write()
    }
    await log.close()
    const records = taking.bodies.flatMap((body) => recordsOf(decodeLogs(body)))
    expect(records).toHaveLength(LINES)
    const seen = new Set<number>()
    for (const { scope, record } of records) {
      const attributes = attributesOf(record)
      const n = Number((attributes['n'] as { int: string }).int)
      seen.add(n)
      const ms = Number(record['time_unix_nano'][0]) / 1e6
      // Not expect(): ten thousand of them take ten seconds.
      assert.deepEqual(
        {
          scope,
          body: anyValue(record['body'][0] as Message),
          number: record['severity_number'][0],
          text: bytesOf(record['severity_text'][0]).toString(),
          traceId: record['trace_id'] === undefined ? '' : bytesOf(record['trace_id'][0]).toString('hex'),
          isInTime: ms >= before && ms <= Date.now(),
          attributes,
        },
        {
          scope: 'shop',
          body: `order ${n} paid`,
          number: n % 10 === 0 ? 'SEVERITY_NUMBER_ERROR' : 'SEVERITY_NUMBER_INFO',
          text: n % 10 === 0 ? 'error' : 'info',
          traceId: n % 2 === 0 ? TRACE : '',
          isInTime: true,
          attributes: {
            n: { int: String(n) },
            amount: { double: n + 0.5 },
            status: 'бezahlt ✓',
            isGift: n % 2 === 0,
            card: { last4: '4242', password: '[Redacted]', list: [{ int: '1' }, null, 'x'] },
            raw: Buffer.from([0, n & 255, 255]),
          },
        },
      )
    }
    expect(seen.size).toBe(LINES)
    expect(Buffer.concat(taking.bodies).includes('hunter2')).toBe(false)
  })

  it('counts what is missing, or a receiver that loses one would not be noticed (control)', async () => {
    const losing = await receiver()
    const { log } = exporting(losing.url)
    for (let n = 0; n < 1000; n++) log.info('x', { n })
    await log.close()
    losing.bodies.pop()
    expect(numbersIn(losing)).not.toEqual(upTo(1000))
  })

  it('comes back when a receiver that said 503 asks for it, and nothing is lost', async () => {
    const busy = await receiver()
    busy.answer = (request) => (request === 0 ? 'refuse' : 'take')
    const { log } = exporting(busy.url)
    for (let n = 0; n < 500; n++) log.info('x', { n })
    await log.close()
    expect(numbersIn(busy)).toEqual(upTo(500))
    expect(busy.times[1] - busy.times[0]).toBeGreaterThan(900)
  })

  it('goes on after a receiver that hangs: calls return at once, and the next lines arrive', async () => {
    const hanging = await receiver()
    hanging.answer = 'hang'
    const { log } = exporting(hanging.url, { timeoutMs: 300, exportMs: 300 })
    log.info('x', { n: 0 })
    await hanging.until(() => hanging.requests > 0)
    const before = process.cpuUsage()
    for (let n = 1; n < 500; n++) log.info('x', { n })
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
    hanging.answer = 'take'
    await hanging.until(() => hanging.bodies.length > 0)
    log.info('x', { n: 500 })
    await log.flush()
    expect(numbersIn(hanging)).toContain(500)
  })

  it('goes on after a receiver that was down', async () => {
    const gone = await new OtlpReceiver().start()
    const { port, url } = gone
    await gone.stop()
    const { log } = exporting(url, { timeoutMs: 300, exportMs: 300 })
    log.info('x', { n: 0 })
    await log.flush().catch(() => undefined)
    const back = await receiver(port)
    log.info('x', { n: 1 })
    await log.flush()
    expect(numbersIn(back)).toContain(1)
    expect(log.stats().outputs[0]).toMatchObject({ accepted: 2, failed: 0 })
  })
})

describe('a receiver that takes nothing', () => {
  /** Bytes of heap that so many more lines leave behind. */
  async function growth(queue: number): Promise<number> {
    const hanging = await receiver()
    hanging.answer = 'hang'
    const { log } = exporting(hanging.url, { queue, timeoutMs: 200, exportMs: 200 })
    const write = (lines: number): number => {
      for (let n = 0; n < lines; n++) log.info('order paid', { n, amount: n + 0.5, status: 'ok' })
      collect()
      return process.memoryUsage().heapUsed
    }
    const before = write(5_000)
    return write(50_000) - before
  }

  it('costs no more memory than the queue of the SDK', async () => {
    expect(await growth(2_048)).toBeLessThan(4 * 2 ** 20)
  })

  it('would cost it with a queue without bounds (control)', async () => {
    expect(await growth(1_000_000)).toBeGreaterThan(16 * 2 ** 20)
  })
})
