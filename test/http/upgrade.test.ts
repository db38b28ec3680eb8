import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { logUpgrades, type RequestLog } from 'wideline/express'
import { RawClient, requestText, TestServer } from './support.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

const HANDSHAKE = requestText('GET', '/socket?token=s3cret', {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': 13,
  'x-request-id': 'r-1',
})

type Listener = (request: IncomingMessage & { log: RequestLog }, socket: Duplex) => void

async function serve(listener: Listener): Promise<TestServer> {
  running = await TestServer.start(() => (_request, response) => void response.end('plain'))
  logUpgrades(running.server, { logger: running.logger })
  running.server.on('upgrade', (request, socket) => listener(request as never, socket))
  return running
}

it.each([null, undefined, () => undefined])('logUpgrades refuses what is no server: %o', (server) => {
  expect(() => logUpgrades(server as never, {} as never)).toThrow(
    /^logUpgrades\.server must be a server of node:http, got/,
  )
})

describe('the handshake of a WebSocket', () => {
  it('has one line when it is answered, while the socket lives on', async () => {
    const server = await serve((request, socket) => {
      request.log.set({ room: 'lobby' })
      const accept = createHash('sha1')
        .update(`${String(request.headers['sec-websocket-key'])}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64')
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      )
      socket.on('end', () => socket.end())
      socket.on('data', (data: Buffer) => {
        running!.logger.unit('message', (unit) => unit.set({ size: data.length }))
        socket.write(data)
      })
    })
    const client = await RawClient.connect(server.port)
    await client.send(HANDSHAKE).until('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
    await server.waitFor(1)
    await client.send('ping').until('ping')
    client.leave()
    const lines = await server.settle(2)
    expect(lines).toMatchObject([
      {
        level: 'info',
        outcome: 'completed',
        status: 101,
        requestId: 'r-1',
        url: '/socket?token=*',
        upgrade: 'websocket',
        room: 'lobby',
      },
      { unit: 'message', outcome: 'completed', size: 4 },
    ])
  })

  it('that is refused has its status', async () => {
    const server = await serve((_request, socket) => void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n'))
    const client = await RawClient.connect(server.port)
    await client.send(HANDSHAKE).ended()
    expect(await server.settle(1)).toMatchObject([{ level: 'warn', outcome: 'completed', status: 401 }])
  })

  it('that is cut off was aborted', async () => {
    const server = await serve((_request, socket) => void socket.destroy())
    const client = await RawClient.connect(server.port)
    await client.send(HANDSHAKE).ended()
    const lines = await server.settle(1)
    expect(lines).toMatchObject([{ level: 'warn', outcome: 'aborted' }])
    expect(lines[0]['status']).toBeUndefined()
  })
})
