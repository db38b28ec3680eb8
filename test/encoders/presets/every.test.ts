import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createLogger, json, type JsonPreset, type Logger, loggable, memory } from 'wideline'
import { requestLogger } from 'wideline/express'
import { encoderConformance } from 'wideline/testing'
import express from 'express'
import supertest from 'supertest'
import { write } from '../lines.js'
import { strictParse } from '../strict-json.js'
import { failure, lineOf, linesOf, TRACE, wideLine } from './support.js'
import { runs } from '../../runs.js'

const PRESETS: readonly JsonPreset[] = ['pino', 'ecs', 'gcp', 'otel', 'datadog']

/** Every name that some preset writes or reads, and each with underscores in front. */
const NAMES = [
  ...new Set(
    PRESETS.flatMap((preset) => [
      ...json({ preset }).reservedKeys,
      ...Object.keys(lineOf({ preset }, (log) => wideLine(log.child(TRACE), 'failed'))),
    ]),
  ),
  ...'traceId spanId requestId method url route status outcome durationMs bytes error err remoteAddress'.split(' '),
  ...'userAgent requestBytes controller handler labels labels.a .a a. a..b a* A.b % %2E status_code'.split(' '),
].flatMap((name) => [name, `_${name}`, `__${name}`])

const value = fc.constantFrom<unknown>(1, 'text', null, true, { a: 1 }, [{ a: 1 }], ['a', 1], failure(), 1n, undefined)
const bag = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 12 })

beforeAll(() => void vi.stubEnv('GOOGLE_CLOUD_PROJECT', undefined))
afterAll(() => void vi.unstubAllEnvs())

/** Everything a reader finds in a line: its leaves as text. */
function leaves(read: unknown): string[] {
  if (typeof read !== 'object' || read === null) return [String(read)]
  return Object.values(read).flatMap(leaves)
}

describe.each(PRESETS)('json({ preset: %j })', (preset) => {
  it.each(encoderConformance(() => json({ preset })))('$name', async ({ run }) => {
    expect(await run()).toBeUndefined()
  })

  it('never writes a key twice, whatever the names of fields, in the context, the line or a request’s line', () => {
    fc.assert(
      fc.property(bag, bag, fc.boolean(), (context, fields, isWide) => {
        linesOf({ preset }, (log) => {
          const child = log.child(context)
          if (!isWide) child.info('m', fields)
          else wideLine(child.child(fields), 'failed')
        })
      }),
      { numRuns: runs(1000) },
    )
  })

  it('loses no field for its name', () => {
    for (const name of NAMES) {
      const marked = { [name]: `value of ${name}` }
      const lines = linesOf({ preset }, (log) => {
        log.info('m', marked)
        log.child(marked).info('m')
        log.child({ ...marked, other: 1 }).info('m', { ...marked, more: 2 })
      })
      for (const line of lines) expect(leaves(strictParse(line))).toContain(`value of ${name}`)
    }
  })

  it('writes a line of its own for a value that logs while it is read, in the middle of a request’s line', () => {
    const output = memory()
    const log: Logger = createLogger({ outputs: [{ output, encoder: json({ preset }) }] })
    const noisy = {
      [loggable]: () => wideLine(log.child({ requestId: 'inner', ...TRACE }), 'failed'),
    }
    const line = log.at('info')!.any('noisy', noisy).string('requestId', 'outer').string('method', 'PUT')
    for (const name of 'abcdefgh') line.string(name, `value of ${name}`)
    line.string('outcome', 'completed').duration('durationMs', 1).msg('m')
    const [outer, inner] = output.lines
    expect(output.lines).toHaveLength(2)
    strictParse(outer)
    strictParse(inner)
    expect(outer).toContain('"PUT"')
    expect(outer).not.toContain('inner')
    for (const name of 'abcdefgh') expect(outer).toContain(`value of ${name}`)
    expect(inner).toContain('no such order')
    expect(inner).not.toContain('"PUT"')
  })

  it('cuts a line at its bound, and it is still whole JSON', () => {
    const limits = { maxLineBytes: 2048, maxStringLength: 1024 }
    const { logger, lines } = write(json({ preset, limits }))
    const long = 'x'.repeat(900)
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`key${i}`, long]))
    logger.child(many).error('m', many)
    logger.error('m', { error: new Error(long, { cause: new Error(long, { cause: new Error(long) }) }), ...many })
    for (const line of lines) {
      strictParse(line)
      expect(line).toContain('[Cut: ')
    }
    expect(Buffer.byteLength(lines[1])).toBeLessThan(2048 + 2048)
  })

  it('writes nothing of a secret', () => {
    const secret = 'hunter2'
    const fields = { password: secret, deep: { token: secret } }
    const error = Object.assign(failure(), { token: secret })
    for (const line of linesOf({ preset }, (log) => log.child(fields).error('m', { error, more: fields }))) {
      expect(line).not.toContain(secret)
    }
  })

  it('knows the line of a real request', async () => {
    const output = memory()
    const logger = createLogger({ outputs: [{ output, encoder: json({ preset }) }] })
    const app = express()
    app.use(requestLogger({ logger }))
    app.get('/orders/:id', (_request, response) => void response.status(418).send('short and stout'))
    await supertest(app).get('/orders/42?page=2').expect(418)
    const line = strictParse(output.lines[0]) as Record<string, Record<string, unknown>>
    const status: Record<JsonPreset, unknown> = {
      pino: line['res']?.['statusCode'],
      ecs: line['http.response.status_code'],
      gcp: line['httpRequest']?.['status'],
      otel: line['Attributes']?.['http.response.status_code'],
      datadog: line['http']?.['status_code'],
    }
    expect(status[preset]).toBe(418)
  })
})

const LEVELS: Record<JsonPreset, { key: string; label: string; number: string }> = {
  pino: { key: 'level', label: 'trace debug info warn error fatal panic', number: '10 20 30 40 50 60 60' },
  ecs: { key: 'log.level', label: 'trace debug info warn error fatal panic', number: '10 20 30 40 50 60 70' },
  gcp: {
    key: 'severity',
    label: 'DEBUG DEBUG INFO WARNING ERROR CRITICAL EMERGENCY',
    number: '100 100 200 400 500 600 800',
  },
  otel: { key: 'SeverityText', label: 'trace debug info warn error fatal panic', number: '1 5 9 13 17 21 22' },
  datadog: { key: 'status', label: 'trace debug info warn error critical emergency', number: '7 7 6 4 3 2 0' },
}

describe.each(PRESETS)('the levels of %s', (preset) => {
  it.each(['label', 'number'] as const)('as %s', (level) => {
    const lines = linesOf(
      { preset, level },
      (log) => {
        for (const name of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) log[name]('m')
        expect(() => log.panic('m')).toThrow('m')
      },
      { level: 'trace' },
    )
    const key = preset === 'otel' && level === 'number' ? 'SeverityNumber' : LEVELS[preset].key
    const written = lines.map((line) => (strictParse(line) as Record<string, unknown>)[key])
    expect(written.join(' ')).toBe(LEVELS[preset][level])
  })
})

describe('reservedKeys', () => {
  it.each(PRESETS)('of %s holds no name that a request’s line has', (preset) => {
    const { reservedKeys } = json({ preset })
    const wide = 'requestId method url route status outcome durationMs bytes controller handler error err'.split(' ')
    expect(reservedKeys.filter((name) => wide.includes(name))).toEqual([])
    expect(new Set(reservedKeys).size).toBe(reservedKeys.length)
  })

  it('leaves the other outputs of a logger their names', () => {
    const plain = memory()
    const others = PRESETS.map((preset) => ({ output: memory(), encoder: json({ preset }) }))
    const logger = createLogger({ outputs: [{ output: plain, encoder: json() }, ...others] })
    wideLine(logger, 'failed')
    const names = Object.keys(strictParse(plain.lines[0]) as object)
    expect(names.filter((name) => name.startsWith('_'))).toEqual([])
  })
})
