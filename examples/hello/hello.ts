import type { Logger } from 'wideline'

/** Every way to write a line. */
export function hello(log: Logger): void {
  log.info('hello')
  log.info('order paid', { orderId: 42, amount: 99.5 })
  log.info({ orderId: 42 }, 'order paid')
  log.info('paid %d orders in %s', 3, 'EUR')

  // Typed: allocates nothing, and its arguments are not evaluated when the level is off.
  log.at('info')?.int('orderId', 42).float('amount', 99.5).string('status', 'ok').msg('order paid')
  log.at('debug')?.string('never', 'evaluated').msg('off')

  // A child carries its fields on every line.
  const request = log.child({ requestId: 'r-1' })
  request.warn('card refused', { password: 'hunter2', card: { cardNumber: '4242', cvc: '123' } })
  request.error('payment failed', new Error('gateway timeout', { cause: new Error('socket closed') }))

  log.level = 'debug'
  request.debug('children follow')
}
