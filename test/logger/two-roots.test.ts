import { describe, expect, it } from 'vitest'
import { createLogger, fallback, json, memory, type Output, split } from 'wideline'
import { capture } from './capture.js'

describe('two root loggers', () => {
  it('keep their levels, names, fields and counts apart', () => {
    const a = capture({ name: 'a', level: 'info', fields: { app: 'a' } })
    const b = capture({ name: 'b', level: 'warn', fields: { app: 'b' } })
    a.logger.info('m')
    b.logger.info('m')
    a.logger.level = 'silent'
    a.logger.warn('m')
    b.logger.warn('m')
    expect(a.lines().map(({ logger, app }) => [logger, app])).toEqual([['a', 'a']])
    expect(b.lines().map(({ logger, app }) => [logger, app])).toEqual([['b', 'b']])
    expect([a.logger.stats().lines.info, b.logger.stats().lines.info]).toEqual([1, 0])
  })

  it('keep their secrets apart', () => {
    const a = capture({ secrets: ['iban'] })
    const b = capture()
    for (const each of [a, b, a, b]) each.logger.info('m', { iban: 'DE89' })
    expect([a.last()['iban'], b.last()['iban']]).toEqual(['[Redacted]', 'DE89'])
  })

  it('keep their problems apart', () => {
    const a = capture()
    const b = capture()
    a.logger.reportProblem(new Error('x'))
    expect([a.problems.length, b.problems.length]).toEqual([1, 0])
  })

  it('may each log while a value of the other is read', () => {
    const a = capture({ name: 'a' })
    const b = capture({ name: 'b' })
    const value = {
      get inner() {
        b.logger.info('in between', { x: 1 })
        return 1
      },
    }
    a.logger.info('outer', { x: 1, value, y: 2 })
    expect(a.last()).toEqual({ logger: 'a', msg: 'outer', x: 1, value: { inner: 1 }, y: 2 })
    expect(b.last()).toEqual({ logger: 'b', msg: 'in between', x: 1 })
  })

  it('keep their lines whole on one output, when one logs while a value of the other is read', () => {
    const output = memory()
    const encoder = json()
    const [a, b] = ['a', 'b'].map((name) => createLogger({ name, outputs: [{ output, encoder }] }))
    const deep = { toJSON: () => (a.info('innermost'), 1) }
    a.info('outer', {
      get x() {
        b.info('inner', { deep })
        return 1
      },
      deep: { toJSON: () => (b.info('inner', { deep }), 1) },
      y: 2,
    })
    const lines = output.lines.map((line) => JSON.parse(line) as { logger: string; msg: string })
    expect(lines.map(({ logger, msg }) => `${logger} ${msg}`).toSorted()).toEqual([
      'a innermost',
      'a innermost',
      'a outer',
      'b inner',
      'b inner',
    ])
    for (const { buffers, outputs } of [a.stats(), b.stats()]) {
      expect(buffers.outstanding).toBe(0)
      expect(outputs[0]).toMatchObject({ calls: 5, accepted: 5, dropped: {} })
    }
  })

  it.each<[string, (output: Output) => Output, (output: Output) => Output]>([
    ['directly and within split()', (output) => output, (output) => split({ info: output })],
    ['within split() and directly', (output) => split({ info: output }), (output) => output],
    ['directly and behind a function', (output) => output, (output) => split(() => true, output, memory())],
    ['directly and within fallback()', (output) => output, (output) => fallback(output, memory())],
    [
      'within one split() and another in a fallback()',
      (output) => split({ info: output }),
      (output) => fallback(split({ trace: memory(), info: output }), memory()),
    ],
  ])('keep their lines whole on one output that they have %s', (_, ofA, ofB) => {
    const output = memory()
    const [a, b] = [ofA, ofB].map((wrap, i) => createLogger({ name: 'ab'[i], outputs: [wrap(output)] }))
    a.info('outer', {
      get x() {
        b.info('inner', { deep: { toJSON: () => (a.info('innermost'), 1) } })
        const held = b.hold()
        held.info('held')
        held.commit()
        return 1
      },
      y: 2,
    })
    b.info('last')
    const lines = output.parsed<{ logger: string; msg: string }>()
    expect(lines.map(({ logger, msg }) => `${logger} ${msg}`)).toEqual([
      'a outer',
      'a innermost',
      'b inner',
      'b held',
      'b last',
    ])
    for (const { buffers } of [a.stats(), b.stats()]) expect(buffers.outstanding).toBe(0)
    expect(output.stats().accepted).toBe(5)
  })

  it('keep their lines whole on outputs of which both have some under way', () => {
    const [one, other] = [memory(), memory()]
    const a = createLogger({ name: 'a', outputs: [one] })
    const b = createLogger({ name: 'b', outputs: [split({ info: one, warn: other })] })
    const c = createLogger({ name: 'c', outputs: [other] })
    c.info('outer', {
      get x() {
        a.info('between', {
          get y() {
            b.info('inner')
            b.warn('inner')
            return 1
          },
        })
        return 1
      },
    })
    const names = [one, other].map((output) => output.parsed<{ logger: string }>().map(({ logger }) => logger))
    expect(names).toEqual([
      ['a', 'b'],
      ['c', 'b'],
    ])
    for (const { buffers } of [a.stats(), b.stats(), c.stats()]) expect(buffers.outstanding).toBe(0)
  })

  it('keep their rules when fields of one are put on a line of the other', () => {
    const strict = capture({ secrets: ['iban'] })
    const loose = capture()
    const ofStrict = strict.logger.createFields().int('order', 1)
    const ofLoose = loose.logger.createFields().string('iban', 'DE89').int('x', 1)
    loose.logger.at('info')?.append(ofStrict).string('iban', 'of the loose one').msg('m')
    strict.logger.at('info')?.int('x', 2).append(ofLoose).msg('m')
    expect(strict.last()).toEqual({ msg: 'm', x: 1, iban: '[Redacted]' })
    strict.logger.info('m', { order: 1, iban: 'DE89' })
    expect(strict.last()).toEqual({ msg: 'm', order: 1, iban: '[Redacted]' })
  })
})
