import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogger, json, type Logger, memory, pretty } from 'wideline'
import { fixedClock } from '../../src/testing/index.js'
import { strictParse } from '../encoders/strict-json.js'
import { runs } from '../runs.js'

function twoFormats(fields?: Record<string, unknown>) {
  const asJson = memory()
  const asText = memory()
  const logger = createLogger({
    ...(fields === undefined ? {} : { fields }),
    clock: fixedClock(),
    outputs: [
      { output: asJson, encoder: json() },
      { output: asText, encoder: pretty({ colour: false }) },
    ],
  })
  /** The fields of the last line: as JSON, and as `key=value` texts. */
  const last = () => {
    const {
      level: _,
      time: _time,
      msg: _msg,
      ...rest
    } = strictParse(asJson.lines.at(-1) ?? '') as Record<string, unknown>
    const text = (asText.lines.at(-1) ?? '').split(' ').slice(4)
    return { json: rest, text }
  }
  return { logger, last }
}

describe('the context of a child', () => {
  it('comes before the fields of the line, in the order it was given', () => {
    const { logger, last } = twoFormats({ service: 'shop' })
    logger.child({ b: 1, a: 2 }).info('m', { c: 3 })
    expect(JSON.stringify(last().json)).toBe('{"service":"shop","b":1,"a":2,"c":3}')
    expect(last().text).toEqual(['service=shop', 'b=1', 'a=2', 'c=3'])
  })

  it('gives way to a field of the line with the same key, in both formats', () => {
    const { logger, last } = twoFormats()
    const child = logger.child({ a: 'child', b: 'child', c: 'child' })
    child.info('m', { b: 'line' })
    expect(last().json).toEqual({ a: 'child', b: 'line', c: 'child' })
    expect(last().text.toSorted()).toEqual(['a=child', 'b=line', 'c=child'])
    child.info('m')
    expect(last().json).toEqual({ a: 'child', b: 'child', c: 'child' })
  })

  it('gives way to the context of its own child', () => {
    const { logger, last } = twoFormats({ a: 'root', b: 'root' })
    const child = logger.child({ a: 'child', c: 'child' })
    const grandchild = child.child({ c: 'grandchild', d: 'grandchild' })
    grandchild.info('m')
    expect(last().json).toEqual({ a: 'child', b: 'root', c: 'grandchild', d: 'grandchild' })
    grandchild.child({ a: 'last' }).info('m', { d: 'line' })
    expect(last().json).toEqual({ a: 'last', b: 'root', c: 'grandchild', d: 'line' })
    child.info('m')
    expect(last().json).toEqual({ a: 'child', b: 'root', c: 'child' })
    logger.info('m')
    expect(last().json).toEqual({ a: 'root', b: 'root' })
  })

  it('is the same bytes for every line, whatever the caller does to the object afterwards', () => {
    const { logger, last } = twoFormats()
    const fields: Record<string, unknown> = { a: 1 }
    const child = logger.child(fields)
    fields['a'] = 2
    fields['b'] = 3
    child.info('m')
    expect(last().json).toEqual({ a: 1 })
  })

  it('shadows reserved names by their written form', () => {
    const { logger, last } = twoFormats({ level: 'mine' })
    logger.info('m', { _level: 'line' })
    expect(last().json).toEqual({ _level: 'line' })
  })

  it('holds a name once where an output that comes later takes it for its own, the last value winning', () => {
    const { logger, last } = twoFormats()
    const child = logger.child({ a: 1, _a: 2, b: 3 })
    const grandchild = child.child({ c: 4 })
    child.info('m')
    const output = memory()
    logger.addOutput({ output, encoder: json({ keys: { level: 'a' } }) })
    child.info('m')
    expect(last().json).toEqual({ _a: 2, b: 3 })
    expect(strictParse(output.lines[0])).toMatchObject({ a: 'info', _a: 2, b: 3 })
    grandchild.info('m')
    expect(last().json).toEqual({ _a: 2, b: 3, c: 4 })
  })

  it('is shadowed by a field that was set before an output took its name', () => {
    const output = memory()
    const logger = createLogger({ fields: { _a: 'of all' }, outputs: [{ output, encoder: json() }] })
    logger.unit('job', (unit) => {
      unit.set({ a: 1 })
      logger.info('m', { a: 2 })
      logger.setOutputs('other', [{ output: memory(), encoder: json({ keys: { level: 'a' } }) }])
    })
    expect(strictParse(output.lines[0])).toMatchObject({ _a: 'of all', a: 2 })
    expect(strictParse(output.lines[1])).toMatchObject({ _a: 1 })
  })

  it('stays as it was when it is shadowed by a value with no JSON form', () => {
    const { logger, last } = twoFormats({ a: 1 })
    logger.info('m', { a: undefined, f: () => 1 })
    expect(last().json).toEqual({ a: 1 })
  })

  it('holds secrets censored, and a child cannot uncover them', () => {
    const { logger, last } = twoFormats({ token: 'hidden', user: { password: 'hidden' } })
    logger.child({ token: 'hidden too' }).info('m')
    expect(last().json).toEqual({ token: '[Redacted]', user: { password: '[Redacted]' } })
    expect(last().text.join()).not.toContain('hidden')
  })

  it('may be empty, or not an object at all', () => {
    const { logger, last } = twoFormats()
    logger.child().info('m')
    logger.child({}).info('m')
    logger.child(null as never).info('m', { a: 1 })
    expect(last().json).toEqual({ a: 1 })
  })

  it('and the line hold every key once with the nearest value, however deep the children', () => {
    const bag = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'level', '_level', 'token'), fc.nat({ max: 9 }))
    const { logger, last } = twoFormats()
    const written = (fields: Record<string, unknown>): Record<string, unknown> => {
      const want: Record<string, unknown> = {}
      for (const [key, value] of Object.entries(fields)) {
        want[key === 'level' ? '_level' : key] = key === 'token' ? '[Redacted]' : value
      }
      return want
    }
    fc.assert(
      fc.property(fc.array(bag, { maxLength: 4 }), fc.array(bag, { minLength: 1, maxLength: 3 }), (contexts, lines) => {
        let each: Logger = logger
        for (const context of contexts) each = each.child(context)
        for (const line of lines) {
          each.info('m', line)
          const want: Record<string, unknown> = Object.assign({}, ...contexts.map(written), written(line))
          expect(last().json).toEqual(want)
          const shown = last().text.map((pair) => pair.split('=')[0])
          expect(shown.toSorted()).toEqual(Object.keys(want).toSorted())
        }
      }),
      { numRuns: runs(1000) },
    )
  })
})
