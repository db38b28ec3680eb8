import type { Logger } from 'wideline'
import { Payment } from './payment.js'

const payment = {
  orderId: 42,
  amount: 99.5,
  card: '4242424242424242',
  customer: 'ada',
  email: 'ada@example.org',
  tip: { amount: 5, currency: 'EUR' },
}

/** Every way to log a declared set. A wrong name or a wrong kind does not compile. */
export function calls(log: Logger): void {
  log.info('order paid', Payment, payment)
  log.at('info')?.all(Payment, payment).int('attempt', 2).msg('order paid')
  log.child(Payment.of(payment)).info('receipt sent')
  log.info('order refunded', { refund: Payment.of({ ...payment, isGift: true, paidAt: 0 }) })

  // What a validation refuses, and what no compiler sees, is marked: the column holds its own kind or nothing.
  log.warn('order refused', Payment, { ...payment, amount: -1 })
  log.warn('order refused', Payment, { ...payment, orderId: '42a' as unknown as number })
}
