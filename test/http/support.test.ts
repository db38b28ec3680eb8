import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { RawClient, requestText, startPlain, type TestServer } from './support.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

async function serve(afterwards: (again: () => void) => void): Promise<TestServer> {
  const { server } = await startPlain((log, _request, response) => {
    response.once('close', () => afterwards(() => log.info('request completed', { outcome: 'completed' })))
    response.end('ok')
  })
  running = server
  return server
}

async function visit(server: TestServer): Promise<void> {
  const client = await RawClient.connect(server.port)
  await client.send(requestText('GET', '/')).until('\r\n\r\nok')
}

describe('the server of these tests', () => {
  it('settles with one wide line for one request', async () => {
    const server = await serve(() => undefined)
    await visit(server)
    expect(await server.settle(1)).toHaveLength(1)
  })

  it.each([
    { name: 'at once', later: (again: () => void) => again() },
    { name: 'a turn later', later: (again: () => void) => void setImmediate(again) },
    { name: 'two turns later', later: (again: () => void) => void setImmediate(() => setImmediate(again)) },
  ])('shows a second wide line for the same request, written $name', async ({ later }) => {
    const server = await serve(later)
    await visit(server)
    expect(await server.settle(1)).toHaveLength(2)
  })

  it('says what it waited for when a wide line is missing', async () => {
    const server = await serve(() => undefined)
    await visit(server)
    await expect(server.waitFor(2, 50)).rejects.toThrow('waited 50 ms for 2 wide lines, got 1')
  })

  it('ends connections that are still open when it stops', async () => {
    const server = await serve(() => undefined)
    const idle = connect(server.port, '127.0.0.1').resume()
    const closed = new Promise((resolve) => idle.once('close', resolve))
    await new Promise((resolve) => idle.once('connect', resolve))
    await server.stop()
    await closed
    expect(idle.destroyed).toBe(true)
  })
})
