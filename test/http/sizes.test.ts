import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { bytesWritten } from '../../integrations/http/sizes.js'
import { eventually, RawClient, requestText, signal, startPlain } from './support.js'

it('counts no bytes of a response without a body, though the next one on its connection follows at once', async () => {
  const waiting = signal<ServerResponse>()
  const { server } = await startPlain((_log, { url }, response) => {
    if (url === '/first') waiting.give(response)
    else response.end('x'.repeat(100))
  })
  const client = await RawClient.connect(server.port)
  client.send(requestText('GET', '/first') + requestText('GET', '/second'))
  const first = await waiting.given
  setImmediate(() => first.writeHead(204).end())
  const lines = await server.settle(2)
  expect(lines.map(({ url, bytes }) => [url, bytes])).toEqual([
    ['/first', 0],
    ['/second', 100],
  ])
})

it('counts the bytes of a response in chunks without those that wait behind it', async () => {
  const first = signal<ServerResponse>()
  let begun = 0
  const { server } = await startPlain((_log, { url }, response) => {
    begun++
    response.write('x'.repeat(Number(url?.slice(1))))
    if (url === '/10') first.give(response)
    else response.end()
  })
  const client = await RawClient.connect(server.port)
  client.send(['/10', '/200', '/30'].map((path) => requestText('GET', path)).join(''))
  const response = await first.given
  await eventually(
    () => 'three requests',
    () => begun === 3,
  )
  response.end()
  const lines = await server.settle(3)
  // Each with its size in hexadecimal, four ends of lines, and the chunk of 0 bytes that ends it.
  expect(Object.fromEntries(lines.map(({ url, bytes }) => [url, bytes]))).toEqual({
    '/10': 10 + 1 + 9,
    '/200': 200 + 2 + 9,
    '/30': 30 + 2 + 9,
  })
})

it('counts what was sent, where a response promises more', async () => {
  const { server } = await startPlain((_log, _request, response) => {
    response.setHeader('content-length', 100)
    response.end('short')
  })
  const client = await RawClient.connect(server.port)
  await client.send(requestText('GET', '/')).until('short')
  const [line] = await server.settle(1)
  expect(line).toMatchObject({ outcome: 'completed', bytes: 5 })
})

it.each([
  { name: 'alone', count: 1 },
  { name: 'with others behind it on its connection', count: 5 },
])('counts what a response promises and keeps, $name', async ({ count }) => {
  const { server } = await startPlain((_log, { url }, response) => {
    const size = Number(url?.slice(1))
    response.setHeader('content-length', size)
    response.write('x'.repeat(size - 1))
    setImmediate(() => response.end('y'))
  })
  const client = await RawClient.connect(server.port)
  const sizes = Array.from({ length: count }, (_, i) => 10 ** (i + 1))
  client.send(sizes.map((size) => requestText('GET', `/${size}`)).join(''))
  const lines = await server.settle(count)
  expect(lines.map(({ bytes }) => bytes)).toEqual(sizes)
})

describe('what a connection has written', () => {
  it('is what Node says, also of what is still held back', async () => {
    const taken = signal<Socket>()
    const server = createServer((socket) => taken.give(socket.pause())).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const read: [number | undefined, number][] = [[bytesWritten(socket), socket.bytesWritten]]
    const other = await taken.given
    socket.write('a'.repeat(8_000_000))
    socket.write('b'.repeat(1_000))
    expect(socket.writableLength).toBeGreaterThan(1_000)
    read.push([bytesWritten(socket), socket.bytesWritten])
    other.resume()
    await once(socket, 'drain')
    read.push([bytesWritten(socket), socket.bytesWritten])
    socket.destroy()
    read.push([bytesWritten(socket), socket.bytesWritten])
    other.destroy()
    server.close()
    expect(read).toEqual([0, 8_001_000, 8_001_000, 8_001_000].map((bytes) => [bytes, bytes]))
  })

  it('is nothing of an injected request’s, which counts nothing', () => {
    expect(bytesWritten({ remoteAddress: '127.0.0.1' } as Socket)).toBeUndefined()
    expect(bytesWritten(undefined)).toBeUndefined()
  })
})
