/* oxlint-disable vitest/no-standalone-expect -- holdRows() makes a test of each case */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, expect, it } from 'vitest'
import winston from 'winston'
import { type Case, holdRows, noMethod, ours, refused, type Row } from './migration.js'
import { difference, linesOf, shownDifference } from './migration-samples.js'

type Line = Record<string, unknown>
type Output = import('wideline').Output
/** What the tests ask of a logger of either kind. */
type Log = Pick<import('wideline').Logger, 'debug' | 'info' | 'warn' | 'error' | 'child' | 'close'> & { end(): void }

const { createLogger, json, memory } = ours
const err = new TypeError('no answer')
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-rows-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** A stream that keeps what is written. */
class Kept extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }

  get lines(): string[] {
    return this.text.trimEnd().split('\n').filter(Boolean)
  }
}

function parsed(lines: readonly string[]): Line[] {
  return lines.map((line) => {
    const { time: _time, ...rest } = JSON.parse(line) as Line
    return rest
  })
}

const encoder = json({ keys: { message: 'message' } })

/** Runs both cells with a logger each, and gives what was written. */
function both(row: Row, names: object = {}): { theirs: Line[]; here: Line[] } {
  const stream = new Kept()
  const output = memory()
  row.theirs({
    ...names,
    winston,
    err,
    log: winston.createLogger({ transports: [new winston.transports.Stream({ stream })] }),
  })
  row.here({ ...names, ...ours, err, log: createLogger({ outputs: [{ output, encoder }] }) })
  return { theirs: parsed(stream.lines), here: parsed(output.lines) }
}

const same: Case = (row) => {
  const { theirs, here } = both(row)
  expect(here).toEqual(theirs)
}

const sameAnswer: Case = (row) => {
  const theirs = row.theirs({ log: winston.createLogger() })
  expect([theirs, row.here({ log: createLogger() })]).toEqual([false, false])
}

const timed: Case = (row) => {
  const { theirs, here } = both(row)
  expect(theirs).toMatchObject([{ message: 'report', durationMs: expect.any(Number) as number }])
  expect(here).toMatchObject([
    {
      message: expect.stringContaining('completed') as string,
      unit: 'report',
      durationMs: expect.any(Number) as number,
    },
  ])
}

const sameOption: Case = (row) => {
  const stream = new Kept()
  const output = memory()
  const transport = new winston.transports.Stream({ stream })
  const create = (options: object): unknown => winston.createLogger({ transports: [transport], ...options })
  const theirs = row.theirs({ winston: { createLogger: create } }) as Log
  const here = row.here({
    createLogger: (options: object) => createLogger({ outputs: [{ output, encoder }], ...options }),
  }) as Log
  for (const log of [theirs, here]) {
    log.debug('debug')
    log.info('info', { a: 1 })
    log.child({ b: 2 }).warn('child')
  }
  expect(parsed(output.lines)).toEqual(parsed(stream.lines))
}

function refusedHere(options: object): Case {
  return (row) => {
    row.theirs({ winston })
    refused(options)(row)
  }
}

/** What a format and an encoder make of the same three calls. */
function encoded(row: Row): { theirs: string; here: string } {
  const stream = new Kept()
  const output = memory()
  const format = row.theirs(winston) as winston.Logform.Format
  const made = row.here(ours) as import('wideline').Encoder | import('wideline').Logger
  const theirs = winston.createLogger({ format, transports: [new winston.transports.Stream({ stream })] })
  const here = made instanceof ours.Logger ? made : createLogger({ name: 'shop', outputs: [{ output, encoder: made }] })
  if (made instanceof ours.Logger) made.addOutput(output)
  for (const log of [theirs, here] as unknown as Log[]) {
    log.info('paid %d of %d', 1, 3)
    log.warn('slow', { ms: 12 })
    log.error('failed', { reason: err })
  }
  return { theirs: stream.text, here: output.lines.map((line) => `${line}\n`).join('') }
}

/** Both texts have these parts. */
function shows(...parts: readonly RegExp[]): Case {
  return (row) => {
    const { theirs, here } = encoded(row)
    for (const part of parts) for (const text of [theirs, here]) expect(text).toMatch(part)
  }
}

/** What is not there, and what winston makes of it. */
function onlyTheirs(): Case {
  return (row) => {
    expect(row.theirs(winston)).toBeTypeOf('object')
    expect(row.ours).toBe('none')
  }
}

let files = 0
/** Both write a warning and an error; what each place then holds. */
async function written(row: Row, filled: RegExp, missing = /^never$/): Promise<void> {
  for (const side of ['theirs', 'here'] as const) {
    const place = path.join(folder, `${++files}.log`)
    const writable = new Kept()
    const names = { path: place, writable, transports: winston.transports, ...ours }
    const made = row[side](names)
    const log = (side === 'theirs'
      ? winston.createLogger({ transports: [made as winston.transport] })
      : createLogger({ outputs: [made as Output] })) as unknown as Log
    for (let i = 0; i < 30; i++) log.warn('slow', { i })
    log.error('failed')
    if (side === 'here') await log.close()
    else log.end()
    const text = (): string =>
      writable.text +
      fs
        .readdirSync(folder)
        .filter((name) => name.startsWith(`${files}`))
        .map((name) => `${name} ${fs.readFileSync(path.join(folder, name), 'utf8')}`)
        .join('\n')
    await expect.poll(text, { timeout: 10_000 }).toMatch(filled)
    expect(text()).not.toMatch(missing)
  }
}

/** Both have written more than one file. */
const rotated: Case = async (row) => {
  for (const side of ['theirs', 'here'] as const) {
    const place = fs.mkdtempSync(path.join(folder, 'rotated-'))
    const made = row[side]({ ...ours, transports: winston.transports, path: path.join(place, 'app.log') })
    const log = (side === 'theirs'
      ? winston.createLogger({ transports: [made as winston.transport] })
      : createLogger({ outputs: [made as Output] })) as unknown as Log
    for (let i = 0; i < 40; i++) {
      log.warn('slow', { i })
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (side === 'here') await log.close()
    // winston looks at the size when a line comes, and a file that opens late has had them all
    const more = (): number => {
      if (side === 'theirs') log.warn('slow')
      return fs.readdirSync(place).length
    }
    await expect.poll(more, { timeout: 10_000 }).toBeGreaterThan(1)
    if (side === 'theirs') log.end()
  }
}

holdRows('migrate-winston.md', {
  Calls: {
    each: same,
    rows: {
      "(log.level = 'debug')": (row) => {
        const on: Row = {
          ...row,
          theirs: (scope) => (row.theirs(scope), (scope as { log: Log }).log.debug('on')),
          here: (scope) => (row.here(scope), (scope as { log: Log }).log.debug('on')),
        }
        const { theirs, here } = both(on)
        expect(here).toEqual(theirs)
        expect(here).toHaveLength(1)
      },
      '(log.silent = true)': (row) => {
        const off: Row = {
          ...row,
          theirs: (scope) => (row.theirs(scope), (scope as { log: Log }).log.info('off')),
          here: (scope) => (row.here(scope), (scope as { log: Log }).log.info('off')),
        }
        expect(both(off)).toEqual({ theirs: [], here: [] })
      },
      'log.error(err)': (row) => {
        const { theirs, here } = both(row)
        expect(JSON.stringify(theirs)).not.toContain('"message":"no answer","type"')
        expect(here).toMatchObject([{ message: 'no answer', error: { type: 'TypeError', message: 'no answer' } }])
      },
      "log.error('failed', err)": (row) => {
        const { theirs, here } = both(row)
        expect(theirs).toMatchObject([{ message: 'failed no answer' }])
        expect(here).toMatchObject([{ message: 'failed', error: { message: 'no answer' } }])
      },
      "log.isLevelEnabled('debug')": sameAnswer,
      'log.isDebugEnabled()': sameAnswer,
      "log.startTimer().done({ message: 'report' })": timed,
      "(log.profile('report'), log.profile('report'))": timed,
      'log.add(transport)': (row) => {
        const stream = new Kept()
        const output = memory()
        const names = { transport: new winston.transports.Stream({ stream }), output }
        const theirs = winston.createLogger()
        const here = createLogger({ outputs: [memory()] })
        row.theirs({ ...names, log: theirs })
        const takeOut = row.here({ ...names, log: here }) as () => void
        for (const log of [theirs, here] as unknown as Log[]) log.info('x')
        takeOut()
        here.info('not there')
        expect([stream.lines.length, output.lines.length]).toEqual([1, 1])
      },
      'log.remove(transport)': noMethod('remove'),
      'log.clear()': noMethod('clear'),
      "log.configure({ level: 'debug' })": noMethod('configure'),
      'log.exceptions.handle()': noMethod('exceptions'),
      'log.query({}, () => undefined)': noMethod('query'),
      'log.end()': async (row) => {
        const [theirs, here] = ['theirs.log', 'here.log'].map((name) => path.join(folder, name)) as [string, string]
        const before = winston.createLogger({ transports: [new winston.transports.File({ filename: theirs })] })
        const after = createLogger({ outputs: [ours.file(here)] })
        for (const log of [before, after] as unknown as Log[]) log.info('x')
        row.theirs({ log: before })
        await row.here({ log: after })
        expect(fs.readFileSync(here, 'utf8')).toContain('x')
        await expect.poll(() => fs.readFileSync(theirs, 'utf8')).toContain('x')
      },
      "winston.loggers.get('db')": (row) => {
        const log = createLogger()
        expect(row.theirs({ winston })).toBe(row.theirs({ winston }))
        expect(row.here({ log })).toBe(row.here({ log }))
      },
    },
  },
  Options: {
    each: sameOption,
    rows: {
      'winston.createLogger({ levels: { low: 0 } })': refusedHere({ customLevels: {} }),
      'winston.createLogger({ exitOnError: false })': refusedHere({ exitOnError: false }),
      'winston.createLogger({ exceptionHandlers: [] })': refusedHere({ exceptionHandlers: [] }),
      'winston.createLogger({ rejectionHandlers: [] })': refusedHere({ rejectionHandlers: [] }),
    },
  },
  Formats: {
    rows: {
      'format.json()': shows(/"level":"info"/, /"ms":12/),
      'format.combine(format.timestamp(), format.json())': shows(/"timestamp":"\d{4}-/, /"message":"slow"/),
      'format.simple()': shows(/slow/, /12/),
      'format.combine(format.timestamp(), format.logstash())': shows(/"@timestamp":"\d{4}-/, /message":"slow"/),
      'format.prettyPrint()': shows(/slow/, /ms.*12/),
      'format.cli()': shows(/slow/),
      'format.combine(format.colorize(), format.simple())': shows(/slow/, /ms.*12/),
      "format.printf((info) => info.level + ': ' + info.message)": (row) => {
        const { theirs, here } = encoded(row)
        expect(here.toLowerCase().replace('paid 1 of 3', 'paid %d of %d')).toContain(
          theirs.toLowerCase().split('\n')[0],
        )
        expect(here.toLowerCase()).toContain('warn: slow\n')
      },
      'format.combine(format.padLevels(), format.simple())': shows(/(info|INFO): {4}|INFO {4}/),
      "format.combine(format.label({ label: 'shop' }), format.json())": shows(/"(label|logger)":"shop"/),
      'format.combine(format.splat(), format.json())': shows(/paid 1 of 3/),
      'format.combine(format.errors({ stack: true }), format.json())': (row) => {
        expect(encoded(row).here).toMatch(/"reason":\{"type":"TypeError".*"stack"/)
      },
      'format.combine(format((info) => Object.assign(info, { extra: 1 }))(), format.json())': shows(/"extra":1/),
      "format.combine(format.timestamp({ format: 'HH:mm:ss' }), format.json())": onlyTheirs(),
      'format.combine(format.metadata(), format.json())': onlyTheirs(),
      'format.combine(format.ms(), format.json())': onlyTheirs(),
      'format.uncolorize()': onlyTheirs(),
      'format.align()': onlyTheirs(),
    },
  },
  Transports: {
    rows: {
      'new transports.Console()': (row) => {
        expect(row.theirs(winston)).toBeInstanceOf(winston.transports.Console)
        expect(row.here({ stdout: ours.stdout })).toHaveProperty('commit')
      },
      'new transports.Console({ handleExceptions: true })': (row) => {
        expect(row.theirs(winston)).toHaveProperty('handleExceptions', true)
        expect(row.ours).toBe('none')
      },
      "new transports.Console({ stderrLevels: ['error'] })": (row) => {
        expect(row.theirs(winston)).toBeInstanceOf(winston.transports.Console)
        const [low, high] = [memory(), memory()]
        const output = row.here({
          split: ours.split,
          stdout: () => low,
          stderr: () => high,
        }) as Output
        const log = createLogger({ outputs: [output] })
        log.info('low')
        log.error('high')
        expect([low.lines.length, high.lines.length]).toEqual([1, 1])
      },
      'new transports.File({ filename: path })': (row) => written(row, /"slow"[^]*"failed"/),
      "new transports.File({ filename: path, level: 'error' })": (row) => written(row, /"failed"/, /"slow"/),
      'new transports.File({ filename: path, maxsize: 1024, maxFiles: 3, zippedArchive: true })': rotated,
      'winston-daily-rotate-file': (row) => {
        expect(row.here({ ...ours, path: path.join(folder, 'daily.log') })).toHaveProperty('commit')
      },
      'new transports.Stream({ stream: writable })': (row) => written(row, /"slow"[^]*"failed"/),
      "new transports.Http({ host: 'localhost' })": onlyTheirs(),
      'winston-transport': (row) => {
        expect(row.ours).toBe('none')
      },
    },
  },
})

it('the sample logs the same before and after, but for what the page shows', async () => {
  const [before, after] = await Promise.all([linesOf('winston', 'before'), linesOf('winston', 'after')])
  const made = difference(before, after)
  expect(shownDifference('migrate-winston.md', made)).toBe(made)
})
