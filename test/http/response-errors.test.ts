import { pipeline, Readable } from 'node:stream'
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
  ])('$name has failed, with that error', async ({ handler, status }) => {
    const client = await serve(handler)
    await client.send(requestText('GET', '/')).ended()
    const [line] = await running!.settle(1)
    expect(line).toMatchObject({ level: 'error', outcome: 'failed', error: { message: 'disk gone' } })
    expect(line['status']).toBe(status)
  })

  it('keeps the error that was told first', async () => {
    const client = await serve((log, _request, response) => {
      log.setError(new Error('why'))
      response.destroy(new Error('disk gone'))
    })
    await client.send(requestText('GET', '/')).ended()
    expect(await running!.settle(1)).toMatchObject([{ outcome: 'failed', error: { message: 'why' } }])
  })

  it.each(['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'])(
    'of a connection that went is aborted: %s',
    async (code) => {
      const client = await serve((_log, _request, response) => {
        response.write('half', () => void response.destroy(Object.assign(new Error('gone'), { code })))
      })
      await client.send(requestText('GET', '/')).ended()
      const [line] = await running!.settle(1)
      expect(line).toMatchObject({ level: 'warn', outcome: 'aborted' })
      expect(line).not.toHaveProperty('error')
    },
  )
})

describe('a client that leaves a stream', () => {
  it.each(['leave', 'reset'] as const)('is no error of the server (%s)', async (way) => {
    const piped = signal<unknown>()
    const client = await serve((_log, _request, response) => {
      const endless = new Readable({
        read() {
          setImmediate(() => this.push('more'))
        },
      })
      pipeline(endless, response, (error) => piped.give(error))
    })
    client.send(requestText('GET', '/'))
    await client.until('more')
    client[way]()
    expect(await piped.given).toBeInstanceOf(Error)
    const [line] = await running!.settle(1)
    expect(line).toMatchObject({ level: 'warn', outcome: 'aborted', status: 200 })
    expect(line).not.toHaveProperty('error')
  })
})
