import type { AddressInfo } from 'node:net'
import { afterEach, expect, it, vi } from 'vitest'
import { built, expectGolden, Lines, runExample } from './support.js'

const { calls } = built<typeof import('../../examples/typed-fields/calls.js')>('examples/typed-fields/calls.js')
const { createApp } = built<typeof import('../../examples/typed-fields/app.js')>('examples/typed-fields/app.js')
const KEY = { WIDELINE_HASH_KEY: 'a key of the example' }

afterEach(() => vi.unstubAllEnvs())

it('the calls with declared fields write these lines', () => {
  vi.stubEnv('WIDELINE_HASH_KEY', KEY.WIDELINE_HASH_KEY)
  const lines = new Lines('shop')
  calls(lines.logger)
  expectGolden('typed-fields.jsonl', lines.all)
  expect(lines.all.join('\n')).not.toMatch(/4242424242424242|ada@|"ada"/)
})

it('the handlers with declared fields write these lines', async () => {
  const lines = new Lines('shop')
  let ids = 0
  const server = createApp(lines.logger, { generateId: () => `r-${++ids}` }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders/42`
  const headers = { 'content-type': 'application/json', 'x-tenant': 'acme', 'user-agent': 'test/1' }
  const body = JSON.stringify({ amount: 99.5, card: '4242424242424242' })
  await (await fetch(`${url}/pay?q=gift`, { method: 'POST', headers, body })).arrayBuffer()
  await lines.untilWide(1)
  await (await fetch(`${url}?page=two`, { headers: { 'user-agent': 'test/1' } })).arrayBuffer()
  await lines.untilWide(2)
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
  expectGolden('typed-fields-handlers.jsonl', lines.all)
})

it('as a program it shows its lines, its table for people and its table for DuckDB', async () => {
  const { code, stdout } = await runExample('typed-fields/main.js', KEY)
  expect(code).toBe(0)
  expect(stdout.split('\n').filter((line) => line.startsWith('{'))).toHaveLength(9)
  expect(stdout).toContain('| `card` | string |  | yes | last4 | the card that is charged |')
  expect(stdout).toContain('CREATE TABLE "payments" (')
  expect(stdout).not.toMatch(/4242424242424242|ada@/)
})
