import type { Context } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { TracePosition } from 'wideline'
import { API_VERSIONS, forgetApi, type Loaded, loadOn } from './apis.js'

let running: Loaded | undefined

afterEach(() => {
  if (running !== undefined) forgetApi(running)
  running = undefined
})

/** The official tracing SDK, registered with the API. */
function startTracing(loaded: Loaded): void {
  running = loaded
  loaded.api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  loaded.api.trace.setGlobalTracerProvider(new BasicTracerProvider())
}

describe.each(API_VERSIONS)('correlation on API %s', (version) => {
  it('puts the ids of the span that is active on each line, and of none where none is', async () => {
    const loaded = await loadOn(version)
    startTracing(loaded)
    const { logger, output } = captured(loaded)
    const tracer = loaded.api.trace.getTracer('test')
    logger.info('before')
    const inner = tracer.startActiveSpan('outer', (outer) => {
      logger.child({ tenant: 'acme' }).info('in outer')
      const span = tracer.startActiveSpan('inner', (active) => {
        logger.info('in inner')
        return active
      })
      logger.at('info')?.int('n', 1).msg('in outer again')
      return { outer: outer.spanContext(), inner: span.spanContext() }
    })
    logger.info('after')
    const ids = output.parsed().map(({ msg, trace_id, span_id, trace_flags }) => [msg, trace_id, span_id, trace_flags])
    const { traceId } = inner.outer
    expect(ids).toEqual([
      ['before', undefined, undefined, undefined],
      ['in outer', traceId, inner.outer.spanId, '01'],
      ['in inner', traceId, inner.inner.spanId, '01'],
      ['in outer again', traceId, inner.outer.spanId, '01'],
      ['after', undefined, undefined, undefined],
    ])
  })

  it('has one position for a span, in whichever of its contexts', async () => {
    const loaded = await loadOn(version)
    startTracing(loaded)
    const { context, createContextKey, trace } = loaded.api
    const logger = loaded.wideline.createLogger()
    const correlate = vi.spyOn(logger, 'correlate')
    loaded.bridge.instrument(logger, { metrics: false })
    const [[correlation]] = correlate.mock.calls
    const positions: (TracePosition | undefined)[] = []
    const note = (): unknown => positions.push(correlation.position(undefined))
    const tracer = trace.getTracer('test')
    tracer.startActiveSpan('outer', (outer) => {
      note()
      context.with(context.active().setValue(createContextKey('tenant'), 'acme'), note)
      tracer.startActiveSpan('inner', note)
      note()
      expect(positions.map((at) => at?.spanId === outer.spanContext().spanId)).toEqual([true, true, false, true])
      expect(positions[1]).toBe(positions[0])
    })
    note()
    expect(positions[4]).toBeUndefined()
  })

  it('follows the span over awaits', async () => {
    const loaded = await loadOn(version)
    startTracing(loaded)
    const { logger, output } = captured(loaded)
    const tracer = loaded.api.trace.getTracer('test')
    const work = async (name: string): Promise<string> =>
      tracer.startActiveSpan(name, async (span) => {
        await new Promise((resolve) => setImmediate(resolve))
        logger.info(name)
        return span.spanContext().spanId
      })
    const spans = await Promise.all(['a', 'b', 'c'].map(work))
    const lines = new Map(output.parsed().map(({ msg, span_id }) => [msg, span_id]))
    expect(['a', 'b', 'c'].map((name) => lines.get(name))).toEqual(spans)
  })

  it('writes nothing where no SDK is, and takes up one that starts later', async () => {
    const loaded = await loadOn(version)
    const { logger, output } = captured(loaded)
    logger.info('alone')
    expect(output.parsed()[0]).not.toHaveProperty('trace_id')
    startTracing(loaded)
    loaded.api.trace.getTracer('test').startActiveSpan('late', () => {
      for (let i = 0; i < 40; i++) logger.info('with')
    })
    expect(output.parsed().at(-1)).toHaveProperty('trace_id')
  })

  it.each([
    { name: 'has no storage to ask', extra: () => ({}) },
    {
      name: 'has a storage that holds something else',
      extra: () => ({ _asyncLocalStorage: { getStore: () => undefined } }),
    },
    {
      name: 'has a storage of its own making',
      extra: (getStore: () => unknown) => ({ _asyncLocalStorage: { getStore } }),
    },
    {
      name: 'has a storage that keeps nothing where it says',
      extra: (getStore: () => unknown) => ({
        _asyncLocalStorage: { enabled: true, kResourceStore: Symbol('nowhere'), getStore },
      }),
    },
  ])('asks a context manager that $name as the API does', async ({ extra }) => {
    const loaded = await loadOn(version)
    running = loaded
    const { ROOT_CONTEXT, context, trace } = loaded.api
    let now: Context | undefined
    const manager = {
      ...extra(() => now),
      active: () => now ?? ROOT_CONTEXT,
      with: (next: typeof now, step: () => unknown) => {
        const before = now
        now = next
        try {
          return step()
        } finally {
          now = before
        }
      },
      bind: (_context: unknown, target: unknown) => target,
      enable: () => manager,
      disable: () => manager,
    }
    context.setGlobalContextManager(manager as never)
    const { logger, output } = captured(loaded)
    const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 0 }
    const inside = { trace_id: span.traceId, span_id: span.spanId, trace_flags: '00' }
    context.with(trace.setSpanContext(ROOT_CONTEXT, span), () => {
      logger.info('inside')
      logger.info('inside, when the manager is known')
    })
    logger.info('outside')
    expect(output.parsed()).toMatchObject([inside, inside, {}])
    expect(output.parsed()[2]).not.toHaveProperty('trace_id')
  })

  it('knows no span by ids that are none, and follows a manager that comes in place of another', async () => {
    const loaded = await loadOn(version)
    startTracing(loaded)
    const { context, ROOT_CONTEXT, trace } = loaded.api
    const { logger, output } = captured(loaded)
    const within = (traceId: string): void =>
      context.with(trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: 'b'.repeat(16), traceFlags: 1 }), () =>
        logger.info('x'),
      )
    within('a'.repeat(32))
    within('0'.repeat(32))
    within('too short')
    context.disable()
    within('c'.repeat(32))
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    within('d'.repeat(32))
    const found = output.parsed().map((line) => line['trace_id'])
    expect(found).toEqual(['a'.repeat(32), undefined, undefined, undefined, 'd'.repeat(32)])
  })

  it.each(['inside', 'outside', 'in a unit'])(
    'follows a manager in place of one that something bound to it used again, for a line %s',
    async (where) => {
      const loaded = await loadOn(version)
      startTracing(loaded)
      const { context, ROOT_CONTEXT, trace } = loaded.api
      const { logger, output } = captured(loaded)
      const spanOf = (digit: string) =>
        trace.setSpanContext(ROOT_CONTEXT, { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 1 })
      context.with(spanOf('a'), () => logger.info('before'))
      const late = context.bind(spanOf('a'), () => where === 'inside' && logger.info('bound'))
      context.disable()
      if (where === 'outside') logger.info('between')
      late()
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
      late()
      context.with(spanOf('c'), () => {
        if (where === 'in a unit') logger.unit('job', (unit) => context.with(spanOf('d'), () => unit.info('after')))
        else logger.info('after')
      })
      const after = output.parsed().find(({ msg }) => msg === 'after')
      expect(after).toMatchObject({ trace_id: (where === 'in a unit' ? 'd' : 'c').repeat(32) })
      expect(output.parsed().filter(({ msg }) => msg === 'bound')).not.toContainEqual(
        expect.objectContaining({ trace_id: expect.anything() }),
      )
    },
  )

  it('leaves a context manager ended that has ended before the first line', async () => {
    const loaded = await loadOn(version)
    running = loaded
    const { context, ROOT_CONTEXT, trace } = loaded.api
    const manager = new AsyncLocalStorageContextManager().enable()
    context.setGlobalContextManager(manager)
    const { logger, output } = captured(loaded)
    const spanOf = (digit: string) =>
      trace.setSpanContext(ROOT_CONTEXT, { traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 1 })
    context.with(spanOf('a'), () => {
      manager.disable()
      logger.info('ended')
      logger.info('ended still')
      expect(trace.getSpanContext(context.active())).toBeUndefined()
      context.with(spanOf('b'), () => logger.info('begun anew'))
    })
    const found = output.parsed().map((line) => line['trace_id'])
    expect(found).toEqual([undefined, undefined, 'b'.repeat(32)])
  })

  it('takes up a context manager that comes after the tracer', async () => {
    const loaded = await loadOn(version)
    running = loaded
    const { context, trace } = loaded.api
    trace.setGlobalTracerProvider(new BasicTracerProvider())
    const { logger, output } = captured(loaded)
    logger.info('before')
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    trace.getTracer('test').startActiveSpan('x', () => logger.info('with'))
    expect(output.parsed().map((line) => 'trace_id' in line)).toEqual([false, true])
  })

  it('gives a line whose span cannot be read none of the span before it', async () => {
    const loaded = await loadOn(version)
    startTracing(loaded)
    const { context, ROOT_CONTEXT, trace } = loaded.api
    const { logger, output } = captured(loaded)
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
    const broken = { ...span, traceFlags: 1n } as never
    for (const each of [span, broken, span]) {
      context.with(trace.setSpanContext(ROOT_CONTEXT, each), () => {
        logger.info('x')
        logger.info('y', { n: 1 })
      })
    }
    context.with(trace.setSpanContext(ROOT_CONTEXT, span), () => context.with(null as never, () => logger.info('none')))
    const found = output.parsed().map((line) => line['trace_id'])
    const { traceId } = span
    expect(found).toEqual([traceId, traceId, undefined, undefined, traceId, traceId, undefined])
    expect(logger.stats().problems).toBe(2)
  })

  it('asks a context manager that has a context for where there is none', async () => {
    const loaded = await loadOn(version)
    running = loaded
    const { context, ROOT_CONTEXT, trace } = loaded.api
    const traceId = 'd'.repeat(32)
    const around = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: 'd'.repeat(16), traceFlags: 1 })
    class Around extends AsyncLocalStorageContextManager {
      override active(): Context {
        const active = super.active()
        return trace.getSpanContext(active) === undefined ? around : active
      }
    }
    context.setGlobalContextManager(new Around().enable())
    const { logger, output } = captured(loaded)
    logger.info('x')
    expect(output.parsed()[0]).toMatchObject({ trace_id: traceId })
  })

  it('asks nothing of a context manager that another came in place of, which cannot be looked at', async () => {
    const loaded = await loadOn(version)
    startTracing(loaded)
    const { context, ROOT_CONTEXT, trace } = loaded.api
    const { logger, output } = captured(loaded)
    const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
    const odd = {
      _asyncLocalStorage: { getStore: () => undefined },
      active: () => ROOT_CONTEXT,
      with: () => {
        throw new Error('not now')
      },
      disable: () => undefined,
    }
    context.with(trace.setSpanContext(ROOT_CONTEXT, span), () => {
      logger.info('x')
      // Without its disable(), which would end what is active.
      const registered = globalThis as unknown as Record<symbol, { context: unknown }>
      registered[Symbol.for('opentelemetry.js.api.1')].context = odd
      logger.info('y')
      logger.info('z')
    })
    const found = output.parsed().map((line) => line['trace_id'])
    expect(found).toEqual([span.traceId, undefined, undefined])
  })

  it('leaves a span that a line names itself', async () => {
    const loaded = await loadOn(version)
    startTracing(loaded)
    const { logger, output } = captured(loaded)
    loaded.api.trace.getTracer('test').startActiveSpan('other', () => {
      logger.info('x', { trace_id: 'of its own', span_id: 'too' })
    })
    expect(output.parsed()[0]).toMatchObject({ trace_id: 'of its own', span_id: 'too' })
  })

  it('writes other names on request', async () => {
    const loaded = await loadOn(version)
    startTracing(loaded)
    const { logger, output } = captured(loaded, { traceId: 'dd.trace_id' })
    loaded.api.trace.getTracer('test').startActiveSpan('named', () => logger.info('x'))
    expect(Object.keys(output.parsed()[0])).toEqual(['level', 'time', 'msg', 'dd.trace_id', 'span_id', 'trace_flags'])
  })

  it('ends with stop', async () => {
    const loaded = await loadOn(version)
    startTracing(loaded)
    const { logger, output, stop } = captured(loaded)
    stop()
    loaded.api.trace.getTracer('test').startActiveSpan('x', () => logger.info('x'))
    expect(output.parsed()[0]).not.toHaveProperty('trace_id')
  })

  it('is done again as it was before, where what was asked for later ends', async () => {
    const loaded = await loadOn(version)
    startTracing(loaded)
    const { logger, output, stop } = captured(loaded)
    const emitted: (string | undefined)[] = []
    const emit = ({ context }: { context?: Context }): unknown =>
      emitted.push(context === undefined ? undefined : loaded.api.trace.getSpanContext(context)?.spanId)
    logger.addOutput(loaded.bridge.otel({ provider: { getLogger: () => ({ emit }) } }))
    const [first, second] = ['dd.span_id', 'other.span_id'].map((spanId) =>
      loaded.bridge.instrument(logger, { correlation: { spanId }, metrics: false }),
    )
    const write = (): void => loaded.api.trace.getTracer('test').startActiveSpan('x', () => logger.info('x'))
    write()
    first()
    write()
    second()
    second()
    write()
    stop()
    write()
    const names = output.parsed().map((line) => Object.keys(line).filter((key) => key.includes('span_id')))
    expect(names).toEqual([['other.span_id'], ['other.span_id'], ['span_id'], []])
    expect(emitted.map((id) => typeof id)).toEqual(['string', 'string', 'string', 'undefined'])
  })
})

describe('an older copy of the API, with which the SDK is registered', () => {
  it('has a unit stand where its lines do', async () => {
    const [newer, older] = [await loadOn('1.10'), await loadOn('1.9')]
    startTracing(older)
    const { logger, output } = captured(newer)
    older.api.trace.getTracer('test').startActiveSpan('outer', (span) => {
      logger.unit('job', (unit) => unit.info('inside'))
      const { traceId, spanId } = span.spanContext()
      expect(output.parsed()).toMatchObject([
        { msg: 'inside', trace_id: traceId, span_id: spanId },
        { msg: 'unit completed', trace_id: traceId, span_id: spanId },
      ])
    })
  })
})

function captured(loaded: Loaded, names: object = {}) {
  const output = loaded.wideline.memory()
  const logger = loaded.wideline.createLogger({ outputs: [{ output, encoder: loaded.wideline.json() }] })
  const stop = loaded.bridge.instrument(logger, { correlation: names, metrics: false })
  return { output, logger, stop }
}
