import fs from 'node:fs'
import os from 'node:os'
import {
  context,
  createContextKey,
  createTraceState,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SamplingDecision,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { fastify } from 'fastify'
import { createLogger, json, memory, type RedactOption, type UnitOptions } from 'wideline'
import { Logged } from 'wideline/decorators'
import type { RequestLoggerOptions } from 'wideline/express'
import { requestLogger } from 'wideline/fastify'
import { instrument, spanEvents, timeline } from 'wideline/opentelemetry'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { getByHttp2, type Served, serve } from './served.js'

const exporter = new InMemorySpanExporter()
const tracing = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
let served: Served | undefined

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(tracing)
})
beforeEach(() => exporter.reset())
afterEach(async () => {
  await served?.stop()
  served = undefined
})
afterAll(() => {
  trace.disable()
  context.disable()
})

class Orders {
  @Logged({ level: 'trace' })
  async find(id: string): Promise<string> {
    await this.load(id)
    return id
  }

  @Logged({ level: 'trace' })
  load(id: string): Promise<void> {
    if (id === '0') throw new RangeError('no such order')
    return Promise.resolve()
  }
}

async function shop(spans = true): Promise<Served> {
  served = await serve(
    (app) => {
      app.get('/orders/:id', (request, response, next) => {
        request.log.info('looking')
        new Orders().find(request.params.id).then(() => response.json({}), next)
      })
    },
    (log) => void instrument(log, { spans, metrics: false }),
  )
  return served
}

const spanNamed = (name: string): ReadableSpan => exporter.getFinishedSpans().find((span) => span.name === name)!
const PARENT = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const traceparent = `00-${PARENT.traceId}-${PARENT.spanId}-01`

describe('a request without instrumentation', () => {
  it('names no function of a Fastify route, and no method that a client makes up', async () => {
    const log = createLogger({ outputs: [memory()] })
    const end = instrument(log, { spans: true, metrics: false })
    const app = fastify()
    await app.register(requestLogger, { logger: log })
    app.addHttpMethod('PURGE')
    app.route({ method: 'PURGE', url: '/orders/:id', handler: () => ({}) })
    await app.inject({ method: 'PURGE' as 'GET', url: '/orders/42' })
    await app.inject({ method: 'PURGE' as 'GET', url: '/none' })
    await app.close()
    await expect.poll(() => exporter.getFinishedSpans()).toHaveLength(2)
    end()
    const [span, none] = exporter.getFinishedSpans()
    expect([span.name, none.name]).toEqual(['HTTP /orders/:id', 'HTTP'])
    expect(span.attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'PURGE',
    })
    expect(span.attributes).not.toHaveProperty('code.function.name')
  })

  it('has the scheme it began with, where HTTP/2 does not know it any more', async () => {
    const log = createLogger({ outputs: [memory()] })
    const end = instrument(log, { spans: true, metrics: false })
    await getByHttp2(log)
    await expect.poll(() => exporter.getFinishedSpans()).toHaveLength(1)
    end()
    expect(spanNamed('GET /').attributes).toMatchObject({ 'url.scheme': 'https', 'network.protocol.version': '2' })
  })

  it('opens a span below its caller, by the semantic conventions; its lines name that span', async () => {
    const { get, untilWide, lines } = await shop()
    await get('/orders/42?token=secret', { headers: { traceparent, 'user-agent': 'test/1' } })
    await untilWide(1)
    const span = spanNamed('GET /orders/:id')
    expect(span).toMatchObject({ kind: SpanKind.SERVER, status: { code: SpanStatusCode.UNSET } })
    expect(span.parentSpanContext).toMatchObject({ ...PARENT, isRemote: true })
    expect(span.attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.route': '/orders/:id',
      'http.response.status_code': 200,
      'url.scheme': 'http',
      'url.path': '/orders/42',
      'url.query': 'token=*',
      'user_agent.original': 'test/1',
      'client.address': '127.0.0.1',
      'network.protocol.version': '1.1',
    })
    expect(span.attributes).not.toHaveProperty('code.function.name')
    expect(span.attributes).not.toHaveProperty('http.request.method_original')
    const { traceId, spanId } = span.spanContext()
    expect(traceId).toBe(PARENT.traceId)
    for (const line of lines.parsed())
      expect(line).toMatchObject({ trace_id: traceId, span_id: spanId, trace_flags: '01' })
    expect(lines.parsed()).toHaveLength(2)
    expect(lines.lines.join('')).not.toContain('"traceId"')
  })

  it('has no span where its caller has none sampled, and says so in its lines', async () => {
    const { get, untilWide, lines } = await shop()
    await get('/orders/42', { headers: { traceparent: traceparent.replace(/01$/, '00') } })
    await untilWide(1)
    expect(exporter.getFinishedSpans()).toEqual([])
    for (const line of lines.parsed()) expect(line).toMatchObject({ trace_id: PARENT.traceId, trace_flags: '00' })
  })

  it('tells a sampler its method and scheme', async () => {
    const shouldSample = vi.fn<Sampler['shouldSample']>(() => ({ decision: SamplingDecision.NOT_RECORD }))
    trace.disable()
    trace.setGlobalTracerProvider(new BasicTracerProvider({ sampler: { shouldSample } }))
    try {
      const { get, untilWide } = await shop()
      await get('/none', { method: 'PURGE' })
      await untilWide(1)
    } finally {
      trace.disable()
      trace.setGlobalTracerProvider(tracing)
    }
    const [, , name, kind, attributes] = shouldSample.mock.calls[0]
    expect([name, kind]).toEqual(['HTTP', SpanKind.SERVER])
    expect(attributes).toEqual({ 'http.request.method': '_OTHER', 'url.scheme': 'http' })
  })

  it.each([
    ['Orders', 'Orders.show'],
    ['', 'show'],
  ])('names the function that serves it, of class "%s"', async (controller, name) => {
    served = await serve(
      (app) =>
        app.get('/', (request, response) => {
          request.log.setHandler({ route: '/', controller, handler: 'show' }, request)
          response.end()
        }),
      (log) => void instrument(log, { spans: true, metrics: false }),
    )
    await served.get('/')
    await served.untilWide(1)
    expect(spanNamed('GET /').attributes).toMatchObject({ 'code.function.name': name })
  })

  it('has a span for each call of a @Logged method, one within the other', async () => {
    const { get, untilWide } = await shop()
    await get('/orders/42')
    await untilWide(1)
    const [request, find, load] = ['GET /orders/:id', 'Orders.find', 'Orders.load'].map(spanNamed)
    expect(find.parentSpanContext?.spanId).toBe(request.spanContext().spanId)
    expect(load.parentSpanContext?.spanId).toBe(find.spanContext().spanId)
    expect(find.attributes).toEqual({ 'code.function.name': 'Orders.find' })
    expect(find.kind).toBe(SpanKind.INTERNAL)
    expect(find).toMatchObject({ status: { code: SpanStatusCode.UNSET }, events: [] })
  })

  it('says what failed', async () => {
    const { get, untilWide } = await shop()
    await get('/orders/0')
    await untilWide(1)
    for (const name of ['GET /orders/:id', 'Orders.find', 'Orders.load']) {
      const span = spanNamed(name)
      expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no such order' })
      expect(span.events[0].attributes).toMatchObject({ 'exception.type': 'RangeError' })
    }
    expect(spanNamed('GET /orders/:id').attributes).toMatchObject({ 'error.type': 'RangeError' })
  })

  it('says that it failed where there is no error, and of what a client does wrong nothing', async () => {
    served = await serve(
      (app) => app.get('/:status', ({ params }, response) => void response.status(Number(params['status'])).end()),
      (log) => void instrument(log, { spans: true, metrics: false }),
    )
    await served.get('/503')
    await served.get('/404')
    await served.untilWide(2)
    const spans = exporter.getFinishedSpans()
    expect(spans.map(({ status, attributes, events }) => [status, attributes['error.type'], events])).toEqual([
      [{ code: SpanStatusCode.ERROR }, '503', []],
      [{ code: SpanStatusCode.UNSET }, undefined, []],
    ])
  })

  it('opens none unless it is asked to, and its lines name the place the caller gave it', async () => {
    const { get, untilWide, lines } = await shop(false)
    await get('/orders/42', { headers: { traceparent } })
    await untilWide(1)
    expect(exporter.getFinishedSpans()).toEqual([])
    const [looking, wide] = lines.parsed()
    expect(looking).toMatchObject({ trace_id: PARENT.traceId, trace_flags: '01' })
    expect(wide).toMatchObject({ trace_id: PARENT.traceId, parentSpanId: PARENT.spanId, span_id: looking['span_id'] })
  })
})

describe('a request with an instrumentation', () => {
  it('takes over its span, and opens no second one', async () => {
    served = await serve(
      (app) => {
        app.get('/orders/:id', (request, response) => {
          request.log.info('looking')
          response.json({})
        })
      },
      (log) => void instrument(log, { spans: true, metrics: false }),
      (_request, response, next) => {
        trace.getTracer('instrumentation').startActiveSpan('GET', { kind: SpanKind.SERVER }, (span) => {
          response.once('close', () => span.end())
          next()
        })
      },
    )
    await served.get('/orders/42')
    await served.untilWide(1)
    const [span, ...others] = exporter.getFinishedSpans()
    expect(others).toEqual([])
    const { traceId, spanId } = span.spanContext()
    const [looking, wide] = served.lines.parsed()
    expect(looking).toMatchObject({ trace_id: traceId, span_id: spanId })
    expect(wide).toMatchObject({ outcome: 'completed', trace_id: traceId, span_id: spanId })
  })
})

describe('a request whose caller alone is known to the tracer, or whose span is not sampled', () => {
  it.each([
    { traceFlags: 1, isRemote: true },
    { traceFlags: 0, isRemote: false },
  ])('belongs to that span: %j', async (known) => {
    const caller = { ...PARENT, ...known }
    served = await serve(
      (app) => app.get('/ask', (_request, response) => void response.end()),
      (log) => void instrument(log, { metrics: false }),
      (_request, _response, next) => context.with(trace.setSpanContext(ROOT_CONTEXT, caller), next),
    )
    await served.get('/ask')
    await served.untilWide(1)
    expect(served.lines.parsed()[0]).toMatchObject({ trace_id: PARENT.traceId, span_id: PARENT.spanId })
  })
})

describe('a request on a server that began to listen within a span', () => {
  it('does not belong to that span, which has ended', async () => {
    const span = trace.getTracer('bootstrap').startSpan('start')
    await context.with(trace.setSpan(context.active(), span), () => shop())
    span.end()
    await served!.get('/orders/42')
    await served!.untilWide(1)
    const [, wide] = served!.lines.parsed()
    expect(wide['trace_id']).toBe(spanNamed('GET /orders/:id').spanContext().traceId)
    expect(wide['trace_id']).not.toBe(span.spanContext().traceId)
  })
})

describe('a unit', () => {
  it('opens a span; one within it is its child', async () => {
    const lines = memory()
    const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
    instrument(log, { spans: true, metrics: false })
    await log.unit('outer', async (outer) => {
      await outer.unit('inner', async () => log.info('inside'))
    })
    const [outer, inner] = ['outer', 'inner'].map(spanNamed)
    expect(inner.parentSpanContext?.spanId).toBe(outer.spanContext().spanId)
    expect(outer.parentSpanContext).toBeUndefined()
    expect([outer.attributes, inner.attributes]).toEqual([{}, {}])
    expect([outer.kind, inner.kind]).toEqual([SpanKind.INTERNAL, SpanKind.INTERNAL])
    expect(lines.parsed().map(({ msg, span_id }) => [msg, span_id])).toEqual([
      ['inside', inner.spanContext().spanId],
      ['unit completed', inner.spanContext().spanId],
      ['unit completed', outer.spanContext().spanId],
    ])
  })
})

describe('what a caller says of the trace', () => {
  const tracestate = 'vendor=1,other=2'
  const CALLER = { traceparent, tracestate }

  it.each([true, false])('goes on to whom a request asks, with spans: %s', async (spans) => {
    let headers: Record<string, string> = {}
    served = await serve(
      (app) => {
        app.get('/ask', (request, response) => {
          headers = request.log.traceHeaders()
          response.json({})
        })
      },
      (log) => void instrument(log, { spans, metrics: false }),
    )
    await served.get('/ask', { headers: CALLER })
    expect(headers).toEqual({ traceparent: expect.stringContaining(PARENT.traceId) as string, tracestate })
    await served.untilWide(1)
    if (spans) expect(spanNamed('GET /ask').spanContext().traceState?.serialize()).toBe(tracestate)
  })

  it('is that of the active span, where an instrumentation follows it, or of the caller of the same trace', () => {
    const log = createLogger({ outputs: [memory()] })
    const end = instrument(log, { metrics: false })
    const active = { ...PARENT, spanId: 'c'.repeat(16), traceFlags: 1 }
    const stated = { ...active, traceState: createTraceState('vendor=9') }
    const headersIn = (span: SpanContext, options: UnitOptions): unknown =>
      context.with(trace.setSpanContext(ROOT_CONTEXT, span), () => log.unit('u', options, (u) => u.traceHeaders()))
    const ours = `00-${PARENT.traceId}-${'c'.repeat(16)}-01`
    expect(headersIn(stated, CALLER)).toEqual({ traceparent: ours, tracestate: 'vendor=9' })
    expect(headersIn(active, CALLER)).toEqual({ traceparent: ours, tracestate })
    const other = { ...active, traceId: 'd'.repeat(32) }
    expect(headersIn(other, CALLER)).toEqual({ traceparent: `00-${'d'.repeat(32)}-${'c'.repeat(16)}-01` })
    end()
  })

  it('is the parent of a unit, within another unit too', () => {
    const log = createLogger({ outputs: [memory()] })
    const end = instrument(log, { spans: true, metrics: false })
    log.unit('batch', (batch) => {
      batch.unit('message', CALLER, () => undefined)
      batch.unit('own', () => undefined)
    })
    end()
    const [batch, message, own] = ['batch', 'message', 'own'].map(spanNamed)
    expect(message.parentSpanContext).toMatchObject({ ...PARENT, isRemote: true })
    expect(message.spanContext()).toMatchObject({ traceId: PARENT.traceId })
    expect(own.parentSpanContext?.spanId).toBe(batch.spanContext().spanId)
  })
})

describe('a unit whose caller is known by its options', () => {
  it('is below the active span, where that is of the same trace', () => {
    const log = createLogger({ outputs: [memory()] })
    const end = instrument(log, { spans: true, metrics: false })
    const active = { ...PARENT, spanId: 'c'.repeat(16), traceFlags: 1 }
    context.with(trace.setSpanContext(ROOT_CONTEXT, active), () => log.unit('job', { traceparent }, () => undefined))
    end()
    expect(spanNamed('job').parentSpanContext?.spanId).toBe(active.spanId)
  })

  it('has a place of its own below it, where no SDK gives it one', () => {
    const lines = memory()
    const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
    const end = instrument(log, { spans: true, metrics: false })
    trace.disable()
    try {
      log.unit('job', { traceparent }, () => undefined)
    } finally {
      trace.setGlobalTracerProvider(tracing)
      end()
    }
    const [line] = lines.parsed()
    expect(line).toMatchObject({ trace_id: PARENT.traceId, parentSpanId: PARENT.spanId })
    expect(line['span_id']).not.toBe(PARENT.spanId)
  })
})

describe('instrument() without correlation', () => {
  it('opens spans, and leaves the ids out of lines', () => {
    const lines = memory()
    const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
    const end = instrument(log, { correlation: false, spans: true, metrics: false })
    log.unit('job', (unit) => unit.info('inside'))
    end()
    expect(spanNamed('job')).toBeDefined()
    for (const line of lines.parsed()) expect(line).not.toHaveProperty('trace_id')
  })
})

describe('instrument() that is taken back', () => {
  it('follows no unit and no call any more, on spans or the timeline', async () => {
    const time = timeline()
    const log = createLogger({ outputs: [memory()] })
    const end = instrument(log, { spans: true, timeline: time, metrics: false })
    const run = (): Promise<string> => log.unit('job', () => new Orders().find('1'))
    const found = (): number[] => [
      exporter.getFinishedSpans().length,
      time.events().filter(({ ph }) => ph === 'X').length,
    ]
    await run()
    expect(found()).toEqual([3, 3])
    end()
    await run()
    expect(found()).toEqual([3, 3])
  })
})

describe('the span of a unit that has ended', () => {
  it('is not ended once more when instrument() is taken back', () => {
    const log = createLogger({ outputs: [memory()] })
    const end = instrument(log, { spans: true, metrics: false })
    log.unit('job', () => undefined)
    const ended = vi.spyOn(spanNamed('job') as unknown as Span, 'end')
    end()
    expect(ended).not.toHaveBeenCalled()
  })
})

describe('the span of a unit that is under way when instrument() is taken back', () => {
  it('ends with that, and once', () => {
    const log = createLogger({ outputs: [memory()] })
    const end = instrument(log, { spans: true, metrics: false })
    log.unit('job', () => {
      end()
      expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['job'])
    })
    expect(exporter.getFinishedSpans()).toHaveLength(1)
    expect(log.stats().problems).toBe(0)
  })
})

describe('a unit without a span of its own', () => {
  it.each([{ spans: false }, { spans: true }])(
    'is where the active span is, and below nothing else, with %j',
    ({ spans }) => {
      const lines = memory()
      const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
      const end = instrument(log, { spans, metrics: false })
      const span = { traceId: 'd'.repeat(32), spanId: 'c'.repeat(16), traceFlags: 1 }
      // As the SDK's own exporters run.
      const suppressed = trace
        .setSpanContext(ROOT_CONTEXT, span)
        .setValue(createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true)
      context.with(suppressed, () => {
        log.unit('outer', (outer) => outer.unit('inner', () => undefined))
        if (!spans) log.unit('asked', { traceparent }, () => undefined)
      })
      end()
      for (const line of lines.parsed()) {
        expect(line).toMatchObject({ trace_id: span.traceId, span_id: span.spanId })
        expect(line).not.toHaveProperty('parentSpanId')
      }
      expect(exporter.getFinishedSpans()).toEqual([])
    },
  )
})

describe('a unit within a context', () => {
  it.each([true, false])('that holds no valid span has a place of its own, with spans: %s', (spans) => {
    const lines = memory()
    const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
    const end = instrument(log, { spans, metrics: false })
    const none = trace.setSpanContext(ROOT_CONTEXT, INVALID_SPAN_CONTEXT)
    context.with(none, () => log.unit('job', (unit) => unit.info('inside')))
    end()
    const ids = lines.parsed().map(({ trace_id }) => trace_id)
    expect(ids).toEqual([expect.stringMatching(/^(?!0{32})[0-9a-f]{32}$/), ids[0]])
  })

  it('hands on those flags of its span that a traceparent has', () => {
    const log = createLogger({ outputs: [memory()] })
    const end = instrument(log, { metrics: false })
    const active = trace.setSpanContext(ROOT_CONTEXT, { ...PARENT, traceFlags: 0xff })
    const headers = context.with(active, () => log.unit('job', (unit) => unit.traceHeaders()))
    end()
    expect(headers).toEqual({ traceparent: `00-${PARENT.traceId}-${PARENT.spanId}-03` })
  })
})

describe('a span that failed', () => {
  it('hides what is hidden by its place in the error', () => {
    const log = createLogger({ outputs: [memory()], redact: ['error.message'] })
    const end = instrument(log, { spans: true, metrics: false })
    expect(() => log.unit('job', () => throwing(new Error('hunter2')))).toThrow('hunter2')
    end()
    const { status, events } = spanNamed('job')
    expect(status.message).toBe('[Redacted]')
    expect(JSON.stringify(events)).not.toContain('hunter2')
  })

  it('hides what the logger hides, and stands a hostile error', async () => {
    const log = createLogger({ outputs: [memory()], redact: { patterns: ['email'] } })
    instrument(log, { spans: true, metrics: false })
    const hostile = Object.assign(new Error('x'), { message: { toString: null } })
    await expect(log.unit('mail', () => Promise.reject(new Error('no mailbox ada@example.com')))).rejects.toThrow(
      'no mailbox',
    )
    await expect(log.unit('hostile', () => Promise.reject(hostile))).rejects.toBe(hostile)
    const mail = spanNamed('mail')
    expect(JSON.stringify([mail.status, mail.events])).not.toContain('ada@')
    expect(mail.events[0].attributes?.['exception.message']).toMatch(/^no mailbox \S/)
    expect(spanNamed('hostile').status.code).toBe(SpanStatusCode.ERROR)
    expect(log.stats().problems).toBe(0)
  })

  it('says it within the bounds of a line, and well-formed', () => {
    const log = createLogger({ outputs: [memory()] })
    const end = instrument(log, { spans: true, metrics: false })
    const huge = `\ud800${'x'.repeat(1_000_000)}`
    const error = Object.assign(new Error(huge), { name: huge, stack: huge })
    expect(() => log.unit('huge', () => throwing(error))).toThrow(error)
    end()
    const { status, events } = spanNamed('huge')
    const texts = [status.message, ...Object.values(events[0].attributes!)] as string[]
    expect(texts).toHaveLength(4)
    for (const text of texts) {
      expect(text.length).toBeLessThan(70_000)
      expect(text[0]).toBe('\ufffd')
    }
  })

  it.each([
    [404, 'number', '404'],
    [{ reason: 'none', token: 'hunter2' }, 'object', '{"reason":"none","token":"[Redacted]"}'],
    [undefined, 'undefined', 'undefined'],
  ])('says what was thrown where that is no error: %j', async (thrown, type, message) => {
    const log = createLogger({ outputs: [memory()] })
    const end = instrument(log, { spans: true, metrics: false })
    await expect(log.unit('odd', async () => throwing(thrown))).rejects.toBe(thrown)
    end()
    const { status, events } = spanNamed('odd')
    expect(status.message).toBe(message)
    expect(events[0].attributes).toEqual({ 'exception.type': type, 'exception.message': message })
  })
})

function throwing(value: unknown): never {
  throw value
}

describe('what the logger hides', () => {
  const agent = 'test of ada@example.com'
  const shownOf = async (redact: RedactOption, options: Omit<RequestLoggerOptions, 'logger'> = {}) => {
    const time = timeline()
    served = await serve(
      (app, log) => {
        app.get('/users/:mail', (_request, response) => log.unit('mail to ada@example.com', () => void response.end()))
      },
      (log) => void instrument(log, { spans: true, timeline: time, metrics: false }),
      undefined,
      { redact },
      options,
    )
    await served.get('/users/ada@example.com?q=1', { headers: { 'user-agent': agent } })
    await served.untilWide(2)
    const spans = exporter.getFinishedSpans().map(({ name, attributes }) => ({ name, attributes }))
    const request = spans.find(({ name }) => name === 'GET /users/:mail')!
    return { attributes: request.attributes, all: JSON.stringify([spans, time.events()]) }
  }

  it('by form is hidden on spans and the timeline, in names too', async () => {
    const { attributes, all } = await shownOf({ patterns: ['email'] })
    expect(attributes).toMatchObject({
      'url.path': '/users/[Redacted]',
      'url.query': 'q=*',
      'user_agent.original': 'test of [Redacted]',
    })
    expect(all).toContain('mail to [Redacted]')
    expect(all).not.toContain('ada@')
  })

  it('by name or place is hidden there, whichever name the line has', async () => {
    const { attributes, all } = await shownOf(
      { paths: { url: 'remove', unit: 'remove', caller: 'mask' }, keys: ['client.address', 'requestId'] },
      { keys: { userAgent: 'caller' } },
    )
    expect(attributes).toMatchObject({ 'user_agent.original': '[Redacted]', 'client.address': '[Redacted]' })
    expect(attributes).not.toHaveProperty('url.path')
    expect(attributes).not.toHaveProperty('url.query')
    expect(all).toContain('"requestId":"[Redacted]"')
    expect(all).not.toMatch(/ada@|127\.0\.0\.1/)
  })

  it('within the object that pino-http makes of a request is hidden there', async () => {
    const { attributes } = await shownOf(['req.url', 'req.remoteAddress'], { preset: 'pino-http' })
    expect(attributes).toMatchObject({ 'url.path': '[Redacted]', 'client.address': '[Redacted]' })
  })

  it('is hidden by the first of its names that has a rule', async () => {
    const { attributes } = await shownOf(
      { keys: { remoteAddress: 'remove', from: 'mask', userAgent: () => null } },
      { keys: { remoteAddress: 'from' } },
    )
    expect(attributes).not.toHaveProperty('client.address')
    expect(attributes).not.toHaveProperty('user_agent.original')
  })

  it('of a method that is none is hidden there', async () => {
    served = await serve(
      () => undefined,
      (log) => void instrument(log, { spans: true, metrics: false }),
      undefined,
      { redact: ['method'] },
    )
    await served.get('/', { method: 'PURGE' })
    await served.untilWide(1)
    expect(spanNamed('HTTP').attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': '[Redacted]',
    })
  })

  it('of a query alone leaves the path, and of a path the query', async () => {
    const { attributes } = await shownOf({ keys: ['url.query'] })
    expect(attributes).toMatchObject({ 'url.path': '/users/ada@example.com', 'url.query': '[Redacted]' })
    await served?.stop()
    exporter.reset()
    const ofPath = await shownOf({ keys: ['url.path'] })
    expect(ofPath.attributes).toMatchObject({ 'url.path': '[Redacted]', 'url.query': 'q=*' })
  })
})

describe('events of a span', () => {
  it('are lines with its ids, their attributes and their time; exceptions are errors', () => {
    const lines = memory()
    const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
    const provider = new BasicTracerProvider({ spanProcessors: [spanEvents(log)] })
    const span = provider.getTracer('db').startSpan('query')
    span.addEvent('cache miss', { key: 'orders:42', token: 'hunter2' }, new Date('2026-11-23T02:52:15.206Z'))
    span.recordException(new RangeError('too much'))
    span.end()
    const { traceId, spanId } = span.spanContext()
    expect(lines.parsed()).toMatchObject([
      {
        level: 'info',
        msg: 'cache miss',
        key: 'orders:42',
        token: '[Redacted]',
        span: 'query',
        eventTime: '2026-11-23T02:52:15.206Z',
        trace_id: traceId,
        span_id: spanId,
        trace_flags: '01',
      },
      { level: 'error', msg: 'exception', 'exception.type': 'RangeError', 'exception.message': 'too much' },
    ])
  })

  it('name their span as all lines of the logger do, and no other that is active', () => {
    const lines = memory()
    const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
    instrument(log, { correlation: { spanId: 'dd.span_id' }, metrics: false })
    const tracer = new BasicTracerProvider({ spanProcessors: [spanEvents(log)] }).getTracer('db')
    const span = tracer.startSpan('query')
    span.addEvent('cache miss')
    tracer.startActiveSpan('around', () => span.end())
    const [line] = lines.parsed()
    expect(line).toMatchObject({ 'dd.span_id': span.spanContext().spanId, trace_id: span.spanContext().traceId })
    expect(line).not.toHaveProperty('span_id')
  })

  it('are left out below the level of the logger, and the ones behind them are not', () => {
    const lines = memory()
    const log = createLogger({ level: 'warn', outputs: [{ output: lines, encoder: json() }] })
    const span = new BasicTracerProvider({ spanProcessors: [spanEvents(log)] }).getTracer('db').startSpan('query')
    span.addEvent('cache miss')
    span.recordException(new RangeError('too much'))
    span.end()
    expect(lines.parsed()).toMatchObject([{ level: 'error', msg: 'exception' }])
  })

  it('are not written twice for spans of wideline, whose errors are on the wide line', () => {
    const lines = memory()
    const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
    const span = new BasicTracerProvider({ spanProcessors: [spanEvents(log)] }).getTracer('wideline').startSpan('unit')
    span.recordException(new Error('known'))
    span.end()
    expect(lines.lines).toEqual([])
  })

  it('are written where the application adds them to a span of wideline', () => {
    const lines = memory()
    const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
    const end = instrument(log, { spans: true, metrics: false })
    trace.disable()
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [spanEvents(log)] }))
    try {
      const failing = (): never => {
        trace.getActiveSpan()!.addEvent('cache miss', { key: 'orders:42' })
        throw new Error('known')
      }
      expect(() => log.unit('job', failing)).toThrow('known')
    } finally {
      trace.disable()
      trace.setGlobalTracerProvider(tracing)
      end()
    }
    const [wide, event] = lines.parsed().toSorted((a, b) => Number('span' in a) - Number('span' in b))
    expect(wide).toMatchObject({ msg: 'unit failed', error: { message: 'known' } })
    expect(event).toMatchObject({ msg: 'cache miss', key: 'orders:42', span: 'job', span_id: wide['span_id'] })
    expect(lines.lines).toHaveLength(2)
  })

  it.each([
    [{ level: 'loud' }, 'spanEvents.level must be one of trace, debug, info, warn, error, fatal, panic, got "loud"'],
    [
      { exceptionLevel: 'loud' },
      'spanEvents.exceptionLevel must be one of trace, debug, info, warn, error, fatal, panic',
    ],
    [null, 'spanEvents must be an object, got null'],
    [{ lvl: 'info' }, 'spanEvents.lvl must be a known option (did you mean level?), got "lvl"'],
  ])('refuse %j', (options, message) => {
    expect(() => spanEvents(createLogger({ outputs: [memory()] }), options as never)).toThrow(message)
  })

  it('have two hexadecimal digits of flags; and are given to a logger only', () => {
    const lines = memory()
    const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
    const events = [{ name: 'cache miss', time: [1, 500_000_000] as [number, number] }]
    spanEvents(log).onEnd({ name: 'query', events, spanContext: () => ({ ...PARENT, traceFlags: 0x1f }) })
    expect(lines.parsed()).toMatchObject([{ trace_flags: '1f', eventTime: '1970-01-01T00:00:01.500Z' }])
    expect(() => spanEvents({} as never)).toThrow('spanEvents must be given a Logger made by createLogger()')
  })
})

describe('a timeline', () => {
  it('holds requests and calls as trace events, within each other', async () => {
    const time = timeline()
    served = await serve(
      (app) => {
        app.get('/orders/:id', (request, response, next) => {
          new Orders().find(request.params.id).then(() => response.json({}), next)
        })
      },
      (log) => void instrument(log, { timeline: time, metrics: false }),
    )
    await Promise.all(['/orders/1', '/orders/2'].map((path) => served!.get(path)))
    await served.untilWide(2)
    const { traceEvents } = JSON.parse(time.toString()) as { traceEvents: Event[] }
    const slices = traceEvents.filter(({ ph }) => ph === 'X')
    expect(slices.map(({ name }) => name).toSorted()).toEqual([
      'GET /orders/:id',
      'GET /orders/:id',
      'Orders.find',
      'Orders.find',
      'Orders.load',
      'Orders.load',
    ])
    for (const request of slices.filter(({ cat }) => cat === 'request')) {
      const inside = slices.filter(({ args }) => args['traceId'] === request.args['traceId'])
      expect(inside).toHaveLength(3)
      for (const slice of inside) {
        expect(slice.tid).toBe(request.tid)
        expect(slice.ts).toBeGreaterThanOrEqual(request.ts)
        expect(slice.ts + slice.dur!).toBeLessThanOrEqual(request.ts + request.dur!)
      }
      expect(request.args).toMatchObject({
        requestId: expect.any(String) as string,
        outcome: 'completed',
        status: 200,
        route: '/orders/:id',
      })
    }
    const calls = slices.filter(({ cat }) => cat === 'call')
    expect(calls.map(({ args }) => args['hasFailed'])).toEqual([false, false, false, false])
    await served.get('/orders/0')
    await served.untilWide(3)
    const failed = time.events().filter(({ args }) => args['hasFailed'] === true)
    expect(failed.map(({ name }) => name)).toEqual(['Orders.find', 'Orders.load'])
    expect(new Set(slices.map(({ tid }) => tid)).size).toBe(2)
    expect(traceEvents.filter(({ ph }) => ph === 'M')).toHaveLength(2)
  })

  it('puts what runs side by side on tracks of its own', async () => {
    const time = timeline()
    const log = createLogger({ outputs: [memory()] })
    instrument(log, { timeline: time, metrics: false })
    await log.unit('all', (all) =>
      Promise.all([1, 2].map((n) => all.unit(`part ${n}`, () => new Promise((resolve) => setTimeout(resolve, 5))))),
    )
    const slices = time.events().filter(({ ph }) => ph === 'X')
    const tracks = slices.map(({ name, tid }) => [name, tid])
    expect(tracks).toEqual([
      ['all', 1],
      ['part 1', 1],
      ['part 2', 2],
    ])
  })

  it('has a unit that was under way before it by the duration of its line', () => {
    const time = timeline()
    const lines = memory()
    const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
    let end = (): void => undefined
    log.unit('job', () => {
      const until = performance.now() + 5
      while (performance.now() < until);
      end = instrument(log, { timeline: time, metrics: false })
    })
    end()
    const [slice] = time.events().filter(({ ph }) => ph === 'X')
    const { durationMs } = lines.parsed<{ durationMs: number }>()[0]
    expect(durationMs).toBeGreaterThanOrEqual(5)
    expect(Math.abs(slice.dur! - durationMs * 1000)).toBeLessThanOrEqual(2)
  })

  it('stands any name, and units that end in the time they began', () => {
    const time = timeline()
    const log = createLogger({ outputs: [memory()] })
    instrument(log, { timeline: time, metrics: false })
    const names = ['"quoted"', 'a\nb\u2028', '</script>', '\ud800']
    for (const name of names) log.unit(name, (unit) => unit.unit('in', () => undefined))
    const { traceEvents } = JSON.parse(time.toString()) as { traceEvents: Event[] }
    const slices = traceEvents.filter(({ ph }) => ph === 'X')
    expect(slices.map(({ name }) => name)).toEqual(names.flatMap((name) => [name, 'in']))
    for (const { ts, dur } of slices) expect([ts, dur].every((us) => Number.isInteger(us) && us! >= 0)).toBe(true)
  })

  it('has what is within a unit behind it, in whichever microseconds both began and ended', () => {
    let now = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 0.000_01))
    const time = timeline()
    const log = createLogger({ outputs: [memory()], level: 'silent' })
    const end = instrument(log, { timeline: time, metrics: false })
    for (let n = 0; n < 100; n++) log.unit(`outer ${n}`, (outer) => outer.unit(`inner ${n}`, () => undefined))
    clock.mockRestore()
    end()
    const slices = time.events().filter(({ ph }) => ph === 'X')
    const names = slices.map(({ name }) => name)
    expect(names).toEqual(Array.from({ length: 100 }, (_, n) => [`outer ${n}`, `inner ${n}`]).flat())
    for (const { ts, dur } of slices) expect([ts, dur].every((us) => Number.isInteger(us) && us! >= 0)).toBe(true)
  })

  it('has on one track what begins or ends together and what follows at once, the outermost first', () => {
    let now = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
    const time = timeline()
    const log = createLogger({ outputs: [memory()], level: 'silent' })
    const end = instrument(log, { timeline: time, metrics: false })
    log.unit('outer', (outer) => {
      for (const name of ['first', 'second']) outer.unit(name, () => now++)
    })
    clock.mockRestore()
    end()
    const slices = time.events().filter(({ ph }) => ph === 'X')
    expect(slices.map(({ name, tid, ts, dur }) => [name, tid, ts, dur])).toEqual([
      ['outer', 1, 0, 2000],
      ['first', 1, 0, 1000],
      ['second', 1, 1000, 1000],
    ])
  })

  it('is a file that others than its group cannot read', () => {
    const folder = fs.mkdtempSync(`${os.tmpdir()}/wideline-`)
    const file = `${folder}/trace.json`
    timeline().writeFile(file)
    const { mode } = fs.statSync(file)
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual({
      displayTimeUnit: 'ms',
      traceEvents: [],
    })
    fs.rmSync(folder, { recursive: true })
    expect(mode & 0o137).toBe(0)
  })

  it('keeps ten thousand where nothing else is said', () => {
    const time = timeline()
    const log = createLogger({ outputs: [memory()], level: 'silent' })
    const end = instrument(log, { timeline: time, metrics: false })
    for (let n = 0; n <= 10_000; n++) log.unit('u', () => undefined)
    end()
    expect(time.dropped).toBe(1)
  })

  it('keeps the newest within its bound', () => {
    const time = timeline({ maxSlices: 3 })
    const log = createLogger({ outputs: [memory()] })
    instrument(log, { timeline: time, metrics: false })
    for (let n = 0; n < 8; n++) log.unit(`u${n}`, () => undefined)
    const names = time.events().filter(({ ph }) => ph === 'X').map(({ name }) => name) // prettier-ignore
    expect(names.toSorted()).toEqual(['u5', 'u6', 'u7'])
    expect(time.dropped).toBe(5)
  })

  it.each([
    [{ maxSlices: 0 }, 'timeline.maxSlices must be an integer from 1 to 1000000, got 0'],
    [{ maxSlices: 1.5 }, 'timeline.maxSlices must be an integer from 1 to 1000000, got 1.5'],
    [null, 'timeline must be an object, got null'],
    [5, 'timeline must be an object, got 5'],
    [{ max: 1 }, 'timeline.max must be one of maxSlices, got "max"'],
  ])('refuses %j', (options, message) => {
    expect(() => timeline(options as never)).toThrow(message)
  })
})

interface Event {
  readonly name: string
  readonly cat: string
  readonly ph: string
  readonly ts: number
  readonly dur?: number
  readonly tid: number
  readonly args: Record<string, unknown>
}
