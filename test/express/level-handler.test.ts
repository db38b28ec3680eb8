import http from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { createLogger, type Logger, memory, OptionError } from 'wideline'
import { levelHandler } from 'wideline/express'

function serve(parses = false): { logger: Logger; app: express.Express } {
  const logger = createLogger({ name: 'shop', outputs: [memory()] })
  logger.getLogger('app.db')
  const app = express()
  if (parses) app.use(express.json())
  app.use('/log-levels', levelHandler({ logger }))
  return { logger, app }
}

describe('the level handler', () => {
  it('lists every name with its level', async () => {
    const { app } = serve()
    const response = await request(app).get('/log-levels').expect(200)
    expect(response.body).toEqual({
      levels: [
        { name: 'app', level: 'info', isOwn: false },
        { name: 'app.db', level: 'info', isOwn: false },
        { name: 'shop', level: 'info', isOwn: true },
      ],
    })
    expect(response.headers['cache-control']).toBe('no-store')
  })

  it.each([{ parses: false }, { parses: true }])('sets a level for some time, parser: $parses', async ({ parses }) => {
    const { app, logger } = serve(parses)
    const response = await request(app)
      .put('/log-levels')
      .send({ names: 'app.*', level: 'debug', forMs: 60_000 })
      .expect(200)
    const { levels } = response.body as { levels: { name: string; level: string; until?: string }[] }
    expect(levels[1]).toMatchObject({ name: 'app.db', level: 'debug' })
    expect(Date.parse(levels[1].until ?? '')).toBeGreaterThan(Date.now())
    expect(logger.getLogger('app.db').isEnabled('debug')).toBe(true)
    await request(app).delete('/log-levels').send({ names: 'app.*' }).expect(200)
    expect(logger.getLogger('app.db').isEnabled('debug')).toBe(false)
  })

  it("sets the root's where no names are given", async () => {
    const { app, logger } = serve()
    await request(app).post('/log-levels').send({ level: 'warn' }).expect(200)
    expect(logger.level).toBe('warn')
  })

  it.each([
    { body: { level: 'loud' }, want: 'setLevel(level) must be' },
    { body: { names: 'a b', level: 'info' }, want: 'setLevel(names) must be' },
    { body: { names: 'a', level: 'info', forMS: 1 }, want: 'did you mean forMs' },
    { body: [], want: 'body must be an object' },
    { body: '{', want: 'body must be JSON' },
    { body: JSON.stringify({ names: 'a'.repeat(5000), level: 'info' }), want: 'body must be at most 4096 bytes' },
  ])('refuses $want', async ({ body, want }) => {
    const { app, logger } = serve()
    const response = await request(app)
      .put('/log-levels')
      .set('content-type', 'application/json')
      .send(body)
      .expect(400)
    expect((response.body as { error: string }).error).toContain(want)
    expect(logger.level).toBe('info')
  })

  it('keeps the connection on which it refuses a body', async () => {
    const server = serve().app.listen(0)
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const { port } = server.address() as AddressInfo
    const put = (body: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asked = http.request({ port, agent, path: '/log-levels', method: 'PUT' }, (response) => {
          response.resume().once('end', () => resolve(response.statusCode))
        })
        asked.once('error', reject).end(body)
      })
    try {
      expect(await put('x'.repeat(200_000))).toBe(400)
      expect(await put('{"level":"warn"}')).toBe(200)
    } finally {
      agent.destroy()
      server.close()
    }
  })

  it('refuses other methods, and options that are none', async () => {
    await request(serve().app).patch('/log-levels').send({}).expect(405)
    expect(() => levelHandler({ log: 1 } as never)).toThrow(OptionError)
    expect(() => levelHandler({ logger: serve().logger, maxMs: 1 } as never)).toThrow(
      'levelHandler.maxMs must be logger',
    )
  })
})
