import express, { type NextFunction, type Request, type Response } from 'express'
import winston from 'winston'
import { visit } from '../migrate-visit.js'

const hide = winston.format((info) => {
  const user = info['user'] as { password?: string } | undefined
  if (user !== undefined) info['user'] = { ...user, password: '[Redacted]' }
  return info
})
const log = winston.createLogger({
  level: 'info',
  defaultMeta: { service: 'shop' },
  format: winston.format.combine(
    hide(),
    winston.format.errors({ stack: true }),
    winston.format.splat(),
    winston.format.timestamp(),
    winston.format.json(),
  ),
  transports: [new winston.transports.File({ filename: process.argv[2] ?? 'app.log' })],
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
app.use((req, res, next) => {
  const startedAt = Date.now()
  res.on('finish', () => {
    const { method, originalUrl: url } = req
    log.info('request completed', { method, url, status: res.statusCode, durationMs: Date.now() - startedAt })
  })
  next()
})
app.get('/orders/:id', (req, res) => {
  log.info('looking it up', { orderId: Number(req.params.id) })
  res.json({ ok: true })
})
app.get('/broken', () => {
  throw new Error('no such table')
})
app.use((error: Error, _req: Request, res: Response, _next: NextFunction) => {
  log.error(error)
  res.status(500).json({ error: 'sorry' })
})
await visit(app.listen(0, '127.0.0.1'), ['/orders/42?token=hush', '/broken', '/nowhere'])
log.end()
