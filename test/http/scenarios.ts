import { createReadStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Express, IRouter, NextFunction, Request, Response } from 'express'
import { type RawClient, requestText } from './support.js'

/** One way a request can go: how it is asked for, how it is answered, and what its one line says. */
export interface Scenario {
  readonly name: string
  /** What the client does, from the moment it is connected. */
  readonly ask: (client: RawClient, done: Promise<void>) => void | Promise<void>
  readonly want: Readonly<Record<string, unknown>>
  /** What the answer holds. */
  readonly answer?: string
  readonly error?: Readonly<Record<string, unknown>>
  /** Lines for several requests over one connection: what the others say. */
  readonly others?: readonly Readonly<Record<string, unknown>>[]
}

const CLOSE = { connection: 'close' }
const JSON_BODY = '{"amount":5}'
const here = fileURLToPath(import.meta.url)

/** Sends one request and waits for the end of the connection. */
function plain(method: string, path: string, headers: Record<string, string | number> = {}, body = '') {
  return async (client: RawClient): Promise<void> => {
    await client.send(requestText(method, path, { ...CLOSE, ...headers }, body)).ended()
  }
}

/** Sends a request, waits until it is being worked on, and leaves. */
function leaving(path: string, how: 'leave' | 'reset' = 'leave') {
  return async (client: RawClient, reached: Promise<void>): Promise<void> => {
    client.send(requestText('GET', path))
    await reached
    client[how]()
  }
}

/** The routes that the scenarios ask for; Express 4 knows no promises, so its handlers hand errors on themselves. */
export function routes(app: Express, router: () => IRouter, reached: () => void): void {
  app.get('/ok', (_request, response) => void response.send('ok'))
  app.get('/empty', (_request, response) => void response.status(204).end())
  app.get('/moved', (_request, response) => response.redirect(302, '/ok'))
  app.get('/same', (_request, response) => void response.status(304).end())
  app.get('/gone', (_request, response) => void response.status(410).send('gone'))
  app.get('/busy', (_request, response) => void response.status(503).send('busy'))
  app.post('/orders', (request, response) => void response.status(201).json(request.body))
  app.get('/throw', () => {
    throw new Error('broken')
  })
  app.get('/throw-text', () => {
    // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error -- that is what is shown
    throw 'just text'
  })
  app.get('/throw-causes', () => {
    throw new Error('outer', { cause: new Error('inner', { cause: new TypeError('innermost') }) })
  })
  app.get('/throw-several', () => {
    throw new AggregateError([new Error('one'), new RangeError('two')], 'several')
  })
  app.get('/reject', (_request, _response, next) => {
    // Express 5 would take the promise itself.
    Promise.reject(new Error('rejected')).catch((error: unknown) => setImmediate(() => next(error)))
  })
  app.get('/late-error', (_request, response) => {
    response.write('half')
    throw new Error('after the head')
  })
  app.get('/destroy', (request) => void request.socket.destroy())
  app.get('/destroy-within', (_request, response) => {
    response.write('half', () => response.destroy())
  })
  app.get('/hang', () => reached())
  app.get('/hang-within', (_request, response) => {
    response.write('half', () => reached())
  })
  app.get('/double', (_request, response) => {
    // Node says that the second came too late.
    response.on('error', () => undefined)
    response.end('once')
    response.end('twice')
  })
  app.get('/file', (_request, response) => void createReadStream(here).pipe(response))
  app.get('/early', (_request, response) => {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => response.send('hinted'))
  })
  app.get('/processing', (_request, response) => {
    response.writeProcessing()
    response.send('done')
  })
  app.get('/events', (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: 1\n\n', () => reached())
  })
  app.get('/slow', (_request, response: Response) => {
    void nextTurn().then(() => response.send('slow'))
  })
  app.put('/upload', (request, response) => {
    let size = 0
    request.on('data', (chunk: Buffer) => (size += chunk.length))
    request.on('end', () => response.send(String(size)))
    // It may break off.
    request.on('error', () => undefined)
    reached()
  })
  const inner = router()
  inner.get('/items/:item', (_request: Request, response: Response) => void response.send('item'))
  inner.get('/broken/:item', (_request: Request, _response: Response, next: NextFunction) => next(new Error('inside')))
  app.use('/shops/:shop', inner)
}

/** Every scenario. `reached` of the routes settles the promise that `ask` is given. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'success',
    ask: plain('GET', '/ok'),
    answer: 'ok',
    want: { level: 'info', outcome: 'completed', status: 200, route: '/ok', method: 'GET', url: '/ok', bytes: 2 },
  },
  {
    name: 'no content',
    ask: plain('GET', '/empty'),
    want: { level: 'info', outcome: 'completed', status: 204, bytes: 0 },
  },
  {
    name: 'a redirect',
    ask: plain('GET', '/moved'),
    want: { level: 'info', outcome: 'completed', status: 302, route: '/moved' },
  },
  {
    name: 'not modified',
    ask: plain('GET', '/same'),
    want: { level: 'info', outcome: 'completed', status: 304, bytes: 0 },
  },
  {
    name: 'HEAD',
    ask: plain('HEAD', '/ok'),
    want: { level: 'info', outcome: 'completed', status: 200, method: 'HEAD', bytes: 0 },
  },
  { name: 'a 4xx', ask: plain('GET', '/gone'), want: { level: 'warn', outcome: 'completed', status: 410 } },
  {
    name: 'an unknown route',
    ask: plain('GET', '/nowhere?token=secret'),
    want: { level: 'warn', outcome: 'completed', status: 404, url: '/nowhere?token=*', route: undefined },
  },
  { name: 'a 5xx', ask: plain('GET', '/busy'), want: { level: 'error', outcome: 'failed', status: 503 } },
  {
    name: 'a mounted router',
    ask: plain('GET', '/shops/7/items/3?page=2'),
    want: { level: 'info', route: '/shops/:shop/items/:item', url: '/shops/7/items/3?page=*' },
  },
  {
    name: 'an error in a mounted router',
    ask: plain('GET', '/shops/7/broken/3'),
    want: { level: 'error', outcome: 'failed', status: 500, route: '/shops/:shop/broken/:item' },
    error: { type: 'Error', message: 'inside' },
  },
  {
    name: 'an error thrown',
    ask: plain('GET', '/throw'),
    want: { level: 'error', outcome: 'failed', status: 500 },
    error: { type: 'Error', message: 'broken' },
  },
  {
    name: 'something thrown that is no error',
    ask: plain('GET', '/throw-text'),
    want: { level: 'error', outcome: 'failed', status: 500 },
  },
  {
    name: 'an error with causes',
    ask: plain('GET', '/throw-causes'),
    want: { level: 'error', outcome: 'failed', status: 500 },
    error: { message: 'outer', cause: { message: 'inner', cause: { type: 'TypeError', message: 'innermost' } } },
  },
  {
    name: 'an AggregateError',
    ask: plain('GET', '/throw-several'),
    want: { level: 'error', outcome: 'failed', status: 500 },
    error: { type: 'AggregateError', message: 'several', errors: [{ message: 'one' }, { message: 'two' }] },
  },
  {
    name: 'a rejection',
    ask: plain('GET', '/reject'),
    want: { level: 'error', outcome: 'failed', status: 500 },
    error: { message: 'rejected' },
  },
  {
    name: 'an error after the head went out',
    ask: plain('GET', '/late-error'),
    want: { level: 'error', outcome: 'failed', status: 200 },
    error: { message: 'after the head' },
  },
  {
    name: 'a body that does not parse',
    ask: plain('POST', '/orders', { 'content-type': 'application/json', 'content-length': 4 }, '{"a"'),
    want: { level: 'warn', outcome: 'completed', status: 400, requestBytes: 4 },
    error: { type: 'SyntaxError' },
  },
  {
    name: 'a body',
    ask: plain(
      'POST',
      '/orders',
      { 'content-type': 'application/json', 'content-length': JSON_BODY.length },
      JSON_BODY,
    ),
    answer: JSON_BODY,
    want: { level: 'info', status: 201, requestBytes: JSON_BODY.length, bytes: JSON_BODY.length },
  },
  {
    name: 'an upload in chunks',
    ask: plain('PUT', '/upload', { 'transfer-encoding': 'chunked' }, '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'),
    answer: '11',
    want: { level: 'info', outcome: 'completed', status: 200, requestBytes: 11 },
  },
  {
    name: 'an upload that breaks off',
    ask: async (client, reached) => {
      client.send(requestText('PUT', '/upload', { 'content-length': 1000 }, 'hello'))
      await reached
      client.reset()
    },
    want: { level: 'warn', outcome: 'aborted', status: undefined, requestBytes: 5 },
  },
  {
    name: 'a client that leaves before the answer',
    ask: leaving('/hang'),
    want: { level: 'warn', outcome: 'aborted', status: undefined, bytes: 0, route: '/hang' },
  },
  {
    name: 'a client that leaves with a reset',
    ask: leaving('/hang', 'reset'),
    want: { level: 'warn', outcome: 'aborted', status: undefined },
  },
  {
    name: 'a client that leaves within the answer',
    ask: leaving('/hang-within'),
    want: { level: 'warn', outcome: 'aborted', status: 200 },
  },
  {
    name: 'a connection that the server destroys',
    ask: plain('GET', '/destroy'),
    want: { level: 'warn', outcome: 'aborted', status: undefined },
  },
  {
    name: 'an answer that the server destroys',
    ask: plain('GET', '/destroy-within'),
    want: { level: 'warn', outcome: 'aborted', status: 200 },
  },
  {
    name: 'an answer that ends twice',
    ask: plain('GET', '/double'),
    answer: 'once',
    want: { level: 'info', outcome: 'completed', status: 200 },
  },
  {
    name: 'a download that streams',
    ask: plain('GET', '/file'),
    answer: 'every way',
    want: { level: 'info', outcome: 'completed', status: 200 },
  },
  {
    name: 'early hints before the answer',
    ask: plain('GET', '/early'),
    answer: 'HTTP/1.1 103',
    want: { level: 'info', outcome: 'completed', status: 200, bytes: 6 },
  },
  {
    name: 'a 102 before the answer',
    ask: plain('GET', '/processing'),
    answer: 'HTTP/1.1 102',
    want: { level: 'info', outcome: 'completed', status: 200, bytes: 4 },
  },
  {
    name: 'a body that waits for 100 Continue',
    ask: async (client) => {
      const headers = { ...CLOSE, expect: '100-continue', 'content-length': 5 }
      await client.send(requestText('PUT', '/upload', headers)).until('100 Continue')
      await client.send('hello').ended()
    },
    want: { level: 'info', outcome: 'completed', status: 200, requestBytes: 5 },
  },
  {
    name: 'a stream of events that its client leaves',
    ask: leaving('/events'),
    want: { level: 'info', outcome: 'aborted', status: 200 },
  },
  {
    name: 'three over one connection, one after the other',
    ask: async (client) => {
      await client.send(requestText('GET', '/slow?n=1')).until('slow')
      client.send(requestText('GET', '/gone?n=2'))
      await client.until('gone')
      await client.send(requestText('GET', '/ok?n=3', CLOSE)).ended()
    },
    want: { status: 200, route: '/slow' },
    others: [
      { status: 410, route: '/gone', bytes: 4 },
      { status: 200, route: '/ok', bytes: 2 },
    ],
  },
  {
    name: 'three over one connection, sent at once',
    ask: async (client) => {
      const three = ['/slow', '/gone'].map((path) => requestText('GET', path)).join('')
      await client.send(three + requestText('GET', '/ok', CLOSE)).ended()
    },
    want: { status: 200, route: '/slow' },
    others: [
      { status: 410, route: '/gone', bytes: 4 },
      { status: 200, route: '/ok', bytes: 2 },
    ],
  },
  {
    name: 'two sent at once, and gone before the first is answered',
    ask: async (client, reached) => {
      client.send(requestText('GET', '/hang') + requestText('GET', '/ok'))
      await reached
      client.leave()
    },
    want: { outcome: 'aborted', route: '/hang' },
    others: [{ outcome: 'aborted', route: '/ok' }],
  },
]
