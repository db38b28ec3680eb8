import { afterEach, describe, expect, it } from 'vitest'
import { RawClient, requestText, startPlain, type TestServer } from './support.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

const plainError = new Error('broken')
const clientError = Object.assign(new Error('not like this'), { status: 400 })

interface Case {
  readonly status: number
  readonly error?: Error
  /** How the response ends. */
  readonly end: 'sent' | 'cut before' | 'cut within' | 'lost'
  readonly outcome: 'completed' | 'aborted' | 'failed'
  readonly level: 'info' | 'warn' | 'error'
}

const cases: Case[] = [
  { status: 200, end: 'sent', outcome: 'completed', level: 'info' },
  { status: 204, end: 'sent', outcome: 'completed', level: 'info' },
  { status: 302, end: 'sent', outcome: 'completed', level: 'info' },
  { status: 399, end: 'sent', outcome: 'completed', level: 'info' },
  { status: 400, end: 'sent', outcome: 'completed', level: 'warn' },
  { status: 499, end: 'sent', outcome: 'completed', level: 'warn' },
  { status: 500, end: 'sent', outcome: 'failed', level: 'error' },
  { status: 599, end: 'sent', outcome: 'failed', level: 'error' },
  { status: 200, error: plainError, end: 'sent', outcome: 'failed', level: 'error' },
  { status: 404, error: plainError, end: 'sent', outcome: 'completed', level: 'warn' },
  { status: 400, error: clientError, end: 'sent', outcome: 'completed', level: 'warn' },
  { status: 500, error: plainError, end: 'sent', outcome: 'failed', level: 'error' },
  { status: 200, end: 'cut before', outcome: 'aborted', level: 'warn' },
  { status: 404, end: 'cut before', outcome: 'aborted', level: 'warn' },
  { status: 500, end: 'cut before', outcome: 'aborted', level: 'warn' },
  { status: 200, error: plainError, end: 'cut before', outcome: 'failed', level: 'error' },
  { status: 200, end: 'cut within', outcome: 'aborted', level: 'warn' },
  { status: 404, end: 'cut within', outcome: 'aborted', level: 'warn' },
  { status: 200, error: plainError, end: 'cut within', outcome: 'failed', level: 'error' },
  { status: 200, end: 'lost', outcome: 'aborted', level: 'warn' },
  { status: 404, end: 'lost', outcome: 'aborted', level: 'warn' },
  { status: 500, end: 'lost', outcome: 'aborted', level: 'warn' },
  { status: 200, error: plainError, end: 'lost', outcome: 'failed', level: 'error' },
]

describe('the outcome and level of a request', () => {
  it.each(cases)('with status $status, error $error.message, $end: $outcome, $level', async (one) => {
    const { server, lifecycle } = await startPlain((log, _request, response) => {
      response.statusCode = one.status
      if (one.error !== undefined) log.setError(one.error)
      if (one.end === 'sent') response.end('whole')
      else if (one.end === 'cut before') response.destroy()
      else if (one.end === 'lost') response.socket?.destroy()
      else response.write('half', () => response.destroy())
      // Node says of what it has nowhere to write to that it is finished.
      if (one.end === 'lost') response.end('whole')
    })
    running = server
    const client = await RawClient.connect(server.port)
    await client.send(requestText('GET', '/', { connection: 'close' })).ended()
    const lines = await server.settle(1)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({ outcome: one.outcome, level: one.level, msg: `request ${one.outcome}` })
    expect(lines[0]['status']).toBe(one.end === 'cut before' || one.end === 'lost' ? undefined : one.status)
    expect(lines[0].error?.message).toBe(one.error?.message)
    expect(lifecycle.stats()).toEqual({ hits: 0, misses: 1, outstanding: 0, misuses: 0 })
  })

  it('is that of the answer that was sent, not of the status that was set afterwards', async () => {
    const { server } = await startPlain((_log, _request, response) => {
      response.end('ok')
      response.statusCode = 500
    })
    running = server
    const client = await RawClient.connect(server.port)
    const answer = await client.send(requestText('GET', '/', { connection: 'close' })).ended()
    expect(answer).toContain('HTTP/1.1 200')
    expect(await server.settle(1)).toMatchObject([{ outcome: 'completed', level: 'info', status: 200 }])
  })
})
