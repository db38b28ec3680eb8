import fs from 'node:fs'
import { ConsoleLogger, type LogLevel } from '@nestjs/common'
import { NestLogger } from 'wideline/nestjs'
import { captureLogs } from 'wideline/testing'
import { describe, expect, it, vi } from 'vitest'
import type { Line } from './lines.js'

const GOLDEN = new URL('golden/call-shapes.txt', import.meta.url)

const err = new TypeError('boom', { cause: new Error('why') })
const { stack = '' } = err
const aggregate = new AggregateError([new Error('one'), new RangeError('two')], 'several')

class Order {
  readonly id = 1
}

type Call = readonly [level: LogLevel, ...args: unknown[]]

/** Every shape in which Nest, its packages and their users call a logger. */
const CALLS: readonly Call[] = [
  ['log', 'm'],
  ['log', 'm', 'Ctx'],
  ['log', 'm', undefined],
  ['log', undefined, 'Ctx'],
  ['log', null, 'Ctx'],
  ['log', '', 'Ctx'],
  ['log', 7, 'Ctx'],
  ['log', { a: 1 }],
  ['log', { a: 1 }, 'Ctx'],
  ['log', { message: 'text', a: 1 }, 'Ctx'],
  ['log', 'm', { a: 1 }],
  ['log', 'm', { a: 1 }, 'Ctx'],
  ['log', 'm', { a: 1, b: 1 }, { b: 2 }, 'Ctx'],
  ['log', 'm', 'more', { a: 1 }, 'Ctx'],
  ['log', 'one', 'two', 'three', 'Ctx'],
  ['log', ['a', 'b'], 'Ctx'],
  ['log', 'm', ['a', 'b'], 'Ctx'],
  ['log', 'm', new Map([['k', 1]]), 'Ctx'],
  ['log', new Order(), 'Ctx'],
  ['log', Order, 'Ctx'],
  ['log', () => 'lazy', 'Ctx'],
  ['log', () => () => 'lazier', 'Ctx'],
  ['log', () => ({ a: 1 }), 'Ctx'],
  ['log', '100%', 'Ctx'],
  ['log', '%s is %d', 'it', 7, 'Ctx'],
  ['log', err, 'Ctx'],
  ['log', 'm', err, 'Ctx'],
  ['warn', 'm', 'Ctx'],
  ['warn', err, 'Ctx'],
  ['warn', 'm', { err }, 'Ctx'],
  ['debug', 'm', { a: 1 }, 'Ctx'],
  ['verbose', 'm', 'Ctx'],
  ['error', 'm'],
  ['error', 'm', 'Ctx'],
  ['error', 'm', undefined, 'Ctx'],
  ['error', 'm', stack],
  ['error', 'm', stack, 'Ctx'],
  ['error', 'm', stack, undefined],
  ['error', 'm', { a: 1 }, 'Ctx'],
  ['error', 'm', { a: 1 }, stack, 'Ctx'],
  ['error', 'm', 'no stack', 'Ctx'],
  ['error', 'one', 'two', stack, 'Ctx'],
  ['error', err],
  ['error', err, 'Ctx'],
  ['error', err, undefined, 'Ctx'],
  ['error', err, stack, 'Ctx'],
  ['error', 'm', err],
  ['error', 'm', err, 'Ctx'],
  ['error', { err, a: 1 }, 'Ctx'],
  ['error', aggregate, 'Ctx'],
  ['error', () => err, undefined, 'Ctx'],
  ['error', 'thrown text', undefined, 'ExceptionsHandler'],
  ['log', true],
  ['log', new Date(0), 'Ctx'],
  ['log', [{ a: 1 }, { b: 2 }], 'Ctx'],
  ['warn', 'm', stack, 'Ctx'],
  ['error', undefined, stack, 'Ctx'],
  ['error', 'm', '', 'Ctx'],
  ['error', 'm', err, stack, 'Ctx'],
  ['error', { message: 'text', a: 1 }, stack, 'Ctx'],
  ['fatal', 'm', undefined, 'Ctx'],
  ['fatal', 'm', 'Ctx'],
  ['fatal', 'm', stack, 'Ctx'],
  ['fatal', err, 'Ctx'],
]

/** What Nest's own logger prints for a call, as JSON records. */
function ofNest([level, ...args]: Call): Line[] {
  const written: string[] = []
  const keep = ((text: string) => written.push(text) > 0) as typeof process.stdout.write
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(keep))
  try {
    const log = new ConsoleLogger({ json: true, colors: false, logLevels: ['verbose'] })
    ;(log[level] as (...args: unknown[]) => void)(...args)
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return written.map((text) => {
    const { pid: _pid, timestamp: _timestamp, ...record } = JSON.parse(text) as Line
    return record
  })
}

function ofWideline([level, message, ...params]: Call): Line[] {
  const logs = captureLogs()
  new NestLogger(logs.logger)[level](message, ...params)
  return logs.parsed().map(({ time: _time, ...line }) => line)
}

/** Stacks are the same in every line, and long. */
function short(record: Line): string {
  return JSON.stringify(record, (_key, value: unknown) =>
    typeof value === 'string' && /\n +at /.test(value) ? `${value.split('\n')[0]} …` : value,
  )
}

function shown(value: unknown): string {
  if (value === stack) return 'stack'
  if (value === err) return 'err'
  if (value === aggregate) return 'aggregate'
  if (value === Order || value instanceof Order) return value === Order ? 'Order' : 'new Order()'
  if (value instanceof Map) return 'map'
  if (typeof value === 'function') return `() => ${shown((value as () => unknown)())}`
  if (typeof value === 'object' && value !== null && 'err' in value) return JSON.stringify(value).replace('{}', 'err')
  return value === undefined ? 'undefined' : JSON.stringify(value).replaceAll('"', "'")
}

function nameOf([level, ...args]: Call): string {
  return `${level}(${args.map(shown).join(', ')})`
}

const calls = CALLS.map((call) => ({ name: nameOf(call), call }))
const LEVELS: Readonly<Record<string, string>> = { log: 'info', verbose: 'trace' }

describe("for every call shape, beside Nest's own ConsoleLogger", () => {
  it.each(calls)('$name is one line, with the level and the context that Nest takes from it', ({ call }) => {
    const nest = ofNest(call)
    const lines = ofWideline(call)
    expect(lines).toHaveLength(1)
    expect(lines[0]['level']).toBe(LEVELS[call[0]] ?? call[0])
    expect(lines[0]['logger']).toBe(nest[0]['context'])
  })

  it.each(calls)(
    '$name has everything that Nest prints: messages, params, errors with their causes, stacks',
    ({ call }) => {
      const [line] = ofWideline(call)
      const text = JSON.stringify(line)
      for (const record of ofNest(call)) {
        const {
          message,
          params,
          error,
          stack: trace,
        } = record as {
          message: unknown
          params?: Line
          error?: { name: string; message: string; cause?: { message: string }; errors?: { message: string }[] }
          stack?: string
        }
        // A template is filled, and a map written as JSON: the values are in the table.
        if (typeof message === 'string' && !/%|^Map/.test(message)) {
          expect(text).toContain(JSON.stringify(message).slice(1, -1))
        }
        for (const [key, value] of Object.entries(params ?? {})) {
          if (key !== 'err') expect(line).toMatchObject({ [key]: value })
        }
        if (trace !== undefined) expect(text).toContain(JSON.stringify(trace).slice(1, -1))
        if (error === undefined) continue
        expect(line['error']).toMatchObject({ type: error.name, message: error.message })
        if (error.cause !== undefined) expect(line['error']).toMatchObject({ cause: { message: error.cause.message } })
        if (error.errors !== undefined)
          expect(line['error']).toMatchObject({ errors: error.errors.map(({ message: each }) => ({ message: each })) })
      }
    },
  )

  it('is written as it stands in the table', () => {
    const table = calls
      .flatMap(({ name, call }) => [
        name,
        ...ofNest(call).map((record) => `  nest      ${short(record)}`),
        ...ofWideline(call).map((record) => `  wideline  ${short(record)}`),
      ])
      .join('\n')
    if (process.env['UPDATE_GOLDEN'] === '1') fs.writeFileSync(GOLDEN, `${table}\n`)
    expect(`${table}\n`).toBe(fs.readFileSync(GOLDEN, 'utf8'))
  })
})
