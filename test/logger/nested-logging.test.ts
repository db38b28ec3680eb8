import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  createLogger,
  type FieldWriter,
  json,
  type Logger,
  loggable,
  memory,
  type MemoryOutput,
  type Output,
  pretty,
  recent,
  type RecentLines,
} from 'wideline'
import { strictParse } from '../encoders/strict-json.js'
import { capture } from './capture.js'

/** Values that log while they are read. */
const VALUES: { name: string; make: (log: () => void) => object }[] = [
  {
    name: 'a getter',
    make: (log) => ({
      before: 1,
      get value() {
        log()
        return 'read'
      },
      after: 2,
    }),
  },
  { name: 'a toJSON', make: (log) => ({ toJSON: () => (log(), { value: 'read' }) }) },
  {
    name: 'a proxy',
    make: (log) => new Proxy({ value: 'read' }, { get: (target, key) => (log(), Reflect.get(target, key)) }),
  },
  {
    name: 'a Loggable',
    make: (log) =>
      new (class Logged {
        [loggable](fields: FieldWriter): void {
          fields.int('before', 1)
          log()
          fields.string('value', 'read')
        }
      })(),
  },
  {
    name: 'an iterator',
    make: (log) =>
      Object.assign(new Set([1]), {
        *[Symbol.iterator]() {
          log()
          yield 'read'
        },
      }),
  },
  {
    name: "an error's message",
    make: (log) =>
      Object.defineProperty(new Error('x'), 'message', {
        get: () => {
          log()
          return 'read'
        },
      }),
  },
]

describe('a value that logs while it is read', () => {
  it.each(VALUES)('$name leaves its own line and the outer one whole, in a field', ({ make }) => {
    const { logger, lines, problems } = capture()
    const value = make(() => logger.child({ c: 1 }).info('inner', { x: { y: 1 } }))
    logger.info('outer', { first: 1, value, last: 2 })
    const outer = lines().filter((line) => line['msg'] === 'outer')
    const inner = lines().filter((line) => line['msg'] === 'inner')
    expect(outer).toHaveLength(1)
    expect(outer[0]).toMatchObject({ first: 1, last: 2 })
    expect(JSON.stringify(outer[0])).toContain('read')
    expect(inner.length).toBeGreaterThan(0)
    for (const line of inner) expect(line).toMatchObject({ c: 1, x: { y: 1 } })
    expect(problems).toEqual([])
    expect(logger.stats().entries.outstanding).toBe(0)
    expect(logger.stats().buffers.misuses).toBe(0)
  })

  it.each(VALUES)('$name leaves whole lines as the fields, as the context, and with printf', ({ make }) => {
    const { logger, lines } = capture()
    const value = make(() => logger.warn('inner'))
    logger.info('outer', value as Record<string, unknown>)
    logger.child({ value }).info('outer')
    logger.info('outer %j', value)
    const messages = lines().map((line) => String(line['msg']).slice(0, 5))
    expect(messages.filter((message) => message === 'outer')).toHaveLength(3)
    expect(messages.length).toBeGreaterThan(3)
  })

  it('with pretty() leaves whole entries too', () => {
    const output = memory()
    const logger = createLogger({ outputs: [{ output, encoder: pretty({ colour: false }) }] })
    logger.info('outer', {
      a: {
        get b() {
          logger.info('inner', { c: { d: 1 } })
          return 1
        },
      },
      z: 1,
    })
    expect(output.lines.map((line) => line.slice(13))).toEqual(['INFO  outer a={"b":1} z=1', 'INFO  inner c={"d":1}'])
  })

  it('with two outputs leaves both lines whole on both', () => {
    const outputs = [memory(), memory()]
    const logger = createLogger({ outputs: outputs.map((output) => ({ output, encoder: json() })) })
    logger.info('outer', {
      a: {
        get b() {
          logger.info('inner')
          return 1
        },
      },
    })
    for (const output of outputs) {
      for (const line of output.lines) strictParse(line)
      expect(output.parsed().filter((line) => line['msg'] === 'outer')).toHaveLength(1)
    }
  })

  it.each([
    { name: 'memory()', make: memory, kept: 42 },
    { name: 'recent()', make: recent, kept: 42 },
    { name: 'recent() of one line', make: () => recent({ lines: 1 }), kept: 1 },
  ])('leaves all lines whole where it has held ones written, on $name', ({ make, kept }) => {
    const output: MemoryOutput | RecentLines = make()
    const logger = createLogger({ outputs: [output] })
    const failing = (): void =>
      logger.unit('inner', { recorder: true }, (unit) => {
        for (let n = 0; n < 40; n++) unit.debug('held', { n })
        throw new Error('failed')
      })
    logger.info('outer', {
      first: {
        get value() {
          expect(failing).toThrow('failed')
          return 'read'
        },
      },
      last: 2,
    })
    const lines = 'show' in output ? output.show() : output.lines
    const found = lines.map((line) => strictParse(line) as Record<string, unknown>)
    expect(found).toHaveLength(kept)
    if (kept > 1) {
      expect(found.filter(({ msg }) => msg === 'held').map(({ n }) => n)).toEqual(
        Array.from({ length: 40 }, (_, n) => n),
      )
      expect(found.filter(({ msg }) => msg === 'unit failed')).toHaveLength(1)
      expect(found.find(({ msg }) => msg === 'outer')).toMatchObject({ first: { value: 'read' }, last: 2 })
    }
    expect(logger.stats().outputs[0]).toMatchObject({ calls: 42, accepted: 42, dropped: {} })
    expect(logger.stats().buffers).toMatchObject({ outstanding: 0, misuses: 0 })
  })

  it('three levels deep leaves three whole lines', () => {
    const { logger, lines } = capture()
    const nest = (depth: number): object => ({
      get value() {
        if (depth > 0) logger.info(`level ${depth}`, { nested: nest(depth - 1) })
        return depth
      },
    })
    logger.info('outer', { nested: nest(3) })
    expect(
      lines()
        .map((line) => String(line['msg']))
        .toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['level 1', 'level 2', 'level 3', 'outer'])
    expect(lines().every((line) => typeof (line['nested'] as { value: unknown }).value === 'number')).toBe(true)
  })
})

/** A loop of a few lines is a nuisance, of thousands an outage. */
const MAX_LINES = 100

function callWithin(ms: number, call: () => void): void {
  runInNewContext('call()', { call }, { timeout: ms })
}

describe('a value that logs itself while it is read', () => {
  it.each<{ name: string; log: (logger: Logger, value: object) => void }>([
    { name: 'as a field', log: (logger, value) => logger.info('m', { value }) },
    { name: 'as the fields', log: (logger, value) => logger.info('m', value as Record<string, unknown>) },
    { name: 'with printf', log: (logger, value) => logger.info('m %j', value) },
  ])('$name does not loop: a few lines, all whole, and no entry lost', ({ log }) => {
    const { logger, lines } = capture()
    const value = {
      get self() {
        log(logger, value)
        return 1
      },
    }
    callWithin(5000, () => log(logger, value))
    expect(lines().length).toBeGreaterThan(0)
    expect(lines().length).toBeLessThanOrEqual(MAX_LINES)
    expect(logger.stats().entries.outstanding).toBe(0)
  })

  it('in the context of the logger it logs to does not loop either', () => {
    const { logger, lines } = capture()
    const service: { log?: Logger; readonly status: string } = {
      get status() {
        service.log?.info('status read')
        return 'ok'
      },
    }
    const child = logger.child({
      service: {
        get status() {
          return service.status
        },
      },
    })
    service.log = child
    callWithin(5000, () => child.info('outer'))
    expect(lines().length).toBeLessThanOrEqual(MAX_LINES)
    expect(lines().filter((line) => line['msg'] === 'outer')).toHaveLength(1)
    expect(logger.stats().entries.outstanding).toBe(0)
  })
})

describe('an output that logs while it takes a line', () => {
  function talking(inner: MemoryOutput, talk: () => void): Output {
    return {
      begin: () => inner.begin(),
      commit: (level) => {
        talk()
        inner.commit(level)
      },
      flush: () => inner.flush(),
      flushSync: () => inner.flushSync(),
      close: () => inner.close(),
      stats: () => inner.stats(),
    }
  }

  it.each<{ name: string; others: MemoryOutput[]; log: (logger: Logger) => void }>([
    { name: 'alone', others: [], log: (logger) => logger.info('outer', { a: 1 }) },
    { name: 'beside another', others: [memory()], log: (logger) => logger.info('outer', { a: 1 }) },
    {
      name: 'that was held back',
      others: [],
      log: (logger) => {
        const failing = (): void =>
          logger.unit('inner', { recorder: true }, (unit) => {
            unit.debug('outer', { a: 1 })
            throw new Error('failed')
          })
        expect(failing).toThrow('failed')
      },
    },
  ])('has the line whole, and its own behind it: $name', ({ others, log }) => {
    const output = memory()
    let hasTalked = false
    const talk = (): void => {
      if (hasTalked) return
      hasTalked = true
      logger.info('told', { b: 2 })
    }
    const outputs = [talking(output, talk), ...others].map((each) => ({ output: each, encoder: json() }))
    const logger = createLogger({ outputs })
    log(logger)
    expect(output.parsed().slice(0, 2)).toMatchObject([
      { msg: 'outer', a: 1 },
      { msg: 'told', b: 2 },
    ])
    for (const other of others) {
      expect(new Set(other.parsed().map((line) => line['msg']))).toEqual(new Set(['outer', 'told']))
      expect(other.lines).toHaveLength(2)
    }
    expect(logger.stats().buffers.outstanding).toBe(0)
  })
})
