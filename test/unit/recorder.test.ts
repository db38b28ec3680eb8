import { describe, expect, it } from 'vitest'
import { ContextLogger, createLogger, type HeldLog, memory, json, PanicError } from 'wideline'
import { captureLogs, fixedClock } from 'wideline/testing'

const messages = (lines: readonly string[]): unknown[] => lines.map((line) => (JSON.parse(line) as { msg: string }).msg)

describe('the flight recorder', () => {
  it('writes what it holds just before the wide line of a unit that fails, and nothing of one that does not', () => {
    const clock = fixedClock('2026-01-01T00:00:00.000Z')
    const { logger, lines } = captureLogs({ clock, level: 'info' })
    logger.unit('good', { recorder: true }, (unit) => unit.debug('unheard'))
    expect(() =>
      logger.unit('bad', { recorder: true }, (unit) => {
        unit.debug('one', { n: 1 })
        clock.advance(5)
        unit.child({ part: 'x' }).debug('two')
        unit.trace('below the recorder')
        unit.info('written at once')
        throw new Error('broken')
      }),
    ).toThrow('broken')
    expect(messages(lines)).toEqual(['unit completed', 'written at once', 'one', 'two', 'unit failed'])
    expect(JSON.parse(lines[2])).toMatchObject({ level: 'debug', time: '2026-01-01T00:00:00.000Z', n: 1 })
    expect(JSON.parse(lines[3])).toMatchObject({ time: '2026-01-01T00:00:00.005Z', part: 'x' })
    expect(logger.stats().held.outstanding).toBe(0)
  })

  it.each([
    { when: 'failed-or-slow', slow: true, fails: false, want: true },
    { when: 'failed', slow: true, fails: false, want: false },
    { when: 'failed', slow: false, fails: true, want: true },
    { when: 'slow', slow: true, fails: false, want: true },
    { when: 'slow', slow: false, fails: true, want: false },
    { when: ({ name }: { name: string }) => name === 'job', slow: false, fails: false, want: true },
    { when: () => false, slow: true, fails: true, want: false },
    {
      when: (): boolean => {
        throw new Error('predicate')
      },
      slow: false,
      fails: false,
      want: true,
    },
  ] as const)('with when: $when, slow: $slow, fails: $fails: $want', ({ when, slow, fails, want }) => {
    const clock = fixedClock()
    const { logger, lines } = captureLogs({ clock, level: 'info', onError: () => undefined })
    logger.unit('job', { recorder: { when }, slowMs: 100 }, (unit) => {
      unit.debug('recorded')
      if (slow) clock.advance(100)
      if (fails) unit.setError(new Error('x'))
    })
    expect(messages(lines).includes('recorded')).toBe(want)
    expect(JSON.parse(lines.at(-1)!)['slow']).toBe(slow ? true : undefined)
  })

  it('has lines counted at their level, when they are written', () => {
    const { logger } = captureLogs({ level: 'info' })
    for (const fails of [false, true]) {
      logger.unit('job', { recorder: { level: 'trace' } }, (unit) => {
        for (const level of ['trace', 'debug', 'debug'] as const) unit[level]('m')
        expect(logger.stats().lines).toMatchObject({ trace: 0, debug: 0 })
        if (fails) unit.setError(new Error('x'))
      })
    }
    expect(logger.stats().lines).toEqual({ trace: 1, debug: 2, info: 1, warn: 0, error: 1, fatal: 0, panic: 0 })
  })

  it('lets the oldest lines go when its bound is hit, and tells how many', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    logger.unit('job', { recorder: { maxBytes: 1_024 } }, (unit) => {
      for (let i = 0; i < 100; i++) unit.debug(`line ${i}`)
      unit.setError(new Error('x'))
    })
    const held = messages(lines).slice(0, -1) as string[]
    expect(held.length).toBeGreaterThan(3)
    expect(held.at(-1)).toBe('line 99')
    expect(held[0]).toBe(`line ${100 - held.length}`)
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ droppedLines: 100 - held.length })
  })

  it.each([
    { name: 'the first', longAt: 0 },
    { name: 'between others', longAt: 2 },
    { name: 'the last', longAt: 3 },
  ])('keeps what it holds when a line is longer than its bound: $name', ({ longAt }) => {
    const { logger, lines } = captureLogs({ level: 'info' })
    logger.unit('job', { recorder: { maxBytes: 1_024 } }, (unit) => {
      for (let i = 0; i < 4; i++) {
        if (i === longAt) unit.debug('long', { text: 'x'.repeat(5_000) })
        else unit.debug(`line ${i}`)
      }
      unit.setError(new Error('x'))
    })
    const short = [0, 1, 2, 3].filter((i) => i !== longAt).map((i) => `line ${i}`)
    expect(messages(lines)).toEqual([...short, 'unit failed'])
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ droppedLines: 1 })
  })

  it('tells of lines that it let go itself, not of those of a unit before it', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    for (const count of [100, 1]) {
      logger.unit('job', { recorder: { maxBytes: 1_024 } }, (unit) => {
        for (let i = 0; i < count; i++) unit.debug(`line ${i}`)
        unit.setError(new Error('x'))
      })
    }
    expect(JSON.parse(lines.at(-1)!)).not.toHaveProperty('droppedLines')
  })

  it('keeps what it holds when a part recorded a line that is longer than its bound', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    logger.unit('whole', { recorder: { maxBytes: 1_024 } }, (whole) => {
      whole.debug('before')
      logger.unit('part', { recorder: true }, (part) => {
        part.debug('long', { text: 'x'.repeat(5_000) })
        part.debug('after')
      })
      whole.setError(new Error('x'))
    })
    expect(messages(lines)).toEqual(['unit completed', 'before', 'after', 'unit failed'])
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ droppedLines: 1 })
  })

  it('leaves each output its own level and form', () => {
    const all = memory()
    const warnings = memory()
    const logger = createLogger({
      outputs: [
        { output: all, encoder: json() },
        { output: warnings, encoder: json({ preset: 'pino' }), level: 'warn' },
      ],
    })
    logger.unit('job', { recorder: true }, (unit) => {
      unit.debug('one')
      unit.setError(new Error('x'))
    })
    expect(messages(all.lines)).toEqual(['one', 'unit failed'])
    expect(messages(warnings.lines)).toEqual(['unit failed'])
  })

  it('has the hooks see what it holds', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    logger.hooks.before((line) => line.string('host', 'h'))
    logger.unit('job', { recorder: true }, (unit) => {
      unit.debug('one')
      unit.setError(new Error('x'))
    })
    expect(lines.map((line) => (JSON.parse(line) as { host: string }).host)).toEqual(['h', 'h'])
  })

  it('records only what its filter matches, by level, fields, context, ids and what hooks added', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    logger.hooks.before((line) => line.string('zone', line.get('n') === 3 ? 'b' : 'a'))
    const filter = `level >= debug and component = db and not requestId exists and unitId exists and zone = 'a'`
    logger.unit('job', { recorder: { level: 'trace', filter } }, (unit) => {
      const db = unit.child({ component: 'db' })
      db.debug('one', { n: 1 })
      db.trace('too fine')
      db.debug('hidden by a hook', { n: 3 })
      unit.debug('of no component')
      unit.info('written at once')
      unit.setError(new Error('x'))
    })
    expect(messages(lines)).toEqual(['written at once', 'one', 'unit failed'])
    expect(logger.stats()).toMatchObject({ held: { outstanding: 0 }, entries: { outstanding: 0 } })
  })

  it('leaves lines that its filter does not match to a recorder around it, and hooks see them once', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    let seen = 0
    logger.hooks.before((line) => {
      seen++
      if (line.message === 'grave') line.level = 'warn'
    })
    logger.unit('whole', { recorder: true }, (whole) => {
      whole.unit('part', { recorder: { filter: { component: 'db' } } }, (part) => {
        part.debug('for the whole')
        part.debug('for the part', { component: 'db' })
        part.debug('grave')
        part.setError(new Error('x'))
      })
      expect(messages(lines)).toEqual(['grave', 'for the part', 'unit failed'])
      whole.setError(new Error('y'))
    })
    expect(messages(lines).slice(3)).toEqual(['for the whole', 'unit failed'])
    // Three lines and two wide ones.
    expect(seen).toBe(5)
    logger.info('another line', {})
    expect(seen).toBe(6)
    expect(logger.stats().entries.outstanding).toBe(0)
  })

  it('refuses a filter that cannot be read, with its column', () => {
    const { logger } = captureLogs()
    const run = (filter: unknown) => () => logger.unit('job', { recorder: { filter: filter as string } }, () => 1)
    expect(run('level >= ')).toThrow('column 10')
    expect(run(5)).toThrow('unit.recorder.filter must be a filter: a text, or an object, got 5')
    expect(() => logger.hold({ filter: 'level ~ a' })).toThrow('column 9')
    expect(() => logger.hold({}, 'run' as never)).toThrow('hold(run) must be a function, got "run"')
  })

  it('hands what a part that went well recorded to the whole, which may fail', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    logger.unit('whole', { recorder: true }, (whole) => {
      whole.debug('before')
      whole.unit('part', { recorder: true }, (part) => part.debug('inside'))
      whole.setError(new Error('x'))
    })
    expect(messages(lines)).toEqual(['unit completed', 'before', 'inside', 'unit failed'])
  })

  it('keeps lines whole that a value logs while it is encoded', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    logger.unit('job', { recorder: true }, (unit) => {
      unit.debug('outer', {
        value: {
          toJSON: () => {
            unit.debug('inner')
            return 1
          },
        },
      })
      unit.setError(new Error('x'))
    })
    expect(messages(lines)).toEqual(['outer', 'inner', 'unit failed'])
  })
})

describe('a held log', () => {
  it('writes its lines at commit(), in order and with their times, and forgets them at discard()', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    const first = logger.hold()
    first.info('one')
    first.child({ part: 'x' }).info('two')
    logger.info('before them')
    first.commit()
    first.info('three')
    const second = logger.hold()
    second.error('forgotten')
    second.discard()
    second.info('four')
    expect(messages(lines)).toEqual(['before them', 'one', 'two', 'three', 'four'])
    expect(first.isSettled && second.isSettled).toBe(true)
    expect(logger.stats()).toMatchObject({ held: { outstanding: 0 }, entries: { outstanding: 0 } })
  })

  it('takes lines below the level where it is told to', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    const held = logger.hold({ level: 'debug' })
    held.debug('detail')
    held.trace('too fine')
    held.commit()
    held.debug('no more')
    expect(messages(lines)).toEqual(['detail'])
  })

  it('writes a fatal or panic line, and what it holds, before the call returns', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    const held = logger.hold()
    held.info('a')
    held.hold({ commitOn: 'panic' }).fatal('b')
    expect(messages(lines)).toEqual(['a', 'b'])
    const other = logger.hold()
    expect(() => other.panic('c')).toThrow(PanicError)
    other.discard()
    expect(messages(lines)).toEqual(['a', 'b', 'c'])
  })

  it('commits by itself at a line of a level, and what follows goes straight on', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    const held = logger.hold({ commitOn: 'error' })
    held.info('one')
    expect(lines).toHaveLength(0)
    held.error('two')
    held.info('three')
    expect(messages(lines)).toEqual(['one', 'two', 'three'])
  })

  it.each<{ name: string; settle: (held: HeldLog) => void; want: string[] }>([
    { name: 'commit()', settle: (held) => held.commit(), want: ['one', 'two', 'three'] },
    { name: 'an error', settle: (held) => held.error('inner'), want: ['one', 'two', 'inner', 'three'] },
    { name: 'discard()', settle: (held) => held.discard(), want: ['three'] },
  ])('loses no line whose own value settles it, by $name, in any output', ({ settle, want }) => {
    const outputs = [memory(), memory()]
    const logger = createLogger({ outputs: outputs.map((output) => ({ output, encoder: json() })) })
    for (const count of [1, 2]) {
      logger.setOutputs(
        '',
        outputs.slice(0, count).map((output) => ({ output, encoder: json() })),
      )
      const held = logger.hold({ commitOn: 'error' })
      let isFirst = true
      const value = {
        toJSON() {
          if (isFirst) settle(held)
          isFirst = false
          return 1
        },
      }
      held.info('one')
      held.info('two', { value })
      held.info('three')
      expect(logger.stats()).toMatchObject({ held: { outstanding: 0 }, entries: { outstanding: 0 } })
    }
    expect(messages(outputs[0].lines)).toEqual([...want, ...want])
    // Its line of 'two' is begun when the first output has one.
    expect(new Set(messages(outputs[1].lines))).toEqual(new Set(want))
    expect(outputs[1].lines).toHaveLength(want.length)
  })

  it('nests: what the inner commits is held by the outer', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    const outer = logger.hold()
    outer.info('a')
    const inner = outer.hold()
    inner.info('b')
    inner.commit()
    const dropped = outer.hold()
    dropped.info('never')
    dropped.discard()
    expect(lines).toHaveLength(0)
    outer.commit()
    expect(messages(lines)).toEqual(['a', 'b'])
    expect(logger.stats().held.outstanding).toBe(0)
  })

  it('nests: an error that the inner commits has the outer commit too, where it is told to', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    const outer = logger.hold({ commitOn: 'error' })
    outer.info('a')
    outer.hold({ commitOn: 'error' }).error('b')
    expect(messages(lines)).toEqual(['a', 'b'])
  })

  it('around a function is written if that fails, and forgotten if not', async () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    expect(logger.hold({}, (log) => (log.info('good'), 1))).toBe(1)
    await expect(
      logger.hold({}, async (log) => {
        log.info('bad')
        throw new Error('x')
      }),
    ).rejects.toThrow('x')
    expect(messages(lines)).toEqual(['bad'])
  })

  it('holds only what its filter matches; the rest is written at once', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    let seen = 0
    logger.hooks.before(() => void seen++)
    const held = logger.hold({ level: 'debug', filter: `level < warn and table = 'orders'` })
    held.info('held', { table: 'orders' })
    held.debug('held too', { table: 'orders' })
    held.debug('below the level of the logger', { table: 'users' })
    held.info('at once', { table: 'users' })
    held.warn('at once as well', { table: 'orders' })
    expect(messages(lines)).toEqual(['at once', 'at once as well'])
    held.commit()
    expect(messages(lines).slice(2)).toEqual(['held', 'held too'])
    expect(seen).toBe(5)
    expect(logger.stats()).toMatchObject({ held: { outstanding: 0 }, entries: { outstanding: 0 } })
  })

  it('is committed by a line that its filter does not match, which comes after', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    const held = logger.hold({ commitOn: 'error', filter: 'level < error' })
    held.info('one')
    held.error('two')
    held.info('three')
    expect(messages(lines)).toEqual(['one', 'two', 'three'])
  })

  it('leaves what its filter does not match to the one around it', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    const outer = logger.hold()
    const inner = outer.hold({ filter: { kind: 'sql' } })
    inner.info('for the outer')
    inner.info('for the inner', { kind: 'sql' })
    inner.discard()
    expect(lines).toHaveLength(0)
    outer.commit()
    expect(messages(lines)).toEqual(['for the outer'])
    expect(logger.stats()).toMatchObject({ held: { outstanding: 0 }, entries: { outstanding: 0 } })
  })

  it('of a logger for many units belongs to the one that it is made in', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    const log = new ContextLogger(logger, 'db')
    logger.unit('job', { id: 'j-1', recorder: true }, (unit) => {
      const kept = log.hold()
      kept.info('kept')
      kept.commit()
      const dropped = log.hold()
      dropped.info('dropped')
      dropped.discard()
      unit.setError(new Error('x'))
    })
    const outside = log.hold()
    outside.info('outside')
    outside.commit()
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { msg: 'kept', unitId: 'j-1', logger: 'db' },
      { msg: 'dropped', unitId: 'j-1' },
      { msg: 'unit failed', unitId: 'j-1' },
      { msg: 'outside' },
    ])
    expect(lines[3]).not.toContain('unitId')
    expect(logger.stats().held.outstanding).toBe(0)
  })

  it('of a unit carries its ids', () => {
    const { logger, lines } = captureLogs({ level: 'info' })
    logger.unit('job', (unit) => {
      const held = unit.hold()
      held.info('one')
      held.commit()
    })
    const [line, wide] = lines.map((each) => JSON.parse(each) as { unitId: string })
    expect(line.unitId).toBe(wide.unitId)
  })
})
