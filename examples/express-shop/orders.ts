import { Router, type Request, type Response } from 'express'
import { int, LogField, LogFields, string } from 'wideline/decorators'

/** What is paid. Logged anywhere, an object of this class writes these fields and nothing else. */
export class Payment {
  @LogField.float() amount: number
  @LogField.string({ redact: 'last4' }) card: string

  constructor(body: { amount?: unknown; card?: unknown }) {
    this.amount = Number(body.amount)
    this.card = String(body.card)
  }
}

export class OrdersController {
  @LogFields({ orderId: int.param('id'), client: string.header('x-client') })
  show(request: Request, response: Response): void {
    request.log.debug('looking the order up')
    response.json({ id: Number(request.params['id']), state: 'open' })
  }

  @LogFields({ orderId: int.param('id') })
  async pay(request: Request, response: Response): Promise<void> {
    const payment = new Payment(request.body as Record<string, unknown>)
    request.log.set(payment)
    if (!(payment.amount > 0)) {
      response.status(400).json({ error: 'amount must be positive' })
      return
    }
    request.log.debug('asking the bank', { amount: payment.amount })
    const headers = request.log.traceHeaders()
    await request.log.time('bank', () => askBank(payment, headers))
    if (payment.amount > 10_000) throw new Error('gateway timeout', { cause: new Error('socket closed') })
    request.log.info('order paid')
    response.status(201).json({ paid: payment.amount })
  }
}

/** Stands for a call to another service, which joins the request's trace by these headers. */
function askBank(_payment: Payment, headers: Record<string, string>): Promise<boolean> {
  return Promise.resolve('traceparent' in headers)
}

export function orders(): Router {
  const controller = new OrdersController()
  return Router()
    .get('/:id', (request, response) => controller.show(request, response))
    .post('/:id/pay', (request, response) => controller.pay(request, response))
}
