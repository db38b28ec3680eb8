import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { RawClient, requestText, signal, startPlain } from './support.js'

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
