import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { built, expectGolden, Lines, runExample } from './support.js'

const { createShop } = built<typeof import('../../examples/express-shop/app.js')>('examples/express-shop/app.js')

interface Visit {
  readonly what: string
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

const pay = (amount: unknown): string => JSON.stringify({ amount, card: '4242424242424242' })

const visits: readonly Visit[] = [
  { what: 'a look', path: '/orders/42', headers: { 'x-client': 'cli/1' } },
  { what: 'a payment', path: '/orders/42/pay', body: pay(99.5) },
  { what: 'a refused payment', path: '/orders/42/pay', body: pay(-1) },
  { what: 'a failed payment', path: '/orders/7/pay', body: pay(20_000) },
  { what: 'a body that does not parse', path: '/orders/7/pay', body: '{"amount":' },
  { what: 'an unknown path with a secret', path: '/nowhere?token=secret' },
  { what: 'a look of the load balancer', path: '/health' },
  { what: 'a page of a list', path: '/orders/2?page=3&token=secret' },
  { what: 'an id of its own', path: '/orders/1', headers: { 'x-request-id': 'given-1' } },
]

async function visit(port: number, { path, headers, body }: Visit): Promise<number> {
  const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...json, ...headers },
    ...(body === undefined ? {} : { body }),
  })
  await response.arrayBuffer()
  return response.status
}

it('the Express shop writes these lines', async () => {
  const lines = new Lines('shop')
  let ids = 0
  const server = createShop(lines.logger, { generateId: () => `r-${++ids}` }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const statuses: number[] = []
  for (const [i, each] of visits.entries()) {
    statuses.push(await visit((server.address() as AddressInfo).port, each))
    await lines.untilWide(visits.slice(0, i + 1).filter(({ path }) => path !== '/health').length)
  }
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
  expect(statuses).toEqual([200, 201, 400, 500, 400, 404, 200, 200, 200])
  expectGolden('express-shop.jsonl', lines.all)
  expect(lines.all.join('\n')).not.toMatch(/token=secret|4242424242424242/)
})

it('as a program it serves until Ctrl-C, and has then written every line', async () => {
  let isAsked = false
  const { code, stdout, stderr } = await runExample('express-shop/main.js', {}, (text, child) => {
    const port = /"msg":"listening".*"port":(\d+)/.exec(text)?.[1]
    if (port === undefined || isAsked) return
    isAsked = true
    http.get({ port, path: '/orders/42', agent: false }, (response) => {
      response.resume().on('close', () => child.kill('SIGINT'))
    })
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/"msg":"request completed".*"route":"\/orders\/:id","status":200/)
})

it('a busy port gives one clear line and an exit code that is not 0', async () => {
  const server = http.createServer().listen(0)
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const { code, stdout, stderr } = await runExample('express-shop/main.js', { PORT: String(port) })
  server.close()
  expect(code).toBe(1)
  expect(stdout).not.toContain('"listening"')
  expect(`${stdout}${stderr}`.trimEnd().split('\n')).toEqual([
    expect.stringMatching(new RegExp(`port ${port} is in use`)),
  ])
})
