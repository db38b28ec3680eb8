import http from 'node:http'
import { createNoopMeter, metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { createLogger, everyNth, json, memory } from 'wideline'
import { instrument } from 'wideline/opentelemetry'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { API_VERSIONS, forgetApi, type Loaded, loadOn } from './apis.js'
import { getByHttp2, type Served, serve } from './served.js'

/** The official metrics SDK, and what it has collected. */
class Collected {
  private readonly exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  private readonly reader = new PeriodicExportingMetricReader({
    exporter: this.exporter,
    exportIntervalMillis: 3_600_000,
  })
  readonly provider = new MeterProvider({ readers: [this.reader] })

  async points(name: string): Promise<DataPoint<number | Histogram>[]> {
    this.exporter.reset()
    await this.reader.forceFlush()
    const found = this.exporter
      .getMetrics()
      .flatMap((resource) => resource.scopeMetrics.flatMap((scope) => scope.metrics))
      .filter((metric) => metric.descriptor.name === name)
    return found.flatMap((metric) => metric.dataPoints as DataPoint<number | Histogram>[])
  }
}

let served: Served | undefined
let loaded: Loaded | undefined
afterEach(async () => {
  await served?.stop()
  if (loaded !== undefined) forgetApi(loaded)
  served = undefined
  loaded = undefined
  metrics.disable()
})

async function shop(provider: MeterProvider): Promise<Served> {
  served = await serve(
    (app) => {
      app.get('/orders/:id', (request, response) => void response.json({ id: request.params['id'] }))
      app.get('/fail', () => {
        throw new RangeError('too much')
      })
      app.get('/teapot', (_request, response) => void response.status(503).end())
      app.get('/slow', () => undefined)
      app.get('/events', (_request, response) => void response.type('text/event-stream').write('data: 1\n\n'))
      app.get('/download', (_request, response) => void response.type('text/csv').write('a,b\n'))
    },
    (log) => void instrument(log, { metrics: { provider } }),
  )
  return served
}

describe('requests', () => {
  it('are measured by route template, method and status, never by path', async () => {
    const collected = new Collected()
    const { get, untilWide } = await shop(collected.provider)
    for (let id = 0; id < 20; id++) await get(`/orders/${id}?token=${id}`)
    await get('/fail')
    await get('/teapot')
    await get('/nowhere')
    await get('/orders/1', { method: 'PURGE' })
    await untilWide(24)
    const points = await collected.points('http.server.request.duration')
    const common = { 'url.scheme': 'http', 'network.protocol.version': '1.1' }
    expect(points.map(({ attributes, value }) => [attributes, (value as Histogram).count])).toEqual([
      [{ ...common, 'http.request.method': 'GET', 'http.route': '/orders/:id', 'http.response.status_code': 200 }, 20],
      [
        {
          ...common,
          'http.request.method': 'GET',
          'http.route': '/fail',
          'http.response.status_code': 500,
          'error.type': 'RangeError',
        },
        1,
      ],
      [
        {
          ...common,
          'http.request.method': 'GET',
          'http.route': '/teapot',
          'http.response.status_code': 503,
          'error.type': '503',
        },
        1,
      ],
      [{ ...common, 'http.request.method': 'GET', 'http.response.status_code': 404 }, 1],
      [{ ...common, 'http.request.method': '_OTHER', 'http.response.status_code': 404 }, 1],
    ])
    expect((points[0].value as Histogram).buckets.boundaries).toEqual([
      0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ])
  })

  it('are counted while they are active, and no longer when the client has left', async () => {
    const collected = new Collected()
    const { port, untilWide, lines } = await shop(collected.provider)
    const request = http.get({ port, path: '/slow', agent: false }).on('error', () => undefined)
    await untilActive(collected, 1)
    request.destroy()
    await untilWide(1)
    expect(lines.parsed().at(-1)).toMatchObject({ outcome: 'aborted' })
    await untilActive(collected, 0)
    const [aborted] = await collected.points('http.server.request.duration')
    expect(aborted.attributes).toMatchObject({ 'error.type': 'aborted', 'http.route': '/slow' })
    expect(aborted.attributes).not.toHaveProperty('http.response.status_code')
  })

  it('are active no longer where their measuring ends before them', async () => {
    const collected = new Collected()
    let stop = (): void => undefined
    served = await serve(
      (app) => app.get('/slow', () => stop()),
      (log) => void (stop = instrument(log, { metrics: { provider: collected.provider } })),
    )
    const request = http.get({ port: served.port, path: '/slow', agent: false }).on('error', () => undefined)
    await untilActive(collected, 0)
    request.destroy()
    await served.untilWide(1)
    expect((await collected.points('http.server.active_requests'))[0].value).toBe(0)
  })

  it.each([
    { path: '/events', type: undefined },
    { path: '/download', type: 'aborted' },
  ])('have the error type $type where the client leaves in the middle of $path', async ({ path, type }) => {
    const collected = new Collected()
    const { port, untilWide, lines } = await shop(collected.provider)
    http
      .get({ port, path, agent: false }, (response) => response.once('data', () => response.destroy()))
      .on('error', () => undefined)
    await untilWide(1)
    expect(lines.parsed().at(-1)).toMatchObject({ outcome: 'aborted', status: 200 })
    const [point] = await collected.points('http.server.request.duration')
    expect(point.attributes).toMatchObject({ 'http.route': path, 'http.response.status_code': 200 })
    expect(point.attributes['error.type']).toBe(type)
  })

  it('are active by method, and units are none of them', async () => {
    const collected = new Collected()
    let stop = (): void => undefined
    served = await serve(
      (app, log) => app.all('/slow', () => void log.unit('job', () => new Promise(() => undefined))),
      (log) => void (stop = instrument(log, { metrics: { provider: collected.provider } })),
    )
    for (const method of ['GET', 'PATCH', 'PATCH']) {
      const request = http.request({ port: served.port, path: '/slow', agent: false, method })
      request.on('error', () => undefined).end()
    }
    // Connections come in any order.
    const active = async (): Promise<Record<string, unknown>> => {
      const points = await collected.points('http.server.active_requests')
      return Object.fromEntries(
        points.map(({ attributes, value }) => [
          `${String(attributes['http.request.method'])} ${String(attributes['url.scheme'])}`,
          value,
        ]),
      )
    }
    await expect.poll(active).toEqual({ 'GET http': 1, 'PATCH http': 2 })
    stop()
    stop()
    await served.stop()
    served = undefined
    expect(await active()).toEqual({ 'GET http': 0, 'PATCH http': 0 })
  })

  it('that have ended are not taken from the active ones once more when measuring ends', async () => {
    const collected = new Collected()
    let stop = (): void => undefined
    served = await serve(
      (app) => app.get('/', (_request, response) => void response.end()),
      (log) => void (stop = instrument(log, { metrics: { provider: collected.provider } })),
    )
    await served.get('/')
    await served.untilWide(1)
    stop()
    expect((await collected.points('http.server.active_requests'))[0].value).toBe(0)
  })

  it('have the scheme they began with, where HTTP/2 does not know it any more, and are active by it', async () => {
    const collected = new Collected()
    const { log, get, untilWide } = await shop(collected.provider)
    await getByHttp2(log)
    await get('/orders/1')
    await untilWide(2)
    for (const name of ['http.server.request.duration', 'http.server.active_requests']) {
      const points = await collected.points(name)
      expect(points.map(({ attributes }) => attributes['url.scheme'])).toEqual(['https', 'http'])
    }
  })

  it('take as long as their line says', async () => {
    const collected = new Collected()
    const { get, untilWide, lines } = await shop(collected.provider)
    await get('/orders/1')
    await untilWide(1)
    const [point] = await collected.points('http.server.request.duration')
    const { durationMs } = lines.parsed<{ durationMs: number }>()[0]
    expect((point.value as Histogram).sum).toBeCloseTo(durationMs / 1000, 9)
  })
})

async function untilActive(collected: Collected, count: number): Promise<void> {
  for (;;) {
    const [point] = await collected.points('http.server.active_requests')
    if (point?.value === count) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('units', () => {
  it('are measured by name and outcome, in seconds', async () => {
    const collected = new Collected()
    const lines = memory()
    const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
    instrument(log, { metrics: { provider: collected.provider } })
    await log.unit('report', async () => undefined)
    expect(() =>
      log.unit('report', () => {
        throw new TypeError('no')
      }),
    ).toThrow('no')
    const points = await collected.points('wideline.unit.duration')
    const seconds = lines.parsed<{ durationMs: number }>().map(({ durationMs }) => durationMs / 1000)
    expect(points.map(({ value }) => (value as Histogram).sum)).toEqual(seconds)
    expect((points[0].value as Histogram).buckets.boundaries.slice(0, 2)).toEqual([0.005, 0.01])
    expect(points.map(({ attributes }) => attributes)).toEqual([
      { 'wideline.unit.name': 'report', 'wideline.outcome': 'completed' },
      { 'wideline.unit.name': 'report', 'wideline.outcome': 'failed', 'error.type': 'TypeError' },
    ])
  })
})

describe('units without measuring', () => {
  it('are measured by no registered provider either', async () => {
    const collected = new Collected()
    metrics.setGlobalMeterProvider(collected.provider)
    const log = createLogger({ outputs: [memory()] })
    const stop = instrument(log, { metrics: false })
    log.unit('job', () => undefined)
    expect(await collected.points('wideline.unit.duration')).toEqual([])
    expect(await collected.points('wideline.lines')).toEqual([])
    stop()
  })
})

describe('units after the end of measuring', () => {
  it('are measured no more', async () => {
    const collected = new Collected()
    const log = createLogger({ outputs: [memory()] })
    const stop = instrument(log, { metrics: { provider: collected.provider } })
    log.unit('job', () => undefined)
    stop()
    log.unit('job', () => undefined)
    const points = await collected.points('wideline.unit.duration')
    expect(points.map(({ value }) => (value as Histogram).count)).toEqual([1])
  })
})

describe('the name of a unit', () => {
  it.each([
    [{ patterns: ['email'] as const }, 'mail to [Redacted]'],
    [{ keys: { unit: 'remove' } } as const, 'unit'],
  ])('has nothing in it that the logger hides: %j', async (redact, name) => {
    const collected = new Collected()
    const log = createLogger({ outputs: [memory()], redact })
    instrument(log, { metrics: { provider: collected.provider } })
    log.unit('mail to ada@example.com', () => undefined)
    const [{ attributes }] = await collected.points('wideline.unit.duration')
    expect(attributes).toEqual({ 'wideline.unit.name': name, 'wideline.outcome': 'completed' })
  })
})

describe.each(API_VERSIONS)('the logger itself, on API %s', (version) => {
  it('shows its counters, and those of an SDK that starts later', async () => {
    loaded = await loadOn(version)
    const { wideline, bridge, api } = loaded
    const log = wideline.createLogger({
      level: 'info',
      outputs: [wideline.memory(), { output: wideline.memory(), level: 'error' }],
    })
    const stop = bridge.instrument(log)
    const collected = new Collected()
    api.metrics.setGlobalMeterProvider(collected.provider)
    log.unit('first', () => undefined)
    log.warn('x')
    log.error('y')
    const valuesOf = async (name: string): Promise<[unknown, unknown][]> =>
      (await collected.points(name)).map(({ attributes, value }) => [attributes, value])
    expect(await valuesOf('wideline.lines')).toEqual(
      [
        ['trace', 0],
        ['debug', 0],
        ['info', 1],
        ['warn', 1],
        ['error', 1],
        ['fatal', 0],
        ['panic', 0],
      ].map(([level, count]) => [{ level }, count]),
    )
    expect(await valuesOf('wideline.output.written')).toEqual([
      [{ output: '0' }, 3],
      [{ output: '1' }, 1],
    ])
    for (const name of ['hits', 'misses', 'outstanding', 'retained']) {
      expect(await valuesOf(`wideline.pool.${name}`)).toHaveLength(1)
    }
    expect(await valuesOf('wideline.dropped')).toContainEqual([{ output: '0', reason: 'failed' }, 0])
    expect(await valuesOf('wideline.problems')).toEqual([[{}, 0]])
    stop()
    log.error('unseen')
    expect(await valuesOf('wideline.lines')).toContainEqual([{ level: 'error' }, 1])
  })
})

describe('an SDK that comes in place of another', () => {
  it('has all that follows, and the one before nothing more', async () => {
    const [before, after] = [new Collected(), new Collected()]
    metrics.setGlobalMeterProvider(before.provider)
    const log = createLogger({ outputs: [memory()] })
    const stop = instrument(log)
    log.unit('one', () => undefined)
    metrics.disable()
    metrics.setGlobalMeterProvider(after.provider)
    log.unit('two', () => log.info('x'))
    const namesOf = async (collected: Collected): Promise<unknown[]> =>
      (await collected.points('wideline.unit.duration')).map(({ attributes }) => attributes['wideline.unit.name'])
    expect(await namesOf(before)).toEqual(['one'])
    expect(await namesOf(after)).toEqual(['two'])
    expect(await after.points('wideline.lines')).toHaveLength(7)
    const stats = vi.spyOn(log, 'stats')
    await before.points('wideline.lines')
    expect(stats).not.toHaveBeenCalled()
    stop()
  })

  it('has what is under way with it, and what begins first with it', async () => {
    const [before, after] = [new Collected(), new Collected()]
    const replace = (): void => {
      metrics.disable()
      metrics.setGlobalMeterProvider(after.provider)
    }
    metrics.setGlobalMeterProvider(before.provider)
    const log = createLogger({ outputs: [memory()] })
    const stop = instrument(log)
    log.unit('one', replace)
    expect(await after.points('wideline.unit.duration')).toHaveLength(1)
    stop()
    metrics.disable()
    metrics.setGlobalMeterProvider(before.provider)
    served = await serve(
      (app) => app.get('/slow', () => undefined),
      (logger) => void instrument(logger),
    )
    replace()
    http.get({ port: served.port, path: '/slow', agent: false }).on('error', () => undefined)
    await untilActive(after, 1)
  })
})

describe("the logger's own counters", () => {
  const dropped = async (collected: Collected): Promise<Record<string, unknown>> =>
    Object.fromEntries(
      (await collected.points('wideline.dropped'))
        .filter(({ attributes }) => attributes['output'] === 'none')
        .map(({ attributes, value }) => [attributes['reason'], value]),
    )

  it('have what hooks, filters, samplers and limits left out, by reason', async () => {
    const collected = new Collected()
    const log = createLogger({
      outputs: [memory()],
      hooks: { before: (line) => line.get('kind') === 'probe' && line.drop() },
      filter: "kind != 'noise'",
      sampling: { info: everyNth(2) },
      rateLimit: { perHour: 2 },
    })
    instrument(log, { metrics: { provider: collected.provider } })
    const child = log.child({}, { filter: "kind != 'chatter'" })
    for (const kind of ['probe', 'noise', 'noise', 'a', 'b', 'chatter', 'c', 'd']) child.info('x', { kind })
    expect(log.stats().lines.info).toBe(1)
    expect(await dropped(collected)).toEqual({ nested: 0, hook: 1, filter: 3, sampling: 2, rateLimit: 1 })
  })

  it('are held nowhere while no SDK is there', () => {
    const added = vi.spyOn(createNoopMeter(), 'addBatchObservableCallback')
    instrument(createLogger({ outputs: [memory()] }))()
    expect(added).not.toHaveBeenCalled()
    added.mockRestore()
  })

  it('are those of all loggers of a provider, and do not fall when one ends', async () => {
    const collected = new Collected()
    const options = { metrics: { provider: collected.provider } }
    const [one, two] = [1, 2].map(() => createLogger({ outputs: [memory()] }))
    const endOne = instrument(one, options)
    const endTwo = instrument(two, options)
    const infos = async (): Promise<unknown> =>
      (await collected.points('wideline.lines')).find(({ attributes }) => attributes['level'] === 'info')?.value
    for (let n = 0; n < 5; n++) one.info('x')
    two.info('x')
    expect(await infos()).toBe(6)
    expect((await collected.points('wideline.output.written')).map(({ value }) => value)).toEqual([6])
    const endChild = instrument(one.child({}), options)
    expect(await infos()).toBe(6)
    endChild()
    endChild()
    endOne()
    one.info('unseen')
    two.info('x')
    expect(await infos()).toBe(7)
    const endAgain = instrument(one, options)
    expect(await infos()).toBe(8)
    endAgain()
    expect(await infos()).toBe(8)
    const ends = [one, one.child({})].map((log) => instrument(log, options))
    expect(await infos()).toBe(8)
    for (const end of [...ends, endTwo]) end()
  })

  it('do not fall when the last logger ends and another comes, and are asked of nobody between', async () => {
    const collected = new Collected()
    const options = { metrics: { provider: collected.provider } }
    const [one, two] = [1, 2].map(() => createLogger({ outputs: [memory()] }))
    const meter = collected.provider.getMeter('wideline')
    const [added, removed] = [
      vi.spyOn(meter, 'addBatchObservableCallback'),
      vi.spyOn(meter, 'removeBatchObservableCallback'),
    ]
    const endOne = instrument(one, options)
    one.info('x')
    endOne()
    expect(removed.mock.calls).toEqual(added.mock.calls)
    const endTwo = instrument(two, options)
    two.info('x')
    const points = await collected.points('wideline.lines')
    expect(points.find(({ attributes }) => attributes['level'] === 'info')?.value).toBe(2)
    endTwo()
    expect(removed.mock.calls).toEqual(added.mock.calls)
  })

  it('keep an output apart from others when one is taken out', async () => {
    const collected = new Collected()
    const log = createLogger({ outputs: [memory()] })
    instrument(log, { metrics: { provider: collected.provider } })
    const takeOut = log.addOutput(memory())
    log.info('to two')
    log.addOutput(memory())
    log.info('to three')
    takeOut()
    log.addOutput(memory())
    log.info('to three')
    const written = await collected.points('wideline.output.written')
    expect(written.map(({ attributes, value }) => [attributes['output'], value])).toEqual([
      ['0', 3],
      ['2', 2],
      ['3', 1],
    ])
  })
})

describe('instrument', () => {
  it.each([
    [{ spans: 'yes' }, 'instrument.spans must be true or false, got "yes"'],
    [{ metric: true }, 'instrument.metric must be a known option (did you mean metrics?), got "metric"'],
    [{ metrics: 1 }, 'instrument.metrics must be true, false or an object, got 1'],
    [{ metrics: { provider: {} } }, 'instrument.metrics.provider must be a MeterProvider, got an object'],
    [{ metrics: { meter: {} } }, 'instrument.metrics.meter must be one of provider, got "meter"'],
    [{ correlation: 'x' }, 'instrument.correlation must be true, false or names, got "x"'],
    [
      { correlation: { span: 'x' } },
      'instrument.correlation.span must be one of traceId, spanId, traceFlags, got "span"',
    ],
    [{ correlation: { spanId: '' } }, 'instrument.correlation.spanId must be a name, got ""'],
    [{ timeline: {} }, 'instrument.timeline must be one made by timeline(), got an object'],
  ])('refuses %j', (options, message) => {
    expect(() => instrument(createLogger({ outputs: [memory()] }), options as never)).toThrow(message)
  })

  it('leaves nothing behind where the meter provider throws', () => {
    const lines = memory()
    const log = createLogger({ outputs: [{ output: lines, encoder: json() }] })
    const provider = {
      getMeter: () => {
        throw new Error('no meter')
      },
    }
    expect(() => instrument(log, { metrics: { provider } })).toThrow('no meter')
    log.unit('job', () => undefined)
    expect(lines.parsed()[0]).not.toHaveProperty('trace_id')
  })

  it('refuses what is no logger', () => {
    expect(() => instrument({} as never)).toThrow('instrument must be given a Logger made by createLogger()')
  })
})
