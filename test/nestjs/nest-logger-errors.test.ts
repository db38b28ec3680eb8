import { describe, expect, it } from 'vitest'
import { err, ERROR, failed, type Shape, stack, written } from './nest-logger-shapes.js'

/** What a stack alone tells: its message is the error's own, not that of the call. */
const BY_STACK = { type: 'TypeError', message: 'boom', stack }

function thrownBy(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

const errors: Shape[] = [
  { name: "error('m')", write: (log) => log.error('m'), want: failed({ msg: 'm' }) },
  { name: "error('m', undefined)", write: (log) => log.error('m', undefined), want: failed({ msg: 'm' }) },
  { name: "error('m', 'Ctx')", write: (log) => log.error('m', 'Ctx'), want: failed({ logger: 'Ctx', msg: 'm' }) },
  {
    name: "error('m', undefined, 'Ctx')",
    write: (log) => log.error('m', undefined, 'Ctx'),
    want: failed({ logger: 'Ctx', msg: 'm' }),
  },
  {
    name: "error('m', '', 'Ctx')",
    write: (log) => log.error('m', '', 'Ctx'),
    want: failed({ logger: 'Ctx', msg: 'm' }),
  },
  {
    name: "error('m', stack)",
    write: (log) => log.error('m', stack),
    want: failed({ msg: 'm', error: BY_STACK }),
  },
  {
    name: "error('m', stack, 'Ctx')",
    write: (log) => log.error('m', stack, 'Ctx'),
    want: failed({ logger: 'Ctx', msg: 'm', error: BY_STACK }),
  },
  {
    name: "error('m', stack, undefined)",
    write: (log) => log.error('m', stack, undefined),
    want: failed({ msg: 'm', error: BY_STACK }),
  },
  { name: 'error(err)', write: (log) => log.error(err), want: failed({ msg: 'boom', error: ERROR }) },
  {
    name: "error(err, 'Ctx')",
    write: (log) => log.error(err, 'Ctx'),
    want: failed({ logger: 'Ctx', msg: 'boom', error: ERROR }),
  },
  {
    name: "error(err, undefined, 'Ctx')",
    write: (log) => log.error(err, undefined, 'Ctx'),
    want: failed({ logger: 'Ctx', msg: 'boom', error: ERROR }),
  },
  {
    name: "error(err, err.stack, 'Ctx')",
    write: (log) => log.error(err, stack, 'Ctx'),
    want: failed({ logger: 'Ctx', msg: 'boom', error: ERROR }),
  },
  {
    name: "error(err, 'm', 'Ctx')",
    write: (log) => log.error(err, 'm', 'Ctx'),
    want: failed({ logger: 'Ctx', msg: 'm', error: ERROR }),
  },
  { name: "error('m', err)", write: (log) => log.error('m', err), want: failed({ msg: 'm', error: ERROR }) },
  {
    name: "error('m', err, 'Ctx')",
    write: (log) => log.error('m', err, 'Ctx'),
    want: failed({ logger: 'Ctx', msg: 'm', error: ERROR }),
  },
  {
    name: "error('m', { a }, err, 'Ctx')",
    write: (log) => log.error('m', { a: 1 }, err, 'Ctx'),
    want: failed({ logger: 'Ctx', msg: 'm', a: 1, error: ERROR }),
  },
  {
    name: "error('m', err, { a }, 'Ctx')",
    write: (log) => log.error('m', err, { a: 1 }, 'Ctx'),
    want: failed({ logger: 'Ctx', msg: 'm', a: 1, error: ERROR }),
  },
  {
    name: "error('m', { err }, 'Ctx')",
    write: (log) => log.error('m', { err }, 'Ctx'),
    want: failed({ logger: 'Ctx', msg: 'm', err: ERROR }),
  },
  {
    name: "error({ a }, stack, 'Ctx')",
    write: (log) => log.error({ a: 1 }, stack, 'Ctx'),
    want: failed({ logger: 'Ctx', a: 1, error: BY_STACK }),
  },
  {
    name: "error('m', undefined, 'Other', 'Ctx')",
    write: (log) => log.error('m', undefined, 'Other', 'Ctx'),
    want: failed({ logger: 'Ctx', msg: 'm Other' }),
  },
  {
    name: "fatal(err, 'Ctx')",
    write: (log) => log.fatal(err, 'Ctx'),
    want: { level: 'fatal', logger: 'Ctx', msg: 'boom', error: ERROR },
  },
  {
    name: "fatal('m', err, 'Ctx')",
    write: (log) => log.fatal('m', err, 'Ctx'),
    want: { level: 'fatal', logger: 'Ctx', msg: 'm', error: ERROR },
  },
]

describe('NestLogger', () => {
  it.each(errors)('writes one line with the error for $name', ({ write, want }) => {
    expect(written(write)).toEqual([want])
  })

  it.each([
    { name: 'has a message of two lines', error: new RangeError('first\nsecond') },
    { name: 'begins with a frame that has no place', error: thrownBy(() => JSON.parse('{')) },
    { name: 'has no message', error: new RangeError() },
  ])('knows a stack that $name', ({ error }) => {
    const { message, stack: text = '' } = error
    expect(written((log) => log.error('m', text, 'Ctx'))).toEqual([
      failed({ logger: 'Ctx', msg: 'm', error: { type: error.name, message, stack: text } }),
    ])
  })
})
