import { describe, expect, it } from 'vitest'
import { currentLog, type FieldWriter, type FinishedUnit, loggable, OptionError, type UnitLog } from 'wideline'
import { captureLogs, fixedClock } from 'wideline/testing'

type Line = Record<string, unknown>

function capture(options = {}) {
  const logs = captureLogs(options)
  return { logger: logs.logger, lines: (): Line[] => logs.lines.map((line) => JSON.parse(line) as Line) }
}

describe('a unit', () => {
  it('has one wide line, with what was set anywhere in it', async () => {
    const clock = fixedClock()
    const { logger, lines } = capture({ clock })
    const result = await logger.unit('nightly', { fields: { region: 'eu' } }, async (unit) => {
      unit.set({ rows: 1 })
      await Promise.resolve()
      currentLog()!.set({ rows: 2 })
      unit.fields.string('by', 'cron')
      clock.advance(12.5)
      return 'done'
    })
    expect(result).toBe('done')
    expect(lines()).toMatchObject([
      {
        level: 'info',
        msg: 'unit completed',
        unit: 'nightly',
        outcome: 'completed',
        durationMs: 12.5,
        rows: 2,
        by: 'cron',
        region: 'eu',
      },
    ])
    expect(currentLog()).toBeUndefined()
    expect(logger.stats().entries.outstanding).toBe(0)
  })

  it('gives back what its function returns, at once where it returns at once', () => {
    const { logger, lines } = capture()
    expect(logger.unit('sync', () => 42)).toBe(42)
    expect(lines()).toMatchObject([{ unit: 'sync', outcome: 'completed' }])
  })

  it.each([
    {
      name: 'throws',
      run: () => {
        throw new Error('broken')
      },
    },
    { name: 'rejects', run: () => Promise.reject(new Error('broken')) },
  ])('that $name has failed, and the error goes on to its caller', async ({ run }) => {
    const { logger, lines } = capture()
    await expect(Promise.resolve().then(() => logger.unit('job', run))).rejects.toThrow('broken')
    expect(lines()).toMatchObject([
      { level: 'error', msg: 'unit failed', outcome: 'failed', error: { message: 'broken' } },
    ])
  })

  it('that is given up on purpose was aborted', async () => {
    const { logger, lines } = capture()
    const signal = AbortSignal.abort()
    await expect(logger.unit('job', async () => signal.throwIfAborted())).rejects.toThrow('aborted')
    expect(lines()).toMatchObject([{ level: 'warn', outcome: 'aborted', error: { type: 'AbortError' } }])
  })

  it('within another belongs to its trace', () => {
    const { logger, lines } = capture()
    logger.unit('outer', () => logger.unit('inner', (unit) => unit.info('inside')))
    const [inside, inner, outer] = lines()
    expect(inner).toMatchObject({ unit: 'inner', traceId: outer['traceId'], parentSpanId: outer['spanId'] })
    expect(inside).toMatchObject({ msg: 'inside', unitId: inner['unitId'], traceId: outer['traceId'] })
    expect(outer['parentSpanId']).toBeUndefined()
    expect(inner['spanId']).not.toBe(outer['spanId'])
  })

  it('continues the trace of a message', () => {
    const { logger, lines } = capture()
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    let headers: Record<string, string> = {}
    logger.unit('message', { traceparent, tracestate: 'a=1' }, (unit) => {
      headers = unit.traceHeaders()
    })
    const [line] = lines()
    expect(line).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' })
    expect(headers).toEqual({
      traceparent: `00-${String(line['traceId'])}-${String(line['spanId'])}-01`,
      tracestate: 'a=1',
    })
  })

  it('measures named durations: the last value counts', async () => {
    const clock = fixedClock()
    const { logger, lines } = capture({ clock })
    await logger.unit('job', async (unit) => {
      await unit.time('db', async () => clock.advance(3))
      unit.time('db', () => clock.advance(5))
      const stop = unit.start('render')
      clock.advance(7)
      expect(stop()).toBe(7)
      expect(() =>
        unit.time('fails', () => {
          clock.advance(1)
          throw new Error('x')
        }),
      ).toThrow('x')
    })
    expect(lines()).toMatchObject(
      [{ dbMs: 5, rendMs: undefined, renderMs: 7, failsMs: 1 }].map(({ rendMs: _none, ...rest }) => rest),
    )
  })

  it('runs a lazy query once, within itself, and measures it', async () => {
    const { logger, lines } = capture()
    const ranIn: (string | undefined)[] = []
    const query: PromiseLike<number> = {
      // oxlint-disable-next-line unicorn/no-thenable -- a query of Knex is one
      then: (ok, no) => {
        ranIn.push(currentLog()?.unitName)
        return Promise.resolve(7).then(ok, no)
      },
    }
    expect(await logger.unit('timed', async (unit) => unit.time('db', () => query))).toBe(7)
    expect(await logger.unit('bare', () => query)).toBe(7)
    expect(ranIn).toEqual(['timed', 'bare'])
    expect(lines()).toMatchObject([{ unit: 'timed', dbMs: expect.any(Number) as number }, { unit: 'bare' }])
  })

  it.each(['sync', 'async'])('lasts as long as a generator, and each step of it is within, %s', async (kind) => {
    const clock = fixedClock()
    const { logger, lines } = capture({ clock })
    const names: (string | undefined)[] = []
    const step = (): number => {
      clock.advance(5)
      names.push(currentLog()?.unitName)
      return names.length
    }
    function* rows(unit: UnitLog): Generator<number, string> {
      yield step()
      unit.info('between')
      yield step()
      return 'end'
    }
    async function* rowsInTime(unit: UnitLog): AsyncGenerator<number, string> {
      yield step()
      await Promise.resolve()
      unit.info('between')
      yield step()
      return 'end'
    }
    const found: number[] = []
    const made = kind === 'sync' ? logger.unit('rows', rows) : logger.unit('rows', rowsInTime)
    expect(lines()).toEqual([])
    expect(currentLog()).toBeUndefined()
    for await (const row of made) {
      found.push(row)
      expect(currentLog()).toBeUndefined()
    }
    expect(found).toEqual([1, 2])
    expect(names).toEqual(['rows', 'rows'])
    expect(lines()).toMatchObject([
      { msg: 'between', unitId: expect.any(String) as string },
      { unit: 'rows', outcome: 'completed', durationMs: 10 },
    ])
    expect(await made.next()).toEqual({ done: true, value: undefined })
    expect(lines()).toHaveLength(2)
  })

  it('ends where a generator is left, fails, or is thrown at', async () => {
    const { logger, lines } = capture({ level: 'debug' })
    function* counted(): Generator<number> {
      for (let count = 0; ; count++) yield count
    }
    for (const count of logger.unit('left', counted)) if (count === 2) break
    const failing = logger.unit('fails', async function* () {
      yield 1
      await Promise.reject(new Error('broken'))
    })
    await failing.next()
    await expect(failing.next()).rejects.toThrow('broken')
    const thrownAt = logger.unit('thrown at', { context: false }, counted)
    thrownAt.next()
    expect(() => thrownAt.throw(new Error('enough'))).toThrow('enough')
    expect(() => thrownAt.throw(new Error('more'))).toThrow('more')
    expect(lines()).toMatchObject([
      { unit: 'left', outcome: 'completed' },
      { unit: 'fails', outcome: 'failed', error: { message: 'broken' } },
      { unit: 'thrown at', outcome: 'failed', error: { message: 'enough' } },
    ])
    expect(lines()).toHaveLength(3)
  })

  it('measures and holds a generator until it is over', () => {
    const clock = fixedClock()
    const { logger, lines } = capture({ clock })
    function* slow(log: { info(message: string): void }): Generator<number> {
      log.info('held')
      clock.advance(7)
      yield 1
    }
    logger.unit('job', (unit) => {
      const rows = unit.time('rows', () => slow({ info: () => undefined }))
      expect([...rows]).toEqual([1])
      // It is over: whoever asks or leaves it again adds nothing.
      clock.advance(50)
      rows.next()
      rows.return(undefined)
    })
    expect([...logger.hold({}, slow)]).toEqual([1])
    expect(lines()).toMatchObject([{ unit: 'job', rowsMs: 7 }])
    expect(lines()).toHaveLength(1)
  })

  it('gives back the promise that it measures', async () => {
    const { logger } = capture()
    const promise = Promise.resolve(7)
    logger.unit('job', (unit) => expect(unit.time('db', () => promise)).toBe(promise))
    await promise
  })

  it('ends where what it returns cannot be waited for', async () => {
    const { logger, lines } = capture()
    const broken = {
      // oxlint-disable-next-line unicorn/no-thenable -- one that throws
      then: () => {
        throw new Error('broken')
      },
    }
    expect(() => logger.unit('job', () => broken)).toThrow('broken')
    expect(() => logger.unit('timed', (unit) => unit.time('db', () => broken))).toThrow('broken')
    expect(() => logger.hold({}, (log) => (log.info('held'), broken))).toThrow('broken')
    expect(lines()).toMatchObject([
      { unit: 'job', outcome: 'failed' },
      { unit: 'timed', outcome: 'failed', dbMs: expect.any(Number) as number },
      { msg: 'held' },
    ])
  })

  it('that is over leaves its log safe: late lines on their own, late fields reported', () => {
    const { logger, lines } = capture({ level: 'debug' })
    let kept: UnitLog | undefined
    logger.unit('job', (unit) => {
      kept = unit
    })
    kept!.info('afterwards')
    kept!.set({ late: 1 })
    kept!.set({ late: 2 })
    logger.unit('next', (unit) => unit.set({ own: true }))
    expect(lines().map(({ msg, late }) => [msg, late])).toEqual([
      ['unit completed', undefined],
      ['afterwards', true],
      ['fields were set after the end of the unit', true],
      ['unit completed', undefined],
    ])
  })

  it('has nothing that a value of another unit writes afterwards', () => {
    const { logger, lines } = capture()
    let kept: FieldWriter | undefined
    const value = {
      [loggable]: (writer: FieldWriter) => {
        kept = writer.string('user', 'first')
      },
    }
    logger.unit('job', (unit) => unit.set(value))
    logger.unit('next', (unit) => {
      unit.set({ own: true })
      kept!.string('user', 'first').int('more', 1)
    })
    expect(lines().map(({ user, more, own }) => [user, more, own])).toEqual([
      ['first', undefined, undefined],
      [undefined, undefined, true],
    ])
  })

  it('under way when the logger closes gets its line', async () => {
    const { logger, lines } = capture()
    let finish: () => void = () => undefined
    const work = logger.unit('long', () => new Promise<void>((resolve) => (finish = resolve)))
    await logger.close()
    expect(lines()).toMatchObject([{ unit: 'long', level: 'warn', outcome: 'aborted', shutdown: true }])
    finish()
    await work
    expect(lines()).toHaveLength(1)
  })

  it('that has ended is none of those that the logger ends when it closes', async () => {
    const { logger, lines } = capture()
    const finish: (() => void)[] = []
    const works = ['first', 'second', 'third', 'fourth'].map((name, i) =>
      logger.unit(name, () => new Promise<void>((resolve) => (finish[i] = resolve))),
    )
    for (const i of [1, 3]) {
      finish[i]()
      await works[i]
      logger.unit('short', () => undefined)
    }
    await logger.close()
    expect(lines().map(({ unit, outcome }) => [unit, outcome])).toEqual([
      ['second', 'completed'],
      ['short', 'completed'],
      ['fourth', 'completed'],
      ['short', 'completed'],
      ['third', 'aborted'],
      ['first', 'aborted'],
    ])
  })

  it('tells what it works on while it is under way, and at its end', () => {
    const { logger } = capture()
    const request = { queue: 'orders' }
    const seen: unknown[] = []
    const message = (unit: FinishedUnit) => String(seen.push(unit.request))
    const log = logger.unit('job', { request, message }, (unit) => {
      seen.push(unit.request)
      return unit
    })
    expect([...seen, log.request]).toEqual([request, request, undefined])
    expect(seen[0]).toBe(request)
  })

  it('is heard of by listeners, at its beginning and at its end', () => {
    const { logger } = capture()
    const heard: unknown[] = []
    const stop = logger.observeUnits({
      started: (log) => heard.push(['started', log.traceId.length]),
      finished: ({ kind, name, outcome, durationMs }: FinishedUnit) =>
        heard.push([kind, name, outcome, durationMs >= 0]),
    })
    logger.unit('job', () => undefined)
    stop()
    logger.unit('unheard', () => undefined)
    expect(heard).toEqual([
      ['started', 32],
      ['unit', 'job', 'completed', true],
    ])
  })

  it('is heard of by all listeners, also where one takes itself away', () => {
    const { logger } = capture()
    const stop = logger.observeUnits({ finished: () => stop() })
    let heard = 0
    logger.observeUnits({ finished: () => heard++ })
    for (let i = 0; i < 3; i++) logger.unit('job', () => undefined)
    expect(heard).toBe(3)
  })

  it('keeps going when a listener throws', () => {
    const { logger, lines } = capture({ onError: () => undefined })
    logger.observeUnits({
      finished: () => {
        throw new Error('listener')
      },
    })
    logger.unit('job', () => undefined)
    expect(lines()).toMatchObject([{ unit: 'job' }])
  })

  it('tells which of the functions among its options threw', () => {
    const problems: Error[] = []
    const { logger, lines } = capture({ level: 'info', onError: (problem: Error) => problems.push(problem) })
    const reason = new TypeError('no tenant')
    const broken = (): never => {
      throw reason
    }
    logger.unit('job', { level: broken, message: broken, recorder: { when: broken } }, (unit) => unit.debug('recorded'))
    logger.unit('job', { sampling: { share: 0, keep: broken } }, () => undefined)
    expect(lines()).toHaveLength(3)
    expect(problems).toEqual(
      ['recorder.when', 'level', 'message', 'sampling.keep'].map(
        (name) => new Error(`${name}() failed: no tenant`, { cause: reason }),
      ),
    )
  })

  it('asks functions that give promises, reports each, and ends by its outcome', async () => {
    const problems: Error[] = []
    const { logger, lines } = capture({ level: 'info', onError: (problem: Error) => problems.push(problem) })
    const late = (): never => Promise.reject(new Error('too late')) as never
    logger.observeUnits({ started: late, finished: late })
    const options = { level: late, message: late, recorder: { when: late }, sampling: { share: 0, keep: late } }
    logger.unit('job', options, (unit) => unit.debug('recorded'))
    logger.unit('job', { sampling: options.sampling }, () => undefined)
    await new Promise(setImmediate)
    expect(lines()).toMatchObject([
      { level: 'debug', msg: 'recorded' },
      { level: 'info', msg: 'unit completed' },
      { level: 'info', msg: 'unit completed' },
    ])
    expect(problems.map(({ message }) => message)).toEqual([
      ...['recorder.when', 'level', 'message', 'sampling.keep'].map(
        (name) => `${name}() gave a promise, which nothing waits for`,
      ),
      ...['started', 'finished', 'started', 'finished'].map(() => 'too late'),
    ])
  })

  it('has its current log by choice only', () => {
    const { logger } = capture()
    logger.unit('job', { context: false }, (unit) => {
      expect(currentLog()).toBeUndefined()
      unit.set({ works: true })
    })
  })

  it('refuses options that cannot be used, before anything runs', () => {
    const { logger, lines } = capture()
    const never = () => {
      throw new Error('it ran')
    }
    expect(() => logger.unit('', never)).toThrow(OptionError)
    expect(() => logger.unit('job', { slowMs: -1 }, never)).toThrow(/unit\.slowMs must be a number from 0 on/)
    expect(() => logger.unit('job', { recorder: { level: 'debg' as 'debug' } }, never)).toThrow(/unit\.recorder\.level/)
    expect(() => logger.unit('job', { sampling: { share: 2 } }, never)).toThrow(/unit\.sampling\.share/)
    expect(() => logger.unit('job', undefined as never)).toThrow('unit must be a function, got undefined')
    expect(() => logger.unit('job', {}, 'run' as never)).toThrow('unit must be a function, got "run"')
    expect(lines()).toEqual([])
  })
})

describe('tail sampling', () => {
  it('keeps a share, tells it on the line, and keeps all that failed, was slow or is wanted', () => {
    const { logger, lines } = capture()
    const sampling = {
      share: 0.25,
      routes: { never: 0, always: 1 },
      keep: ({ fields }: FinishedUnit) => fields.count > 0,
    }
    for (let i = 0; i < 4_000; i++) logger.unit('job', { sampling }, () => undefined)
    const kept = lines().length
    expect(kept).toBeGreaterThan(850)
    expect(kept).toBeLessThan(1_150)
    expect(lines().every((line) => line['share'] === 0.25)).toBe(true)
    logger.unit('never', { sampling }, () => undefined)
    expect(lines()).toHaveLength(kept)
    logger.unit('always', { sampling }, () => undefined)
    logger.unit('never', { sampling }, (unit) => unit.set({ wanted: true }))
    logger.unit('never', { sampling, slowMs: 0 }, () => undefined)
    expect(() =>
      logger.unit('never', { sampling }, () => {
        throw new Error('x')
      }),
    ).toThrow('x')
    expect(
      lines()
        .slice(kept)
        .map(({ unit, share }) => [unit, share]),
    ).toEqual([
      ['always', undefined],
      ['never', undefined],
      ['never', undefined],
      ['never', undefined],
    ])
  })

  it('keeps what its handler has at error, and takes no name of an object for a route', () => {
    const { logger, lines } = capture()
    const sampling = { share: 0, routes: {} }
    const handler = { route: '', controller: 'Bank', handler: 'pay', level: 'error' } as const
    logger.unit('job', { sampling }, (unit) => unit.setHandler(handler, undefined))
    logger.unit('constructor', { sampling }, () => undefined)
    expect(lines()).toMatchObject([{ level: 'error', unit: 'job' }])
    logger.unit('constructor', { sampling: { routes: {} } }, () => undefined)
    expect(lines()).toHaveLength(2)
    expect(lines()[1]).not.toHaveProperty('share')
  })

  it('goes by the end of the trace id, with the same answer for all of a trace', () => {
    const { logger, lines } = capture()
    const traced = (end: string) => `00-${end.padStart(32, 'f')}-b7ad6b7169203331-01`
    for (const end of ['0000000000000', '7ffffffffffff', '8000000000000', 'fffffffffffff']) {
      for (const [name, share] of [['none', 0] as const, ['half', 0.5] as const]) {
        logger.unit(name, { sampling: { share }, traceparent: traced(end) }, () => undefined)
      }
    }
    expect(lines().map(({ unit, traceId, share }) => [unit, String(traceId).slice(-13), share])).toEqual([
      ['half', '0000000000000', 0.5],
      ['half', '7ffffffffffff', 0.5],
    ])
  })

  it('without a predicate keeps nothing more where another option has a function', () => {
    const problems: Error[] = []
    const { logger, lines } = capture({ onError: (problem: Error) => problems.push(problem) })
    logger.unit('job', { sampling: { share: 0 }, level: () => 'error' }, () => undefined)
    logger.unit('job', { sampling: { share: 0, routes: {} }, message: () => 'done' }, () => undefined)
    expect(lines()).toEqual([])
    expect(problems).toEqual([])
  })
})
