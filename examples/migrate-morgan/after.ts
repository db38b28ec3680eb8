import express, { type NextFunction, type Request, type Response } from 'express'
import { createLogger, file, pattern } from 'wideline'
import { requestErrors, requestLogger } from 'wideline/express'
import { visit } from '../migrate-visit.js'

const output = file(process.argv[2] ?? 'app.log')
// The text of before. Without an encoder the line is JSON, with all there is to say of the request.
const encoder = pattern('%field{method} %field{url} %field{status} %field{tenant}%n')
const log = createLogger({ outputs: [{ output, encoder }] })
const app = express()
app.use(requestLogger({ logger: log, fields: () => ({ tenant: 'acme' }), ignore: '/health', query: ['page'] }))
app.get('/orders/:id', (_req, res) => {
  res.json({ ok: true })
})
app.get('/broken', () => {
  throw new Error('no such table')
})
app.use(requestErrors())
app.use((_error: Error, _req: Request, res: Response, _next: NextFunction) => {
  res.status(500).json({ error: 'sorry' })
})
await visit(app.listen(0, '127.0.0.1'), ['/orders/42?page=2&token=hush', '/health', '/broken', '/nowhere'])
await log.close()
