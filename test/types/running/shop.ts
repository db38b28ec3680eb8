// Compiled by each compiler in each decorator mode, and run: its lines are the same every time.
import type { AddressInfo } from 'node:net'
import express, { type Request, type Response } from 'express'
import { createLogger, fields, float, int, json, memory, string } from 'wideline'
import { LogContext, Logged, LogField, LogFields, withFields } from 'wideline/decorators'
import { requestErrors, requestLogger } from 'wideline/express'

class PayOrder {
  @LogField.float() amount: number
  @LogField.string({ redact: 'last4' }) accessor card: string
  hidden = 'internal'

  constructor(amount: number, card: string) {
    this.amount = amount
    this.card = card
  }

  @LogField.int('cents')
  get inCents(): number {
    return this.amount * 100
  }
}

const Refund = fields({ refund: int(), reason: string({ optional: true }) })

@LogContext({ component: 'orders' })
class Orders {
  @LogFields({
    orderId: int.param('id'),
    tenant: string.header('x-tenant'),
    q: string.query('q'),
    bodyAmount: float.body('amount'),
    paymentId: string.result('id'),
    items: int.result((r) => r.items.length),
    path: string.from((req: Request) => req.path),
    broken: string.from(() => {
      throw new Error('no value')
    }),
    wrong: int.query('q'),
  })
  async pay(request: Request, response: Response): Promise<{ id: string; items: number[] }> {
    const { amount, card } = request.body as { amount: number; card: string }
    request.log.set(new PayOrder(amount, card))
    request.log.set(Refund, { refund: await this.refund(card, amount) })
    response.send('ok')
    return { id: 'p-1', items: [1, 2] }
  }

  @Logged({ level: 'info', args: { card: string({ redact: 'last4' }), amount: float() }, result: true })
  async refund(_card: string, amount: number): Promise<number> {
    await new Promise((resolve) => setImmediate(resolve))
    return [...this.parts(amount)].length
  }

  @Logged({ level: 'info' })
  *parts(amount: number): Generator<number> {
    for (let i = 0; i < amount; i++) yield i
  }
}

const output = memory()
const log = createLogger({ outputs: [{ output, encoder: json() }], onError: () => undefined })
const orders = new Orders()
const app = express().use(requestLogger({ logger: log }), express.json())
app.post('/orders/:id', (request, response) => void orders.pay(request, response))
app.get(
  '/orders/:id',
  withFields({ orderId: int.param('id') }, (_request: Request, response: Response) => void response.send('ok')),
)
app.use(requestErrors())
const server = app.listen(0, () => void serve())

async function serve(): Promise<void> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders/42`
  const body = JSON.stringify({ amount: 3, card: '4111111111111234' })
  const headers = { 'content-type': 'application/json', 'x-tenant': 'acme' }
  await (await fetch(`${url}?q=x`, { method: 'POST', body, headers })).text()
  await (await fetch(url)).text()
  await new Promise((resolve) => server.close(resolve))
  const own = new Set(
    'component orderId tenant q bodyAmount paymentId items path brokenError wrongError amount card'.split(' '),
  )
  for (const name of ['cents', 'refund', 'msg', 'call', 'depth', 'caller', 'result', 'hidden', 'outcome']) own.add(name)
  for (const line of output.parsed()) {
    console.log(JSON.stringify(Object.fromEntries(Object.entries(line).filter(([name]) => own.has(name)))))
  }
}
