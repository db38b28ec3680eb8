import type { AddressInfo } from 'node:net'
import { createLogger, stdout } from 'wideline'
import { createApp } from './app.js'
import { calls } from './calls.js'
import { Payment } from './payment.js'

const log = createLogger({ name: 'shop', outputs: [stdout()] })
calls(log)

const server = createApp(log).listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const orders = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`
const body = JSON.stringify({ amount: 99.5, card: '4242424242424242' })
const headers = { 'content-type': 'application/json', 'x-tenant': 'acme', 'user-agent': 'cli/1' }
await (await fetch(`${orders}/42/pay?q=gift`, { method: 'POST', headers, body })).arrayBuffer()
await (await fetch(`${orders}/42?page=two`, { headers: { 'user-agent': 'cli/1' } })).arrayBuffer()
await new Promise((resolve) => {
  server.close(resolve)
  server.closeIdleConnections()
})
await log.close()

console.log(`\n${Payment.markdown()}`)
console.log(Payment.ddl('duckdb'))
