import request from 'supertest'
import type { RequestLog, RequestLoggerOptions } from 'wideline/express'
import { appWith } from '../express/app.js'
import { TestServer } from '../http/support.js'
import { type LeakWay, nameOf, SECRET } from './leak-ways.js'

type Ask = (path: string) => request.Test

/** Everything that an Express application writes for some requests to `/orders/7`, the handler's own line included. */
async function lines(
  options: Omit<RequestLoggerOptions, 'logger'>,
  ask: (get: Ask, post: Ask) => PromiseLike<unknown>,
  handle: (log: RequestLog, url: string) => void = () => undefined,
): Promise<string> {
  const server = await TestServer.start(
    appWith((app) => {
      app.all('/orders/:id', (req, res) => {
        handle(req.log, req.url)
        req.log.info('in the handler')
        res.send('ok')
      })
    }, options),
    { level: 'debug' },
  )
  try {
    await ask(
      (path) => request(server.server).get(path),
      (path) => request(server.server).post(path),
    )
  } finally {
    await server.stop()
  }
  return JSON.stringify(server.lines())
}

const query = encodeURIComponent(SECRET)
const headerSecret = Buffer.from(SECRET).toString('base64')

/** The ways through a request. */
export const REQUEST_WAYS: readonly LeakWay[] = [
  {
    way: 'in a header of the request: authorization, cookies and any other that nobody asked for',
    written: (isClosed) =>
      lines({ headers: { request: ['authorization', 'cookie', ...(isClosed ? [] : ['x-colour'])] } }, (get) =>
        get('/orders/7').set({
          authorization: `Bearer ${headerSecret}`,
          cookie: `session=${headerSecret}`,
          'x-colour': headerSecret,
        }),
      ),
  },
  {
    way: 'in the query of the url',
    written: (isClosed) =>
      lines(isClosed ? {} : { query: ['a'] }, (get) => get(`/orders/7?a=${query}&token=${query};x=${query}`)),
  },
  {
    way: 'in an error that repeats the url',
    written: (isClosed) =>
      lines(
        {},
        (get) => get(`/orders/7?a=${query}`),
        (log, url) => {
          const [own, foreign] = [new Error(`Cannot GET ${url}`), new Error(`Cannot GET elsewhere: ${SECRET}`)]
          log.setError(isClosed ? own : foreign)
        },
      ),
  },
  {
    way: 'in the body, which is written only where that is asked for',
    written: (isClosed) =>
      lines(isClosed ? {} : { body: { request: true } }, (_get, post) => post('/orders/7').send({ colour: SECRET })),
  },
  {
    way: 'under a secret name in the body, where bodies are asked for',
    written: (isClosed) =>
      lines({ body: { request: true } }, (_get, post) =>
        post('/orders/7').send({ a: [{ [nameOf(isClosed)]: SECRET }] }),
      ),
  },
  {
    way: 'in a field of a wide line',
    written: (isClosed) =>
      lines(
        {},
        (get) => get('/orders/7'),
        (log) => log.set({ user: { [nameOf(isClosed)]: SECRET } }),
      ),
  },
  {
    way: 'from a request that is over onto the line of the next, by a log that was kept',
    written: (isClosed) => {
      let kept: RequestLog | undefined
      return lines(
        {},
        async (get) => {
          await get('/orders/7')
          await get('/orders/8')
        },
        (log) => {
          const written = isClosed ? kept : log
          written?.set({ colour: SECRET })
          written?.fields.string('note', SECRET)
          written?.setError(new Error(SECRET))
          kept ??= log
        },
      )
    },
  },
]
