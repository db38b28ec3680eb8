import express, { type Express, type Request, type Response } from 'express'
import { type Logger } from 'wideline'
import { float, int, LogField, LogFields, string, withFields } from 'wideline/decorators'
import { requestErrors, requestLogger, type RequestLoggerOptions } from 'wideline/express'

/** What a client sends. Logged anywhere, an object of this class writes these fields and nothing else. */
class PayOrder {
  @LogField.float() amount: number
  @LogField.string({ redact: 'last4' }) card: string

  constructor({ amount, card }: { amount?: number; card?: string }) {
    this.amount = amount ?? 0
    this.card = card ?? ''
  }
}

interface Receipt {
  readonly id: string
  readonly items: readonly string[]
}

class Orders {
  @LogFields({
    orderId: int.param('id'),
    tenant: string.header('x-tenant'),
    q: string.query('q'),
    amount: float.body('amount'),
    paymentId: string.result('id'),
    items: int.result((receipt) => receipt.items.length),
    agent: string.from((request: Request) => request.get('user-agent')),
  })
  async pay(request: Request, response: Response): Promise<Receipt> {
    const order = new PayOrder(request.body as object)
    request.log.info('paying', order)
    const receipt = await Promise.resolve({ id: 'p-1', items: ['book', 'pen'] })
    response.status(201).json(receipt)
    return receipt
  }
}

export function createApp(log: Logger, options: Omit<RequestLoggerOptions, 'logger'> = {}): Express {
  const orders = new Orders()
  const app = express().use(requestLogger({ ...options, logger: log }), express.json())
  app.post('/orders/:id/pay', (request, response) => void orders.pay(request, response))
  // A handler that is a function, without a decorator.
  app.get(
    '/orders/:id',
    withFields({ orderId: int.param('id'), page: int.query('page') }, (request, response) => {
      response.json({ id: request.params['id'] })
    }),
  )
  return app.use(requestErrors())
}
