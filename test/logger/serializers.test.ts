import { createLogger, memory, OptionError } from 'wideline'
import { captureLogs } from 'wideline/testing'
import { describe, expect, it, vi } from 'vitest'

class User {
  constructor(
    readonly id: number,
    readonly mail: string,
  ) {}
}

const user = ({ id }: User): object => ({ id })
const ann = new User(1, 'ann@example.com')

function bodies(logs: { parsed(): readonly Record<string, unknown>[] }): object[] {
  return logs.parsed().map(({ level, time, ...rest }) => (expect([level, time]).toHaveLength(2), rest))
}

describe('serializers', () => {
  it('make of a field of a call what is written, wherever the call has it', () => {
    const logs = captureLogs({ serializers: { user } })
    logs.logger.info('a', { user: ann, other: ann.id })
    logs.logger.info({ user: ann }, 'b')
    logs.logger.at('info')?.any('user', ann).msg('c')
    expect(bodies(logs)).toEqual([
      { msg: 'a', user: { id: 1 }, other: 1 },
      { msg: 'b', user: { id: 1 } },
      { msg: 'c', user: { id: 1 } },
    ])
  })

  it('make what is written of the fields of a logger and of a child, once', () => {
    let calls = 0
    const count = (value: number): number => (calls++, value + 1)
    const logs = captureLogs({ fields: { n: 1 }, serializers: { n: count } })
    const child = logs.logger.child({ a: 1 })
    child.info('parent’s')
    child.child({ n: 10 }).info('own')
    child.info('again')
    expect(bodies(logs)).toEqual([
      { msg: 'parent’s', n: 2, a: 1 },
      { msg: 'own', a: 1, n: 11 },
      { msg: 'again', n: 2, a: 1 },
    ])
    expect(calls).toBe(2)
  })

  it('of a child replace those of the same key and are added to the others, for the child alone', () => {
    const logs = captureLogs({ serializers: { a: () => 'parent', b: () => 'parent' } })
    const child = logs.logger.child({}, { serializers: { b: () => 'child', c: () => 'child' } })
    const fields = { a: 0, b: 0, c: 0 }
    child.info('x', fields)
    child.child().info('y', fields)
    logs.logger.info('z', fields)
    expect(bodies(logs)).toEqual([
      { msg: 'x', a: 'parent', b: 'child', c: 'child' },
      { msg: 'y', a: 'parent', b: 'child', c: 'child' },
      { msg: 'z', a: 'parent', b: 'parent', c: 0 },
    ])
  })

  it('count for loggers with a name and with outputs of their own', () => {
    const logs = captureLogs({ serializers: { user } })
    const more = memory()
    const named = logs.logger.getLogger('app.db')
    named.addOutput(more)
    named.info('a', { user: ann })
    expect(bodies(logs)).toEqual([{ logger: 'app.db', msg: 'a', user: { id: 1 } }])
    expect(more.lines[0]).toContain('"user":{"id":1}')
  })

  it('are asked before hooks are, whose changes stay', () => {
    const logs = captureLogs({
      serializers: { user },
      hooks: { before: (line) => line.any('seen', line.get('user')).any('user', 'hook') },
    })
    logs.logger.info('a', { user: ann })
    expect(bodies(logs)).toEqual([{ msg: 'a', user: 'hook', seen: { id: 1 } }])
  })

  it('leave a field out for undefined, and say what failed when they throw', () => {
    const logs = captureLogs({
      serializers: {
        gone: () => undefined,
        bad: () => {
          throw new TypeError('no')
        },
      },
    })
    logs.logger.child({ gone: 1 }).info('a', { bad: 1, kept: 2 })
    expect(bodies(logs)).toEqual([{ msg: 'a', bad: '[Throws: no]', kept: 2 }])
  })

  it('that are asynchronous say so, and their failure ends no process', async () => {
    const unhandled = vi.fn<() => void>()
    process.once('unhandledRejection', unhandled)
    const failing = async (): Promise<never> => {
      throw new TypeError('no')
    }
    const logs = captureLogs({ serializers: { bad: failing } })
    logs.logger.info('a', { bad: 1, kept: 2 })
    await new Promise(setImmediate)
    process.off('unhandledRejection', unhandled)
    expect(bodies(logs)).toEqual([{ msg: 'a', bad: '[Throws: a promise, which no field waits for]', kept: 2 }])
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('are given no secret and no error, and what they return is searched for secrets', () => {
    const seen: unknown[] = []
    const see = (value: unknown): unknown => (seen.push(value), value)
    const logs = captureLogs({
      redact: { patterns: ['bearer'] },
      serializers: { password: see, err: see, error: see, header: () => 'Bearer abcdef0123456789abcdef' },
    })
    logs.logger.error({ password: 'p', err: new Error('x'), header: 1 }, 'a')
    logs.logger.error(new Error('y'))
    const text = JSON.stringify(logs.parsed())
    expect(seen).toEqual([])
    expect(text).not.toMatch(/abcdef|"p"/)
    expect(text).toContain('"message":"x"')
  })

  it('have no way in through a prototype, and are not asked for a level that is off', () => {
    let calls = 0
    const logs = captureLogs({ level: 'info', serializers: { a: () => calls++ } })
    logs.logger.debug('off', { a: 1 })
    logs.logger.info('on', { toString: 'x', constructor: 'y' })
    expect(calls).toBe(0)
    expect(bodies(logs)).toEqual([{ msg: 'on', toString: 'x', constructor: 'y' }])
  })

  it.each([{ serializers: 1 }, { serializers: { a: 1 } }])('are functions by key: %o is refused', (options) => {
    expect(() => createLogger(options as never)).toThrow(OptionError)
    expect(() => createLogger().child({}, options as never)).toThrow(OptionError)
  })
})

it('silent writes nothing, whatever the level is', () => {
  const logs = captureLogs({ level: 'trace' })
  logs.logger.silent('nothing', { a: 1 })
  logs.logger['silent']('nothing')
  expect(logs.parsed()).toEqual([])
})

it('an option that is undefined is none, whatever its name is', () => {
  expect(() => createLogger({ unknown: undefined } as never).child({}, { logger: undefined } as never)).not.toThrow()
})
