/* oxlint-disable vitest/no-standalone-expect -- holdRows() makes a test of each case */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import morgan from 'morgan'
import type { RequestOptions } from 'wideline/express'
import { expect, it } from 'vitest'
import { type Case, holdRows, ours, type Row } from './migration.js'
import { difference, linesOf, shownDifference } from './migration-samples.js'

const { createLogger, memory, pattern, requestLogger } = ours

morgan.token('tenant', () => 'acme')

class Kept extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

function textOf({ lines }: import('wideline').MemoryOutput): string {
  return lines.map((line) => `${line}\n`).join('')
}

type Middleware = (req: http.IncomingMessage, res: http.ServerResponse, next: () => void) => void

/** Asks a server with this middleware for one path. */
async function ask(middleware: unknown, path = '/orders/42', status = 200): Promise<void> {
  const server = http.createServer((req, res) => {
    ;(middleware as Middleware)(req, res, () => {
      res.writeHead(status, { 'content-length': 2, 'x-cache': 'hit' })
      res.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const headers = { 'user-agent': 'test/1', accept: 'text/plain', referer: 'http://there/', connection: 'close' }
  await new Promise<void>((resolve, reject) => {
    http.get({ port, host: '127.0.0.1', path, headers }, (res) => res.resume().on('close', resolve)).on('error', reject)
  })
  await new Promise((resolve) => server.close(resolve))
}

const more: RequestOptions = {
  fields: () => ({ tenant: 'acme', pid: process.pid }),
  headers: { request: ['accept', 'referer'], response: ['x-cache'] },
}

/** What both write of one request: morgan in a format or of tokens, ours by a pattern of this text. */
async function texts(row: Row): Promise<{ theirs: string; here: string }> {
  const stream = new Kept()
  await ask(morgan(row.name, { stream }))
  const output = memory()
  const template = /`(.+)`/.exec(row.ours)?.[1] ?? ''
  const encoder = pattern(template.endsWith('%n') ? template : `${template}%n`)
  await ask(requestLogger({ logger: createLogger({ outputs: [{ output, encoder }] }), ...more }))
  return { theirs: stream.text, here: textOf(output) }
}

const same: Case = async (row) => {
  const { theirs, here } = await texts(row)
  expect(here).toBe(theirs)
}

/** The same but for numbers with a point, and times. */
const sameForm: Case = async (row) => {
  const { theirs, here } = await texts(row)
  const form = (text: string): string =>
    text
      .replace(/\d+\.\d+(?= ms|\n)/, 'N')
      .replace(/^[\d.]+\n$/, 'N\n')
      .replace(/\d{4}-[^ \n]*/, 'T')
  expect(form(here)).toBe(form(theirs))
}

function holds(part: string): Case {
  return async (row) => {
    const { theirs, here } = await texts(row)
    for (const text of [theirs, here]) expect(text).toContain(part)
  }
}

/** What morgan writes, and nothing here. */
const onlyTheirs: Case = async (row) => {
  const stream = new Kept()
  await ask(morgan(row.name, { stream }))
  expect(stream.text).not.toBe('')
  expect(row.ours).toBe('none')
}

holdRows('migrate-morgan.md', {
  Formats: {
    rows: {
      tiny: sameForm,
      short: async (row) => {
        const { theirs, here } = await texts(row)
        expect(here.replace(/[\d.]+ ms/, '')).toBe(theirs.replace(/[\d.]+ ms/, ''))
      },
      dev: onlyTheirs,
      common: onlyTheirs,
      combined: onlyTheirs,
    },
  },
  Tokens: {
    each: same,
    rows: {
      ':response-time': sameForm,
      ':total-time': sameForm,
      ':date[iso]': sameForm,
      ':req[accept]': holds('text/plain'),
      ':referrer': holds('http://there/'),
      ':res[x-cache]': holds('hit'),
      ':http-version': onlyTheirs,
      ':remote-user': onlyTheirs,
      ':date[clf]': onlyTheirs,
      ':date[web]': onlyTheirs,
    },
  },
  Options: {
    rows: {
      "morgan('tiny', { stream })": async (row) => {
        const [theirs, writable] = [new Kept(), new Kept()]
        await ask(row.theirs({ morgan, stream: theirs }))
        const logger = row.here({ ...ours, writable }) as import('wideline').Logger
        await ask(requestLogger({ logger }))
        await logger.flush()
        for (const { text } of [theirs, writable]) expect(text).toContain('/orders/42')
      },
      "morgan('tiny', { stream, skip: (req) => req.url === '/health' })": async (row) => {
        const stream = new Kept()
        const output = memory()
        const sides = [
          row.theirs({ morgan, stream }),
          row.here({ ...ours, logger: createLogger({ outputs: [output] }) }),
        ]
        for (const side of sides) for (const path of ['/health', '/other']) await ask(side, path)
        for (const text of [stream.text, textOf(output)]) {
          expect(text).toContain('/other')
          expect(text).not.toContain('/health')
        }
      },
      "morgan('tiny', { stream, skip: (req, res) => res.statusCode < 400 })": async (row) => {
        const stream = new Kept()
        const output = memory()
        const logger = row.here({ ...ours, output }) as import('wideline').Logger
        for (const side of [row.theirs({ morgan, stream }), requestLogger({ logger })]) {
          await ask(side)
          await ask(side, '/missing', 404)
        }
        logger.info('listening')
        expect(stream.text).toMatch(/^GET \/missing 404 [^\n]*\n$/)
        expect(output.lines.map((line) => JSON.parse(line) as object)).toEqual([
          expect.objectContaining({ url: '/missing', status: 404 }),
          expect.objectContaining({ msg: 'listening' }),
        ])
      },
      "morgan('tiny', { stream, immediate: true })": (row) => {
        row.theirs({ morgan, stream: new Kept() })
        expect(row.ours).toBe('none')
        expect(() => requestLogger({ logger: createLogger(), immediate: true } as never)).toThrow(ours.OptionError)
      },
      'morgan((tokens, req) => tokens.method(req), { stream })': async (row) => {
        const stream = new Kept()
        const output = memory()
        await ask(row.theirs({ morgan, stream }))
        const encoder = row.here(ours) as import('wideline').Encoder
        await ask(requestLogger({ logger: createLogger({ outputs: [{ output, encoder }] }) }))
        expect(textOf(output)).toBe(stream.text)
      },
    },
  },
})

it('the sample logs the same before and after, but for what the page shows', async () => {
  const [before, after] = await Promise.all([linesOf('morgan', 'before'), linesOf('morgan', 'after')])
  const made = difference(before, after)
  expect(shownDifference('migrate-morgan.md', made)).toBe(made)
})
