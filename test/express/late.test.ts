import { afterEach, describe, expect, it } from 'vitest'
import request from 'supertest'
import type { RequestLog } from 'wideline/express'
import { eventually, TestServer } from '../http/support.js'
import { appWith } from './app.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

/** Serves one request, keeps its log until the wide line is written, and gives it back. */
async function outlived(prepare: (log: RequestLog) => void = () => undefined): Promise<RequestLog> {
  let kept: RequestLog | undefined
  running = await TestServer.start(
    appWith((app) => {
      app.get('/first', (req, response) => {
        kept = req.log
        prepare(req.log)
        response.send('ok')
      })
      app.get('/second', (req, response) => {
        kept?.set({ stolen: 1 })
        kept?.fields.string('stolen', 'typed').all({ stolen: 2 })
        kept?.setError(new Error('not yours'))
        req.log.set({ own: true })
        response.send('ok')
      })
    }),
  )
  await request(running.server).get('/first').set('x-request-id', 'first').expect(200)
  await running.waitFor(1)
  return kept!
}

describe('a log that outlives its request', () => {
  it('is open while the request is under way, and closed when its line is written', async () => {
    let wasOpen: boolean | undefined
    const log = await outlived((open) => {
      wasOpen = !open.isClosed && open.request !== undefined
    })
    expect(wasOpen).toBe(true)
    expect(log.isClosed).toBe(true)
    expect(log.request).toBeUndefined()
  })

  it('writes lines of its own that say so and carry the request id', async () => {
    const log = await outlived()
    log.info('mail sent', { to: 'a' })
    log.at('warn')?.string('to', 'b').msg('typed')
    expect(running!.lines().slice(1)).toMatchObject([
      { msg: 'mail sent', requestId: 'first', late: true, to: 'a' },
      { msg: 'typed', requestId: 'first', late: true, to: 'b' },
    ])
  })

  it('has children whose lines say so too', async () => {
    let child: ReturnType<RequestLog['child']> | undefined
    const log = await outlived((open) => {
      child = open.child({ part: 'mail' })
    })
    child!.info('from a child made in time')
    log.child({ part: 'late' }).info('from a child made too late')
    expect(running!.lines().slice(1)).toMatchObject([
      { requestId: 'first', late: true, part: 'mail' },
      { requestId: 'first', late: true, part: 'late' },
    ])
  })

  it('reaches no line of another request with fields or errors', async () => {
    const log = await outlived()
    await request(running!.server).get('/second').set('x-request-id', 'second').expect(200)
    const [first, second] = await running!.settle(2)
    expect(first).not.toHaveProperty('stolen')
    expect(second).toMatchObject({ requestId: 'second', outcome: 'completed', level: 'info', own: true })
    expect(second).not.toHaveProperty('stolen')
    expect(second).not.toHaveProperty('error')
    expect(log.isClosed).toBe(true)
  })

  it('reaches no other line through typed fields that were taken hold of in time', async () => {
    let fields: RequestLog['fields'] | undefined
    await outlived((open) => {
      fields = open.fields
    })
    const second = request(running!.server).get('/second').set('x-request-id', 'second')
    running!.server.once('request', () => fields!.string('stolen', 'typed'))
    await second.expect(200)
    const wide = await running!.settle(2)
    expect(wide[1]).toMatchObject({ requestId: 'second' })
    expect(JSON.stringify(wide)).not.toContain('stolen')
  })

  it('tells once, however often, that fields came too late', async () => {
    const log = await outlived()
    log.set({ a: 1 })
    log.fields.int('b', 2).int('c', 3)
    log.setError(new Error('too late'))
    expect(running!.lines().slice(1)).toMatchObject([
      { level: 'debug', msg: 'fields were set after the response', requestId: 'first', late: true },
    ])
  })

  it('may be used in the very turn in which the response closes', async () => {
    running = await TestServer.start(
      appWith((app) =>
        app.get('/', (req, response) => {
          response.once('close', () => req.log.info('at the close'))
          response.once('finish', () => req.log.set({ finished: true }))
          response.send('ok')
        }),
      ),
    )
    await request(running.server).get('/').expect(200)
    await eventually(
      () => 'two lines',
      () => running!.lines().length === 2,
    )
    expect(await running.settle(1)).toMatchObject([{ finished: true, status: 200 }])
  })
})
