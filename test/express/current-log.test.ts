import { EventEmitter } from 'node:events'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import request from 'supertest'
import { afterEach, describe, expect, it } from 'vitest'
import { currentLog } from 'wideline/express'
import { RawClient, requestText, TestServer } from '../http/support.js'
import { appWith, type AppOptions } from './app.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

async function serve(handler: RequestHandler, options: AppOptions = {}): Promise<TestServer> {
  running = await TestServer.start(appWith((app) => app.all('/:id', handler), options))
  return running
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Ways in which code is reached that has no request at hand. */
const ways: { readonly name: string; readonly reach: (use: () => void) => void | Promise<void> }[] = [
  { name: 'called at once', reach: (use) => use() },
  {
    name: 'after an await',
    reach: async (use) => {
      await turn()
      use()
    },
  },
  { name: 'in a promise that is not awaited', reach: (use) => void turn().then(use) },
  { name: 'in a timer', reach: (use) => new Promise((resolve) => setTimeout(() => resolve(use()), 1)) },
  { name: 'in a microtask', reach: (use) => new Promise((resolve) => queueMicrotask(() => resolve(use()))) },
  {
    name: 'in an event of an emitter',
    reach: (use) => {
      const emitter = new EventEmitter().once('event', use)
      emitter.emit('event')
    },
  },
]

describe('currentLog()', () => {
  it.each(ways)('is the log of the request under way, $name', async ({ reach }) => {
    const server = await serve(async (req, response) => {
      await reach(() => currentLog()!.set({ seen: req.params['id'] }))
      await turn()
      response.send(String(currentLog() === req.log))
    })
    const answers = await Promise.all(['a', 'b', 'c'].map((id) => request(server.server).get(`/${id}`)))
    expect(answers.map(({ text }) => text)).toEqual(['true', 'true', 'true'])
    for (const line of await server.settle(3)) expect(line['url']).toBe(`/${String(line['seen'])}`)
  })

  it('is there after a body that came in pieces was parsed', async () => {
    const server = await serve((req, response) => {
      currentLog()?.set({ amount: (req.body as { amount: number }).amount })
      response.send('ok')
    })
    const client = await RawClient.connect(server.port)
    const headers = { 'content-type': 'application/json', 'content-length': 12, expect: '100-continue' }
    await client.send(requestText('POST', '/pay', headers)).until('100 Continue')
    client.send('{"amou')
    await turn()
    await client.send('nt":7}').until('200 OK')
    expect(await server.settle(1)).toMatchObject([{ amount: 7, status: 200 }])
  })

  it('is there where an error is handled', async () => {
    running = await TestServer.start(
      appWith((app) => {
        app.get('/', async () => {
          await turn()
          throw new Error('broken')
        })
        app.use((error: Error, _req: Request, _response: Response, next: NextFunction) => {
          currentLog()?.set({ handled: error.message })
          next(error)
        })
      }),
    )
    await request(running.server).get('/').expect(500)
    expect(await running.settle(1)).toMatchObject([{ handled: 'broken', error: { message: 'broken' } }])
  })

  it('is undefined outside of requests', async () => {
    const server = await serve((_req, response) => response.send('ok'))
    expect(currentLog()).toBeUndefined()
    await request(server.server).get('/x').expect(200)
    expect(currentLog()).toBeUndefined()
  })

  it('stays that of its request in code that outlives it', async () => {
    let finished: Promise<void> | undefined
    const server = await serve((req, response) => {
      finished = (async () => {
        await server.waitFor(1)
        currentLog()?.info('afterwards', { same: currentLog() === req.log })
      })()
      response.send('ok')
    })
    await request(server.server).get('/x').set('x-request-id', 'r-1').expect(200)
    await finished
    expect(server.lines()[1]).toMatchObject({ msg: 'afterwards', requestId: 'r-1', late: true, same: true })
  })

  it('is undefined everywhere with context: false, and req.log works all the same', async () => {
    const server = await serve(
      async (req, response) => {
        const before = currentLog()
        await turn()
        req.log.info('in the handler')
        req.log.set({ before: before === undefined, after: currentLog() === undefined })
        response.send('ok')
      },
      { context: false },
    )
    await request(server.server).get('/x').expect(200)
    const [line] = await server.settle(1)
    expect(line).toMatchObject({ before: true, after: true, outcome: 'completed' })
    expect(server.lines()[0]).toMatchObject({ msg: 'in the handler', requestId: line.requestId })
  })
})
