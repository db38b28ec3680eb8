import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import express, { type Express, type IRouter, type Request, type RequestHandler, Router } from 'express'
import { currentLog, requestErrors } from 'wideline/express'
import { tokenOf } from './tokens.js'

/** What a request asks for: one of each ten, and now and then one that is cut off. */
const WAYS = ['sync', 'sync', 'await', 'throw', 'reject', 'late', 'body', 'mounted/deep', 'current', 'stream'] as const

function wayOf(index: number): string {
  if (index % 50 === 9) return 'leave'
  if (index % 100 === 19) return 'destroy'
  return WAYS[index % WAYS.length]
}

type Answer = (request: Request, token: string) => void | Promise<void>

/** An application that writes the token of each request wherever it can. */
export class TokenShop {
  /** What still goes on after the answers. */
  private readonly afterwards: Promise<void>[] = []
  private readonly arrivals = new Map<string, () => void>()

  /** @param follow - Gives each request its log. */
  app(...follow: RequestHandler[]): Express {
    const app = express().use(...follow)
    app.use(express.json())
    this.route('/sync', app, (req, token) => void req.res!.send(token))
    this.route('/await', app, async (req, token) => {
      await nextTurn()
      req.log.info(`half of ${token}`, { token })
      await nextTurn()
      req.res!.send(token)
    })
    this.route('/throw', app, (_req, token) => {
      throw new Error(`broken ${token}`)
    })
    this.route('/reject', app, async (req, token) => {
      await nextTurn()
      req.log.set({ token: { toJSON: () => (req.log.info(`inside ${token}`), { token }) } })
      throw new RangeError(`rejected ${token}`, { cause: new Error(`because of ${token}`) })
    })
    this.route('/late', app, (req, token) => {
      this.afterwards.push(this.goOn(req, token))
      req.res!.send(token)
    })
    this.route('/body', app, (req, token) => {
      req.log.set(req.body as object)
      req.res!.send(token)
    })
    this.route('/current', app, async (req, token) => {
      await nextTurn()
      currentLog()!.set({ current: token })
      currentLog()!.child({ child: token }).warn(`child of ${token}`, { id: req.log.requestId })
      req.res!.send(token)
    })
    this.route('/stream', app, async (req, token) => {
      req.res!.write(token.slice(0, 3))
      await nextTurn()
      req.res!.end(token.slice(3))
    })
    this.route('/leave', app, (req, token) => {
      this.afterwards.push(this.goOn(req, token))
      this.arrivals.get(token)!()
    })
    this.route('/destroy', app, (req) => void req.socket.destroy())
    const inner = Router()
    this.route('/deep', inner, (req, token) => void req.res!.send(token))
    app.use('/mounted', inner)
    return app.use(requestErrors())
  }

  /** Sends that many requests over at most 100 connections, and waits for everything that they began. */
  async visit(port: number, count: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 100 })
    let next = 0
    const visitor = async (): Promise<void> => {
      while (next < count) await this.ask(port, agent, next++)
    }
    await Promise.all(Array.from({ length: 100 }, visitor))
    agent.destroy()
    await Promise.all(this.afterwards)
  }

  private route(path: string, app: IRouter, answer: Answer): void {
    app.all(`${path}/:token`, (req: Request<{ token: string }>) => {
      const { token } = req.params
      req.log.set({ token, list: [token] })
      req.log.fields.string('typed', token)
      req.log.debug(`at work on ${token}`, { token })
      return answer(req, token)
    })
  }

  /** Uses the log of a request that is over, while its record serves others. */
  private async goOn(req: Request, token: string): Promise<void> {
    const { log, res } = req
    await once(res!, 'close')
    for (let turn = 0; turn < 3; turn++) await nextTurn()
    log.set({ late: token })
    log.fields.string('late', token)
    log.setError(new Error(token))
    log.info(`afterwards ${token}`)
  }

  private async ask(port: number, agent: Agent, index: number): Promise<void> {
    const token = tokenOf(index)
    const way = wayOf(index)
    const headers = { 'x-request-id': token, 'content-type': 'application/json' }
    const path = `/${way}/${token}?query=${token}`
    const sent = request({ port, host: '127.0.0.1', agent, path, headers, method: way === 'body' ? 'POST' : 'GET' })
    if (way === 'leave' || way === 'destroy') {
      const over = new Promise((resolve) => sent.once('error', resolve))
      this.arrivals.set(token, () => void sent.destroy())
      sent.end()
      await over
      return
    }
    sent.end(way === 'body' ? JSON.stringify({ fromBody: token }) : undefined)
    const [answer] = (await once(sent, 'response')) as [AsyncIterable<Buffer> & { headers: Record<string, string> }]
    let text = ''
    for await (const part of answer) text += String(part)
    const isAnswered = way === 'throw' || way === 'reject' || text === token
    if (!isAnswered || answer.headers['x-request-id'] !== token) {
      throw new Error(`${token} was answered with ${text} and ${answer.headers['x-request-id']}`)
    }
  }
}
