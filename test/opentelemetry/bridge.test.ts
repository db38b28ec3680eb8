import type { Entry, Logger, LoggerOptions } from 'wideline'
import type { OtelOptions } from 'wideline/opentelemetry'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { API_VERSIONS, forgetApi, type Loaded, loadOn, recordingLogs } from './apis.js'

const AT = Date.parse('2026-11-23T02:52:15.206Z')

interface Bridge extends Loaded {
  readonly log: Logger
  records(): ReadableLogRecord[]
  attributes(): Record<string, unknown>
}

let registered: Loaded | undefined

afterEach(() => {
  if (registered !== undefined) forgetApi(registered)
  registered = undefined
})

/** A logger whose lines go to the official SDK, which is registered with the API. */
async function bridged(
  version: (typeof API_VERSIONS)[number],
  options: LoggerOptions = {},
  otelOptions: OtelOptions = {},
): Promise<Bridge> {
  const loaded = await loadOn(version)
  const { provider, exporter } = recordingLogs()
  loaded.logs.setGlobalLoggerProvider(provider)
  registered = loaded
  const output = loaded.bridge.otel(otelOptions)
  const log = loaded.wideline.createLogger({
    name: 'shop',
    level: 'trace',
    clock: { now: () => AT },
    outputs: [output],
    ...options,
  })
  const records = (): ReadableLogRecord[] => exporter.getFinishedLogRecords()
  return { ...loaded, log, records, attributes: () => records()[0].attributes }
}

describe.each(API_VERSIONS)('the bridge on API %s', (version) => {
  it('hands a line to the registered SDK whole', async () => {
    const { log, records } = await bridged(version)
    log.child({ tenant: 'acme' }).info('order paid', { orderId: 42, amount: 99.5, isGift: true, note: null })
    const [record] = records()
    expect(record).toMatchObject({
      severityNumber: 9,
      severityText: 'info',
      body: 'order paid',
      hrTime: [Math.floor(AT / 1000), 206_000_000],
      instrumentationScope: { name: 'shop' },
    })
    expect(record.attributes).toEqual({ tenant: 'acme', orderId: 42, amount: 99.5, isGift: true, note: null })
  })

  it.each([
    ['trace', 1],
    ['debug', 5],
    ['info', 9],
    ['warn', 13],
    ['error', 17],
    ['fatal', 21],
  ] as const)('says %s as severity %i', async (level, number) => {
    const { log, records } = await bridged(version)
    log[level]('x')
    expect(records()[0]).toMatchObject({ severityText: level, severityNumber: number })
  })

  it('says panic as FATAL2', async () => {
    const { log, records, wideline } = await bridged(version)
    expect(() => log.panic('x')).toThrow(wideline.PanicError)
    expect(records()[0]).toMatchObject({ severityText: 'panic', severityNumber: 22 })
  })

  it('takes a logger name for its scope, and a name of its own for a logger without one', async () => {
    const { log, records } = await bridged(version, { name: '' })
    log.child({}, { name: 'shop.db' }).info('a')
    log.info('b')
    expect(records().map((record) => record.instrumentationScope.name)).toEqual(['shop.db', 'wideline'])
  })

  it('keeps the types of the typed chain', async () => {
    const { log, attributes } = await bridged(version)
    log
      .at('info')
      ?.string('s', 'text')
      .int('i', 7)
      .float('f', 1.5)
      .bool('b', false)
      .bigint('small', 12n)
      .bigint('large', 2n ** 70n)
      .timestamp('t', new Date(AT))
      .duration('d', 12.25)
      .any('list', [1, 'two', null])
      .msg('typed')
    expect(attributes()).toEqual({
      s: 'text',
      i: 7,
      f: 1.5,
      b: false,
      small: 12,
      large: String(2n ** 70n),
      t: '2026-11-23T02:52:15.206Z',
      d: 12.25,
      list: [1, 'two', null],
    })
  })

  it('writes the error by the semantic conventions, with its causes in the stack', async () => {
    const { log, attributes } = await bridged(version)
    const error = Object.assign(new RangeError('too much', { cause: new Error('socket closed') }), { code: 'ELIMIT' })
    log.error('payment failed', error)
    const found = attributes()
    expect(found).toMatchObject({ 'exception.type': 'RangeError', 'exception.message': 'too much' })
    expect(found['exception.stacktrace']).toMatch(/^RangeError: too much\n +at [^]*caused by: Error: socket closed\n/)
    expect(found['error']).toEqual({ code: 'ELIMIT' })
  })

  it('keeps a second error as a value of its own', async () => {
    const { log, attributes } = await bridged(version)
    log.error('both', { first: new Error('one'), error: new Error('two') })
    expect(attributes()).toMatchObject({ 'exception.message': 'two', first: { type: 'Error', message: 'one' } })
  })

  it("takes for a line's own error the first by the name of its field, and keeps the others", async () => {
    const { log, records } = await bridged(version)
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((text) => new Error(text))
    log.error('x', { other: d, exception: c, err: b, error: a })
    log.error('x', { other: d, exception: c, err: b })
    log.error('x', { other: d, exception: c })
    log.error('x', { other: d, more: c })
    const found = records().map(({ attributes }) => [
      attributes['exception.message'],
      Object.keys(attributes).filter((name) => !name.startsWith('exception.')).toSorted().join(' '),
    ]) // prettier-ignore
    expect(found).toEqual([
      ['a', 'err exception other'],
      ['b', 'exception other'],
      ['c', 'other'],
      ['d', 'more'],
    ])
  })

  it('keeps for attributes what a line says of a trace without naming a span of it', async () => {
    const { log, records } = await bridged(version)
    log.unit('job', { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }, (unit) =>
      unit.info('a'),
    )
    log.info('b', { traceId: 'order 42', spanId: 'b7ad6b7169203331' })
    expect(records().map(({ attributes }) => [attributes['traceId'], attributes['spanId']])).toEqual([
      ['0af7651916cd43dd8448eb211c80319c', undefined],
      [undefined, undefined],
      ['order 42', 'b7ad6b7169203331'],
    ])
  })

  it('takes the trace that a line names for its context', async () => {
    const { log, records } = await bridged(version)
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    log.info('a', { trace_id: traceId, span_id: 'b7ad6b7169203331', trace_flags: '01' })
    log.info('b', { traceId, spanId: 'b7ad6b7169203331' })
    log.info('c', { trace_id: 'not one', span_id: 'b7ad6b7169203331' })
    expect(records().map((record) => record.spanContext?.traceId)).toEqual([traceId, traceId, undefined])
    expect(records()[0].attributes).toEqual({})
  })

  it('takes no text for part of a trace but by its name, and nothing that is no text', async () => {
    const { log, records } = await bridged(version)
    const [traceId, spanId] = ['a'.repeat(32), 'b'.repeat(16)]
    const lines = [
      { order: traceId, parent: spanId, span_id: spanId },
      { trace_id: [traceId], span_id: spanId, trace_flags: 1 },
      { trace_id: traceId, span_id: [spanId] },
    ]
    for (const fields of lines) log.info('x', fields)
    expect(records().map(({ spanContext, attributes }) => [spanContext, attributes])).toEqual(
      lines.map((fields) => [undefined, fields]),
    )
    const rest = { trace_flags: 0, parent: spanId, traceId: 'order 42' }
    log.info('x', { trace_id: traceId, span_id: spanId, ...rest })
    log.info('x', { trace_id: traceId, span_id: spanId, trace_flags: '11' })
    expect(records()[3]).toMatchObject({ spanContext: { traceId, spanId, traceFlags: 1 } })
    expect(records()[3].attributes).toEqual(rest)
    expect(records()[4].spanContext?.traceFlags).toBe(0x11)
  })

  it("takes it under OpenTelemetry's own and the core's names too, whichever instrument() gave it", async () => {
    const { log, records, bridge } = await bridged(version)
    const stop = bridge.instrument(log, {
      correlation: { traceId: 'a', spanId: 'b', traceFlags: 'c' },
      metrics: false,
    })
    const [traceId, spanId] = ['a'.repeat(32), 'b'.repeat(16)]
    log.info('x', { trace_id: traceId, span_id: spanId, trace_flags: '00' })
    log.info('x', { traceId, spanId, traceFlags: '00' })
    stop()
    for (const { spanContext, attributes } of records()) {
      expect(spanContext).toMatchObject({ traceId, spanId, traceFlags: 0 })
      expect(attributes).toEqual({})
    }
    expect(records()).toHaveLength(2)
  })

  it('takes the trace for its context under the names that instrument() gave it', async () => {
    const { log, records, bridge, wideline } = await bridged(version)
    const names = { traceId: 'dd.trace_id', spanId: 'dd.span_id', traceFlags: 'dd.flags' }
    const stop = bridge.instrument(log, { correlation: names, metrics: false })
    log.unit('job', (unit) => {
      unit.info('as values')
      const held = unit.hold({})
      held.info('as bytes')
      held.commit()
    })
    const contexts = records().map(({ spanContext }) => [spanContext?.traceId, spanContext?.spanId])
    expect(contexts).toHaveLength(3)
    expect(contexts[0]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{16}$/)])
    expect(contexts).toEqual([contexts[0], contexts[0], contexts[0]])
    for (const { attributes } of records()) expect(Object.keys(attributes).join(' ')).not.toContain('dd.')
    stop()
    const other = wideline.createLogger({ outputs: [bridge.otel()] })
    for (const logger of [log, other])
      logger.info('own', { 'dd.trace_id': 'a'.repeat(32), 'dd.span_id': 'b'.repeat(16) })
    for (const { spanContext } of records().slice(3)) expect(spanContext).toBeUndefined()
  })

  it('gives a wide line the names of the HTTP semantic conventions', async () => {
    const { log, attributes } = await bridged(version)
    wide(log)
    expect(attributes()).toEqual({
      requestId: 'r-1',
      'http.request.method': 'GET',
      'url.path': '/orders/42',
      'url.query': 'token=*',
      'http.route': '/orders/:id',
      'http.response.status_code': 200,
      outcome: 'completed',
      durationMs: 12.5,
      'http.response.body.size': 11,
      'code.function.name': 'Orders.show',
    })
  })

  it('takes no other line for a wide one, and leaves what such a line has besides', async () => {
    const { log, records } = await bridged(version)
    log.info('x', { method: 'GET', outcome: 'good', durationMs: 5 })
    log.at('info')?.string('method', 'GET').duration('durationMs', 5).msg('x')
    log.at('info')?.string('method', 'GET').string('outcome', 'completed').duration('durationMs', 5).int('url', 1).int('toString', 2).int('__proto__', 3).msg('x') // prettier-ignore
    expect(records().map(({ attributes }) => Object.entries(attributes))).toEqual([
      [
        ['method', 'GET'],
        ['outcome', 'good'],
        ['durationMs', 5],
      ],
      [
        ['method', 'GET'],
        ['durationMs', 5],
      ],
      [
        ['http.request.method', 'GET'],
        ['outcome', 'completed'],
        ['durationMs', 5],
        ['url', 1],
        ['toString', 2],
        ['___proto__', 3],
      ],
    ])
  })

  it('leaves a wide line its own names on request, and other lines theirs always', async () => {
    const own = await bridged(version, {}, { names: 'own' })
    wide(own.log)
    expect(own.attributes()).toMatchObject({ method: 'GET', url: '/orders/42?token=*', status: 200 })
    registered?.logs.disable()
    const { log, attributes } = await bridged(version)
    log.info('not a request', { method: 'monthly', status: 'open', url: '/x' })
    expect(attributes()).toEqual({ method: 'monthly', status: 'open', url: '/x' })
  })

  it('counts lines as dropped while no SDK is there, and takes up one that starts later', async () => {
    const loaded = await loadOn(version)
    registered = loaded
    const output = loaded.bridge.otel()
    const log = loaded.wideline.createLogger({ outputs: [output] })
    log.info('before')
    expect(log.stats().outputs[0]).toMatchObject({ calls: 1, accepted: 0, dropped: { disabled: 1 } })
    const { provider, exporter } = recordingLogs()
    loaded.logs.setGlobalLoggerProvider(provider)
    log.info('after')
    expect(exporter.getFinishedLogRecords().map((record) => record.body)).toEqual(['after'])
    expect(log.stats().outputs[0]).toMatchObject({ calls: 2, accepted: 1, written: 1, dropped: { disabled: 1 } })
  })

  it('has no problem with lines that nobody takes, as values or as bytes', async () => {
    const { bridge, wideline } = await loadOn(version)
    const log = wideline.createLogger({ outputs: [bridge.otel()] })
    log.info('as values')
    log.hold({}, (held) => {
      held.info('as bytes')
      held.commit()
    })
    await log.close()
    log.info('after the end')
    expect(log.stats()).toMatchObject({ problems: 0, outputs: [{ calls: 3, failed: 1, dropped: { disabled: 2 } }] })
  })

  it('goes on with an SDK that is started in place of one that was shut down', async () => {
    const { log, logs } = await bridged(version)
    log.info('first')
    logs.disable()
    log.info('none')
    const { provider, exporter } = recordingLogs()
    logs.setGlobalLoggerProvider(provider)
    log.info('second')
    expect(exporter.getFinishedLogRecords().map(({ body }) => body)).toEqual(['second'])
    expect(log.stats().outputs[0]).toMatchObject({ written: 2, dropped: { disabled: 1 } })
  })

  it('hides what the logger hides: in the body, the error and its stack, and values at any depth', async () => {
    const { log, records } = await bridged(version, { secrets: ['iban'], redact: { patterns: ['email'] } })
    const error = new Error('for ada@example.com', { cause: Object.assign(new Error('x'), { token: 'hunter2' }) })
    log.error('to ada@example.com', {
      error: Object.assign(error, { details: [{ token: 'hunter2' }] }),
      iban: 'DE02',
      nested: [{ password: 'hunter2', to: 'ada@example.com' }, new Map([['token', 'hunter2']])],
    })
    const [{ body, attributes }] = records()
    expect(JSON.stringify([body, attributes])).not.toMatch(/ada@|hunter2|DE02/)
    expect(attributes['exception.stacktrace']).toMatch(/^Error: for \S+\n/)
  })

  it('bounds body, values and the stack as json() does, and makes them well-formed', async () => {
    const { log, records } = await bridged(version)
    const huge = `\ud800${'x'.repeat(1_000_000)}`
    log.error(huge, { error: Object.assign(new Error(huge), { name: huge, stack: huge }), value: huge })
    const [{ body, attributes }] = records()
    for (const text of [
      body,
      attributes['value'],
      attributes['exception.type'],
      attributes['exception.message'],
      attributes['exception.stacktrace'],
    ]) {
      expect((text as string).length).toBeLessThan(70_000)
      expect((text as string)[0]).toBe('\ufffd')
    }
  })

  it("takes a line's own error before that of its logger", async () => {
    const { log, attributes } = await bridged(version)
    log.child({ error: new Error("the logger's") }).error('x', { error: new Error("the line's") })
    expect(attributes()).toMatchObject({ 'exception.message': "the line's" })
  })

  it('gives an unknown method of a wide line as _OTHER, and what it was', async () => {
    const { log, attributes } = await bridged(version)
    log.at('info')?.string('method', 'PURGE').string('outcome', 'completed').duration('durationMs', 1).msg('x')
    expect(attributes()).toMatchObject({ 'http.request.method': '_OTHER', 'http.request.method_original': 'PURGE' })
  })

  it('writes to a provider of its own, registered or not', async () => {
    const { bridge, wideline } = await loadOn(version)
    const { provider, exporter } = recordingLogs()
    const log = wideline.createLogger({ outputs: [bridge.otel({ provider })] })
    log.info('hello')
    expect(exporter.getFinishedLogRecords()).toHaveLength(1)
    await provider.shutdown()
    log.info('after the SDK')
    expect(log.stats().outputs[0]).toMatchObject({ written: 1, dropped: { disabled: 1 } })
  })
})

function wide(log: Logger): void {
  log
    .at('info')
    ?.string('requestId', 'r-1')
    .string('method', 'GET')
    .string('url', '/orders/42?token=*')
    .string('route', '/orders/:id')
    .int('status', 200)
    .string('outcome', 'completed')
    .duration('durationMs', 12.5)
    .int('bytes', 11)
    .string('controller', 'Orders')
    .string('handler', 'show')
    .msg('request completed')
}

describe('the bridge', () => {
  it('finds an SDK that registers with the API of before 1.10 beside a newer one', async () => {
    const loaded = await loadOn('1.10')
    const { logs } = await loadOn('1.9')
    const { provider, exporter } = recordingLogs()
    logs.setGlobalLoggerProvider(provider)
    const log = loaded.wideline.createLogger({ outputs: [loaded.bridge.otel()] })
    log.info('x')
    logs.disable()
    expect(exporter.getFinishedLogRecords()).toHaveLength(1)
  })

  it('takes a line that is bytes already, as a flight recorder holds them', async () => {
    const { bridge, wideline } = await loadOn('1.9')
    const { provider, exporter } = recordingLogs()
    const encoder = wideline.json()
    const output = bridge.otel({ provider })
    const { receive: _receive, ...bytesOnly } = {
      receive: undefined as ((entry: Entry) => void) | undefined,
      begin: () => output.begin(),
      commit: (level: number) => output.commit(level),
      flush: () => output.flush(),
      flushSync: () => output.flushSync(),
      close: () => output.close(),
      stats: () => output.stats(),
    }
    const log = wideline.createLogger({
      name: 'shop',
      level: 'debug',
      clock: { now: () => AT },
      outputs: [{ output: bytesOnly, encoder }],
    })
    log.debug('held', { orderId: 42, trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' })
    log.error('failed', new Error('why', { cause: new Error('deeper') }))
    const [held, failed] = exporter.getFinishedLogRecords()
    expect(held).toMatchObject({
      body: 'held',
      severityNumber: 5,
      severityText: 'debug',
      attributes: { orderId: 42 },
      hrTime: [Math.floor(AT / 1000), 206_000_000],
      spanContext: { traceId: '0af7651916cd43dd8448eb211c80319c' },
      instrumentationScope: { name: 'shop' },
    })
    expect(failed.attributes).toMatchObject({ 'exception.type': 'Error', 'exception.message': 'why' })
    expect(failed.attributes['exception.stacktrace']).toMatch(/^Error: why\n[^]*\ncaused by: Error: deeper\n/)
    expect(failed.attributes['error']).toBeUndefined()
  })

  it('makes the same of a line that is bytes as of its values', async () => {
    const { bridge, wideline } = await loadOn('1.9')
    const { provider, exporter } = recordingLogs()
    const log = wideline.createLogger({ outputs: [bridge.otel({ provider })], onError: () => undefined })
    const fields = {
      id: 12345678901234567890n,
      ids: [-9007199254740993n, 42n, 1.5e300, 0.12345678901234568, 123456789012345680000],
      text: '"\\12345678901234567890',
      nested: { constructor: 12345678901234567890n, '': 1 },
    }
    log.warn('x', fields)
    log.hold({}, (held) => {
      held.warn('x', fields)
      held.commit()
    })
    const [value, bytes] = exporter.getFinishedLogRecords()
    expect(value.attributes).toMatchObject({ id: '12345678901234567890', nested: { _: 1 } })
    expect(bytes.attributes).toEqual(value.attributes)
  })

  it.each(['error', 'err', 'exception'])(
    'makes the same of an error under %s too, whatever its parts are',
    async (name) => {
      const { bridge, wideline } = await loadOn('1.9')
      const { provider, exporter } = recordingLogs()
      const log = wideline.createLogger({ outputs: [bridge.otel({ provider })], onError: () => undefined })
      const errors = [
        new AggregateError([new Error('one')], 'both', { cause: new Error('deeper') }),
        Object.assign(new RangeError('too much'), { code: 'ELIMIT', details: [{ constructor: 1 }] }),
        Object.assign(new Error('x'), { message: { reason: 'none' } }),
      ]
      for (const error of [...errors, { type: 5, stack: 'no error' }, 'text']) log.warn('x', { [name]: error })
      log.hold({}, (held) => {
        for (const error of [...errors, { type: 5, stack: 'no error' }, 'text']) held.warn('x', { [name]: error })
        held.commit()
      })
      const all = exporter.getFinishedLogRecords().map(({ attributes }) => attributes)
      expect(all[2]['exception.message']).toBe('{"reason":"none"}')
      expect(all.slice(5)).toEqual(all.slice(0, 5))
    },
  )

  it('takes a line that is no JSON for a message', async () => {
    const { bridge } = await loadOn('1.9')
    const { provider, exporter } = recordingLogs()
    const output = bridge.otel({ provider })
    output.begin().text('level=info msg=hello\n')
    output.commit(30)
    for (const text of ['null', '[1]', '5']) {
      output.begin().text(`${text}\n`)
      output.commit(30)
    }
    const bodies = exporter.getFinishedLogRecords().map(({ body }) => body)
    expect(bodies).toEqual(['level=info msg=hello', 'null', '[1]', '5'])
  })

  it('takes now for the time of a line that tells none', async () => {
    const { bridge } = await loadOn('1.9')
    const { provider, exporter } = recordingLogs()
    const output = bridge.otel({ provider })
    const before = Math.floor(Date.now() / 1000)
    output.begin().text('{"msg":"x","time":"noon"}\n')
    output.commit(30)
    expect(exporter.getFinishedLogRecords()[0].hrTime[0]).toBeGreaterThanOrEqual(before)
  })

  it('flushes the SDK, and rejects where the SDK does', async () => {
    const { bridge, wideline } = await loadOn('1.9')
    let flushed = 0
    const emitter = { emit: () => undefined, enabled: () => true }
    const provider = { getLogger: () => emitter, forceFlush: () => Promise.resolve(void flushed++) }
    const log = wideline.createLogger({ outputs: [bridge.otel({ provider })] })
    await log.flush()
    expect(flushed).toBe(1)
    await log.close()
    expect(flushed).toBe(2)
    log.info('too late')
    expect(log.stats().outputs[0]).toMatchObject({ accepted: 1, failed: 1 })
    const refusing = { getLogger: () => emitter, forceFlush: () => Promise.reject(new Error('down')) }
    await expect(wideline.createLogger({ outputs: [bridge.otel({ provider: refusing })] }).flush()).rejects.toThrow(
      'down',
    )
  })

  it('gives up an SDK that is never done', async () => {
    const { bridge, wideline } = await loadOn('1.9')
    vi.useFakeTimers()
    try {
      const emitter = { emit: () => undefined, enabled: () => true }
      const provider = { getLogger: () => emitter, forceFlush: () => new Promise<void>(() => undefined) }
      const log = wideline.createLogger({ outputs: [bridge.otel({ provider })] })
      const closed = log.close().catch((error: unknown) => error)
      await vi.advanceTimersByTimeAsync(60_000)
      expect(String(await closed)).toContain('forceFlush() of the provider was not done within 60 s')
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('costs a log call nothing when the SDK throws', async () => {
    const { bridge, wideline } = await loadOn('1.9')
    const problems: Error[] = []
    const emitter = {
      emit: () => {
        throw new Error('full')
      },
    }
    const log = wideline.createLogger({
      outputs: [bridge.otel({ provider: { getLogger: () => emitter } })],
      onError: (problem) => problems.push(problem),
    })
    log.info('hello')
    expect(problems.map(({ message }) => message)).toEqual(['full'])
    expect(log.stats().outputs[0]).toMatchObject({ accepted: 1, failed: 1, written: 0 })
  })

  it('costs no process when the SDK fails later', async () => {
    const { bridge, wideline } = await loadOn('1.9')
    const problems: Error[] = []
    const emitter = { emit: () => Promise.reject(new Error('full')) }
    const log = wideline.createLogger({
      outputs: [bridge.otel({ provider: { getLogger: () => emitter } })],
      onError: (problem) => problems.push(problem),
    })
    log.info('hello')
    await expect.poll(() => problems.map(({ message }) => message)).toEqual(['full'])
    expect(log.stats().outputs[0]).toMatchObject({ accepted: 1, failed: 1, written: 0 })
  })

  it('counts a line as dropped that the SDK does not record for its trace, and writes one that it does', async () => {
    const { api, logs, bridge, wideline } = (registered = await loadOn('1.9'))
    const exporter = new InMemoryLogRecordExporter()
    const provider = new LoggerProvider({
      processors: [new SimpleLogRecordProcessor({ exporter })],
      loggerConfigurator: () => ({ disabled: false, minimumSeverity: 9, traceBased: true }),
    })
    logs.setGlobalLoggerProvider(provider)
    api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    const log = wideline.createLogger({ level: 'debug', outputs: [bridge.otel()] })
    const ids = (trace_flags: string): object => ({ trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), trace_flags })
    log.debug('below the SDK', ids('01'))
    log.info('unsampled', ids('00'))
    const unsampled = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceFlags: 0 }
    api.context.with(api.trace.setSpanContext(api.ROOT_CONTEXT, unsampled), () => {
      log.info('within unsampled')
      log.info('sampled', ids('01'))
    })
    expect(exporter.getFinishedLogRecords().map(({ body }) => body)).toEqual(['sampled'])
    expect(log.stats().outputs[0]).toMatchObject({ calls: 4, accepted: 1, written: 1, dropped: { disabled: 3 } })
  })

  it('keeps no more scopes than a thousand', async () => {
    const { bridge, wideline } = await loadOn('1.9')
    let made = 0
    const provider = { getLogger: () => (made++, { emit: () => undefined }) }
    const log = wideline.createLogger({ outputs: [bridge.otel({ provider })] })
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 1500; i++) log.child({}, { name: `n${i}` }).info('x')
    }
    expect(made).toBe(2000)
  })

  it.each([
    [{ provider: {} }, 'otel.provider must be a LoggerProvider, got an object'],
    [{ names: 'short' }, "otel.names must be 'semantic' or 'own', got \"short\""],
    [{ nmaes: 'own' }, 'otel.nmaes must be a known option (did you mean names?), got "nmaes"'],
    ['x', 'otel must be an object, got "x"'],
  ])('refuses %j', async (options, message) => {
    const { bridge } = await loadOn('1.9')
    expect(() => bridge.otel(options as never)).toThrow(message)
  })
})
