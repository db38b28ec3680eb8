import { describe, expect, it } from 'vitest'
import { createLogger, fields as declare, type HookLine, int, json, memory, type ReadableLine, string } from 'wideline'
import { capture } from '../logger/capture.js'

const nothing = (): void => undefined

describe('a before hook', () => {
  it('changes the message, the level and the fields of a line, and leaves the caller alone', () => {
    const { logger, lines } = capture({
      hooks: {
        before: (line) => {
          line.message = `${line.message}!`
          line.level = 'warn'
          line.string('host', 'h1').int('orderId', 43).remove('gone').any('list', [1]).bool('ok', true)
        },
      },
    })
    const fields = { orderId: 42, gone: 1, kept: 'x' }
    logger.info('paid', fields)
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: '2026-01-01T00:00:00.000Z',
        msg: 'paid!',
        orderId: 43,
        kept: 'x',
        host: 'h1',
        list: [1],
        ok: true,
      },
    ])
    expect(fields).toEqual({ orderId: 42, gone: 1, kept: 'x' })
  })

  it('adds the fields of a declared set', () => {
    const Place = declare({ region: string(), zone: int() })
    const { logger, lines } = capture({ hooks: { before: (line) => line.all(Place, { region: 'eu', zone: 2 }) } })
    logger.info('paid')
    expect(lines()).toMatchObject([{ msg: 'paid', region: 'eu', zone: 2 }])
  })

  it('sees level, time, logger, message, own fields and those of the context', () => {
    let seen: unknown
    const { logger } = capture({
      name: 'shop',
      hooks: {
        before: ({ level, time, logger: name, message, ...line }) => {
          seen = { level, time, name, message, rest: Object.keys(line).length > 0 }
        },
      },
    })
    const values: unknown[] = []
    logger.hooks.before((line) => {
      seen = [line.level, line.time, line.logger, line.message]
      values.push(line.get('a'), line.get('b'), line.get('password'), line.get('nowhere'), line.has('a'), line.has('c'))
    })
    logger.child({ a: 1 }).error('m', { b: new Date(0), password: 'x' })
    expect(seen).toEqual(['error', Date.UTC(2026), 'shop', 'm'])
    expect(values).toEqual([1, new Date(0), '[Redacted]', undefined, true, false])
  })

  it('drops a line: no later hook sees it, and it is counted', () => {
    const seen: string[] = []
    const { logger, lines } = capture({
      hooks: {
        before: [
          { name: 'second', priority: 60, hook: () => seen.push('second') },
          { name: 'first', priority: 40, hook: (line) => line.get('noise') === true && line.drop() },
        ],
        after: () => seen.push('after'),
      },
    })
    logger.info('m', { noise: true })
    logger.info('m')
    expect(lines()).toHaveLength(1)
    expect(seen).toEqual(['second', 'after'])
    expect(logger.stats()).toMatchObject({ droppedByHooks: 1, lines: { info: 1 } })
    expect(logger.stats().entries.outstanding).toBe(0)
  })

  it('cannot bring a secret onto the line', () => {
    const { logger, output } = capture({ hooks: { before: (line) => line.string('password', 'hunter2') } })
    logger.info('m')
    expect(output.lines[0]).not.toContain('hunter2')
  })

  it('holds nothing of a line afterwards: what it kept reaches no other line', () => {
    const kept: HookLine[] = []
    const { logger, lines } = capture({ hooks: { before: (line) => kept.push(line) } })
    logger.info('first', { secretly: 1 })
    kept[0].string('late', 'x').drop()
    kept[0].message = 'changed'
    logger.info('second')
    expect(kept[0].get('secretly')).toBeUndefined()
    expect(lines().map((line) => line['msg'])).toEqual(['first', 'second'])
    expect(lines().some((line) => 'late' in line)).toBe(false)
  })

  it('that logs gets its line whole, and the outer one keeps its own', () => {
    const { logger, lines } = capture()
    logger.hooks.before((line) => {
      if (line.message === 'outer') logger.info('inner', { of: 'hook' })
      line.string('seen', String(line.message))
    })
    logger.info('outer')
    expect(lines().map(({ msg, seen }) => [msg, seen])).toEqual([
      ['inner', 'inner'],
      ['outer', 'outer'],
    ])
  })

  it('that always logs ends', () => {
    const { logger, lines } = capture()
    logger.hooks.before(() => logger.info('again'))
    logger.info('m')
    expect(lines().length).toBeLessThan(10)
    expect(logger.stats().entries.outstanding).toBe(0)
  })
})

describe('hooks are called by priority, then in the order they were added', () => {
  it('parents and children alike', () => {
    const calls: string[] = []
    const { logger } = capture()
    const note = (name: string) => (): void => void calls.push(name)
    logger.hooks.before(note('parent 50'))
    logger.hooks.before(note('parent 70'), { priority: 70 })
    const child = logger.child({}, { hooks: { before: [note('child 50'), { hook: note('child 0'), priority: 0 }] } })
    child.info('m')
    expect(calls).toEqual(['child 0', 'parent 50', 'child 50', 'parent 70'])
    calls.length = 0
    logger.info('m')
    expect(calls).toEqual(['parent 50', 'parent 70'])
  })
})

describe('children inherit hooks', () => {
  it('that were added before and after they were made, at every depth', () => {
    const { logger, lines } = capture({ hooks: { before: (line) => line.int('root', 1) } })
    const grandchild = logger.child({}).child({}, { name: 'deep' })
    grandchild.info('m')
    logger.hooks.before((line) => line.int('later', 2))
    grandchild.info('m')
    expect(lines().map(({ root, later }) => [root, later])).toEqual([
      [1, undefined],
      [1, 2],
    ])
  })

  it('and cannot lose them', () => {
    const hook = function guard(line: HookLine): void {
      line.int('guarded', 1)
    }
    const { logger, last } = capture({ hooks: { before: hook } })
    const child = logger.child()
    expect(child.hooks.remove('guard')).toBe(false)
    expect(child.hooks.remove(hook)).toBe(false)
    expect(child.hooks.list()).toEqual([{ on: 'before', name: 'guard', priority: 50, isInherited: true }])
    child.info('m')
    expect(last()).toMatchObject({ guarded: 1 })
  })

  it("and have their own, which are none of their parent's", () => {
    const { logger, lines } = capture()
    const child = logger.child({}, { hooks: { before: (line) => line.int('own', 1) } })
    logger.info('m')
    child.child().info('m')
    expect(lines().map((line) => line['own'])).toEqual([undefined, 1])
  })
})

describe('hooks are removed', () => {
  it.each<{ name: string; remove: (log: ReturnType<typeof capture>['logger'], stop: () => void) => unknown }>([
    { name: 'by name', remove: (log) => log.hooks.remove('tag') },
    { name: 'by function', remove: (log) => log.hooks.remove(tag) },
    { name: 'by what adding gave', remove: (_, stop) => stop() },
  ])('$name', ({ remove }) => {
    const { logger, lines } = capture()
    const child = logger.child()
    const stop = logger.hooks.before(tag)
    child.info('m')
    remove(logger, stop)
    child.info('m')
    expect(lines().map((line) => line['tagged'])).toEqual([1, undefined])
    expect(logger.hooks.list()).toEqual([])
    expect(logger.hooks.remove('tag')).toBe(false)
  })
})

function tag(line: HookLine): void {
  line.int('tagged', 1)
}

describe('a hook that throws', () => {
  it('is reported by its name, and the line goes on without it', () => {
    const { logger, lines, problems } = capture({
      hooks: {
        before: [
          {
            name: 'broken',
            hook: () => {
              throw new Error('no')
            },
          },
          (line) => line.int('next', 1),
        ],
        after: {
          name: 'broken too',
          hook: () => {
            throw new TypeError('nor this')
          },
        },
      },
    })
    logger.info('m')
    expect(lines()).toMatchObject([{ msg: 'm', next: 1 }])
    expect(problems.map(({ message }) => message)).toEqual([
      'hook broken failed: no',
      'hook broken too failed: nor this',
    ])
  })

  it('half-way keeps the line whole', () => {
    const { logger, lines } = capture({
      hooks: {
        before: (line) => {
          line.string('half', 'done')
          throw new Error('no')
        },
      },
    })
    logger.info('m', { a: 1 })
    expect(lines()).toMatchObject([{ msg: 'm', a: 1, half: 'done' }])
  })
})

it('a hook that is asynchronous, and fails, is reported and ends nothing', async () => {
  const late = async (): Promise<never> => {
    await Promise.resolve()
    throw new Error('later')
  }
  const fail = late as () => void
  const { logger, lines, problems } = capture({ hooks: { before: fail, after: fail, error: fail } })
  const silent = createLogger({ outputs: [memory()], onError: fail })
  const unhandled: unknown[] = []
  const listen = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', listen)
  logger.info('m')
  silent.reportProblem(new Error('one'))
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', listen)
  expect(lines()).toMatchObject([{ msg: 'm' }])
  expect(problems.map(({ message }) => message)).toEqual(['hook late failed: later', 'hook late failed: later'])
  expect(silent.stats().problems).toBe(2)
  expect(unhandled).toEqual([])
})

describe('an after hook', () => {
  it('sees the line as it was written, once the outputs have it', () => {
    const output = memory()
    const seen: unknown[] = []
    const logger = createLogger({
      outputs: [{ output, encoder: json() }],
      hooks: {
        after: (line: ReadableLine) => seen.push([line.level, line.message, line.get('a'), output.lines.length]),
      },
    })
    logger.warn('m', { a: 1 })
    expect(seen).toEqual([['warn', 'm', 1, 1]])
  })
})

describe('an error hook', () => {
  it('is told of every problem besides onError, and one that throws or logs does no harm', () => {
    const told: string[] = []
    const { logger, problems } = capture({
      hooks: {
        error: [
          () => {
            throw new Error('in the hook')
          },
          (problem) => {
            told.push(problem.message)
            logger.warn('heard')
          },
        ],
      },
    })
    logger.reportProblem(new Error('one'))
    logger.child().hooks.error((problem) => told.push(`child: ${problem.message}`))
    logger.reportProblem(new Error('two'))
    expect(told).toEqual(['one', 'two', 'child: two'])
    expect(problems.map(({ message }) => message)).toEqual(['one', 'two'])
  })
})

describe('hooks are refused with an OptionError', () => {
  it.each<{ name: string; add: (log: ReturnType<typeof capture>['logger']) => unknown; want: string }>([
    {
      name: 'no function',
      add: (log) => log.hooks.before('tag' as never),
      want: 'hooks.before must be a function, got "tag"',
    },
    {
      name: 'a priority out of range',
      add: (log) => log.hooks.after(nothing, { priority: -1 }),
      want: 'hooks.after.priority must be an integer from 0 to 1000, got -1',
    },
    {
      name: 'an unknown option',
      add: (log) => log.hooks.error(nothing, { prio: 1 } as never),
      want: 'hooks.error.prio must be one of name, priority, got "prio"',
    },
    {
      name: 'an unknown point',
      add: (log) => log.child({}, { hooks: { befor: nothing } as never }),
      want: 'hooks.befor must be a known option (did you mean before?), got "befor"',
    },
    {
      name: 'an object without a hook',
      add: () => createLogger({ hooks: { before: { name: 'x' } as never } }),
      want: 'hooks.before must be a function, or an object with one as its hook, got an object',
    },
  ])('$name', ({ add, want }) => {
    expect(() => add(capture().logger)).toThrow(want)
  })
})

it('a family that has no hooks sends its entries to the pipeline itself', () => {
  const { logger } = capture()
  const child = logger.child({ a: 1 }, { name: 'b' })
  const stop = logger.hooks.before(nothing)
  const receiverOf = (log: object): object => {
    ;(log as { isEnabled(level: string): boolean }).isEnabled('info')
    return (log as { receiver: object }).receiver
  }
  expect(receiverOf(child).constructor.name).toBe('Stages')
  expect(receiverOf(child)).toBe(receiverOf(logger))
  stop()
  expect(receiverOf(child).constructor.name).toBe('Pipeline')
})
