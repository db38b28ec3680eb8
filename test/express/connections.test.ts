import { once } from 'node:events'
import express, { type Express, type Request, type Response } from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { requestLogger } from 'wideline/express'
import { eventually, RawClient, requestText, signal, TestServer } from '../http/support.js'
import { appWith, checkLine } from './app.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

async function serve(routes: (app: Express) => void, answers: 'own' | 'express' = 'own'): Promise<RawClient> {
  running = await TestServer.start(appWith(routes, { answers }))
  return RawClient.connect(running.port)
}

async function settled(count: number) {
  const lines = await running!.settle(count)
  expect(lines).toHaveLength(count)
  expect(running!.logger.stats().entries.outstanding).toBe(0)
  return lines
}

const aborted = { level: 'warn', outcome: 'aborted', error: undefined }

describe('a client that leaves', () => {
  it('before the answer has a line without a status', async () => {
    const arrived = signal()
    const client = await serve((app) => app.get('/orders/:id', () => arrived.give()))
    client.send(requestText('GET', '/orders/42'))
    await arrived.given
    client.leave()
    const [line] = await settled(1)
    checkLine(line, { ...aborted, method: 'GET', route: '/orders/:id', status: undefined, bytes: 0 })
  })

  it('before the answer keeps its line when the handler answers afterwards', async () => {
    const arrived = signal()
    const answered = signal()
    const answerLate = async (response: Response): Promise<void> => {
      await running!.waitFor(1)
      response.json({ too: 'late' })
      answered.give()
    }
    const client = await serve((app) =>
      app.get('/', (_req, response) => {
        arrived.give()
        return answerLate(response)
      }),
    )
    client.send(requestText('GET', '/'))
    await arrived.given
    client.leave()
    await answered.given
    const [line] = await settled(1)
    checkLine(line, { ...aborted, status: undefined })
  })

  it('before the answer keeps its line when the handler throws afterwards', async () => {
    const arrived = signal()
    const client = await serve((app) =>
      app.get('/', async () => {
        arrived.give()
        await running!.waitFor(1)
        throw new Error('nobody is there')
      }),
    )
    client.send(requestText('GET', '/'))
    await arrived.given
    client.leave()
    const [line] = await settled(1)
    checkLine(line, aborted)
  })

  it.each(['own', 'express'] as const)('in the middle of its body is aborted, not failed (%s)', async (answers) => {
    const client = await serve((app) => {
      app.post('/orders', (_req, response) => response.send('read'))
    }, answers)
    const arrived = once(running!.server, 'request')
    client.send(requestText('POST', '/orders', { 'content-type': 'application/json', 'content-length': 100 }, '{"a":'))
    await arrived
    client.reset()
    const [line] = await settled(1)
    checkLine(line, { level: 'warn', outcome: 'aborted', method: 'POST', url: '/orders' })
  })

  it.each([
    { way: 'leave', answers: 'own' },
    { way: 'reset', answers: 'own' },
    { way: 'leave', answers: 'express' },
    { way: 'reset', answers: 'express' },
  ] as const)('in the middle of a body whose parser knows no status is aborted ($way, $answers)', async (one) => {
    const arrived = signal()
    const client = await serve((app) => {
      app.post('/files', (req, _res, next) => {
        // As multer does.
        req.on('aborted', () => next(new Error('Request aborted')))
        req.once('data', () => arrived.give())
      })
    }, one.answers)
    client.send(requestText('POST', '/files', { 'content-length': 100 }, 'half'))
    await arrived.given
    client[one.way]()
    const [line] = await settled(1)
    checkLine(line, { level: 'warn', outcome: 'aborted', route: '/files', status: undefined, firstByteMs: undefined })
    expect(line.error).toMatchObject({ message: 'Request aborted' })
  })

  it('in the middle of its body after the handler has thrown is a failure', async () => {
    const thrown = signal()
    const client = await serve((app) => {
      app.post('/files', (req) => {
        req.log.setError(new Error('disk full'))
        thrown.give()
      })
    })
    client.send(requestText('POST', '/files', { 'content-length': 100 }, 'half'))
    await thrown.given
    client.leave()
    const [line] = await settled(1)
    checkLine(line, { level: 'error', outcome: 'failed', status: undefined })
    expect(line.error).toMatchObject({ message: 'disk full' })
  })

  it('with its body half sent is aborted also where nobody reads the body', async () => {
    const arrived = signal()
    const client = await serve((app) => app.put('/raw', () => arrived.give()))
    client.send(requestText('PUT', '/raw', { 'content-length': 100 }, 'half'))
    await arrived.given
    client.leave()
    const [line] = await settled(1)
    checkLine(line, { ...aborted, route: '/raw', status: undefined })
  })

  it.each(['leave', 'reset'] as const)('during a streamed answer has the status it was sent (%s)', async (way) => {
    const client = await serve((app) =>
      app.get('/stream', (_req, response) => {
        response.write('first part')
      }),
    )
    client.send(requestText('GET', '/stream'))
    await client.until('first part')
    client[way]()
    const [line] = await settled(1)
    checkLine(line, { ...aborted, route: '/stream', status: 200 })
    expect(line['bytes']).toBeGreaterThanOrEqual('first part'.length)
  })

  it.each([
    { of: 'the request', on: (req: Request) => req },
    { of: 'the response', on: (_req: Request, response: Response) => response },
    { of: 'the connection', on: (req: Request) => req.socket },
  ])('during a streamed answer is aborted also where that ends with the close of $of', async ({ on }) => {
    const client = await serve((app) =>
      app.get('/events', (req, response) => {
        response.type('text/event-stream').write('data: 1')
        on(req, response).once('close', () => response.end())
      }),
    )
    client.send(requestText('GET', '/events'))
    await client.until('data: 1')
    client.leave()
    const [line] = await settled(1)
    checkLine(line, { level: 'info', outcome: 'aborted', route: '/events', status: 200 })
  })

  it('while a large answer waits for it is aborted, although everything was handed over', async () => {
    const ended = signal()
    const client = await serve((app) =>
      app.get('/large', (_req, response) => {
        response.end(Buffer.alloc(64 * 1024 * 1024))
        ended.give()
      }),
    )
    client.pause().send(requestText('GET', '/large'))
    await ended.given
    client.reset()
    const [line] = await settled(1)
    checkLine(line, { ...aborted, status: 200 })
  })
})

describe('a client that has left before the request logger has its turn', () => {
  it('has its line all the same, and its record is given back', async () => {
    const arrived = signal()
    running = await TestServer.start((logger) => {
      const app = express().use((req, _response, next) => {
        arrived.give()
        req.socket.once('close', () => setImmediate(next))
      })
      return app.use(requestLogger({ logger })).get('/', (_req, response) => response.send('to nobody'))
    })
    const client = await RawClient.connect(running.port)
    client.send(requestText('GET', '/'))
    await arrived.given
    client.leave()
    const [line] = await settled(1)
    checkLine(line, { ...aborted, url: '/' })
  })
})

describe('a server that ends the connection', () => {
  it.each([
    { name: 'by destroying the socket', end: (app: Express) => app.get('/', (req) => void req.socket.destroy()) },
    { name: 'by destroying the response', end: (app: Express) => app.get('/', (_req, res) => void res.destroy()) },
  ])('$name writes an aborted line', async ({ end }) => {
    const client = await serve(end)
    client.send(requestText('GET', '/'))
    await client.ended()
    const [line] = await settled(1)
    checkLine(line, { ...aborted, status: undefined })
  })

  const large = Buffer.alloc(64 * 1024 * 1024)
  it.each([
    { name: 'of a slow reader by a timeout', end: (response: Response) => response.setTimeout(1) },
    { name: 'of a slow reader when it stops', end: () => setImmediate(() => running!.server.closeAllConnections()) },
    { name: 'in the turn of its answer', end: (response: Response) => response.destroy() },
  ])('$name writes an aborted line, although everything was handed over', async ({ end }) => {
    const client = await serve((app) => app.get('/large', (_req, response) => void end(response.end(large))))
    client.pause().send(requestText('GET', '/large'))
    const [line] = await settled(1)
    checkLine(line, { ...aborted, status: 200 })
  })

  it('when its answer is out writes a completed line', async () => {
    const client = await serve((app) =>
      app.get('/large', (req, response) => {
        response.once('finish', () => req.socket.destroy())
        response.end(large)
      }),
    )
    await client.send(requestText('GET', '/large')).ended()
    const [line] = await settled(1)
    checkLine(line, { level: 'info', outcome: 'completed', status: 200, bytes: large.length })
  })

  it('while it never answers writes the line of every open request', async () => {
    const client = await serve((app) => app.get('/orders/:id', () => undefined))
    const second = await RawClient.connect(running!.port)
    let requests = 0
    running!.server.on('request', () => requests++)
    client.send(requestText('GET', '/orders/1'))
    second.send(requestText('GET', '/orders/2'))
    await eventually(
      () => 'two requests',
      () => requests === 2,
    )
    expect(running!.lines()).toEqual([])
    running!.server.closeAllConnections()
    const lines = await settled(2)
    expect(new Set(lines.map((line) => line['url']))).toEqual(new Set(['/orders/1', '/orders/2']))
    for (const line of lines) checkLine(line, { ...aborted, route: '/orders/:id', status: undefined })
  })
})

describe('one connection', () => {
  it('that is kept alive has a line for each of its requests', async () => {
    const client = await serve((app) => app.get('/:word', (req, response) => response.send(req.params['word'])))
    await client.send(requestText('GET', '/first')).until('\r\n\r\nfirst')
    await client.send(requestText('GET', '/second!')).until('\r\n\r\nsecond!')
    const lines = await settled(2)
    checkLine(lines[0], { level: 'info', url: '/first', route: '/:word', status: 200, bytes: 5 })
    checkLine(lines[1], { level: 'info', url: '/second!', route: '/:word', status: 200, bytes: 7 })
    expect(lines[0].requestId).not.toBe(lines[1].requestId)
  })

  it('with three requests at once has a line for each, with its own bytes', async () => {
    const client = await serve((app) => app.get('/:word', (req, response) => response.send(req.params['word'])))
    client.send(['/a', '/bb', '/ccc'].map((path) => requestText('GET', path)).join(''))
    await client.until('\r\n\r\nccc')
    const lines = await settled(3)
    const byUrl = lines.toSorted((a, b) => String(a['url']).length - String(b['url']).length)
    for (const line of lines) checkLine(line, { level: 'info', outcome: 'completed', status: 200, route: '/:word' })
    expect(byUrl.map((line) => [line['url'], line['bytes']])).toEqual([
      ['/a', 1],
      ['/bb', 2],
      ['/ccc', 3],
    ])
  })

  it('that goes while three requests wait for the first has a line for each', async () => {
    let requests = 0
    const client = await serve((app) => app.get('/:word', () => void requests++))
    client.send(['/a', '/b', '/c'].map((path) => requestText('GET', path)).join(''))
    await eventually(
      () => 'three requests',
      () => requests === 3,
    )
    client.leave()
    const lines = await settled(3)
    expect(new Set(lines.map((line) => line['url']))).toEqual(new Set(['/a', '/b', '/c']))
    for (const line of lines) checkLine(line, { ...aborted, status: undefined })
  })

  it.each([
    { who: "Node's server, as newer ones do", by: 'abortOutgoing (node:_http_server:928:17)', want: aborted },
    {
      who: "Node's client, whose answer broke off",
      by: 'Socket.socketCloseListener (node:_http_client:535:19)',
      want: { level: 'error', outcome: 'failed', status: undefined },
    },
  ])('with a response that $who destroys before its turn', async ({ by, want }) => {
    const error = Object.assign(new Error('aborted'), { code: 'ECONNRESET', stack: `Error: aborted\n    at ${by}` })
    const arrived = signal()
    const client = await serve((app) => {
      app.get('/first', () => undefined)
      app.get('/next', (_req, response) => {
        response.destroy(error)
        arrived.give()
      })
    })
    client.send(['/first', '/next'].map((path) => requestText('GET', path)).join(''))
    await arrived.given
    client.leave()
    const lines = await settled(2)
    checkLine(
      lines.find(({ url }) => url === '/next')!,
      want,
    )
  })

  it('with many requests at once makes Node warn of nothing', async () => {
    const warnings: string[] = []
    const listen = (warning: Error): unknown => warnings.push(warning.message)
    process.on('warning', listen)
    let requests = 0
    const client = await serve((app) => app.get('/:word', () => void requests++))
    client.send(Array.from({ length: 30 }, (_, i) => requestText('GET', `/${i}`)).join(''))
    await eventually(
      () => 'thirty requests',
      () => requests === 30,
    )
    client.leave()
    await settled(30)
    process.off('warning', listen)
    expect(warnings).toEqual([])
  })
})
