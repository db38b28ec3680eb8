import request from 'supertest'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sortableIds } from 'wideline'
import type { RequestOptions } from '../../integrations/http/index.js'
import { RawClient, requestText, startPlain, type TestServer } from './support.js'

const GENERATED = /^[0-9a-hjkmnp-tv-z]{22}$/

let running: TestServer | undefined

afterEach(() => {
  vi.useRealTimers()
  return running?.stop()
})

async function serve(options: RequestOptions = {}): Promise<TestServer> {
  const { server } = await startPlain((_log, _request, response) => response.end('ok'), options)
  running = server
  return server
}

describe('a request id', () => {
  it.each(['7', 'order-1.2_3', 'A'.repeat(64), '4bf92f35-77b3-4da6-a3ce-929d0e0e4736', '...', '-'])(
    'is kept as it came when it is valid: %s',
    async (id) => {
      const server = await serve()
      const { headers } = await request(server.server).get('/').set('x-request-id', id)
      expect(headers['x-request-id']).toBe(id)
      expect((await server.settle(1)).map((line) => line.requestId)).toEqual([id])
    },
  )

  it.each([
    { name: 'is empty', id: '' },
    { name: 'is too long', id: 'a'.repeat(65) },
    { name: 'holds a space', id: 'a b' },
    { name: 'holds a slash', id: '../../etc' },
    { name: 'holds a quotation mark', id: 'a"b' },
    { name: 'holds a tab', id: 'a\tb' },
    { name: 'holds markup', id: '<script>' },
    { name: 'holds a letter beyond ASCII', id: 'caf\u00e9' },
    { name: 'holds an escape for a terminal', id: '\u009b31m' },
    { name: 'is a list', id: 'a,b' },
  ])('is replaced by a generated one when it $name', async ({ id }) => {
    const server = await serve()
    const client = await RawClient.connect(server.port)
    const answer = await client.send(requestText('GET', '/', { 'x-request-id': id, connection: 'close' })).ended()
    const [line] = await server.settle(1)
    expect(line.requestId).toMatch(GENERATED)
    expect(answer).toContain(`x-request-id: ${line.requestId}\r\n`)
  })

  it('is replaced when the header comes twice', async () => {
    const server = await serve()
    const client = await RawClient.connect(server.port)
    await client
      .send('GET / HTTP/1.1\r\nhost: x\r\nx-request-id: a\r\nX-Request-Id: b\r\nconnection: close\r\n\r\n')
      .ended()
    expect((await server.settle(1))[0].requestId).toMatch(GENERATED)
  })

  it('is echoed in an error answer and under any spelling of the header', async () => {
    const { server } = await startPlain((_log, _request, response) => {
      response.statusCode = 500
      response.end()
    })
    running = server
    const { headers } = await request(server.server).get('/').set('X-Request-ID', 'mine')
    expect(headers['x-request-id']).toBe('mine')
  })

  it('comes from the header that is chosen, and from no other', async () => {
    const server = await serve({ idHeader: 'X-Correlation-Id' })
    const { headers } = await request(server.server)
      .get('/')
      .set({ 'x-correlation-id': 'mine', 'x-request-id': 'other' })
    expect(headers).toMatchObject({ 'x-correlation-id': 'mine' })
    expect(headers).not.toHaveProperty('x-request-id')
    expect((await server.settle(1))[0].requestId).toBe('mine')
  })

  it('comes from the given generator when the request brings none', async () => {
    let made = 0
    const server = await serve({ generateId: () => `own-${++made}` })
    await request(server.server).get('/')
    await request(server.server).get('/').set('x-request-id', 'brought')
    await request(server.server).get('/')
    expect((await server.settle(3)).map((line) => line.requestId)).toEqual(['own-1', 'brought', 'own-2'])
  })
})

describe('generated ids', () => {
  it('are valid, never repeat and sort in the order they were made', () => {
    const generateId = sortableIds()
    const ids = Array.from({ length: 100_000 }, () => generateId())
    expect(ids.find((id) => !GENERATED.test(id))).toBeUndefined()
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.findIndex((id, i) => i > 0 && id <= ids[i - 1])).toBe(-1)
  })

  it('sort in that order also where their counter ends, and where the clock is set back none comes twice', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 })
    const generateId = sortableIds()
    let last = ''
    let disordered = 0
    for (let i = 0; i < 1_100_000; i++) {
      if (i % 1_000 === 0) vi.setSystemTime(Date.now() + 1)
      const id = generateId()
      if (id <= last) disordered++
      last = id
    }
    expect(disordered).toBe(0)
    const ids = [-1, 0, -1, 0].flatMap((step) => {
      vi.setSystemTime(1_700_000_000_000 + step)
      return Array.from({ length: 1_000 }, () => generateId())
    })
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('of two loggers in one process do not meet', () => {
    const first = sortableIds()
    const second = sortableIds()
    const ids = Array.from({ length: 10_000 }, () => [first(), second()]).flat()
    expect(new Set(ids).size).toBe(ids.length)
  })
})
