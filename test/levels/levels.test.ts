import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLogger, json, type LevelChange, type Logger, memory } from 'wideline'
import { capture } from '../logger/capture.js'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.UTC(2026) })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

function root(options: Parameters<typeof capture>[0] = {}): Logger {
  return capture({ level: 'info', ...options }).logger
}

describe('getLogger', () => {
  it('gives the same logger for a name each time, with the name on its lines', () => {
    const { logger, last } = capture()
    const db = logger.getLogger('app.db')
    expect(logger.getLogger('app.db')).toBe(db)
    expect(db.getLogger('app.db')).toBe(db)
    db.info('m')
    expect(last()).toEqual({ logger: 'app.db', msg: 'm' })
  })

  it('of no name, or of its own, is the root', () => {
    const logger = root({ name: 'app' })
    expect([logger.getLogger(''), logger.getLogger('app'), logger.getLogger('app.db').getLogger('app')]).toEqual([
      logger,
      logger,
      logger,
    ])
  })

  it('stands below the logger of the name above: hooks, context and level come down', () => {
    const { logger, last } = capture()
    const app = logger.getLogger('app')
    app.hooks.before((line) => line.int('hooked', 1))
    app.level = 'warn'
    const pool = logger.getLogger('app.db.pool')
    expect(pool.level).toBe('warn')
    pool.error('m')
    expect(last()).toMatchObject({ logger: 'app.db.pool', hooked: 1 })
  })

  it('of a child with fields keeps these fields', () => {
    const { logger, last } = capture()
    logger.child({ requestId: 'r-1' }).getLogger('app.db').info('m')
    expect(last()).toEqual({ logger: 'app.db', msg: 'm', requestId: 'r-1' })
  })

  it('knows nothing of another root: no global state', () => {
    const one = root()
    const other = root()
    one.setLevel('app', 'trace')
    expect(other.getLogger('app').level).toBe('info')
    expect(other.getLogger('app')).not.toBe(one.getLogger('app'))
  })

  it.each(['app.*', '*', '.a', 'a..b', 'a b', 'a=b', 'x'.repeat(300), 5, null])('refuses %j', (name) => {
    expect(() => root().getLogger(name as string)).toThrow(/getLogger\(name\) must be a/)
  })
})

it.each(['a b', 5, null, undefined])('the level of %j, which is no name, is refused', (name) => {
  expect(() => root().levels.get(name as string)).toThrow(/^get\(name\) must be a dotted name/)
})

describe('a level set at a name', () => {
  it('reaches every name below it at once, unless that set its own', () => {
    const logger = root()
    const db = logger.getLogger('app.db')
    const web = logger.getLogger('app.web')
    web.level = 'error'
    logger.setLevel('app', 'debug')
    expect([db.level, web.level, logger.level, logger.getLogger('other').level]).toEqual([
      'debug',
      'error',
      'info',
      'info',
    ])
    expect([db.isEnabled('debug'), db.isEnabled('trace'), logger.isEnabled('debug')]).toEqual([true, false, false])
  })

  it('reaches names that have no logger yet, and loggers that bring the name by child()', () => {
    const logger = root()
    logger.setLevel('app.db', 'trace')
    expect(logger.getLogger('app.db.pool').level).toBe('trace')
    expect(logger.child({}, { name: 'app.db' }).level).toBe('trace')
    expect(logger.child({}, { name: 'app.dbx' }).level).toBe('info')
  })

  it('wins over the level a named child was made with, but not over one that is set on it later', () => {
    const logger = root()
    const child = logger.child({}, { name: 'app.db', level: 'error' })
    expect(child.level).toBe('error')
    logger.setLevel('app.db', 'debug')
    expect([child.level, logger.child({}, { name: 'app.db', level: 'error' }).level]).toEqual(['debug', 'debug'])
    child.level = 'warn'
    expect(child.level).toBe('warn')
  })

  it("leaves a request's own level alone", () => {
    const logger = root({ name: 'app' })
    const request = logger.child({ requestId: 'r' }, { level: 'debug' })
    logger.level = 'error'
    expect([logger.level, request.level]).toEqual(['error', 'debug'])
  })

  it('at app.* or * reaches also what set its own, until that is set again', () => {
    const logger = root()
    const db = logger.getLogger('app.db')
    const other = logger.getLogger('other')
    db.level = 'error'
    other.level = 'error'
    const child = logger.child({}, { level: 'fatal' })
    logger.setLevel('app.*', 'debug')
    expect([logger.getLogger('app').level, db.level, other.level, logger.level]).toEqual([
      'debug',
      'debug',
      'error',
      'info',
    ])
    logger.setLevel('*', 'trace')
    expect([db.level, other.level, logger.level, child.level]).toEqual(['trace', 'trace', 'trace', 'trace'])
    db.level = 'warn'
    expect([db.level, logger.getLogger('app.db.pool').level, other.level]).toEqual(['warn', 'warn', 'trace'])
  })

  it('ends by itself, and what was there before counts again', () => {
    const logger = root()
    const db = logger.getLogger('app.db')
    const web = logger.getLogger('app.web')
    web.level = 'warn'
    logger.setLevel('app.*', 'debug', { forMs: 60_000 })
    logger.setLevel('app.db', 'trace', { forMs: 30_000 })
    expect([db.level, web.level]).toEqual(['trace', 'debug'])
    vi.advanceTimersByTime(30_000)
    expect([db.level, web.level]).toEqual(['debug', 'debug'])
    vi.advanceTimersByTime(29_999)
    expect(db.isEnabled('debug')).toBe(true)
    vi.advanceTimersByTime(1)
    expect([db.level, web.level, db.isEnabled('debug')]).toEqual(['info', 'warn', false])
  })

  it('set anew takes the place of one that would end', () => {
    const logger = root()
    logger.setLevel('app', 'debug', { forMs: 1000 })
    logger.setLevel('app', 'trace', { forMs: 5000 })
    vi.advanceTimersByTime(2000)
    expect(logger.getLogger('app').level).toBe('trace')
    logger.setLevel('app', 'warn')
    vi.advanceTimersByTime(5000)
    expect(logger.getLogger('app').level).toBe('warn')
  })

  it('is taken back by reset', () => {
    const logger = root()
    logger.setLevel('app', 'debug')
    logger.levels.reset('app')
    logger.levels.reset('nowhere')
    expect(logger.getLogger('app').level).toBe('info')
    expect(logger.levels.list()).toMatchObject([
      { name: '', level: 'info', isOwn: true },
      { name: 'app', level: 'info', isOwn: false },
    ])
  })

  it('holds no process: its timer is not waited for, and close() lets go of it', async () => {
    const logger = root()
    logger.setLevel('app', 'debug', { forMs: 60_000 })
    expect(vi.getTimerCount()).toBe(1)
    await logger.close()
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    { call: (log: Logger) => log.setLevel('app', 'loud' as never), want: /setLevel\(level\) must be 'trace'/ },
    { call: (log: Logger) => log.setLevel('a b', 'debug'), want: /setLevel\(names\) must be a dotted name/ },
    { call: (log: Logger) => log.setLevel('app', 'debug', { forMs: 0 }), want: /setLevel.forMs must be an integer/ },
    { call: (log: Logger) => log.setLevel('app', 'debug', { forMS: 5 } as never), want: /did you mean forMs/ },
  ])('is refused where it cannot be: $want', ({ call, want }) => {
    const logger = root()
    expect(() => call(logger)).toThrow(want)
    expect(logger.levels.list()).toHaveLength(1)
  })
})

describe('the listing of levels', () => {
  it('has every name in use, in order, with what counts there and until when', () => {
    const logger = root({ name: 'shop' })
    logger.getLogger('app.db')
    logger.child({}, { name: 'OrdersService' })
    logger.setLevel('app', 'debug', { forMs: 1000 })
    logger.setLevel('shop', 'warn')
    expect(logger.levels.list()).toEqual([
      { name: 'OrdersService', level: 'warn', isOwn: false, until: undefined },
      { name: 'app', level: 'debug', isOwn: true, until: new Date(Date.UTC(2026) + 1000) },
      { name: 'app.db', level: 'debug', isOwn: false, until: new Date(Date.UTC(2026) + 1000) },
      { name: 'shop', level: 'warn', isOwn: true, until: undefined },
    ])
    expect([logger.levels.get('app.db.pool'), logger.levels.get('shop'), logger.levels.get('x')]).toEqual([
      'debug',
      'warn',
      'warn',
    ])
  })

  it('stays within its bound, whatever names come', () => {
    const logger = root()
    for (let i = 0; i < 20_000; i++) logger.child({}, { name: `n${i}` })
    expect(logger.levels.list().length).toBeLessThanOrEqual(10_000)
    const setMany = (): void => {
      for (let i = 0; i < 20_000; i++) logger.setLevel(`s${i}`, 'debug')
    }
    expect(setMany).toThrow('at most 10000 names')
  })
})

describe('changes of levels', () => {
  it('are told to listeners: set, expired, reset', () => {
    const logger = root({ name: 'shop' })
    const told: LevelChange[] = []
    const stop = logger.levels.onChange((change) => told.push(change))
    logger.setLevel('app.*', 'debug', { forMs: 1000 })
    vi.advanceTimersByTime(1000)
    logger.level = 'warn'
    logger.levels.reset('app.*')
    logger.levels.reset('shop')
    stop()
    logger.setLevel('app', 'trace')
    expect(told).toEqual([
      { names: 'app.*', level: 'debug', why: 'set', until: new Date(Date.UTC(2026) + 1000) },
      { names: 'app.*', level: undefined, why: 'expired', until: undefined },
      { names: 'shop', level: 'warn', why: 'set', until: undefined },
      { names: 'app.*', level: undefined, why: 'reset', until: undefined },
      { names: 'shop', level: undefined, why: 'reset', until: undefined },
    ])
  })

  it('are told to the others too when one listener throws', () => {
    const { logger, problems } = capture()
    let told = 0
    logger.levels.onChange(() => {
      throw new Error('deaf')
    })
    logger.levels.onChange(() => told++)
    logger.setLevel('app', 'debug')
    expect(told).toBe(1)
    expect(problems.map(({ message }) => message)).toEqual(['deaf'])
  })

  it('may be told by a listener that is async, which ends no process where it fails', async () => {
    const { logger, problems } = capture()
    const deaf: () => unknown = () => Promise.reject(new Error('deaf'))
    logger.levels.onChange(deaf)
    logger.setLevel('app', 'debug')
    await new Promise((resolve) => setImmediate(resolve))
    expect(problems.map(({ message }) => message)).toEqual(['deaf'])
  })
})

describe('levels from the environment', () => {
  it('are read when a root is made, and win over its level option', () => {
    vi.stubEnv('WIDELINE_LEVEL', 'warn, app.db=debug ,http.*=SILENT')
    const logger = root({ name: 'shop' })
    logger.child({}, { name: 'http.client', level: 'trace' })
    expect([
      logger.level,
      logger.getLogger('app.db').level,
      logger.getLogger('app').level,
      logger.getLogger('http.client').level,
    ]).toEqual(['warn', 'debug', 'warn', 'silent'])
  })

  it('yield to the levels option, as text or as object', () => {
    vi.stubEnv('WIDELINE_LEVEL', 'silent')
    expect(root({ levels: 'app=trace' }).level).toBe('info')
    const logger = root({ levels: { '': 'error', 'app.*': 'debug' } })
    expect([logger.level, logger.getLogger('app.x').level]).toEqual(['error', 'debug'])
  })

  it.each([
    { text: 'loud', want: 'WIDELINE_LEVEL, column 1, must be one of trace, debug' },
    {
      text: 'info,app=wran',
      want: 'column 10, must be one of trace, debug, info, warn, error, fatal, panic, silent (did you mean warn?), got "wran"',
    },
    { text: 'a b=info', want: 'column 1, must be a dotted name' },
    { text: '=info', want: 'must be a dotted name' },
  ])('are refused with their column where they are none: $text', ({ text, want }) => {
    vi.stubEnv('WIDELINE_LEVEL', text)
    expect(() => createLogger({ outputs: [memory()] })).toThrow(want)
  })

  it('are none when the variable is empty', () => {
    vi.stubEnv('WIDELINE_LEVEL', '')
    expect(root().level).toBe('info')
  })
})

describe('outputs by name', () => {
  it('reach names below, live, until they are taken away', () => {
    const { logger, output } = capture()
    const pool = logger.getLogger('app.db.pool')
    const own = memory()
    logger.setOutputs('app', [{ output: own, encoder: json(), level: 'warn' }])
    pool.warn('to its own')
    pool.info('below its level')
    logger.child({}, { name: 'app.web' }).error('to the same')
    expect(pool.isEnabled('info')).toBe(false)
    logger.setOutputs('app', undefined)
    pool.info('to all')
    expect(own.parsed().map(({ msg }) => msg)).toEqual(['to its own', 'to the same'])
    expect(output.parsed().map(({ msg }) => msg)).toEqual(['to all'])
  })

  it('are refused where they are no array', () => {
    const { logger } = capture()
    expect(() => logger.setOutputs('app', memory() as never)).toThrow(
      'setOutputs(outputs) must be an array of outputs, got an object',
    )
  })

  it('of the root take the place of those it was made with', () => {
    const { logger, output } = capture({ name: 'shop' })
    const own = memory()
    logger.setOutputs('', [own])
    logger.getLogger('app').info('m')
    expect([own.lines.length, output.lines.length]).toEqual([1, 0])
  })

  it.each(['shop', 'app'])('are those of %s already when one that is let go fails and is told of', (name) => {
    const logger: Logger = createLogger({
      name: 'shop',
      outputs: [memory()],
      onError: ({ message }) => named.warn(message),
    })
    const named = logger.getLogger(name)
    const failing = Object.assign(memory(), {
      flushSync: () => {
        throw new Error('no room')
      },
    })
    const own = memory()
    logger.setOutputs(name, [failing])
    named.info('first')
    logger.setOutputs(name, [own])
    expect(own.parsed().map(({ msg }) => msg)).toEqual(['no room'])
    expect(failing.lines.length).toBe(1)
  })

  it('are added to a logger and its children, and taken out again', () => {
    const { logger, output } = capture()
    const child = logger.child({ a: 1 })
    const own = memory()
    const stop = child.addOutput({ output: own, encoder: json() })
    child.child().info('both')
    logger.info('one')
    stop()
    child.info('one')
    expect([own.lines.length, output.lines.length]).toEqual([1, 3])
    const all = memory()
    const stopAll = logger.addOutput(all)
    child.info('both')
    stopAll()
    child.info('one')
    expect([all.lines.length, output.lines.length]).toEqual([1, 5])
    expect(logger.stats().outputs).toHaveLength(1)
  })

  it('with another encoder keep every key single', () => {
    const { logger } = capture()
    const child = logger.child({ severity: 'context', other: 1 })
    child.info('before', { severity: 'line' })
    const own = memory()
    child.addOutput({ output: own, encoder: json({ keys: { level: 'severity' } }) })
    child.info('after')
    child.info('after', { severity: 'line', nested: { severity: 'nested' } })
    expect(own.lines[0].match(/"severity"/g)).toHaveLength(1)
    expect(own.parsed()).toMatchObject([
      { severity: 'info', _severity: 'context' },
      { severity: 'info', _severity: 'line', nested: { severity: 'nested' } },
    ])
  })

  it('are flushed when they are let go, and stay open', () => {
    const { logger } = capture()
    const own = memory()
    let flushed = 0
    const watched = { ...methodsOf(own), flushSync: () => flushed++ }
    logger.addOutput(watched as never)()
    expect(flushed).toBe(1)
  })
})

function methodsOf(output: ReturnType<typeof memory>): object {
  return {
    begin: () => output.begin(),
    commit: (level: number) => output.commit(level),
    flush: () => output.flush(),
    flushSync: () => output.flushSync(),
    close: () => output.close(),
    stats: () => output.stats(),
  }
}
