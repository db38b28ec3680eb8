import { once } from 'node:events'
import fs from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import type { Request, RequestHandler } from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogger, file, json, type Logger } from 'wideline'
import { currentLog, logRequests, requestLogger, type RequestLog } from 'wideline/express'
import { checkRequestOptions, RequestLifecycle, runWithLog } from '../../integrations/http/index.js'
import { TokenShop } from './token-shop.js'
import { crossings, tokenOf } from './tokens.js'

let directory: string

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'wideline-cross-'))
})

afterEach(() => fs.rmSync(directory, { recursive: true }))

/** A logger that writes through pooled, poisoned blocks into a file. */
function fileLogger(): { logger: Logger; bytes: () => Buffer } {
  const name = path.join(directory, 'requests.log')
  const logger = createLogger({
    level: 'debug',
    outputs: [{ output: file(name), encoder: json() }],
    pool: { poison: true, bufferBytes: 1024, maxBuffers: 4 },
  })
  return { logger, bytes: () => fs.readFileSync(name) }
}

async function serve(listener: RequestListener, use: (port: number) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  server.keepAliveTimeout = 60_000
  await once(server, 'listening')
  await use((server.address() as AddressInfo).port)
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

function linesOf(bytes: Buffer): string[] {
  return bytes.toString('utf8').trimEnd().split('\n')
}

describe('ten thousand requests over a hundred connections', () => {
  const REQUESTS = 10_000

  it('have one wide line each, and no line holds a trace of two', { timeout: 120_000 }, async () => {
    const { logger, bytes } = fileLogger()
    const lifecycle = new RequestLifecycle<Request>(logger, checkRequestOptions('test', {}), () => '')
    const follow: RequestHandler = (req, response, next) => {
      req.log = lifecycle.begin(req, response)
      runWithLog(req.log, next)
    }
    const shop = new TokenShop()
    await serve(shop.app(follow), (port) => shop.visit(port, REQUESTS))
    await logger.close()

    const written = bytes()
    const lines = linesOf(written)
    expect(crossings(lines, REQUESTS)).toEqual([])
    expect(lines.filter((line) => line.includes('"outcome":'))).toHaveLength(REQUESTS)
    expect(lines.filter((line) => line.includes('"late":true')).length).toBeGreaterThan(REQUESTS / 10)
    expect(written.includes(0xdb)).toBe(false)

    const { entries, buffers, outputs, problems } = logger.stats()
    expect(outputs[0]).toMatchObject({ accepted: lines.length, written: lines.length, pending: 0, failed: 0 })
    expect({ entries: entries.outstanding, buffers: buffers.outstanding }).toEqual({ entries: 0, buffers: 0 })
    expect({ misuses: buffers.misuses, problems }).toEqual({ misuses: 0, problems: 0 })
    const records = lifecycle.stats()
    expect(records).toMatchObject({ outstanding: 0, misuses: 0, hits: REQUESTS - records.misses })
    expect(records.misses).toBeLessThanOrEqual(250)
  })
})

describe('two thousand requests that begin before Express has them', () => {
  const REQUESTS = 2_000

  it('have one wide line each, and no line holds a trace of two', { timeout: 60_000 }, async () => {
    const { logger, bytes } = fileLogger()
    const shop = new TokenShop()
    const app = shop.app((_request, _response, next) => next())
    logRequests(app, { logger })
    await serve(app, (port) => shop.visit(port, REQUESTS))
    await logger.close()

    const lines = linesOf(bytes())
    expect(crossings(lines, REQUESTS)).toEqual([])
    expect(lines.filter((line) => line.includes('"outcome":'))).toHaveLength(REQUESTS)
    expect(bytes().includes(0xdb)).toBe(false)
    const { entries, buffers, problems } = logger.stats()
    expect({ entries: entries.outstanding, buffers: buffers.outstanding }).toEqual({ entries: 0, buffers: 0 })
    expect({ misuses: buffers.misuses, problems }).toEqual({ misuses: 0, problems: 0 })
  })
})

describe('the check for crossings', () => {
  it('finds two requests that share one log', async () => {
    const { logger, bytes } = fileLogger()
    let shared: RequestLog | undefined
    const leak: RequestHandler = (req, _response, next) => {
      // Every other request gets the log of the one before it, as a handle in a pool would be given out twice.
      const own = req.log
      if (shared !== undefined && !shared.isClosed) req.log = shared
      shared = own
      next()
    }
    const shop = new TokenShop()
    const follow = requestLogger({ logger })
    await serve(shop.app(follow, leak), (port) => shop.visit(port, 300))
    await logger.close()
    const problems = crossings(linesOf(bytes()), 300)
    expect(problems.filter((problem) => problem.startsWith('2 requests on one line')).length).toBeGreaterThan(50)
    expect(currentLog()).toBeUndefined()
  })

  const good = [0, 1, 2].map((index) => JSON.stringify({ requestId: tokenOf(index), outcome: 'completed' }))

  it.each([
    { name: 'nothing in lines that are right', lines: good, want: [] },
    { name: 'a wide line that is missing', lines: good.slice(1), want: ['0 wide lines for T00000Z'] },
    { name: 'a wide line that is there twice', lines: [...good, good[2]], want: ['2 wide lines for T00002Z'] },
    {
      name: 'a wide line of a stranger',
      lines: [...good, JSON.stringify({ requestId: 'T000zzZ', outcome: 'aborted' })],
      want: ['a wide line for T000zzZ, which nobody asked for'],
    },
    {
      name: 'two requests in one message',
      lines: [...good, '{"requestId":"T00000Z","msg":"for T00001Z"}'],
      want: ['2 requests on one line: {"requestId":"T00000Z","msg":"for T00001Z"}'],
    },
    {
      name: 'a line under the id of another request',
      lines: [...good, '{"requestId":"other","msg":"for T00001Z"}'],
      want: [`a line without its request's id: {"requestId":"other","msg":"for T00001Z"}`],
    },
  ])('finds $name', ({ lines, want }) => {
    expect(crossings(lines, 3)).toEqual(want)
  })
})
