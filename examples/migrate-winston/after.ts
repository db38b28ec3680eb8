import express, { type NextFunction, type Request, type Response } from 'express'
import { createLogger, file, json } from 'wideline'
import { requestErrors, requestLogger } from 'wideline/express'
import { visit } from '../migrate-visit.js'

const log = createLogger({
  level: 'info',
  fields: { service: 'shop' },
  // The keys that winston's lines have; `json()` alone writes `time` and `msg`.
  outputs: [
    {
      output: file(process.argv[2] ?? 'app.log'),
      encoder: json({ keys: { message: 'message', time: 'timestamp' } }),
    },
  ],
})

log.info('starting', { version: 3 })
log.debug('not shown')
const orders = log.child({ component: 'orders' })
orders.warn('card refused', { user: { name: 'Ann', password: 'hunter2' } })
orders.info('paid %d of %d', 1, 3)
orders.error(new Error('payment failed', { cause: new Error('socket closed') }))
log.level = 'debug'
log.debug('shown now')

const app = express()
app.use(requestLogger({ logger: log }))
app.get('/orders/:id', (req, res) => {
  req.log.info('looking it up', { orderId: Number(req.params['id']) })
  res.json({ ok: true })
})
app.get('/broken', () => {
  throw new Error('no such table')
})
app.use(requestErrors())
app.use((_error: Error, _req: Request, res: Response, _next: NextFunction) => {
  res.status(500).json({ error: 'sorry' })
})
await visit(app.listen(0, '127.0.0.1'), ['/orders/42?token=hush', '/broken', '/nowhere'])
await log.close()
