import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ContextLogger,
  createLogger,
  fields,
  int,
  json,
  type Logger,
  memory,
  string,
  template,
  type UnitLog,
} from 'wideline'
import { fixedClock } from 'wideline/testing'
import { strictParse } from '../encoders/strict-json.js'
import { runs } from '../runs.js'

// Lines of a unit that need no entry: ids stand behind the context of whichever logger writes them.

interface Lines {
  readonly logger: Logger
  /** Every line so far, less what is another one in each run. */
  texts(): string[]
  lines(): Record<string, unknown>[]
}

/** @param hasHook - A hook sees each line: every one takes an entry. */
function capture(hasHook = false, context?: Record<string, unknown>): Lines {
  const output = memory()
  const logger = createLogger({
    level: 'info',
    clock: fixedClock(),
    outputs: [{ output, encoder: json() }],
    ...(context === undefined ? {} : { fields: context }),
    ...(hasHook ? { hooks: { before: [() => undefined] } } : {}),
  })
  return {
    logger,
    texts: () => output.lines.map((line) => line.replace(/"(traceId|spanId|parentSpanId)":"\w+"/g, '"$1":""')),
    lines: () => output.lines.map((line) => strictParse(line) as Record<string, unknown>),
  }
}

const Order = fields({ orderId: int(), status: string() })

const CALLS: Record<string, (log: Logger) => void> = {
  'a message': (log) => log.debug('m'),
  'a message and fields': (log) => log.debug('m', { a: 1, b: 'text', c: { d: [true, null] }, e: undefined }),
  'fields first': (log) => log.debug({ a: 1 }, 'm'),
  'fields alone': (log) => log.debug({ a: 1, msg: 'own' }),
  'a declared set': (log) => log.debug('m', Order, { orderId: 1, status: 'paid' }),
  'an error': (log) => log.debug('m', Object.assign(new Error('x'), { stack: 'Error: x' })),
  'an error among fields': (log) => log.debug('m', { a: Object.assign(new Error('x'), { stack: 'Error: x' }) }),
  printf: (log) => log.debug('%s is %d', 'a', 1, { b: 2 }),
  'a template': (log) => log.debug(template('order {id} is {state}'), { id: 1, state: 'paid' }),
  'a typed chain': (log) => log.at('debug')?.int('a', 1).msg('m'),
  'a secret': (log) => log.debug('m', { password: 'x', a: 1 }),
  'names of the line itself': (log) => log.debug('m', { level: 1, time: 2, a: 3 }),
  'a long text': (log) => log.debug('m', { text: 'x'.repeat(10_000), a: 1 }),
}

describe.each(['info', 'debug'] as const)('a line of a unit, where the level is %s', (level) => {
  it.each(Object.keys(CALLS))('is the same as with columns: %s', (name) => {
    const [short, long] = [false, true].map((hasHook) => {
      const captured = capture(hasHook, { service: { name: 'shop' } })
      captured.logger.level = level
      captured.logger.unit('job', { id: 'j-1', recorder: true }, (unit) => {
        for (const log of [unit, unit, unit.child({ deep: 1 }), unit.getLogger('db')]) CALLS[name](log)
        unit.setError(Object.assign(new Error('x'), { stack: 'Error: x' }))
      })
      return captured.texts()
    })
    expect(short).toEqual(long)
    expect(short.filter((line) => line.includes('"unitId":"j-1"'))).toHaveLength(5)
  })
})

describe.each([false, true])('the ids on the lines of a unit (recorded: %s)', (isRecorded) => {
  /** What its lines say, less what all say. */
  function written(
    context: Record<string, unknown> | undefined,
    run: (unit: UnitLog, logger: Logger) => void,
  ): object[] {
    const captured = capture(false, context)
    if (!isRecorded) captured.logger.level = 'debug'
    captured.logger.unit('job', { id: 'j-1', recorder: true }, (unit) => {
      run(unit, captured.logger)
      unit.setError(new Error('x'))
    })
    return captured
      .lines()
      .slice(0, -1)
      .map(({ level: _level, time: _time, ...rest }) => rest)
  }

  it('yield to a field of their name, which stands once', () => {
    const lines = written(undefined, (unit) => {
      unit.debug('m', { a: 1, unitId: 'own', b: 2 })
      unit.debug('m', { a: 1 })
    })
    expect(lines).toEqual([
      { msg: 'm', a: 1, unitId: 'own', b: 2 },
      { msg: 'm', unitId: 'j-1', a: 1 },
    ])
  })

  it('go before a field of their name that the logger has', () => {
    const lines = written({ unitId: 'of all', a: 1 }, (unit) => {
      unit.debug('m')
      unit.child({ unitId: 'of a child' }).debug('m')
    })
    expect(lines).toEqual([
      { msg: 'm', a: 1, unitId: 'j-1' },
      { msg: 'm', a: 1, unitId: 'j-1' },
    ])
  })

  it('are more from the moment on in which the trace is asked for', () => {
    let traceId = ''
    const lines = written(undefined, (unit) => {
      unit.debug('before')
      ;({ traceId } = unit)
      unit.debug('after')
    })
    expect(lines).toEqual([
      { msg: 'before', unitId: 'j-1' },
      { msg: 'after', unitId: 'j-1', traceId },
    ])
  })

  it('stand behind the context of each logger by turns', () => {
    const lines = written({ service: 'shop' }, (unit, logger) => {
      const others = [unit.child({ a: 1 }), new ContextLogger(logger, 'db'), unit]
      for (let i = 0; i < 2; i++) for (const log of others) log.debug('m', { a: 2, service: 'own' })
    })
    const each = [
      { msg: 'm', unitId: 'j-1', a: 2, service: 'own' },
      { logger: 'db', msg: 'm', unitId: 'j-1', a: 2, service: 'own' },
      { msg: 'm', unitId: 'j-1', a: 2, service: 'own' },
    ]
    expect(lines).toEqual([...each, ...each])
  })

  it.each([undefined, { _unitId: 'of all' }])(
    'have another name once an output takes theirs (context: %j)',
    (context) => {
      const lines = written(context, (unit, logger) => {
        unit.debug('before')
        logger.setOutputs('other', [{ output: memory(), encoder: json({ keys: { level: 'unitId' } }) }])
        unit.debug('after')
      })
      expect(lines).toEqual([
        { msg: 'before', ...context, unitId: 'j-1' },
        { msg: 'after', _unitId: 'j-1' },
      ])
    },
  )

  it('are those of one unit after the other', () => {
    const captured = capture()
    if (!isRecorded) captured.logger.level = 'debug'
    for (const id of ['j-1', 'j-2', 'j-3']) {
      captured.logger.unit('job', { id, recorder: true }, (unit) => {
        unit.debug('m')
        unit.debug('m', { a: 1 })
        unit.setError(new Error('x'))
      })
    }
    expect(captured.lines().map(({ unitId }) => unitId)).toEqual(['j-1', 'j-2', 'j-3'].flatMap((id) => [id, id, id]))
  })

  it('are hidden where they are told to be', () => {
    const output = memory()
    const logger = createLogger({
      level: isRecorded ? 'info' : 'debug',
      redact: { keys: { unitId: 'remove' } },
      outputs: [{ output, encoder: json() }],
    })
    logger.unit('job', { id: 'j-1', recorder: true }, (unit) => {
      unit.debug('m', { a: 1 })
      unit.debug('m')
      unit.setError(new Error('x'))
    })
    expect(output.lines.join('')).not.toContain('j-1')
    expect(output.lines[0]).toMatch(/"msg":"m","a":1\}$/)
  })

  it('are those of the unit that the line belongs to, whatever units stand within', () => {
    const captured = capture()
    if (!isRecorded) captured.logger.level = 'debug'
    captured.logger.unit('whole', { id: 'w', recorder: true }, (whole) => {
      whole.debug('of the whole')
      whole.unit('part', { id: 'p', recorder: true }, (part) => {
        part.debug('of the part')
        whole.debug('of the whole')
        part.setError(new Error('x'))
      })
      whole.setError(new Error('y'))
    })
    const ids = captured.lines().filter(({ level }) => level === 'debug')
    expect(ids.map(({ msg, unitId }) => `${String(msg)}: ${String(unitId)}`).toSorted()).toEqual([
      'of the part: p',
      'of the whole: w',
      'of the whole: w',
    ])
  })
})

describe('a value that is read for a recorded line', () => {
  it('and logs has its line behind that one, both whole', () => {
    const { logger, lines } = capture()
    logger.unit('job', { id: 'j-1', recorder: true }, (unit) => {
      unit.debug('outer', {
        a: 1,
        get b() {
          unit.debug('inner', { c: 'x'.repeat(5_000) })
          unit.child({ d: 1 }).debug('inner too')
          unit.warn('written')
          return 2
        },
        e: 3,
      })
      unit.setError(new Error('x'))
    })
    expect(lines().map(({ msg }) => msg)).toEqual(['written', 'outer', 'inner', 'inner too', 'unit failed'])
    expect(lines()[1]).toMatchObject({ unitId: 'j-1', a: 1, b: 2, e: 3 })
    expect(logger.stats().held.outstanding).toBe(0)
  })

  it.each([false, true])('and logs in another unit leaves both lines whole (by columns: %s)', (byColumns) => {
    const { logger, lines } = capture()
    const names = (unit: UnitLog): object => ({
      a: 1,
      get b() {
        unit.debug('inner', { c: 'x'.repeat(100) })
        return 2
      },
      e: 3,
    })
    logger.unit('one', { id: '1', recorder: true }, (one) => {
      logger.unit('two', { id: '2', recorder: true, context: false }, (two) => {
        for (const inner of [one, two]) {
          if (byColumns) one.at('debug')?.any('of', names(inner)).msg('outer')
          else one.debug('outer', { of: names(inner) })
        }
        two.setError(new Error('x'))
      })
      one.setError(new Error('x'))
    })
    const of = (id: string): unknown[] =>
      lines()
        .filter(({ unitId, level }) => unitId === id && level === 'debug')
        .map(({ msg, of: value, c }) => ({ msg, ...(value as object), c }))
    const outer = { msg: 'outer', a: 1, b: 2, e: 3, c: undefined }
    const inner = { msg: 'inner', c: 'x'.repeat(100) }
    expect(of('1')).toEqual([outer, inner, outer])
    expect(of('2')).toEqual([inner])
  })

  it('and ends the unit leaves no buffer behind', async () => {
    const { logger, lines } = capture()
    let close: Promise<void> | undefined
    logger.unit('job', { id: 'j-1', recorder: true }, (unit) => {
      unit.debug('before')
      unit.debug('outer', {
        get a() {
          close ??= logger.close()
          return 1
        },
      })
      unit.debug('late')
    })
    await close
    expect(lines().every(({ msg }) => msg !== 'outer')).toBe(true)
    expect(logger.stats().held.outstanding).toBe(0)
  })

  it('and brings another output each time comes to an end', () => {
    const { logger } = capture()
    let times = 0
    const bag = {
      get a(): number {
        times++
        logger.setOutputs('', [{ output: memory(), encoder: json() }])
        current.debug('again', bag)
        return 1
      },
    }
    let current: Logger = logger
    logger.unit('job', { recorder: true }, (unit) => {
      current = unit
      unit.debug('first', bag)
    })
    expect(times).toBeGreaterThan(0)
    expect(times).toBeLessThan(50)
    expect(logger.stats().held.outstanding).toBe(0)
  })
})

describe('a recorded line', () => {
  it('is for outputs of its level only', () => {
    const output = memory()
    const logger = createLogger({ level: 'warn', outputs: [{ output, encoder: json(), level: 'info' }] })
    logger.unit('job', { recorder: true }, (unit) => {
      for (const log of [unit, new ContextLogger(logger, 'db')]) {
        log.debug('too low')
        log.info('recorded')
      }
      unit.setError(new Error('x'))
    })
    expect(output.lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'recorded',
      'recorded',
      'unit failed',
    ])
  })
})

describe.each([false, true])('a line of a unit that is under way (recorded: %s)', (isRecorded) => {
  /** What its debug lines say, less what all say. */
  function written(run: (unit: UnitLog, logger: Logger) => void): object[] {
    const { logger, lines } = capture(false, { service: 'shop' })
    if (!isRecorded) logger.level = 'debug'
    logger.unit('job', { id: 'j-1', recorder: true }, (unit) => {
      run(unit, logger)
      if (!unit.isClosed) unit.setError(new Error('x'))
    })
    return lines()
      .filter(({ level }) => level === 'debug')
      .map(({ level: _level, time: _time, ...rest }) => rest)
  }

  it('has the fields of its logger once, whichever logger a value of it logs by', () => {
    const lines = written((unit) => {
      const child = unit.child({ a: 1, b: 2 })
      child.debug('outer', {
        get c() {
          unit.debug('inner')
          return 3
        },
        a: 'own',
      })
      child.debug('outer', {
        get c() {
          unit.child({ d: 4 }).debug('inner')
          return 3
        },
        unitId: 'own',
      })
    })
    expect(lines).toEqual([
      { msg: 'outer', service: 'shop', b: 2, unitId: 'j-1', c: 3, a: 'own' },
      { msg: 'inner', service: 'shop', unitId: 'j-1' },
      { msg: 'outer', service: 'shop', a: 1, b: 2, c: 3, unitId: 'own' },
      { msg: 'inner', service: 'shop', d: 4, unitId: 'j-1' },
    ])
  })

  it('is read once where a value of it asks for the trace', () => {
    let reads = 0
    let traceId = ''
    const lines = written((unit) => {
      unit.debug('m', {
        get a() {
          ;({ traceId } = unit)
          return ++reads
        },
        service: 'own',
      })
      unit.debug('m')
    })
    expect(lines).toEqual([
      { msg: 'm', unitId: 'j-1', a: 1, service: 'own' },
      { msg: 'm', service: 'shop', unitId: 'j-1', traceId },
    ])
  })

  it('is read once, and of its unit, where a value of it ends that and begins another', () => {
    let reads = 0
    const lines = written((unit, logger) => {
      unit.debug('outer', {
        get a() {
          void logger.close()
          logger.unit('other', { id: 'j-2' }, () => reads++)
          return 1
        },
        service: 'own',
      })
    })
    expect(reads).toBe(1)
    expect(lines).toEqual(isRecorded ? [] : [{ msg: 'outer', unitId: 'j-1', a: 1, service: 'own' }])
  })
})

it('has the fields of its logger where the clock logs by another', () => {
  const output = memory()
  let ticking: Logger | undefined
  const logger = createLogger({
    outputs: [{ output, encoder: json() }],
    clock: {
      now() {
        const log = ticking
        ticking = undefined
        log?.info('tick')
        return 0
      },
    },
  })
  logger.unit('job', { id: 'j-1' }, (unit) => {
    ticking = unit.child({ b: 1 })
    unit.child({ a: 1 }).info('m')
  })
  expect(output.lines.slice(0, 2).map((line) => line.slice(line.indexOf('"msg"')))).toEqual([
    '"msg":"tick","b":1,"unitId":"j-1"}',
    '"msg":"m","a":1,"unitId":"j-1"}',
  ])
})

it('has ids that are whole, although a function that hides one logs', () => {
  const output = memory()
  let hiding: Logger | undefined
  const hide = (value: unknown): string => {
    const log = hiding
    hiding = undefined
    log?.info('hiding')
    return `hidden ${String(value)}`
  }
  const logger = createLogger({ outputs: [{ output, encoder: json() }], redact: { keys: { unitId: hide } } })
  logger.unit('job', { id: 'j-1' }, (unit) => {
    hiding = unit
    unit.info('m')
    unit.info('m')
  })
  const ids = output.lines.map((line) => (JSON.parse(line) as { unitId: string }).unitId)
  expect(ids).toEqual(Array.from({ length: 4 }, () => 'hidden j-1'))
})

describe('units whose lines come by turns', () => {
  /** What a step does to one of the units under way. */
  const STEPS: Record<string, (unit: UnitLog) => void> = {
    line: (unit) => unit.info('m'),
    fields: (unit) => unit.info('m', { a: 1, b: 'text' }),
    own: (unit) => unit.info('m', { unitId: 'own', requestId: 2 }),
    child: (unit) => unit.child({ deep: 1 }).info('m', { a: 1 }),
    within: (unit) =>
      unit.info('m', {
        get a() {
          return (unit.info('first'), 1)
        },
        b: 2,
      }),
    trace: (unit) => void unit.traceId,
    unit: (unit) => unit.unit('part', { id: 'p' }, (part) => part.info('m')),
  }
  const ids = fc.oneof(
    fc.constantFrom('a', 'bb', 'cc', 'dd"e', 'ff\\g', 'hhhé', '日本', '"', '","x":"', 'x'.repeat(256)),
    fc.string({ minLength: 1, maxLength: 12 }),
  )
  const request = fc.option(fc.constantFrom('r-1', 'r-2', 'request-3', 'q'), { nil: undefined })
  const anyUnit = fc.record({ id: ids, within: request })
  const step = fc.tuple(fc.nat({ max: 5 }), fc.constantFrom(...Object.keys(STEPS), 'end'))

  /** Every line of units that are under way all at once, after these steps. */
  async function play(
    hasHook: boolean,
    units: readonly { id: string; within: string | undefined }[],
    steps: readonly [number, string][],
  ) {
    const captured = capture(hasHook, { service: 'shop' })
    const open = units.map(({ id, within }) => {
      let end = (): void => undefined
      let log: UnitLog | undefined
      const run = (made: UnitLog): Promise<void> => {
        log = made
        return new Promise((resolve) => (end = resolve))
      }
      const parent = within === undefined ? captured.logger : captured.logger.child({ parent: within })
      const done = parent.unit('job', { id, context: false }, run)
      return { log: log!, end: () => (end(), done) }
    })
    for (const [at, name] of steps) {
      const one = open[at % open.length]
      if (name === 'end') await one.end()
      else STEPS[name](one.log)
    }
    for (const one of open) await one.end()
    return captured
  }

  const said = (captured: Lines): string[] =>
    captured
      .texts()
      .map((text) =>
        JSON.stringify(
          Object.entries(strictParse(text) as object)
            .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
            .toSorted(),
        ),
      )
      .toSorted()

  it('have their own ids, as with columns', async () => {
    const plan = fc.record({
      units: fc.array(anyUnit, { minLength: 1, maxLength: 4 }),
      steps: fc.array(step, { maxLength: 30 }),
    })
    await fc.assert(
      fc.asyncProperty(plan, async ({ units, steps }) => {
        const [short, long] = [await play(false, units, steps), await play(true, units, steps)]
        // A line that a getter logs comes before or behind the one it is read for, and ids where the line's own field stands or not.
        expect(said(short)).toEqual(said(long))
      }),
      { numRuns: runs(400), endOnFailure: true },
    )
  })

  it('have ids that differ by a letter, and as many times as they take turns', () => {
    const captured = capture()
    captured.logger.unit('outer', { id: 'job-1' }, (outer) =>
      captured.logger.unit('inner', { id: 'job-2', context: false }, (inner) => {
        for (let i = 0; i < 3; i++) {
          outer.info('m')
          inner.info('m')
        }
      }),
    )
    const seen = captured.lines().map(({ unitId }) => unitId)
    expect(seen).toEqual(['job-1', 'job-2', 'job-1', 'job-2', 'job-1', 'job-2', 'job-2', 'job-1'])
  })

  it('show none that is hidden, though it is as long as what stands for it', () => {
    const output = memory()
    const logger = createLogger({ outputs: [{ output, encoder: json() }], redact: ['unitId'] })
    for (const id of ['[Redacted]', 'unit-00001'])
      logger.unit('job', { id }, (unit) => (unit.info('m'), unit.info('m')))
    const lines = output.lines.map((line) => strictParse(line) as Record<string, unknown>)
    expect(lines.map(({ unitId }) => unitId)).toEqual(new Array(6).fill('[Redacted]'))
  })
})
