import assert from 'node:assert/strict'
import { once } from 'node:events'
import express from 'express'
import { createLogger, json, memory } from 'wideline'
import { currentLog, requestErrors, requestLogger } from 'wideline/express'

const lines = memory()
const app = express()
app.use(requestLogger({ logger: createLogger({ outputs: [{ output: lines, encoder: json() }] }) }))
app.get('/orders/:id', (req, res) => {
  req.log.set({ orderId: Number(req.params.id) })
  currentLog().info('looking it up')
  res.json({ ok: true })
})
app.get('/failing', () => {
  throw new Error('gateway timeout')
})
app.use(requestErrors())
app.use((error, req, res, _next) => res.status(500).end(error.message))

const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const origin = `http://127.0.0.1:${server.address().port}`
assert.equal((await fetch(`${origin}/orders/42?token=abc`)).status, 200)
assert.equal((await fetch(`${origin}/failing`)).status, 500)
server.close()
server.closeAllConnections()
await once(server, 'close')

const [inner, wide, failed] = lines.lines.map((line) => JSON.parse(line))
assert.equal(inner.msg, 'looking it up')
assert.equal(inner.requestId, wide.requestId)
const { method, url, route, status, outcome, orderId } = wide
assert.deepEqual(
  { method, url, route, status, outcome, orderId },
  { method: 'GET', url: '/orders/42?token=*', route: '/orders/:id', status: 200, outcome: 'completed', orderId: 42 },
)
assert.equal(failed.status, 500)
assert.equal(failed.error.message, 'gateway timeout')
console.log('wideline works on Express')
