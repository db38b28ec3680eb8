import { once } from 'node:events'
import { connect, constants, createServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { captureLogs } from 'wideline/testing'
import { checkRequestOptions, RequestLifecycle, type RequestLog } from '../../integrations/http/index.js'
import { eventually, signal } from './support.js'

type Answer = (request: Http2ServerRequest, response: Http2ServerResponse, log: RequestLog) => void

/** One request over HTTP/2, by Node's compatibility API, and its lines. */
async function exchange(
  answer: Answer,
  send: { path?: string; body?: string; promised?: number; cancelAt?: Promise<void> } = {},
) {
  const logs = captureLogs()
  const lifecycle = new RequestLifecycle(logs.logger, checkRequestOptions('test', {}), () => '')
  const server = createServer((request, response) => {
    const log = lifecycle.begin(request as unknown as IncomingMessage, response as unknown as ServerResponse)
    answer(request, response, log)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const stream = session.request({
    ':path': send.path ?? '/a?b=c',
    ':method': send.body === undefined ? 'GET' : 'POST',
    'x-request-id': 'r-1',
    ...(send.promised === undefined ? {} : { 'content-length': send.promised }),
  })
  stream.on('error', () => undefined)
  stream.resume()
  if (send.promised === undefined) stream.end(send.body)
  else stream.write(send.body)
  if (send.cancelAt !== undefined) {
    await send.cancelAt
    stream.close(constants.NGHTTP2_CANCEL)
  }
  await eventually(
    () => 'a wide line',
    () => logs.lines.some((line) => line.includes('"outcome"')),
  )
  session.destroy()
  server.close()
  expect(lifecycle.stats()).toMatchObject({ outstanding: 0, misuses: 0 })
  return logs.lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('HTTP/2 through the compatibility API', () => {
  it('has one line for a request that is answered, with the sizes of its own stream', async () => {
    const lines = await exchange(
      (request, response) => {
        request.resume().once('end', () => {
          response.write('half ')
          response.end('whole')
        })
      },
      { body: 'hello' },
    )
    expect(lines).toMatchObject([
      {
        level: 'info',
        outcome: 'completed',
        status: 200,
        requestId: 'r-1',
        method: 'POST',
        url: '/a?b=*',
        requestBytes: 5,
        bytes: 10,
        remoteAddress: '127.0.0.1',
      },
    ])
    expect(lines[0]['firstByteMs']).toBeGreaterThanOrEqual(0)
  })

  it('counts what came of a body that its client breaks off, not what was promised', async () => {
    const came = signal()
    const lines = await exchange((request) => request.once('data', () => came.give()), {
      body: 'hello',
      promised: 100,
      cancelAt: came.given,
    })
    expect(lines).toMatchObject([{ outcome: 'aborted', requestBytes: 5 }])
  })

  it('has the status of an answer that refuses', async () => {
    const lines = await exchange((_request, response) => {
      response.statusCode = 404
      response.end()
    })
    expect(lines).toMatchObject([{ level: 'warn', outcome: 'completed', status: 404, bytes: 0 }])
  })

  it.each<{ name: string; answer: Answer; want: object }>([
    {
      name: 'whole',
      answer: (_request, { stream }) => {
        stream.respond({ ':status': 201 })
        stream.end('direct')
      },
      want: { level: 'info', outcome: 'completed', status: 201 },
    },
    {
      name: 'with a file',
      answer: (_request, { stream }) => stream.respondWithFile(import.meta.filename, { ':status': 206 }),
      want: { level: 'info', outcome: 'completed', status: 206 },
    },
    {
      name: 'with a failure',
      answer: (_request, { stream }) => stream.respond({ ':status': 503 }, { endStream: true }),
      want: { level: 'error', outcome: 'failed', status: 503 },
    },
    {
      name: 'half',
      answer: (_request, { stream }) => {
        stream.respond({ ':status': 201 })
        stream.write('half', () => stream.close())
      },
      want: { level: 'warn', outcome: 'aborted', status: 201 },
    },
  ])('has what its stream answered, past the response: $name', async ({ answer, want }) => {
    const lines = await exchange(answer)
    expect(lines).toMatchObject([want])
    expect(Object.keys(lines[0])).not.toContain('bytes')
  })

  it('was aborted when the client cancels its stream', async () => {
    const reached = signal()
    const lines = await exchange(
      (_request, response) => {
        response.write('half')
        reached.give()
      },
      { cancelAt: reached.given },
    )
    expect(lines).toMatchObject([{ level: 'warn', outcome: 'aborted', status: 200 }])
  })

  it('was aborted when the client cancels before the answer', async () => {
    const reached = signal()
    const lines = await exchange(() => reached.give(), { cancelAt: reached.given })
    expect(lines).toMatchObject([{ level: 'warn', outcome: 'aborted' }])
    expect(lines[0]['status']).toBeUndefined()
  })

  it('has failed where its stream died at the server', async () => {
    const lines = await exchange((_request, response) => {
      response.write('half', () => void response.stream.destroy(new Error('disk gone')))
    })
    expect(lines).toMatchObject([{ level: 'error', outcome: 'failed', status: 200, error: { message: 'disk gone' } }])
  })

  it('has failed where an error was set', async () => {
    const lines = await exchange((_request, response, log) => {
      log.setError(new Error('broken'))
      response.statusCode = 500
      response.end()
    })
    expect(lines).toMatchObject([{ level: 'error', outcome: 'failed', status: 500, error: { message: 'broken' } }])
  })
})
