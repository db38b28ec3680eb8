/* oxlint-disable vitest/no-standalone-expect -- holdRows() makes a test of each case */
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, expect, it } from 'vitest'
import { type Case, holdRows, load, noMethod, ours, refused, type Row, rowsOf, untried } from './migration.js'
import { difference, linesOf, shownDifference } from './migration-samples.js'

/* oxlint-disable typescript/no-explicit-any, typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-member-access, typescript/no-unsafe-return, typescript/no-unsafe-argument -- pino-http is loaded without its types; see load() */

type Line = Record<string, any>
type Log = import('wideline').Logger

const pino = load('pino')
const pinoHttp = load('pino-http')
const user = { id: 7, pin: '1234' }
const err = Object.assign(new TypeError('no answer'), { code: 'E_PAY' })

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-rows-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const { createLogger, json, memory } = ours

function parsed(lines: readonly string[]): Line[] {
  return lines.map((line) => {
    const { time: _time, ...rest } = JSON.parse(line) as Line
    return rest
  })
}

interface Both<T> {
  readonly theirs: T
  readonly here: T
}

/** Loggers of both, made by a row's cells or plain ones, that write into memory. */
class Pair {
  private readonly lines: string[] = []
  private readonly kept = memory()
  private readonly capture = { write: (line: string) => this.lines.push(line) }

  /** What a cell may name. */
  readonly scope = {
    ...ours,
    stdout: () => this.kept,
    createLogger: (options: object) => createLogger({ outputs: [this.output], ...options }),
    pino: Object.assign((options: object) => pino(options, this.capture), { stdTimeFunctions: pino.stdTimeFunctions }),
  }

  private get output() {
    return { output: this.kept, encoder: json({ preset: 'pino' }) }
  }

  plain(): Both<Log> {
    return { theirs: pino({}, this.capture), here: createLogger({ outputs: [this.output] }) }
  }

  get written(): Both<Line[]> {
    return { theirs: parsed(this.lines), here: parsed(this.kept.lines) }
  }
}

const same: Case = (row) => {
  const pair = new Pair()
  const { theirs, here } = pair.plain()
  const names = { err, user, listener: () => undefined }
  row.theirs({ ...names, log: theirs })
  row.here({ ...names, log: here })
  for (const log of [theirs, here]) log.debug('by the level')
  expect(pair.written.here).toEqual(pair.written.theirs)
}

function exercise(log: Log): void {
  log.debug('debug')
  log.info({ a: 1, user, pin: '1234', list: [1, 2, 3], deep: { er: { yet: { x: 1 } } } }, 'info')
  log.warn({ err }, 'warn')
  log.child({ b: 2 }).info('child')
}

function exercised(row: Row): Both<Line[]> {
  const pair = new Pair()
  for (const log of [row.theirs(pair.scope), row.here(pair.scope)]) exercise(log as Log)
  return pair.written
}

/** What both make of a value that holds itself. */
function bounded(row: Row): string[] {
  const pair = new Pair()
  const value: Line = { list: [1, 2, 3], deep: { er: { yet: { x: 1 } } } }
  value['self'] = value
  for (const log of [row.theirs(pair.scope), row.here(pair.scope)]) (log as Log).info({ value })
  const { theirs, here } = pair.written
  return [JSON.stringify(theirs), JSON.stringify(here)]
}

function sameOption(...leftOut: readonly string[]): Case {
  return (row) => {
    const { theirs, here } = exercised(row)
    const without = (line: Line): Line =>
      Object.fromEntries(Object.entries(line).filter(([key]) => !leftOut.includes(key)))
    expect(here.map(without)).toEqual(theirs.map(without))
  }
}

function refusedHere(options: object): Case {
  return (row) => {
    // Theirs is an option that pino takes.
    row.theirs(new Pair().scope)
    refused(options)(row)
  }
}

let files = 0
function written(alsoErrors = false): Case {
  return async (row) => {
    const texts: string[] = []
    for (const cell of ['theirs', 'here'] as const) {
      const place = path.join(folder, `${++files}.log`)
      const errors = `${place}.errors`
      const chunks: Buffer[] = []
      const writable = new Writable({ write: (chunk: Buffer, _encoding, done) => (chunks.push(chunk), done()) })
      const log = row[cell]({ ...ours, pino, path: place, errors, writable, stream: ours.stream }) as Log
      log.info('written')
      log.error('failed')
      await new Promise((resolve) => setImmediate(resolve))
      await log.flush()
      const read = (name: string): string => (fs.existsSync(name) ? fs.readFileSync(name, 'utf8') : '')
      await expect.poll(() => read(place) + Buffer.concat(chunks).toString(), { timeout: 10_000 }).toContain('failed')
      if (alsoErrors) await expect.poll(() => read(errors)).toContain('failed')
      texts.push(alsoErrors ? String(read(errors).includes('written')) : '')
      if (cell === 'here') await log.close()
    }
    expect(texts[0]).toBe(texts[1])
  }
}

function onlyHere(shows: RegExp): Case {
  return async (row) => {
    const place = path.join(folder, `${++files}.log`)
    const log = row.here({ ...ours, path: place }) as Log
    for (let i = 0; i < 50; i++) log.info({ i }, 'written')
    await log.close()
    const text = fs.readFileSync(place, 'utf8')
    expect(`${fs.readdirSync(folder).join(' ')} ${text}`).toMatch(shows)
  }
}

/** What both write of one request that is handled by `handle`. */
async function asked(
  theirs: (scope: object) => unknown,
  here: (scope: object) => unknown,
  handle: (req: any, res: any, side: 'theirs' | 'here') => void,
): Promise<Both<Line[]>> {
  const lines: string[] = []
  const kept = memory()
  const loggers = {
    theirs: pino({}, { write: (line: string) => lines.push(line) }),
    here: createLogger({ outputs: [{ output: kept, encoder: json({ preset: 'pino' }) }] }),
  }
  for (const side of ['theirs', 'here'] as const) {
    const scope = { ...ours, pinoHttp, logger: loggers[side] }
    const middleware = (side === 'theirs' ? theirs : here)(scope) as (
      req: object,
      res: object,
      next: () => void,
    ) => void
    const server = http.createServer((req, res) => middleware(req, res, () => handle(req, res, side)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await (await fetch(`http://127.0.0.1:${port}/orders/42`)).text()
    await new Promise((resolve) => (server.close(resolve), server.closeAllConnections()))
  }
  return { theirs: parsed(lines), here: parsed(kept.lines) }
}

/** Both answer, and log by the way. */
const answer = (req: any, res: any): void => {
  req.log.info('by the way')
  res.end('ok')
}
const fail = (_req: any, res: any): void => {
  res.statusCode = 500
  res.end('no')
}

const theirsByDefault = ({ logger }: any): unknown => pinoHttp({ logger })
const oursByDefault = ({ logger }: any): unknown => ours.requestLogger({ logger })

/** The lines of both have the same of these keys, and are as many. */
function sameRequest(keys: readonly string[], handle = answer): Case {
  return async (row) => {
    const both = await asked(row.theirs, row.here, handle)
    const picked = (lines: Line[]): unknown[] =>
      lines.map((line) => keys.map((key) => (key.startsWith('req.') ? line['req']?.[key.slice(4)] : line[key])))
    expect(picked(both.here)).toEqual(picked(both.theirs))
  }
}

/** The wide line has this. */
function noReceived(): Case {
  return async (row) => {
    const both = await asked(row.theirs, oursByDefault, answer)
    expect(row.ours).toMatch(/^none/)
    expect(both.theirs.some(({ msg }) => msg === 'received')).toBe(true)
    expect(both.here.map(({ msg }) => msg)).toEqual(['by the way', 'request completed'])
  }
}

function notOfRequests(option: object): Case {
  return (row) => {
    expect(row.ours).toMatch(/^none/)
    expect(() => ours.requestLogger({ logger: createLogger(), ...option })).toThrow(ours.OptionError)
  }
}

/** The cells are what a handler does. */
function handled(keys: readonly string[]): Case {
  return async (row) => {
    const seen: unknown[] = []
    const both = await asked(theirsByDefault, oursByDefault, (req, res, side) => {
      seen.push(typeof row[side === 'theirs' ? 'theirs' : 'here']({ req, res, error: err }))
      res.end('ok')
    })
    const picked = (lines: Line[]): unknown[] => lines.map((line) => keys.map((key) => line[key]?.message ?? line[key]))
    expect(picked(both.here)).toEqual(picked(both.theirs))
    expect(seen).toHaveLength(2)
  }
}

holdRows('migrate-pino.md', {
  Calls: {
    each: same,
    rows: {
      "log.child({}, { redact: ['user.pin'] }).info({ user })": (row) => {
        expect(row.ours).toBe('none')
        expect(() => createLogger().child({}, { redact: ['a'] } as never)).toThrow(ours.OptionError)
      },
      "log.child({}, { msgPrefix: '[db] ' }).info('x')": (row) => {
        expect(row.ours).toBe('none')
        expect(() => createLogger().child({}, { msgPrefix: 'x' } as never)).toThrow(ours.OptionError)
      },
      "log.isLevelEnabled('debug')": (row) => {
        const { theirs, here } = new Pair().plain()
        expect([row.theirs({ log: theirs }), row.here({ log: here })]).toEqual([false, false])
      },
      "log.on('level-change', listener)": (row) => {
        const { theirs, here } = new Pair().plain()
        let calls = 0
        row.theirs({ log: theirs, listener: () => calls++ })
        row.here({ log: here, listener: () => calls++ })
        theirs.level = here.level = 'debug'
        expect(calls).toBe(2)
      },
      'log.levels.values': (row) => {
        const { theirs } = new Pair().plain()
        expect(row.here(ours)).toEqual({ ...(row.theirs({ log: theirs }) as object), panic: 70 })
      },
      'log.bindings()': noMethod('bindings'),
      'log.setBindings({ a: 1 })': noMethod('setBindings'),
      'log.flush(done)': async (row) => {
        const place = path.join(folder, 'flushed.log')
        const loggers = [
          pino(pino.destination({ dest: place, sync: false, minLength: 4096 })),
          createLogger({ outputs: [ours.file(place)] }),
        ]
        for (const [i, log] of loggers.entries()) {
          log.info('x')
          await new Promise((done) => (i === 0 ? row.theirs : row.here)({ log, done }))
        }
        expect(fs.readFileSync(place, 'utf8').trimEnd().split('\n')).toHaveLength(2)
      },
    },
  },
  Options: {
    each: sameOption(),
    rows: {
      "pino({ base: { service: 'orders' } })": sameOption('pid', 'hostname'),
      "pino({ formatters: { bindings: () => ({ service: 'orders' }) } })": sameOption('pid', 'hostname'),
      'pino({ timestamp: pino.stdTimeFunctions.isoTime })': sameOption(),
      'pino({ timestamp: false })': refusedHere({ timestamp: false }),
      "pino({ errorKey: 'error' })": (row) => {
        const pair = new Pair()
        for (const log of [row.theirs(pair.scope), row.here(pair.scope)]) (log as Log).error(err, 'failed')
        expect(pair.written.here).toEqual(pair.written.theirs)
        expect(pair.written.here[0]?.['error']).toMatchObject({ message: 'no answer' })
      },
      "pino({ nestedKey: 'data' })": refusedHere({ nestedKey: 'data' }),
      "pino({ hooks: { logMethod(args, method) { method.apply(this, ['[shop] ' + (args[1] ?? args[0].message ?? args[0])]) } } })":
        (row) => {
          const { theirs, here } = exercised(row)
          expect(here.map(({ msg }) => msg)).toEqual(theirs.map(({ msg }) => msg))
          expect(here[0]).toHaveProperty('a')
        },
      "pino({ hooks: { streamWrite: (s) => s.replaceAll('1234', '****') } })": refusedHere({
        hooks: { streamWrite: () => '' },
      }),
      'pino({ depthLimit: 2 })': (row) => {
        for (const line of bounded(row)) expect(line).not.toContain('"x":1')
      },
      'pino({ edgeLimit: 2 })': (row) => {
        for (const line of bounded(row)) expect(line).not.toContain('[1,2,3')
      },
      'pino({ customLevels: { notice: 35 } })': refusedHere({ customLevels: { notice: 35 } }),
      "pino({ useOnlyCustomLevels: true, customLevels: { notice: 35 }, level: 'notice' })": refusedHere({
        useOnlyCustomLevels: true,
      }),
      "pino({ levelComparison: 'DESC' })": refusedHere({ levelComparison: 'DESC' }),
      'pino({ onChild: () => undefined })': refusedHere({ onChild: () => undefined }),
      "pino({ msgPrefix: '[shop] ' })": refusedHere({ msgPrefix: '[shop] ' }),
      'pino({ crlf: true })': refusedHere({ crlf: true }),
      "pino({ transport: { target: 'pino-pretty' } })": refused({ transport: { target: 'pino-pretty' } }),
    },
  },
  Outputs: {
    each: written(),
    rows: {
      'pino(pino.destination({ dest: path, append: false }))': (row) => {
        expect(row.ours).toBe('none')
        expect(() => ours.file('x', { append: false } as never)).toThrow(ours.OptionError)
      },
      "pino({}, pino.multistream([{ stream: pino.destination(path) }, { level: 'error', stream: pino.destination(errors) }]))":
        written(true),
      "pino.transport({ target: 'pino-roll' })": onlyHere(/\d+\.\d{8}T\d+Z-\d+\.log/),
      "pino.transport({ target: 'pino-pretty' })": onlyHere(/INFO/i),
      'destination.reopen()': onlyHere(/"written"/),
    },
  },
  'pino-http': {
    rows: {
      'pinoHttp({ logger })': sameRequest(['msg', 'req.method', 'req.url'].slice(0, 1)),
      "pinoHttp({ logger, genReqId: () => 'id-1' })": sameRequest(['req.id']),
      "pinoHttp({ logger, autoLogging: { ignore: (req) => req.url === '/orders/42' } })": sameRequest(['msg', 'level']),
      'pinoHttp({ logger, autoLogging: false })': sameRequest(['msg', 'level']),
      "pinoHttp({ logger, useLevel: 'warn' })": sameRequest(['msg', 'level']),
      "pinoHttp({ logger, customLogLevel: (req, res) => (res.statusCode < 300 ? 'warn' : 'error') })": async (row) => {
        await sameRequest(['level'])(row)
        await sameRequest(['level'], fail)(row)
      },
      "pinoHttp({ logger, customSuccessMessage: () => 'done' })": sameRequest(['msg', 'level']),
      "pinoHttp({ logger, customErrorMessage: () => 'broken' })": sameRequest(['msg'], fail),
      "pinoHttp({ logger, customProps: () => ({ tenant: 'acme' }) })": async (row) => {
        const both = await asked(row.theirs, row.here, answer)
        expect([both.theirs.at(-1)?.['tenant'], both.here.at(-1)?.['tenant']]).toEqual(['acme', 'acme'])
        expect(both.here[0]).not.toHaveProperty('tenant')
      },
      'pinoHttp({ logger, customSuccessObject: (req, res, value) => ({ ...value, extra: 1 }) })': sameRequest([
        'extra',
      ]),
      'pinoHttp({ logger, customErrorObject: (req, res, error, value) => ({ ...value, extra: 1 }) })': sameRequest(
        ['extra'],
        fail,
      ),
      "pinoHttp({ logger, customAttributeKeys: { responseTime: 'tookMs' } })": async (row) => {
        const { theirs, here } = await asked(row.theirs, row.here, answer)
        expect([typeof theirs.at(-1)?.['tookMs'], typeof here.at(-1)?.['tookMs']]).toEqual(['number', 'number'])
      },
      "pinoHttp({ logger, customReceivedMessage: () => 'received' })": noReceived(),
      "pinoHttp({ logger, customReceivedObject: () => ({ extra: 1 }), customReceivedMessage: () => 'received' })":
        noReceived(),
      'pinoHttp({ logger, quietReqLogger: true })': async (row) => {
        const { theirs, here } = await asked(row.theirs, row.here, answer)
        expect(Object.keys(here[0]?.['req'])).toEqual(['id'])
        expect(theirs[0]).not.toHaveProperty('req')
      },
      'pinoHttp({ logger, quietResLogger: true })': async (row) => {
        const { theirs, here } = await asked(row.theirs, row.here, answer)
        expect(theirs.at(-1)).not.toHaveProperty('req')
        expect(JSON.stringify(here)).not.toContain('headers')
      },
      'pinoHttp({ logger, serializers: { req: (req) => req.method } })': notOfRequests({ serializers: {} }),
      'pinoHttp({ logger, wrapSerializers: false })': notOfRequests({ wrapSerializers: false }),
      'pinoHttp({ stream })': notOfRequests({ stream: {} }),
      "req.log.info('x')": handled(['msg']),
      'req.id': handled(['msg']),
      "res.log.info('x')": handled(['msg']),
      '(res.err = error)': async (row) => {
        const { theirs, here } = await asked(theirsByDefault, oursByDefault, (req, res, side) => {
          row[side === 'theirs' ? 'theirs' : 'here']({ req, res, error: err })
          res.statusCode = 500
          res.end()
        })
        for (const line of [theirs.at(-1), here.at(-1)]) expect(line).toMatchObject({ err: { message: 'no answer' } })
        expect([theirs.at(-1)?.['level'], here.at(-1)?.['level']]).toEqual([30, 50])
      },
    },
  },
})

it('a row without a case is found, and a case without its row (control)', () => {
  const tables = rowsOf('migrate-pino.md')
  const [calls] = tables.get('Calls') as Row[]
  expect(untried(new Map([['Calls', [calls]]]), { Calls: { rows: { other: () => undefined } } })).toEqual([
    calls.name,
    'other',
  ])
})

it('the sample logs the same before and after, but for what the page shows', async () => {
  const [before, after] = await Promise.all([linesOf('pino', 'before'), linesOf('pino', 'after')])
  const made = difference(before, after)
  expect(shownDifference('migrate-pino.md', made)).toBe(made)
})
