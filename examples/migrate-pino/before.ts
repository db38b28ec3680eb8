import express, { type NextFunction, type Request, type Response } from 'express'
import { pino } from 'pino'
import { pinoHttp } from 'pino-http'
import { visit } from '../migrate-visit.js'

const destination = pino.destination({ dest: process.argv[2] ?? 'app.log', sync: false })
const log = pino(
  {
    name: 'shop',
    redact: ['user.password'],
    serializers: { order: ({ id, total }: { id: number; total: number }) => `${id}: ${total}` },
  },
  destination,
)

log.info({ version: 3 }, 'starting')
log.debug('not shown')
const orders = log.child({ component: 'orders' })
orders.warn({ user: { name: 'Ann', password: 'hunter2' } }, 'card refused')
orders.info({ order: { id: 42, total: 99.5, card: '4242' } }, 'paid %d of %d', 1, 3)
orders.error(new Error('payment failed', { cause: new Error('socket closed') }))
log.level = 'debug'
log.debug('shown now')

const app = express()
app.use(pinoHttp({ logger: log, customProps: () => ({ tenant: 'acme' }) }))
app.get('/orders/:id', (req, res) => {
  req.log.info({ orderId: Number(req.params.id) }, 'looking it up')
  res.json({ ok: true })
})
app.get('/broken', () => {
  throw new Error('no such table')
})
app.use((error: Error, _req: Request, res: Response, _next: NextFunction) => {
  res.err = error
  res.status(500).json({ error: 'sorry' })
})
await visit(app.listen(0, '127.0.0.1'), ['/orders/42?token=hush', '/broken', '/nowhere'])
log.flush()
