import { pino, type Logger as PinoLogger } from 'pino'
import { prettyFactory, type PrettyOptions } from 'pino-pretty'
import { createLogger, json, type LoggerOptions, memory } from 'wideline'
import { fixedClock } from 'wideline/testing'
import { describe, expect, it } from 'vitest'

// The same calls on pino and on a logger with the preset: what pino-pretty makes of both is one text.

const TIME = 1795402335206

type Calls = (log: PinoLogger) => void

function linesOfPino(calls: Calls, options: pino.LoggerOptions = {}): string[] {
  const lines: string[] = []
  const log = pino(
    { level: 'trace', timestamp: () => `,"time":${TIME}`, ...options },
    { write: (line: string) => lines.push(line) },
  )
  calls(log)
  return lines
}

function linesOfOurs(calls: Calls, options: LoggerOptions = {}): readonly string[] {
  const output = memory()
  const clock = fixedClock(new Date(TIME))
  const outputs = [{ output, encoder: json({ preset: 'pino' }) }]
  calls(createLogger({ level: 'trace', clock, outputs, ...options }) as unknown as PinoLogger)
  return output.lines
}

const forms: readonly PrettyOptions[] = [
  { colorize: false },
  { colorize: true },
  { colorize: false, singleLine: true },
  { colorize: false, levelFirst: true, translateTime: 'SYS:standard', ignore: 'pid,hostname' },
  { colorize: false, errorProps: '*', messageFormat: '{msg} of {name}' },
]

function expectSame(
  calls: Calls,
  theirs: pino.LoggerOptions = {},
  ours: LoggerOptions = theirs as unknown as LoggerOptions,
): void {
  const linesOfTheirs = linesOfPino(calls, theirs)
  const lines = linesOfOurs(calls, ours)
  expect(linesOfTheirs.length).toBeGreaterThan(0)
  for (const form of forms) {
    const pretty = prettyFactory(form)
    expect(lines.map(pretty).join('')).toBe(linesOfTheirs.map(pretty).join(''))
  }
}

const socket = Object.assign(new Error('socket closed'), { code: 'ECONNRESET' })
const failure = Object.assign(new TypeError('no answer', { cause: new RangeError('retries', { cause: socket }) }), {
  code: 'E_PAY',
  statusCode: 502,
})
const both = new AggregateError([failure, new Error('b')], 'both')

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

describe.each(levels)('at level %s', (level) => {
  const shapes: readonly (readonly [string, Calls])[] = [
    ['a message', (log) => log[level]('order paid')],
    ['fields and a message', (log) => log[level]({ orderId: 42, amount: 99.5, ok: true, none: null }, 'order paid')],
    ['fields alone', (log) => log[level]({ orderId: 42 })],
    ['nested values', (log) => log[level]({ a: { b: [1, { c: 'd' }], e: {} }, when: new Date(TIME) }, 'nested')],
    ['placeholders', (log) => log[level]('paid %d orders in %s, %j', 3, 'EUR', { a: 1 })],
    ['fields and placeholders', (log) => log[level]({ a: 1 }, 'paid %d%% in %s', 3, 'EUR')],
    ['a child', (log) => log.child({ reqId: 7, tenant: 'acme' })[level]({ a: 1 }, 'of a child')],
    [
      'a child of a child',
      (log) => {
        const child = log.child({ a: 1 }).child({ b: { c: 2 } })
        child[level]('of its child')
      },
    ],
    ['an error', (log) => log[level](failure)],
    ['an error and a message', (log) => log[level](failure, 'payment failed')],
    ['an error among fields', (log) => log[level]({ err: failure, orderId: 42 }, 'payment failed')],
    ['an error among fields, without a message', (log) => log[level]({ err: failure, orderId: 42 })],
    ['an error in a child', (log) => log.child({ orderId: 42 })[level]({ err: failure }, 'payment failed')],
    ['several errors', (log) => log[level](both, 'failed')],
    ['names of requests', (log) => log[level]({ req: { id: 1, method: 'GET' }, res: { statusCode: 200 } }, 'asked')],
    ['a response time', (log) => log[level]({ responseTime: 12, req: { a: 1 } }, 'answered')],
    ['letters', (log) => log[level]({ text: 'ä "quoted" \\ 漢字 😀' }, 'größer\tals\nzwei Zeilen')],
  ]
  it.each(shapes)('%s reads the same', (_name, call) => expectSame(call))

  it('serializers, of a logger and of a child, read the same', () => {
    const user = ({ id }: { id: number }): object => ({ id })
    const calls: Calls = (log) => {
      log[level]({ user: { id: 1, mail: 'a@b.c' }, left: undefined }, 'who')
      const child = log.child({ user: { id: 2, mail: 'a@b.c' } }, { serializers: { order: String } })
      child[level]({ order: 7 }, 'of a child')
      log[level]({ order: 7 }, 'not of its parent')
    }
    expectSame(calls, { serializers: { user } })
  })
})

it('a name reads the same, and a level that is off gives nothing', () => {
  expectSame(
    (log) => {
      log.debug('off')
      log.info({ a: 1 }, 'on')
      log.level = 'debug'
      log.debug('on')
      log.child({}, { level: 'error' }).warn('off')
      log.silent('off')
    },
    { name: 'shop', level: 'info' },
  )
})

it('redacted paths read the same', () => {
  const calls: Calls = (log) => log.info({ user: { iban: 'DE00', name: 'Ann' }, pin: '1234' }, 'who')
  const paths = ['user.iban', 'pin']
  expectSame(calls, { redact: { paths, censor: '[redacted]' } }, { redact: { paths, strategy: () => '[redacted]' } })
})

it('has the id of a request where pino-http has it, under whatever is named requestId', () => {
  const [line] = linesOfOurs((log) => log.child({ requestId: 'r-1' }).info({ req: { a: 1 } }, 'x'))
  expect(JSON.parse(line)).toMatchObject({ req: { id: 'r-1' }, _req: { a: 1 } })
})

it('keeps the names of requests apart where a line has them twice, and never writes one twice', () => {
  const [line] = linesOfOurs((log) =>
    log.child({ requestId: 'r-1', req: 1, _req: 2, responseTime: 3 }).info({ __req: 3, res: 4, _res: 5 }, 'x'),
  )
  const body = line.slice(line.indexOf('"msg"'))
  expect(body).toBe('"msg":"x","req":{"id":"r-1"},"_req":1,"__req":2,"responseTime":3,"___req":3,"res":4,"_res":5}')
})

it('tells lines apart that differ in a single letter', () => {
  expect(() => {
    let isFirst = true
    expectSame((log) => {
      log.info({ a: isFirst ? 1 : 2 }, 'x')
      isFirst = false
    })
  }).toThrow('to be')
})
