import express5, { type Express, type NextFunction, type Request, type Response } from 'express'
import express4 from 'express4'
import { afterEach, describe, expect, it } from 'vitest'
import type { Logger } from 'wideline'
import { logRequests, requestErrors, requestLogger } from 'wideline/express'
import { type Scenario, routes, scenarios } from './scenarios.js'
import { RawClient, signal, TestServer } from './support.js'

let running: TestServer | undefined

afterEach(() => running?.stop())

type Follow = (app: Express, logger: Logger) => void

const byMiddleware: Follow = (app, logger) => void app.use(requestLogger({ logger }))
const byApplication: Follow = (app, logger) => logRequests(app, { logger })

const ways = [
  { name: 'Express 4, requestLogger()', express: express4, follow: byMiddleware },
  { name: 'Express 4, logRequests()', express: express4, follow: byApplication },
  { name: 'Express 5, requestLogger()', express: express5, follow: byMiddleware },
  { name: 'Express 5, logRequests()', express: express5, follow: byApplication },
]

/** Lets one scenario happen, and gives every line that was written. */
async function play(express: typeof express5, follow: Follow, { ask }: Scenario) {
  const reached = signal()
  running = await TestServer.start((logger) => {
    const app: Express = express()
    follow(app, logger)
    app.use(express.json())
    routes(app, () => express.Router(), reached.give)
    app.use(requestErrors())
    app.use((_error: unknown, _request: Request, response: Response, next: NextFunction) => {
      const error = _error as { status?: number }
      if (response.headersSent) next(_error)
      else response.status(error?.status ?? 500).send('went wrong')
    })
    return app
  })
  const client = await RawClient.connect(running.port)
  await ask(client, reached.given)
  return client
}

describe.each(ways)('$name', ({ express, follow }) => {
  it.each(scenarios)('writes one line, and that says what happened: $name', async (scenario) => {
    const { want, error, answer, others = [] } = scenario
    const client = await play(express, follow, scenario)
    const lines = await running!.settle(1 + others.length)
    const byRoute = (route: unknown) => lines.find((line) => route === undefined || line['route'] === route)
    expect(lines).toHaveLength(1 + others.length)
    const line = byRoute(others.length > 0 ? want['route'] : undefined)!
    for (const [key, value] of Object.entries(want)) expect({ [key]: line[key] }).toEqual({ [key]: value })
    for (const other of others) expect(byRoute(other['route'])).toMatchObject(other)
    if (error !== undefined) expect(line.error).toMatchObject(error)
    if (answer !== undefined) expect(client.received).toContain(answer)
    for (const each of lines) {
      expect(each).toMatchObject({
        requestId: expect.stringMatching(/^[0-9a-z]{22}$/),
        remoteAddress: '127.0.0.1',
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
        durationMs: expect.any(Number),
      })
      if (each['status'] !== undefined) {
        const { firstByteMs, durationMs } = each as unknown as { firstByteMs: number; durationMs: number }
        expect(firstByteMs).toBeGreaterThanOrEqual(0)
        expect(firstByteMs).toBeLessThanOrEqual(durationMs + 0.001)
      }
    }
    // Nothing else was written: no second line for the same error.
    expect(running!.lines()).toHaveLength(lines.length)
    expect(running!.logger.stats()).toMatchObject({
      problems: 0,
      entries: { outstanding: 0 },
      held: { outstanding: 0 },
    })
  })
})

describe('the table (control)', () => {
  it('notices a line that says something else', async () => {
    await play(express5, byMiddleware, scenarios[0])
    const [line] = await running!.settle(1)
    expect(() => expect(line).toMatchObject({ status: 201 })).toThrow(/201/)
  })
})
