import express, { type RequestHandler } from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { requestLogger } from 'wideline/express'
import { RawClient, requestText, TestServer, type WideLine } from '../http/support.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

const CHUNKED = { 'content-type': 'application/json', 'transfer-encoding': 'chunked', connection: 'close' }
const SIZED = { 'content-type': 'application/json', 'content-length': 7, connection: 'close' }

/** The line of a request whose logger comes after something else. */
async function lineAfter(
  before: RequestHandler,
  headers: Record<string, string | number>,
  body: string,
): Promise<WideLine> {
  running = await TestServer.start((logger) =>
    express()
      .use(before)
      .use(requestLogger({ logger }))
      .use(express.json())
      .post('/', (req, res) => void res.json(req.body)),
  )
  const client = await RawClient.connect(running.port)
  await client.send(requestText('POST', '/', headers, body)).ended()
  const [line] = await running.settle(1)
  return line
}

describe('the size of a body', () => {
  const later: RequestHandler = (_req, _res, next) => void setTimeout(next, 20)

  it('that was read in chunks before the logger came is left out', async () => {
    const line = await lineAfter(express.json(), CHUNKED, '7\r\n{"a":1}\r\n0\r\n\r\n')
    expect(line).toMatchObject({ status: 200, outcome: 'completed' })
    expect(line).not.toHaveProperty('requestBytes')
  })

  it.each([
    { name: 'that came in chunks before the logger, and was read after it', before: later, sized: false },
    { name: 'of a told length that was read before the logger came', before: express.json(), sized: true },
    { name: 'of a told length that came before the logger', before: later, sized: true },
  ])('$name is told', async ({ before, sized }) => {
    const line = await lineAfter(before, sized ? SIZED : CHUNKED, sized ? '{"a":1}' : '7\r\n{"a":1}\r\n0\r\n\r\n')
    expect(line).toMatchObject({ status: 200, requestBytes: 7 })
  })
})
