import fs from 'node:fs'
import express, { type NextFunction, type Request, type Response } from 'express'
import morgan from 'morgan'
import { visit } from '../migrate-visit.js'

const stream = fs.createWriteStream(process.argv[2] ?? 'app.log')
const app = express()
morgan.token('tenant', () => 'acme')
app.use(morgan(':method :url :status :tenant', { stream, skip: (req) => req.url === '/health' }))
app.get('/orders/:id', (_req, res) => {
  res.json({ ok: true })
})
app.get('/broken', () => {
  throw new Error('no such table')
})
app.use((_error: Error, _req: Request, res: Response, _next: NextFunction) => {
  res.status(500).json({ error: 'sorry' })
})
await visit(app.listen(0, '127.0.0.1'), ['/orders/42?page=2&token=hush', '/health', '/broken', '/nowhere'])
stream.end()
