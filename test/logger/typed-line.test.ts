import { describe, expect, it } from 'vitest'
import { capture, written } from './capture.js'

describe('a typed line', () => {
  it('writes its fields in order, with their kinds', () => {
    const line = written((log) =>
      log
        .at('info')
        ?.int('orderId', 42)
        .float('amount', 99.5)
        .string('status', 'ok')
        .bool('paid', true)
        .msg('order paid'),
    )
    expect(JSON.stringify(line)).toBe('{"msg":"order paid","orderId":42,"amount":99.5,"status":"ok","paid":true}')
  })

  it('writes without a message too', () => {
    expect(written((log) => log.at('info')?.int('a', 1).send())).toEqual({ a: 1 })
    expect(written((log) => log.at('info')?.send())).toEqual({})
    expect(written((log) => log.at('info')?.msg(''))).toEqual({ msg: '' })
  })

  it('takes a bag, an error and a set of fields', () => {
    const { logger, last } = capture()
    const set = logger.createFields().int('fromSet', 1).string('method', 'mine')
    logger
      .at('warn')
      ?.all({ a: 1 })
      .error('error', new Error('x'))
      .append(set, new Set(['method']))
      .msg('m')
    expect(last()).toMatchObject({ a: 1, error: { message: 'x' }, fromSet: 1, _method: 'mine' })
  })

  it('is undefined when its level is off, and its arguments are not evaluated', () => {
    const { logger, output } = capture({ level: 'info' })
    let evaluated = 0
    const costly = (): string => {
      evaluated++
      return 'costly'
    }
    expect(logger.at('debug')).toBeUndefined()
    logger.at('debug')?.string('a', costly()).all({ b: costly() }).msg(costly())
    expect(evaluated).toBe(0)
    logger.at('info')?.string('a', costly()).msg(costly())
    expect(evaluated).toBe(2)
    expect(output.lines).toHaveLength(1)
  })

  it('is undefined for a name that is no level, which is told', () => {
    const told: Error[] = []
    const { logger } = capture({ onError: (problem) => told.push(problem) })
    expect(logger.at('silent' as never)).toBeUndefined()
    expect(told).toEqual([])
    expect(logger.at('verbose' as never)).toBeUndefined()
    expect(told).toMatchObject([{ name: 'OptionError', option: 'at(level)', given: 'verbose' }])
  })

  it('is written once, however often it is ended', () => {
    const { logger, output } = capture()
    const line = logger.at('info')?.int('a', 1)
    line?.msg('first')
    line?.msg('second')
    line?.send()
    expect(output.parsed().map((each) => each['msg'])).toEqual(['first'])
  })

  it('may be open while others are written', () => {
    const { logger, lines } = capture()
    const first = logger.at('info')?.int('a', 1)
    const second = logger.at('info')?.int('a', 2)
    logger.info('between', { a: 3 })
    first?.int('b', 1)
    second?.int('b', 2).msg('second')
    first?.msg('first')
    expect(lines().map(({ msg, a, b }) => ({ msg, a, b }))).toEqual([
      { msg: 'between', a: 3, b: undefined },
      { msg: 'second', a: 2, b: 2 },
      { msg: 'first', a: 1, b: 1 },
    ])
  })

  it('holds a key once when two open lines set it in turns', () => {
    const { logger, lines } = capture()
    const first = logger.at('info')
    const second = logger.at('info')?.int('x', 1)
    first?.int('x', 2)
    second?.int('x', 3).msg('second')
    first?.int('x', 4).msg('first')
    expect(lines().map(({ x }) => x)).toEqual([3, 4])
  })

  it('that is never ended is counted as outstanding', () => {
    const { logger } = capture()
    logger.at('info')?.int('a', 1)
    expect(logger.stats().entries.outstanding).toBe(1)
    logger.info('m')
    expect(logger.stats().entries.outstanding).toBe(1)
  })

  it('leaves nothing on the next line when it is used after its end', () => {
    const { logger, last } = capture()
    const line = logger.at('info')
    line?.msg('first')
    line?.string('stray', 'of the first').all({ another: 1 })
    logger.info('second')
    expect(last()).toEqual({ msg: 'second' })
  })
})
