import { once } from 'node:events'
import { createServer, get, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough, pipeline, Readable } from 'node:stream'
import { pipeline as finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type PlainHandler, RawClient, requestText, signal, startPlain, type TestServer } from './support.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

async function serve(handler: PlainHandler): Promise<RawClient> {
  const { server } = await startPlain(handler)
  running = server
  return RawClient.connect(server.port)
}

async function* dying(): AsyncGenerator<string> {
  yield await Promise.resolve('half')
  throw new Error('disk gone')
}

function endless(): Readable {
  return new Readable({
    read() {
      setImmediate(() => this.push('more'))
    },
  })
}

describe('a response that dies at the server', () => {
  it.each<{ name: string; handler: PlainHandler; status: number | undefined }>([
    {
      name: 'with the stream that it is fed from',
      handler: (_log, _request, response) => void pipeline(Readable.from(dying()), response, () => undefined),
      status: 200,
    },
    {
      name: 'by an error within it',
      handler: (_log, _request, response) =>
        void response.write('half', () => void response.destroy(new Error('disk gone'))),
      status: 200,
    },
    {
      name: 'by an error before it',
      handler: (_log, _request, response) => void response.destroy(new Error('disk gone')),
      status: undefined,
    },
    {
      name: 'by an error when its head is ready, and before any of it is sent',
      handler: (_log, _request, response) => void response.writeHead(200).destroy(new Error('disk gone')),
      status: undefined,
    },
    {
      name: 'by an error when its head alone is sent',
      handler: (_log, _request, response) => {
        response.writeHead(200).flushHeaders()
        setImmediate(() => response.destroy(new Error('disk gone')))
      },
      status: 200,
    },
  ])('$name has failed, with that error', async ({ handler, status }) => {
    const client = await serve(handler)
    await client.send(requestText('GET', '/')).ended()
    const [line] = await running!.settle(1)
    expect(line).toMatchObject({ level: 'error', outcome: 'failed', error: { message: 'disk gone' } })
    expect(line['status']).toBe(status)
    expect('firstByteMs' in line).toBe(status !== undefined)
  })

  it('keeps the error that was told first', async () => {
    const client = await serve((log, _request, response) => {
      log.setError(new Error('why'))
      response.destroy(new Error('disk gone'))
    })
    await client.send(requestText('GET', '/')).ended()
    expect(await running!.settle(1)).toMatchObject([{ outcome: 'failed', error: { message: 'why' } }])
  })

  it.each(['EPIPE', 'ECONNRESET'])('of a connection that went is aborted: %s', async (code) => {
    const client = await serve((_log, _request, response) => {
      const gone = Object.assign(new Error('gone'), { code, syscall: 'write' })
      response.write('half', () => void response.destroy(gone))
    })
    await client.send(requestText('GET', '/')).ended()
    const [line] = await running!.settle(1)
    expect(line).toMatchObject({ level: 'warn', outcome: 'aborted' })
    expect(line).not.toHaveProperty('error')
  })

  it('has failed, where it was fed from an answer that broke off', async () => {
    const above = createServer((_request, response) => {
      response.write('half', () => response.socket?.resetAndDestroy())
    })
    await once(above.listen(0), 'listening')
    const { port } = above.address() as AddressInfo
    const client = await serve((_log, _request, response) => {
      get({ port }, (answer) => pipeline(answer, response, () => undefined)).on('error', () => undefined)
    })
    await client.send(requestText('GET', '/')).ended()
    above.close()
    const [line] = await running!.settle(1)
    expect(line).toMatchObject({ level: 'error', outcome: 'failed', status: 200, error: { code: 'ECONNRESET' } })
  })

  it('has failed, where what it was fed from closed too early', async () => {
    const client = await serve((_log, _request, response) => {
      const source = new PassThrough()
      pipeline(source, response, () => undefined)
      source.write('half', () => setImmediate(() => source.destroy()))
    })
    await client.send(requestText('GET', '/')).ended()
    const [line] = await running!.settle(1)
    expect(line).toMatchObject({ outcome: 'failed', error: { code: 'ERR_STREAM_PREMATURE_CLOSE' } })
  })
})

describe('a client that leaves a stream', () => {
  it.each(['leave', 'reset'] as const)('is no error of the server (%s)', async (way) => {
    const piped = signal<unknown>()
    const client = await serve((_log, _request, response) => {
      pipeline(endless(), response, (error) => piped.give(error))
    })
    client.send(requestText('GET', '/'))
    await client.until('more')
    client[way]()
    expect(await piped.given).toBeInstanceOf(Error)
    const [line] = await running!.settle(1)
    expect(line).toMatchObject({ level: 'warn', outcome: 'aborted', status: 200 })
    expect(line).not.toHaveProperty('error')
  })

  it.each<{ name: string; serve: (response: ServerResponse) => Promise<unknown> }>([
    { name: 'goes on feeding it', serve: (response) => finished(endless(), response) },
    {
      name: 'gives up what it asked of others',
      async serve(response) {
        const left = new AbortController()
        response.on('close', () => left.abort())
        response.write('more')
        await sleep(10_000, undefined, { signal: left.signal })
      },
    },
  ])('is none when the handler, which $name, gets to know', async ({ serve: handle }) => {
    const client = await serve((log, _request, response) => {
      handle(response).catch((error: unknown) => log.setError(error))
    })
    client.send(requestText('GET', '/'))
    await client.until('more')
    client.leave()
    const [line] = await running!.settle(1)
    expect(line).toMatchObject({ level: 'warn', outcome: 'aborted', status: 200 })
    expect(line.error).toMatchObject({ message: expect.stringMatching(/Premature close|aborted/) })
  })

  it('does not excuse an error that has nothing to do with it', async () => {
    const client = await serve((log, _request, response) => {
      response.on('close', () => log.setError(new Error('broken')))
      response.write('more')
    })
    client.send(requestText('GET', '/'))
    await client.until('more')
    client.leave()
    expect(await running!.settle(1)).toMatchObject([
      { level: 'error', outcome: 'failed', error: { message: 'broken' } },
    ])
  })
})
